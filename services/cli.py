"""The one command line: `./deskbell COMMAND`."""

import importlib
import sys

import typer
from pydantic import ValidationError

from shared.errors import DeskbellError

COMMANDS = {
    "run": "run:run",
    "chat": "chat:chat",
    "test": "test:test",
    "check": "check:check",
    "doctor": "doctor:doctor",
    "shop": "shop:shop_app",
    "token": "token:token",
    "train": "groups:train_app",
    "evaluate": "groups:evaluate_app",
    "predict": "groups:predict_app",
    "promote": "groups:promote_app",
    "rollback": "groups:rollback_app",
    "flows": "flows:flows_app",
    "replay": "replay:replay",
    "data": "data:data_app",
    "load": "load:load",
    "dead": "dead:dead_app",
    "handoff": "handoff:handoff_app",
    "knowledge": "knowledge:knowledge_app",
    "topology": "topology:topology",
}


def build_app(asked: str) -> typer.Typer:
    """The command line, with only the module of the asked command imported, for a quick start."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def deskbell() -> None:
        """Deskbell: a customer-service bot for online shops that is safe to let act."""

    for name in (asked,) if asked in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(importlib.import_module(f"services.commands.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> None:
    """Runs the command line; every expected error is one sentence on standard error."""
    try:
        build_app(sys.argv[1] if len(sys.argv) > 1 else "")()
    except DeskbellError as exc:
        sys.stderr.write(f"deskbell: {exc}\n")
        sys.exit(1)
    except ValidationError as exc:
        for error in exc.errors():
            name = "_".join(("DESKBELL", *map(str, error["loc"]))).upper()
            sys.stderr.write(f"deskbell: {name}: {error['msg']}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
