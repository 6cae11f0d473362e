"""Pairs that a shop writes itself, as JSON Lines."""

import json
from pathlib import Path
from typing import Any

from services.generator.adapters.pairs.pair import Pair
from shared.errors import ConfigError

WANTED = '{"question": TEXT, "facts": [TEXT, ...], "reply": TEXT, "language": "en" | "zh"}'


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file. Raises ConfigError, naming the line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {exc}") from exc
    found = [_pair(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise ConfigError(f"{path} holds no pairs; write one a line: {WANTED}")
    return found


def _pair(line: str, where: str) -> Pair:
    try:
        row: Any = json.loads(line)
    except ValueError as exc:
        raise ConfigError(f"{where}: no JSON; write {WANTED}") from exc
    if not isinstance(row, dict) or row.keys() - {"language", "group"} != {"question", "facts", "reply"}:
        raise ConfigError(f"{where}: write {WANTED}")
    facts, language = row["facts"], row.get("language", "en")
    texts = [row["question"], row["reply"], *(facts if isinstance(facts, list) else [None])]
    if not all(isinstance(text, str) and text.strip() for text in texts) or not facts or language not in ("en", "zh"):
        raise ConfigError(f"{where}: a text is missing or no text; write {WANTED}")
    return Pair("own", str(row.get("group", where)), language, row["question"], tuple(facts), row["reply"])
