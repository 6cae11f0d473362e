"""A write under faults before and after each of its awaits: at most one change, and the last sentence is true."""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from services.dialogue.domain.shop import Drifted, Preview, Receipt
from tests.harness.fault_points import POINTS, every_fault
from tests.harness.fault_runs import Result, World, impatient, play, table

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Without a line in the log for each of a thousand faults."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with impatient():
        yield


def wrong(results: list[Result]) -> str:
    print(table(results))  # noqa: T201 - what struck, for whoever reads the test's output
    return "\n".join(f"{result.wrong}: {result}" for result in results if result.wrong)


async def test_a_thousand_runs_in_the_embedded_shop(state_url: str, tmp_path: Path) -> None:
    results = await play(state_url, tmp_path, 1000)
    assert not wrong(results)
    struck = {fault for result in results for fault in result.struck}
    assert {fault.point for fault in struck} == set(POINTS)
    in_every_write = {fault for fault in every_fault() if fault.point in ("intents.add", "states.save", "shop.commit")}
    assert in_every_write <= struck


async def test_a_hundred_runs_over_http(state_url: str, tmp_path: Path) -> None:
    results = await play(state_url, tmp_path, 100, http=True)
    assert not wrong(results)
    assert sum(result.befallen > 0 for result in results) > 50


class Forgetful:
    """A shop without idempotency: it knows no key again."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shop, name)

    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        done = await self.shop.commit(customer_id, preview, secrets.token_hex(8))
        return done.model_copy(update={"key": key}) if isinstance(done, Receipt) else done


async def test_the_runs_would_notice_a_shop_that_forgets_its_keys(state_url: str, tmp_path: Path) -> None:
    def forgetful(world: World) -> World:
        return replace(world, shop=Forgetful(world.shop))  # type: ignore[arg-type]

    results = await play(state_url, tmp_path, 100, change=forgetful)
    assert wrong(results)
