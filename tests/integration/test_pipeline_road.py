"""What stands in for understanding when the road is measured takes a real place on it."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.customers import open_customers, same_text
from benchmarks.road import running_road
from tests.harness.valkey import Valkey

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow, pytest.mark.timeout(300)]


async def test_customers_are_answered_with_and_without_understanding(
    tmp_path: Path, rabbitmq_url: str, state_url: str, state_server: Valkey, var: Path
) -> None:
    told: Counter[str] = Counter()
    with running_road(tmp_path, rabbitmq_url, state_server, var) as road:
        for understands in ("fixed nlu", "nlu"):
            if understands == "nlu":
                road.understand_with("nlu")
            async with open_customers(road.stack.url, same_text(), told, 2) as turns:
                for turn in turns:
                    await turn()
        assert set(road.memory()) == {"nlu", "dialogue", "generator", "gateway"}
    assert told == {"greeting": 4}
