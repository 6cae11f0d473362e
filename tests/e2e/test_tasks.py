"""Simulated customers of made-up shops in both languages, with every kind of noise, over a stack of their own."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tasks.__main__ import COLLECTIONS
from benchmarks.tasks.customer import NOISES
from benchmarks.tasks.goals import Task
from benchmarks.tasks.playing import Played, open_stage
from shared.shop.formats import FORMATS
from shared.shop.formats.folder import import_shop
from shared.shop.load import load_shop
from tests.unit.shared.shop.formats import samples

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
BASE = Path(__file__).resolve().parents[2] / "shops" / "demo"


def english(folder: Path) -> Path:
    """A customer exchanges a red mug that has arrived for a blue one, and cancels another order."""
    samples.write_tau2(folder)
    orders = copy.deepcopy(samples.tau2()["orders"])
    exchanged, cancelled = orders["#K0002"], orders["#K0001"]
    exchanged |= {"status": "exchange requested", "exchange_items": ["71"], "exchange_new_items": ["72"]}
    exchanged |= {"exchange_payment_method_id": "credit_card_1", "exchange_price_difference": 1.25}
    refund = {"transaction_type": "refund", "amount": 19, "payment_method_id": "credit_card_1"}
    cancelled["payment_history"].append(refund)
    cancelled |= {"status": "cancelled", "cancel_reason": "ordered by mistake"}
    swap = {"order_id": "#K0002", "item_ids": ["71"], "new_item_ids": ["72"], "payment_method_id": "credit_card_1"}
    actions = [
        {"name": "exchange_delivered_order_items", "kwargs": swap},
        {"name": "cancel_pending_order", "kwargs": {"order_id": "#K0001", "reason": "ordered by mistake"}},
    ]
    gold = {"orders": {"#K0002": exchanged, "#K0001": cancelled}}
    task = {"id": "two-wishes", "user_id": "ann_1", "actions": actions, "gold_changed": gold}
    (folder / "tasks.json").write_text(json.dumps([task]))
    return folder


def chinese(folder: Path) -> Path:
    """A customer swaps what has not been sent for another model, and hurries that order."""
    samples.write_ecom(folder)
    order = "orders/jd/s1/u甲/1001"
    swap = {"order_id": "1001", "action": "换货", "original_product_id": "11", "exchange_product_id": "13"}
    actions = [
        {"name": "manage_exchange", "arguments": swap},
        {"name": "manage_urgent", "arguments": {"order_id": "1001"}},
    ]
    changed = {f"{order}/订单商品列表/0/商品ID": ["11", "13"], f"{order}/是否加急": [False, True]}
    (folder / "tasks.json").write_text(json.dumps([{"index": 1, "user_id": "u甲", "metadata": {"actions": actions}}]))
    (folder / "expected_end_states.json").write_text(json.dumps([{"index": 1, "changed": changed}]))
    return folder


@pytest.mark.parametrize(("collection", "make"), [("tau", english), ("ecom-bench", chinese)])
async def test_goals_come_about_whatever_the_noise(
    collection: str, make: Any, tmp_path: Path, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(var))
    folder = tmp_path / "source"
    folder.mkdir()
    kind, source = COLLECTIONS[collection], make(folder)
    import_shop(kind.format, source, tmp_path / "theirs", load_shop(BASE))
    tasks: list[Task] = kind.read(FORMATS[kind.format].read(source), source / "tasks.json")
    found: Mapping[str, Played] = {}
    async with open_stage(tmp_path / "theirs", kind.layout) as stage:
        for noise in NOISES:
            (played,), stray = await stage.play(tasks, noise, seed=1)
            assert not stray
            found = {**found, noise: played}
    assert {noise: one.kind for noise, one in found.items()} == dict.fromkeys(NOISES, "success"), _told(found)
    assert sum(one.unconfirmed for one in found.values()) == 0


def _told(found: Mapping[str, Played]) -> str:
    lost = {noise: one for noise, one in found.items() if one.kind != "success"}
    return "\n".join(
        "\n".join([f"# {noise}: {one.ends} {one.grade}", *(f"{who}: {text}" for who, text in one.transcript)])
        for noise, one in lost.items()
    )
