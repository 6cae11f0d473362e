"""Folders of stacks that share fitted models, since fitting them takes half a minute of a core."""

from pathlib import Path

import pytest


@pytest.fixture
def var(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DESKBELL_VAR of this test, with the models that earlier tests of this run have fitted."""
    shared = tmp_path_factory.getbasetemp() / "var"
    own = tmp_path / "var"
    own.mkdir()
    for kept in ("models", "knowledge", "cache"):
        (shared / kept).mkdir(parents=True, exist_ok=True)
        (own / kept).symlink_to(shared / kept)
    return own
