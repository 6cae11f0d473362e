"""Writes a foreign shop's folder, and reads where one came from."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shared.errors import ConfigError
from shared.folders import put_folder
from shared.shop.formats import FORMATS
from shared.shop.formats.base import Documents, Imported, number_pattern, read_json
from shared.shop.formats.base_texts import Flow, Kept, Names, kept_flows, kept_responses, renamed
from shared.shop.load import Shop
from shared.shop.problems import refuse
from shared.shop.profile import Language
from shared.shop.source import read_yaml

OVERLAYS = Path(__file__).parent / "overlays"
ORIGIN = Path("origin") / "origin.json"
SOME = 40
"""So many of the shop's own names take turns in the examples."""


@dataclass(frozen=True)
class Origin:
    """The data that a shop was imported from, in its format."""

    format: str
    documents: Documents


def import_shop(format_name: str, source: Path, out: Path, base: Shop) -> Imported:
    """Makes the shop folder `out` of a foreign shop's data. Raises ConfigError; then nothing is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is there already; name a new folder, or remove it first")
    documents = FORMATS[format_name].read(source)
    found = FORMATS[format_name].imported(documents)
    if not found.records.orders or not found.records.products:
        raise ConfigError(f"{source} has no products or no orders; there is no shop to make of it")
    origin = Origin(format_name, documents)
    put_folder(out, lambda draft: _fill(draft, out.name, origin, found, base), lambda _: False)
    return found


def origin_of(root: Path) -> Origin | None:
    """Where the shop in this folder came from; None if it was written here. Raises ConfigError."""
    path = root / ORIGIN
    if not path.exists():
        return None
    kept = read_json(path)
    if not isinstance(kept, dict) or kept.get("format") not in FORMATS or "documents" not in kept:
        raise ConfigError(f"{path} is not as the import wrote it; import the shop again")
    return Origin(kept["format"], kept["documents"])


def _fill(draft: Path, name: str, origin: Origin, found: Imported, base: Shop) -> None:
    draft.chmod(0o755)
    overlay = OVERLAYS / origin.format
    rules = _yaml(overlay / "shop.yaml")
    policies = _yaml(overlay / "policies.yaml")
    _write(draft / "shop.yaml", _profile(name, rules, found))
    _write(draft / "policies.yaml", policies)
    for table in ("products", "customers", "orders"):
        rows = [record.model_dump(mode="json", exclude_defaults=True) for record in getattr(found.records, table)]
        _write(draft / "catalogue" / f"{table}.yaml", rows)
    _write_texts(draft, overlay, (frozenset(rules["actions"]), policies), found, base)
    (draft / ORIGIN).parent.mkdir()
    kept = {"format": origin.format, "documents": origin.documents}
    (draft / ORIGIN).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    vectors = base.files.root / "vectors" / "examples.npz"
    if vectors.exists():
        (draft / "vectors").mkdir()
        shutil.copy(vectors, draft / "vectors")


def _profile(name: str, rules: Mapping[str, Any], found: Imported) -> dict[str, Any]:
    numbers = [order.number for order in found.records.orders]
    day = {"catalogue_day": found.day} if found.day else {}
    return {
        "name": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63] or "shop",
        "title": dict.fromkeys(found.languages, title_of(name)),
        "languages": list(found.languages),
        "currencies": list(found.currencies),
        "timezone": found.timezone,
        "order_number": {"pattern": number_pattern(numbers), "example": numbers[0]},
        **day,
        **rules,
    }


def title_of(name: str) -> str:
    """What the shop is called until somebody writes a better title: its folder's name."""
    return re.sub(r"[-_.]+", " ", name).strip() or name


def _write_texts(
    draft: Path, overlay: Path, can: tuple[frozenset[str], Mapping[str, Any]], found: Imported, base: Shop
) -> None:
    own_flows = {path.stem: _yaml(path) for path in sorted((overlay / "flows").glob("*.yaml"))}
    flows: dict[str, Flow] = {}
    for language in found.languages:
        own = overlay / "responses" / f"{language}.yaml"
        kept = Kept(can[0], can[1], own_flows, _yaml(own) if own.exists() else {})
        base_words = _renamed_tree(_yaml(base.files.root / "responses" / f"{language}.yaml"), base, language, found)
        words = kept_responses(base_words, kept)
        flows = kept_flows(_flows(base), words, kept)
        _write(draft / "responses" / f"{language}.yaml", words)
        _write_examples(draft, overlay, language, (found, base))
    for name, flow in flows.items():
        place = next((p.relative_to(base.files.root) for p in (base.files.root / "flows").rglob(f"{name}.yaml")), None)
        _write(draft / (place or Path("flows") / f"{name}.yaml"), flow)


def _write_examples(draft: Path, overlay: Path, language: Language, data: tuple[Imported, Shop]) -> None:
    """The base's examples, and those that the format adds to some of its intents."""
    found, base = data
    own = overlay / "nlu" / f"{language}.yaml"
    added = _yaml(own)["intents"] if own.exists() else {}
    for path in sorted((base.files.root / "nlu").glob("*.yaml")):
        file = _yaml(path)
        if file["language"] == language:
            every = {intent: [*examples, *added.get(intent, ())] for intent, examples in file["intents"].items()}
            intents = _renamed_tree(every, base, language, found)
            once = {intent: list(dict.fromkeys(examples)) for intent, examples in intents.items()}
            _write(draft / "nlu" / path.name, {"language": language, "intents": once})


def _renamed_tree(tree: Mapping[str, Any], base: Shop, language: Language, found: Imported) -> dict[str, Any]:
    records = found.records
    products = dict.fromkeys(_short(product.name.get(language, "")) for product in records.products[:SOME])
    numbers = tuple(order.number for order in records.orders[:SOME])
    names = Names("the shop" if language == "en" else "本店", tuple(filter(None, products)), numbers)
    return {
        name: next(renamed([value], base, language, names))
        if isinstance(value, str)
        else list(renamed(value, base, language, names))
        for name, value in tree.items()
    }


def _short(name: str) -> str:
    """A name as customers say it; brackets would end the mark around it."""
    return "" if re.search(r"[\[\]()]", name) or len(name) > SOME else name


def _flows(base: Shop) -> dict[str, Flow]:
    return {path.stem: _yaml(path) for path in sorted((base.files.root / "flows").rglob("*.yaml"))}


def _yaml(path: Path) -> Any:
    source = read_yaml(path)
    refuse(source.problems)
    return source.data


def _write(path: Path, data: Mapping[str, Any] | Iterable[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)
    path.write_text(text, encoding="utf-8")
