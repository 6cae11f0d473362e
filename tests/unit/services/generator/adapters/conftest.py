"""The toy model, made once; tests that need torch are skipped where it is not installed."""

import importlib.util
from pathlib import Path

import pytest

from tests.unit.services.generator.adapters.toys import make_model


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny language model with random weights."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is missing (pip install deskbell[finetune])")
    return make_model(tmp_path_factory.mktemp("toy-model"))
