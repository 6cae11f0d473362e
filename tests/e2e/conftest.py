"""Folders of stacks that share fitted models, since fitting them takes half a minute of a core."""

from collections.abc import Callable
from pathlib import Path

import pytest

MakeVar = Callable[[Path], Path]


@pytest.fixture(scope="session")
def make_var(tmp_path_factory: pytest.TempPathFactory) -> MakeVar:
    """Makes a DESKBELL_VAR in a folder, with the models that earlier tests of this run have fitted."""
    shared = tmp_path_factory.getbasetemp() / "var"

    def make(directory: Path) -> Path:
        own = directory / "var"
        own.mkdir()
        for kept in ("models", "vectors", "cache"):
            (shared / kept).mkdir(parents=True, exist_ok=True)
            (own / kept).symlink_to(shared / kept)
        return own

    return make


@pytest.fixture
def var(tmp_path: Path, make_var: MakeVar) -> Path:
    """A DESKBELL_VAR of this test."""
    return make_var(tmp_path)
