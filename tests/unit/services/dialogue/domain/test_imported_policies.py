"""Policies that shops from elsewhere brought: repairs for a day, before delivery too, and swaps at the same price."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.dialogue.domain.actions import Ready, plan_act
from services.dialogue.domain.shop import Refusal
from tests.unit.services.dialogue.catalogue import catalogue_shop

UNDELIVERED = {"undelivered": True, "earliest_days": 1, "latest_days": 14}


def planned(action: str, customer: str, asked: dict[str, str], **policies: dict[str, Any]) -> Ready | Refusal:
    at = catalogue_shop().situation(customer, asked)
    assert at is not None
    merged = {name: {**at.policies[name], **more} for name, more in policies.items()}
    return plan_act(action, asked, replace(at, policies={**at.policies, **merged}))


def repair(days: int) -> Ready | Refusal:
    asked = {"order": "MB10001", "item": "P2003-RED-M", "problem": "zip"}
    at = catalogue_shop().situation("C001", asked)
    assert at is not None
    day = at.now.date() + timedelta(days=days)
    return planned("book_repair", "C001", {**asked, "date": str(day)}, repair=UNDELIVERED)


def test_a_repair_is_booked_for_a_day_before_the_order_has_arrived() -> None:
    ready = repair(days=3)
    assert isinstance(ready, Ready)
    assert ready.preview.facts["date"] == ready.preview.arguments["date"]
    assert ready.preview.facts["warranty"]


@pytest.mark.parametrize("days", [0, 15])
def test_a_day_outside_the_window_is_refused_with_the_window(days: int) -> None:
    refused = repair(days)
    assert isinstance(refused, Refusal)
    assert (refused.reason, sorted(refused.facts)) == ("day_not_possible", ["first", "last"])


def test_a_swap_at_the_same_price_moves_no_money() -> None:
    asked = {"order": "MB10007", "item": "P1004-PNK-38", "option": "P1004-PNK-39"}
    at = catalogue_shop().situation("C004", asked)
    assert at is not None and at.order is not None
    dearer = [
        product.model_copy(
            update={
                "variants": tuple(
                    variant.model_copy(update={"prices": {name: price * 2 for name, price in variant.prices.items()}})
                    if variant.sku == "P1004-PNK-39"
                    else variant
                    for variant in product.variants
                )
            }
        )
        for product in at.products
    ]
    policies = {**at.policies, "item_change": {**at.policies["item_change"], "same_price": True}}
    ready = plan_act("change_item", asked, replace(at, products=tuple(dearer), policies=policies))
    assert isinstance(ready, Ready) and ready.planned.order is not None
    assert (ready.preview.facts["direction"], ready.planned.order.total) == ("none", at.order.total)
