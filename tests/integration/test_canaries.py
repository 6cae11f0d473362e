"""Two customers whose records and words hold a mark: whatever they do at once, neither's mark reaches the other."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.canaries import CONVERSATIONS, OWNERS, Crowd, open_crowd


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_500_turns_at_once_leak_nothing(
    state_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await no_leak(state_url, tmp_path, 500, capfd)


@pytest.mark.chaos
@pytest.mark.timeout(420)
async def test_10000_turns_at_once_leak_nothing(
    state_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await no_leak(state_url, tmp_path, 10_000, capfd)


async def no_leak(state_url: str, directory: Path, turns: int, capfd: pytest.CaptureFixture[str]) -> None:
    async with open_crowd(state_url, directory) as crowd:
        each = turns // (CONVERSATIONS * len(OWNERS))
        talks = [crowd.talk(customer, str(place), each) for customer in OWNERS for place in range(CONVERSATIONS)]
        await asyncio.gather(*talks)
        assert crowd.broken_off > turns / 100
        in_outputs(crowd)
        await in_redis(crowd)
        await in_the_shop(crowd)
    logged = capfd.readouterr()
    assert "CANARY" not in logged.out + logged.err


def in_outputs(crowd: Crowd) -> None:
    """Plans, texts and prompts hold the own mark alone; questions reach the model without anyone's name."""
    for customer, mark in OWNERS.items():
        assert any(mark in sent for sent in crowd.sent[customer])
        assert crowd.model.told[customer]
        for text in (*crowd.sent[customer], *crowd.model.told[customer]):
            assert not foreign(text, mark)


async def in_redis(crowd: Crowd) -> None:
    """States and logs hold the own mark alone; what belongs to no conversation holds none."""
    kept = await crowd.kept()
    assert any("knowledge" in key for key in kept)
    for key, content in kept.items():
        owner = next((mark for customer, mark in OWNERS.items() if f"c:{customer}-" in key), "nobody")
        assert not foreign(content, owner), key
    for customer, mark in OWNERS.items():
        assert all(mark in content for key, content in kept.items() if f"c:{customer}-0:" in key and "log" in key)


async def in_the_shop(crowd: Crowd) -> None:
    """What one customer's acts wrote is on that customer's records alone."""
    records, done = await crowd.counter.shop.state()
    assert done
    for order in records.orders:
        assert not foreign(order.model_dump_json(), OWNERS.get(order.customer, "nobody"))
    for customer in records.customers:
        assert not foreign(customer.model_dump_json(), OWNERS.get(customer.id, "nobody"))
    for act in done:
        assert not foreign(str(act), OWNERS.get(act.customer, "nobody"))


def foreign(text: str, own: str) -> bool:
    """Whether the text holds a mark other than the own one."""
    return "CANARY" in text.replace(own, "")
