"""`teach`: the one function that makes an adapter."""

import json
import resource
import sys
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from services.generator.adapters.local.device import READ_ROWS, find_device
from services.generator.adapters.local.loading import quiet_peft, read_model
from services.generator.adapters.pairs import Pair, Pairs
from services.generator.adapters.tuning.checkpoints import Keeper, fingerprint
from services.generator.adapters.tuning.options import Options, Recipe, Tell
from services.generator.adapters.tuning.rows import rows_of
from services.generator.adapters.tuning.training import Lesson, Training
from shared.errors import ConfigError

WEIGHTS = "adapter_model.safetensors"


def teach(pairs: Pairs, out: Path, options: Options, tell: Tell) -> dict[str, Any]:
    """Fits a low-rank adapter to the pairs and writes it into the folder `out`, with half-precision weights.

    Returns figures for a card. Called again with the same arguments after an interruption, it goes on at the last
    checkpoint. Raises ConfigError for a model that cannot be taught.
    """
    started = perf_counter()
    torch.manual_seed(options.seed)
    device = find_device(READ_ROWS)
    base, tokenizer = read_model(options.source, device.precision)
    model = _adapted(base.to(device.torch), options.recipe)
    rows = rows_of(pairs.train, tokenizer, options.recipe.most_tokens)
    validation = rows_of(_some(pairs.validation, options), tokenizer, options.recipe.most_tokens)
    if not rows or not validation:
        raise ConfigError("no pair is short enough to be taught; write shorter pages or replies")
    keeper = Keeper(options.work, fingerprint(options.decisive(), [*rows, *validation]))
    training = Training(model, Lesson(rows, validation, device, options), keeper)
    begun = training.progress.step
    progress = training.run(tell)
    model.save_pretrained(str(out), save_embedding_layers=False)
    _tidy(out, options.source)
    return {
        "device": device.name, "resumed_at_step": begun, "pairs": len(rows), "steps": progress.step,
        "best_step": progress.best_step, "pairs_taught": progress.pairs, "training_s": round(progress.seconds, 1),
        "all_s": round(perf_counter() - started, 1),
        "tokens_per_s": round(progress.tokens / max(progress.seconds, 1e-9), 1),
        "peak_memory_mb": _peak_memory_mb(), "history": progress.history,
        "size_mb": round((out / WEIGHTS).stat().st_size / 1e6, 2),
    }  # fmt: skip


def _some(pairs: tuple[Pair, ...], options: Options) -> list[Pair]:
    return Random(options.seed).sample(pairs, min(options.recipe.judged_pairs, len(pairs)))


def _adapted(base: Any, recipe: Recipe) -> Any:
    named = {name.rpartition(".")[2] for name, _ in base.named_modules()}
    layers = [name for name in recipe.layers if name in named]
    if not layers:
        raise ConfigError(f"the model has none of the layers {', '.join(recipe.layers)}; choose one of Llama's family")
    count = base.config.num_hidden_layers
    lora = LoraConfig(
        r=recipe.rank, lora_alpha=recipe.strength, target_modules=layers, task_type="CAUSAL_LM",
        layers_to_transform=list(range(count - max(1, round(recipe.depth * count)), count)),
    )  # fmt: skip
    with quiet_peft():
        return get_peft_model(base, lora)


def _tidy(out: Path, source: str) -> None:
    """Halves the weights' precision, and takes out what speaks of this machine's folders."""
    (out / "README.md").unlink(missing_ok=True)
    config = json.loads((out / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = source
    (out / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    save_file({name: weight.half().contiguous() for name, weight in load_file(out / WEIGHTS).items()}, out / WEIGHTS)


def _peak_memory_mb() -> int:
    """Of this process since it began."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1024 if sys.platform != "darwin" else peak / 1024**2)
