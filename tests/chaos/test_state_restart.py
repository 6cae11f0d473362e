"""Valkey killed and started again, twice, while customers keep coming. Every write of it is on disk."""

from pathlib import Path

import pytest

from tests.chaos.under_load import check, under_load
from tests.harness.stack import processes
from tests.harness.valkey import Valkey

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def test_every_accepted_message_ends_once(
    state_server: Valkey, env: dict[str, str], tmp_path: Path, var: Path, reports: Path
) -> None:
    faults = ((15, state_server.kill), (19, state_server.start), (40, state_server.kill), (40.2, state_server.start))
    with processes(tmp_path, env, var) as stack:
        check(under_load(stack, faults, seed=2), reports)
