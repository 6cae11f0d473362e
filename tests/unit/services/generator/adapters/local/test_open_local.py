"""A model of this process is a rung like any other; without torch the error says what to do."""

import json
from pathlib import Path

import pytest

from services.generator.adapters import local
from services.generator.config import GeneratorSettings
from services.generator.domain.check import Ground
from services.generator.domain.prompt import first_sentence, knowledge_prompt
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


def test_only_the_bundled_model_has_an_adapter_that_comes_with_deskbell(tmp_path: Path) -> None:
    assert local.shipped_adapter("some/model") is None
    assert local.shipped_adapter(str(tmp_path)) is None


def test_what_is_shipped_is_small_and_was_taught_what_is_asked() -> None:
    folder = local.shipped_adapter(local.BUNDLED)
    assert folder is not None
    card = json.loads((folder / local.CARD).read_text())
    prompt = knowledge_prompt("How long?", Ground("en", ("30 days.",)))
    assert card["format"] == local.FORMAT and first_sentence(prompt.system) in card["tasks"]
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 20_000_000
