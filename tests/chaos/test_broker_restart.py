"""RabbitMQ killed and started again, twice, while customers keep coming."""

from pathlib import Path

import pytest

from tests.chaos.under_load import check, under_load
from tests.harness.rabbitmq import RabbitMQ
from tests.harness.stack import processes

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def test_every_accepted_message_ends_once(
    broker: RabbitMQ, env: dict[str, str], tmp_path: Path, var: Path, reports: Path
) -> None:
    faults = ((15, broker.kill), (20, broker.start), (40, broker.kill), (45, broker.start))
    with processes(tmp_path, env, var) as stack:
        check(under_load(stack, faults, seed=1), reports)
