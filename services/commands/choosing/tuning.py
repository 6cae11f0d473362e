"""Tunes upper layers of the encoder to tell a shop's pages apart. Needs torch."""

from collections.abc import Sequence
from typing import Any

from services.commands.choosing.making import Layers, Wish
from services.dialogue.adapters.knowledge.questions import Question, parted
from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning import checkpoints
from services.nlu.adapters.fine_tuning.making import wish_of, work_folder
from services.nlu.adapters.fine_tuning.options import Options, Tell
from services.nlu.adapters.fine_tuning.tuning import fine_tune
from shared.e5_layers import LAYERS

ENCODER = "encoder"


def tune(wish: Wish, questions: Sequence[Question], limits: tuple[int, float | None], tell: Tell) -> Layers:
    """`limits` are the number of layers that move, and of minutes that it may take. Raises ConfigError.

    Each class plays the part of an intent. Called again after an interruption, it goes on; see `forget`.
    """
    learned, held = (_examples(part) for part in parted(questions, wish.seed))
    recipe = wish_of(None, *limits)
    work = work_folder(wish.out)
    options = Options(work, None, recipe.epochs, recipe.minutes, wish.seed, recipe=recipe.recipe)
    figures: dict[str, Any] = fine_tune(learned, held, work / ENCODER, options, tell)
    return Layers(work / ENCODER / LAYERS, figures)


def forget(wish: Wish) -> None:
    """Removes what a training has left that is finished."""
    checkpoints.forget(work_folder(wish.out))


def _examples(questions: Sequence[Question]) -> list[Example]:
    return [Example(one.text, one.wanted, one.language) for one in questions]
