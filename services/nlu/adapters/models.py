"""Fitted heads on disk: `<var>/models/nlu-<hash>/` with the numbers as npz and all else as JSON."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from services.nlu.adapters.examples import Examples
from services.nlu.domain.features import BUCKETS
from services.nlu.domain.heads import Heads
from shared.encoder import DIMENSIONS, ENCODER
from shared.folders import put_folder

ALGORITHM = "logistic-1"
"""Named anew whenever fitting changes, so that older heads are not taken for its result."""


def model_hash(examples: Examples) -> str:
    """Names the heads that these examples, this encoder and this way of fitting give."""
    content = json.dumps([ALGORITHM, ENCODER, examples], sort_keys=True, ensure_ascii=False)
    return sha256(content.encode()).hexdigest()[:16]


def load_heads(folder: Path) -> Heads | None:
    """The heads in `folder`, or None if there are none or they do not belong together."""
    try:
        card = json.loads((folder / "card.json").read_text("utf-8"))
        with (folder / "heads.npz").open("rb") as file, np.load(file, allow_pickle=False) as numbers:
            arrays = numbers["weights"], numbers["words"], numbers["bias"]
        heads = Heads(tuple(card["intents"]), *arrays, threshold=float(card["threshold"]))
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
    shapes = [array.shape for array in arrays]
    n = len(heads.intents)
    return heads if shapes == [(n, DIMENSIONS), (n, BUCKETS), (n,)] else None


def save_heads(folder: Path, heads: Heads, card: dict[str, Any]) -> None:
    """Puts a whole folder in place at once; one that another process has put there meanwhile stays."""

    def fill(draft: Path) -> None:
        np.savez(draft / "heads.npz", weights=heads.weights, words=heads.words, bias=heads.bias)
        full = card | {"intents": heads.intents, "threshold": heads.threshold}
        (draft / "card.json").write_text(json.dumps(full, ensure_ascii=False, indent=2) + "\n", "utf-8")

    put_folder(folder, fill, lambda there: load_heads(there) is not None)
