"""Every ten seconds a service process is killed and started again, while customers keep coming."""

from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.chaos.under_load import Fault, check, under_load
from tests.harness.stack import SERVICES, Stack, processes

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]
KILLS_AT_S = (5, 15, 25, 35, 45, 55)


def again(stack: Stack, name: str) -> None:
    """No chance to tidy up, and a start as after any other end."""
    stack.kill(name)
    stack.start(name)


def test_every_accepted_message_ends_once(env: dict[str, str], tmp_path: Path, var: Path, reports: Path) -> None:
    random = Random(3)
    names = [*random.sample(SERVICES, len(SERVICES)), *random.choices(SERVICES, k=2)]
    with processes(tmp_path, env, var) as stack:
        faults: list[Fault] = [
            (at_s, partial(again, stack, name)) for at_s, name in zip(KILLS_AT_S, names, strict=True)
        ]
        check(under_load(stack, faults, seed=3), reports, gateway_stays=False)
