"""Teaching as quick as so small a network stands it."""

from pathlib import Path

from services.generator.adapters.tuning.options import Options, Recipe


def toy_options(work: Path, model: str) -> Options:
    """Four pairs a step, three steps an epoch, twenty epochs."""
    recipe = Recipe(rank=8, depth=1, rate=2e-2, batch_tokens=900, most_tokens=900, patience=99)
    return Options(model, work, epochs=20, recipe=recipe)
