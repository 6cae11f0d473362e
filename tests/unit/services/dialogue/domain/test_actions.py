"""When an act is allowed, what it would change, and what makes its preview another one."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.dialogue.domain.actions import CROCKFORD, Situation, preview_act, receipt_number
from services.dialogue.domain.actions.money import total
from services.dialogue.domain.shop import Customer, Order, OrderLine, Preview, Refusal

POLICIES = {"cancel": {"until_status": "packed"}, "refund": {"days": "5-7", "alipay_days": "1-3"}}
ARGUMENTS = {"order": "SM1", "reason": "by_mistake"}


def order(**changes: Any) -> Order:
    line = OrderLine(sku="A", product_id="P", name={"en": "A"}, options={}, quantity=2, price=Decimal("10.00"))
    values: dict[str, Any] = {
        "number": "SM1", "customer_id": "C1", "status": "pending", "placed_at": datetime(2026, 11, 1, tzinfo=UTC),
        "currency": "EUR", "lines": (line,), "total": Decimal("24.90"), "payment_method": "card",
        "payment_last4": "4242",
    }  # fmt: skip
    return Order(**{**values, **changes})


def preview(
    live: Order | None, arguments: dict[str, str] = ARGUMENTS, policies: dict[str, Any] = POLICIES
) -> Preview | Refusal:
    return preview_act("cancel_order", arguments, situation(live, policies))


def situation(live: Order | None, policies: dict[str, Any] = POLICIES) -> Situation:
    customer = Customer(id="C1", name="Ada", email="ada@example.com")
    return Situation(customer, live, (), (), policies, datetime(2026, 11, 20, tzinfo=UTC))


def test_a_preview_shows_all_that_the_customer_must_know() -> None:
    shown = preview(order())
    assert isinstance(shown, Preview)
    assert (shown.action, shown.target, shown.arguments) == ("cancel_order", "SM1", ARGUMENTS)
    assert shown.facts == {
        "order_number": "SM1", "amount": "24.90", "currency": "EUR", "payment_method": "card", "payment_last4": "4242",
        "item_count": 2, "refund_days": "5-7",
    }  # fmt: skip


def test_refund_days_follow_the_payment_method_where_the_policies_say_so() -> None:
    shown = preview(order(payment_method="alipay", payment_last4=""))
    assert isinstance(shown, Preview) and shown.facts["refund_days"] == "1-3"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("pending", None),
        ("packed", None),
        ("shipped", "cancel_too_late"),
        ("out_for_delivery", "cancel_too_late"),
        ("delivered", "cancel_too_late"),
        ("return_requested", "cancel_too_late"),
        ("returned", "cancel_too_late"),
        ("refunded", "cancel_too_late"),
        ("cancelled", "order_already_cancelled"),
    ],
)
def test_an_order_can_be_cancelled_until_the_status_that_the_policy_names(status: str, reason: str | None) -> None:
    answer = preview(order(status=status))
    assert (answer.reason if isinstance(answer, Refusal) else None) == reason


def test_without_a_policy_nothing_can_be_cancelled() -> None:
    assert isinstance(preview(order(), policies={}), Refusal)


def test_a_foreign_order_is_refused_exactly_like_an_unknown_one() -> None:
    assert preview(order(customer_id="C2")) == preview(None) == preview(order(customer_id="C2", status="cancelled"))


@pytest.mark.parametrize("arguments", [{"order": "SM1"}, {"reason": "x"}, {"order": "SM1", "reason": ""}])
def test_an_argument_must_not_be_missing(arguments: dict[str, str]) -> None:
    answer = preview(order(), arguments)
    assert isinstance(answer, Refusal) and answer.reason == "argument_missing"


def test_an_unknown_act_is_refused() -> None:
    answer = preview_act("give_money", ARGUMENTS, situation(order()))
    assert isinstance(answer, Refusal) and answer.reason == "action_not_allowed"


@pytest.mark.parametrize(
    ("live", "arguments", "policies"),
    [
        (order(status="packed"), ARGUMENTS, POLICIES),
        (order(total=Decimal("24.91")), ARGUMENTS, POLICIES),
        (order(currency="CNY"), ARGUMENTS, POLICIES),
        (order(payment_last4="1881"), ARGUMENTS, POLICIES),
        (order(payment_method="paypal"), ARGUMENTS, POLICIES),
        (order(lines=(order().lines[0].model_copy(update={"sku": "B"}),)), ARGUMENTS, POLICIES),
        (order(), {**ARGUMENTS, "reason": "other"}, POLICIES),
        (order(), ARGUMENTS, {**POLICIES, "refund": {"days": "9"}}),
    ],
)
def test_whatever_the_effect_depends_on_changes_the_digest(
    live: Order, arguments: dict[str, str], policies: dict[str, Any]
) -> None:
    before, after = preview(order()), preview(live, arguments, policies)
    assert isinstance(before, Preview) and isinstance(after, Preview)
    assert before.digest != after.digest


def test_what_the_effect_does_not_depend_on_leaves_the_digest() -> None:
    assert preview(order()) == preview(order(address="elsewhere", carrier="DHL"))


def test_a_receipt_number_follows_from_its_key_and_is_easy_to_read_aloud() -> None:
    numbers = [receipt_number(f"key {index}") for index in range(2000)]
    assert receipt_number("key 7") == numbers[7]
    assert len(set(numbers)) == len(numbers)
    assert all(number[:2] == "R-" and len(number) == 10 and set(number[2:]) <= set(CROCKFORD) for number in numbers)


def test_a_total_is_quantities_times_prices() -> None:
    assert total([(2, Decimal("10.05")), (1, Decimal("0.90"))]) == Decimal("21.00")
