"""The toy encoder, made once; tests that need torch are skipped where it is not installed."""

import importlib.util
from pathlib import Path

import pytest

from tests.unit.services.nlu.adapters.fine_tuning.toys import make_encoder


@pytest.fixture(scope="session")
def toy_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny encoder with random weights."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is missing (pip install deskbell[finetune])")
    return make_encoder(tmp_path_factory.mktemp("toy-encoder"))
