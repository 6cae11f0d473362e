"""Teaching as quick as so small a network stands it."""

from pathlib import Path

from services.generator.adapters.tuning.options import Options, Recipe

STEPS = 24


def toy_options(work: Path, model: str) -> Options:
    """Two pairs a step, twelve pairs, four epochs."""
    recipe = Recipe(rank=8, depth=1, rate=1e-2, batch_tokens=900, most_tokens=900, patience=99)
    return Options(model, work, epochs=4, recipe=recipe)
