from pathlib import Path

import pytest

from services.commands.own_stack import open_own_stack
from shared.errors import ConfigError


async def test_a_stack_that_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path))
    with pytest.raises(ConfigError, match="no shop folder"):
        async with open_own_stack(tmp_path / "nowhere", "evaluation"):
            pass
    assert (tmp_path / "evaluation/stack.log").exists()
