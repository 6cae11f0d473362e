"""The groups `train`, `evaluate`, `predict`, `promote` and `rollback`: which part of Deskbell, by name."""

from collections.abc import Callable, Mapping
from typing import Any

import typer

from services.commands.choosing.train import train_knowledge
from services.commands.conversations import evaluate_conversations
from services.commands.generation.evaluate import evaluate_generator
from services.commands.generation.train import train_generator
from services.commands.understanding.evaluate import evaluate_nlu
from services.commands.understanding.predict import predict_nlu
from services.commands.understanding.promote import promote_nlu, rollback_nlu
from services.commands.understanding.train import train_nlu


def _group(text: str, commands: Mapping[str, Callable[..., Any]]) -> typer.Typer:
    app = typer.Typer(help=text, no_args_is_help=True)
    # A group keeps its form, `train nlu`, also while it has one command.
    app.callback(help=text)(lambda: None)
    for name, command in commands.items():
        app.command(name)(command)
    return app


train_app = _group(
    "Fits a part of Deskbell to data.", {"nlu": train_nlu, "generator": train_generator, "knowledge": train_knowledge}
)
evaluate_app = _group(
    "Measures a part of Deskbell and writes a report.",
    {"conversations": evaluate_conversations, "nlu": evaluate_nlu, "generator": evaluate_generator},
)
predict_app = _group("Lets a fitted model read texts.", {"nlu": predict_nlu})
promote_app = _group("Puts a fitted model before customers.", {"nlu": promote_nlu})
rollback_app = _group("Goes back to the model before.", {"nlu": rollback_nlu})
