"""Tunes upper layers of the encoder to tell a shop's pages apart. Needs torch."""

from collections.abc import Sequence
from typing import Any

from services.commands.choosing.making import Layers, Wish, parted_beside
from services.dialogue.adapters.knowledge.questions import Question
from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning import checkpoints
from services.nlu.adapters.fine_tuning.making import wish_of, work_folder
from services.nlu.adapters.fine_tuning.options import Options, Tell
from services.nlu.adapters.fine_tuning.tuning import fine_tune
from shared.e5_layers import LAYERS

ENCODER = "encoder"


Limits = tuple[int, float | None]
"""The number of layers that move, and of minutes that it may take."""


def tune(wish: Wish, questions: Sequence[Question], start: Layers | None, limits: Limits, tell: Tell) -> Layers:
    """Tunes the encoder, or goes on from the layers `start`. Raises ConfigError.

    Each class plays the part of an intent. Called again after an interruption, it goes on; see `forget`.
    """
    learned, held = parted_beside(start, questions, wish.seed)
    work = work_folder(wish.out)
    recipe = wish_of(None, *limits)
    options = Options(
        work, None, recipe.epochs, recipe.minutes, wish.seed, recipe=recipe.recipe,
        layers_from=start.file if start is not None else None,
    )  # fmt: skip
    figures: dict[str, Any] = fine_tune(_examples(learned), _examples(held), work / ENCODER, options, tell)
    known = {one.digest for one in learned} | (start.learned if start is not None else set())
    return Layers(work / ENCODER / LAYERS, figures, frozenset(known))


def forget(wish: Wish) -> None:
    """Removes what a training has left that is finished."""
    checkpoints.forget(work_folder(wish.out))


def _examples(questions: Sequence[Question]) -> list[Example]:
    return [Example(one.text, one.wanted, one.language) for one in questions]
