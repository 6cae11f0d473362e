"""An encoder of a model's own: a folder with a graph for onnxruntime and a tokenizer, made by fine-tuning.

`model.onnx` takes `input_ids` and `attention_mask` (int64) and gives `vector` (texts, dimensions), rows of length 1,
and, if it was trained on mentions, `tags` (texts, tokens, labels). `tokenizer.json` is the `tokenizers` library's.
`encoder.json` says the rest, see `Card`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from shared.e5_weights import Numbers
from shared.encoder import Tell
from shared.errors import ConfigError
from shared.onnx_session import alike, open_session


class Card(BaseModel, extra="ignore", frozen=True):
    """What `encoder.json` holds; `tags` names the labels of tokens in the order of the logits."""

    dimensions: int
    max_tokens: int
    tags: tuple[str, ...] | None = None
    query_prefix: str = ""
    passage_prefix: str = ""


@dataclass(frozen=True)
class TokenTags:
    """For each token of a text its start and end in code points of the text, and its logits, a row for each token."""

    offsets: tuple[tuple[int, int], ...]
    logits: Numbers


class OnnxEngine:
    """Texts to vectors, and to labels of their tokens."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigError for a folder that holds no such encoder."""
        self.card, self._tokenizer, self._session = _load(folder)
        self.dimensions = self.card.dimensions
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.card.max_tokens)

    def query(self, texts: Sequence[str], computing: Tell | None = None) -> Numbers:
        """One row for each text that a customer says; calls `computing` when all tokens are known."""
        return self._vectors([self.card.query_prefix + text for text in texts], computing)

    def passage(self, texts: Sequence[str], computing: Tell | None = None) -> Numbers:
        """One row for each text that is searched."""
        return self._vectors([self.card.passage_prefix + text for text in texts], computing)

    def tags(self, texts: Sequence[str]) -> list[TokenTags]:
        """What each token of what a customer says is; empty for a model that was not trained on mentions."""
        if self.card.tags is None:
            return []
        encodings = self._encoded([self.card.query_prefix + text for text in texts])
        tags: list[TokenTags] = [TokenTags((), np.empty((0, 0), np.float32))] * len(encodings)
        for places in alike([len(encoding.ids) for encoding in encodings]):
            (logits,) = self._run("tags", [encodings[place] for place in places])
            for place, rows in zip(places, logits, strict=True):
                tags[place] = _own_tokens(encodings[place], rows, len(self.card.query_prefix))
        return tags

    def _vectors(self, texts: Sequence[str], computing: Tell | None) -> Numbers:
        encodings = self._encoded(texts)
        if computing:
            computing()
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for places in alike([len(encoding.ids) for encoding in encodings]):
            (rows[places],) = self._run("vector", [encodings[place] for place in places])
        return rows

    def _encoded(self, texts: Sequence[str]) -> list[Any]:
        # Half a surrogate pair cannot be encoded; a question mark keeps the offsets.
        readable = [text.encode("utf-8", "replace").decode() for text in texts]
        encodings: list[Any] = self._tokenizer.encode_batch(readable)
        return encodings

    def _run(self, output: str, encodings: Sequence[Any]) -> list[Numbers]:
        ids = np.zeros((len(encodings), max(len(encoding.ids) for encoding in encodings)), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        outputs: list[Numbers] = self._session.run([output], {"input_ids": ids, "attention_mask": mask})
        return outputs


def _load(folder: Path) -> tuple[Card, Any, Any]:
    try:
        from tokenizers import Tokenizer
    except ImportError as exc:
        raise ConfigError(f"{folder} is a fine-tuned encoder: install deskbell[finetuned] to use it") from exc
    try:
        card = Card.model_validate_json((folder / "encoder.json").read_bytes())
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return card, tokenizer, open_session(folder / "model.onnx")
    except (OSError, ValidationError) as exc:
        raise ConfigError(f"{folder} holds no encoder: {_first_line(exc)}; train it again") from exc
    except Exception as exc:  # noqa: BLE001  both libraries raise bare exceptions of their own for unreadable files
        raise ConfigError(f"{folder} holds no encoder that can be read: {_first_line(exc)}; train it again") from exc


def _first_line(exc: Exception) -> str:
    return str(exc).splitlines()[0] if str(exc) else type(exc).__name__


def _own_tokens(encoding: Any, logits: Numbers, prefix: int) -> TokenTags:
    """Without special tokens and without those of the prefix."""
    own = [
        at
        for at, (special, (_, end)) in enumerate(zip(encoding.special_tokens_mask, encoding.offsets, strict=True))
        if not special and end > prefix
    ]
    offsets = tuple((max(encoding.offsets[at][0] - prefix, 0), encoding.offsets[at][1] - prefix) for at in own)
    return TokenTags(offsets, logits[own])
