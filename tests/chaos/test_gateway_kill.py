"""The gateway, which ends turns and sweeps, is killed three times; customers come back to a new one."""

from functools import partial
from pathlib import Path

import pytest

from tests.chaos.under_load import Fault, check, under_load
from tests.harness.stack import processes

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def test_every_accepted_message_ends_once(env: dict[str, str], tmp_path: Path, var: Path, reports: Path) -> None:
    with processes(tmp_path, env, var) as stack:
        kill, start = partial(stack.kill, "gateway"), partial(stack.start, "gateway")
        # The second absence is longer than a turn's lease.
        faults: list[Fault] = [(10, kill), (10, start), (25, kill), (38, start), (50, kill), (50, start)]
        check(under_load(stack, faults, seed=4, profile="turns"), reports, gateway_stays=False)
