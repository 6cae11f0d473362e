"""A model of this process is a rung like any other; without torch the error says what to do."""

from pathlib import Path

import pytest

from services.generator.adapters import local
from services.generator.config import GeneratorSettings
from shared.errors import ConfigError


def test_no_model_is_loaded_unless_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESKBELL_LLM_LOCAL", "DESKBELL_LLM_LOCAL_ADAPTER"):
        monkeypatch.setenv(name, "")
    settings = GeneratorSettings()
    assert (settings.llm_local, settings.llm_local_adapter) == (None, None)


async def test_it_is_lent_and_given_back(toy_model: Path) -> None:
    async with local.open_local(str(toy_model)) as model:
        assert model.name == toy_model.name


async def test_without_torch_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MODEL", "services.generator.adapters.local.not_there")
    with pytest.raises(ConfigError, match=r"pip install '\.\[local\]', or set DESKBELL_LLM_URL"):
        async with local.open_local("smollm2"):
            pass
