"""Chaos runs on the same stacks as the tests of whole conversations."""

from pathlib import Path

import pytest

from tests.harness.stack import ROOT

SHOP = ROOT / "shops" / "demo"


@pytest.fixture
def env(rabbitmq_url: str, state_url: str, postgres_url: str) -> dict[str, str]:
    """The settings of a stack of processes: an empty broker, an empty state, an empty database."""
    return {
        "DESKBELL_BUS_URL": rabbitmq_url, "DESKBELL_STATE_URL": state_url, "DESKBELL_DATABASE_URL": postgres_url,
        "DESKBELL_SHOP_DIR": str(SHOP),
    }  # fmt: skip


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Where the load's report goes; its place is printed."""
    return tmp_path / "report"
