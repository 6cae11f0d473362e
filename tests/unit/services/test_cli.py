"""The command line as a whole."""

from typer.testing import CliRunner

from services.cli import COMMANDS, build_app


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(build_app("--help"), ["--help"])
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f" {name} " in shown.output
