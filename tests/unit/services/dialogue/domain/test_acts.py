"""Every act on the demo shop's own catalogue: what it would change, what forbids it, and the sums that it promises."""

from typing import Any

import pytest

from services.dialogue.domain.actions import ACTIONS, Ready, Seen, plan_act
from services.dialogue.domain.shop import Refusal
from tests.unit.services.dialogue.catalogue import catalogue_shop
from tests.unit.services.dialogue.world import FakeShop

Asked = dict[str, str]

ALLOWED: list[tuple[str, str, Asked]] = [
    ("cancel_order", "C001", {"order": "MB10001", "reason": "customer_request"}),
    ("change_address", "C002", {"order": "MB10002", "address": "Torstraße 5, 10119 Berlin"}),
    ("change_payment", "C002", {"order": "MB10002", "payment_method": "paypal"}),
    ("change_delivery", "C001", {"order": "MB10001", "wish": "faster"}),
    ("change_delivery", "C001", {"order": "MB10001", "wish": "later", "date": "2026-11-26"}),
    ("change_item", "C004", {"order": "MB10007", "item": "P1004-PNK-38", "option": "P1004-PNK-39"}),
    ("change_quantity", "C004", {"order": "MB10007", "item": "P4005-WHT-3639", "quantity": "1"}),
    ("change_quantity", "C004", {"order": "MB10007", "item": "P4005-WHT-3639", "quantity": "0"}),
    ("urge_delivery", "C002", {"order": "MB10003"}),
    ("trace_parcel", "C010", {"order": "MB10018"}),
    ("return_item", "C009", {"order": "MB10012", "item": "P2007-OLV-L", "reason": "changed_mind"}),
    ("return_item", "C009", {"order": "MB10012", "item": "P2007-OLV-L,P3002-CRM", "reason": "faulty"}),
    ("exchange_item", "C019", {"order": "MB10065", "item": "P1007-BRN-40", "option": "P1007-BRN-41"}),
    (
        "exchange_item",
        "C019",
        {"order": "MB10065", "item": "P1007-BRN-40", "option": "P1007-BRN-40", "reason": "damaged"},
    ),
    ("book_repair", "C010", {"order": "MB10019", "item": "P3002-CRM", "problem": "no sound"}),
    ("book_installation", "C003", {"order": "MB10005", "item": "P3001-BLK", "date": "2026-11-25"}),
    ("request_invoice", "C003", {"order": "MB10005", "title": "王磊"}),
    ("claim_price_protection", "C011", {"order": "MB10024", "item": "P3001-BLK"}),
    ("add_to_basket", "C007", {"option": "P1001-BLK-42", "quantity": "2"}),
    ("remove_from_basket", "C004", {"item": "P4008-GRN"}),
    ("place_order", "C004", {}),
    ("notify_stock", "C007", {"option": "P1001-BLK-43"}),
    ("change_profile", "C001", {"field": "phone", "value": "+86 139 5550 0999"}),
    ("request_data", "C001", {"wish": "export"}),
    ("opt_out", "C016", {"channel": "all"}),
    ("file_complaint", "C001", {"text": "The courier was rude."}),
]


def cheaper(shop: FakeShop) -> FakeShop:
    """The shop after a sale: the buds cost less than everybody paid."""
    buds = shop.products["P3001"]
    variants = tuple(
        v.model_copy(update={"prices": {name: v.prices[name] / 2 for name in v.prices}}) for v in buds.variants
    )
    shop.products["P3001"] = buds.model_copy(update={"variants": variants})
    return shop


def plan(action: str, customer: str, asked: Asked, shop: FakeShop | None = None) -> Ready | Refusal:
    live = (shop or cheaper(catalogue_shop())).situation(customer, asked)
    return plan_act(action, asked, live)


def facts(action: str, customer: str, asked: Asked) -> dict[str, Any]:
    ready = plan(action, customer, asked)
    assert isinstance(ready, Ready), ready
    return ready.preview.facts


def test_every_act_is_tried_here() -> None:
    assert {action for action, _, _ in ALLOWED} == set(ACTIONS)


@pytest.mark.parametrize(("action", "customer", "asked"), ALLOWED)
def test_an_act_changes_what_it_is_read_back_by(action: str, customer: str, asked: Asked) -> None:
    shop = cheaper(catalogue_shop())
    ready = plan(action, customer, asked, shop)
    assert isinstance(ready, Ready), ready
    before = seen(shop, customer, asked)
    assert not ACTIONS[action].shows(before, ready.preview, "R-1")
    shop.apply(ready, customer, "key")
    assert ACTIONS[action].shows(seen(shop, customer, asked), ready.preview, shop.receipts["key"].number)


def seen(shop: FakeShop, customer: str, asked: Asked) -> Any:
    return Seen(shop.orders.get(asked.get("order", "")), shop.customers[customer], tuple(shop.requests))


@pytest.mark.parametrize(("action", "customer", "asked"), [row for row in ALLOWED if "order" in row[2]])
def test_nobody_acts_on_the_order_of_another(action: str, customer: str, asked: Asked) -> None:
    answer = plan(action, "C008", asked)
    assert isinstance(answer, Refusal) and answer.reason == "order_not_found"


@pytest.mark.parametrize(("action", "customer", "asked"), ALLOWED)
def test_no_argument_that_decides_may_be_missing(action: str, customer: str, asked: Asked) -> None:
    for name in ACTIONS[action].arguments:
        answer = plan(action, customer, {**asked, name: ""})
        assert isinstance(answer, Refusal) and answer.reason == "argument_missing"


@pytest.mark.parametrize(
    ("action", "customer", "asked", "reason"),
    [
        ("change_address", "C002", {"order": "MB10003", "address": "Torstraße 5, 10119 Berlin"}, "change_too_late"),
        ("change_address", "C002", {"order": "MB10002", "address": "here"}, "address_incomplete"),
        (
            "change_address",
            "C002",
            {"order": "MB10002", "address": "Kastanienallee 41,  10435 Berlin, Germany"},
            "address_unchanged",
        ),
        ("change_payment", "C002", {"order": "MB10002", "payment_method": "card_4242"}, "payment_unchanged"),
        ("change_payment", "C002", {"order": "MB10002", "payment_method": "card_9999"}, "payment_method_unknown"),
        ("change_payment", "C004", {"order": "MB10006", "payment_method": "gift_4"}, "balance_too_low"),
        ("change_payment", "C002", {"order": "MB10003", "payment_method": "paypal"}, "change_too_late"),
        ("change_delivery", "C002", {"order": "MB10003", "wish": "faster"}, "delivery_with_carrier"),
        ("change_delivery", "C009", {"order": "MB10012", "wish": "faster"}, "change_too_late"),
        ("change_delivery", "C001", {"order": "MB10001", "wish": "later"}, "day_not_possible"),
        ("change_delivery", "C001", {"order": "MB10001", "wish": "later", "date": "2026-11-23"}, "day_not_possible"),
        ("change_delivery", "C001", {"order": "MB10001", "wish": "later", "date": "2026-12-08"}, "day_not_possible"),
        ("change_item", "C004", {"order": "MB10006", "item": "P2008-GRN-S", "option": "P2008-PNK-S"}, "out_of_stock"),
        ("change_item", "C004", {"order": "MB10006", "item": "P2008-GRN-S", "option": "P1001-BLK-42"}, "item_unknown"),
        ("change_item", "C004", {"order": "MB10006", "item": "P1001-BLK-42", "option": "P1001-BLK-41"}, "item_unknown"),
        (
            "change_item",
            "C004",
            {"order": "MB10007", "item": "P1004-PNK-38", "option": "P1004-PNK-38"},
            "option_unchanged",
        ),
        (
            "change_item",
            "C002",
            {"order": "MB10003", "item": "P2002-NVY-M", "option": "P2002-NVY-L"},
            "change_too_late",
        ),
        ("change_quantity", "C004", {"order": "MB10006", "item": "P2008-GRN-S", "quantity": "0"}, "last_item"),
        (
            "change_quantity",
            "C004",
            {"order": "MB10007", "item": "P4005-WHT-3639", "quantity": "2"},
            "quantity_unchanged",
        ),
        ("change_quantity", "C004", {"order": "MB10007", "item": "P4005-WHT-3639", "quantity": "3"}, "out_of_stock"),
        ("change_quantity", "C004", {"order": "MB10007", "item": "P4005-WHT-3639", "quantity": "-1"}, "item_unknown"),
        ("urge_delivery", "C009", {"order": "MB10012"}, "nothing_to_urge"),
        ("trace_parcel", "C001", {"order": "MB10001"}, "not_shipped_yet"),
        ("trace_parcel", "C002", {"order": "MB10003"}, "too_early_to_trace"),
        ("return_item", "C009", {"order": "MB10013", "item": "P2011-MUS-L", "reason": "faulty"}, "return_too_late"),
        ("return_item", "C001", {"order": "MB10001", "item": "P2003-RED-M", "reason": "faulty"}, "not_delivered"),
        ("return_item", "C010", {"order": "MB10020", "item": "P3001-WHT", "reason": "faulty"}, "not_delivered"),
        ("return_item", "C009", {"order": "MB10012", "item": "P1001-BLK-42", "reason": "faulty"}, "item_unknown"),
        (
            "exchange_item",
            "C009",
            {"order": "MB10013", "item": "P2011-MUS-L", "option": "P2011-MUS-XL"},
            "exchange_too_late",
        ),
        (
            "exchange_item",
            "C019",
            {"order": "MB10065", "item": "P1007-BRN-40", "option": "P1007-BRN-40"},
            "option_unchanged",
        ),
        ("book_repair", "C001", {"order": "MB10001", "item": "P2003-RED-M", "problem": "zip"}, "not_delivered"),
        (
            "book_installation",
            "C001",
            {"order": "MB10001", "item": "P2003-RED-M", "date": "2026-11-25"},
            "no_installation",
        ),
        (
            "book_installation",
            "C003",
            {"order": "MB10005", "item": "P3001-BLK", "date": "2026-11-23"},
            "day_not_possible",
        ),
        ("book_installation", "C003", {"order": "MB10005", "item": "P3001-BLK", "date": "soon"}, "day_not_possible"),
        ("request_invoice", "C009", {"order": "MB10015", "title": "张伟"}, "invoice_not_possible"),
        ("claim_price_protection", "C009", {"order": "MB10012", "item": "P3002-CRM"}, "price_protection_too_late"),
        ("claim_price_protection", "C011", {"order": "MB10024", "item": "P1005-CHR-42"}, "price_not_lower"),
        ("add_to_basket", "C007", {"option": "P1001-BLK-43"}, "out_of_stock"),
        ("add_to_basket", "C007", {"option": "nothing"}, "product_unknown"),
        ("add_to_basket", "C007", {"option": "P1001-BLK-42", "quantity": "99"}, "too_many"),
        ("remove_from_basket", "C004", {"item": "P1001-BLK-42"}, "item_unknown"),
        ("place_order", "C007", {}, "basket_empty"),
        ("notify_stock", "C007", {"option": "P1001-BLK-42"}, "already_in_stock"),
        ("change_profile", "C001", {"field": "email", "value": "new@example.cn"}, "field_not_here"),
        ("change_profile", "C001", {"field": "tier", "value": "gold gold"}, "field_not_here"),
        ("change_profile", "C001", {"field": "phone", "value": "12"}, "value_incomplete"),
        ("change_profile", "C001", {"field": "phone", "value": "+86 139 5550 0101"}, "profile_unchanged"),
        ("request_data", "C001", {"wish": "sell"}, "wish_unknown"),
        ("opt_out", "C016", {"channel": "newsletter"}, "already_opted_out"),
        ("opt_out", "C016", {"channel": "orders"}, "channel_unknown"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_its_reason(
    action: str, customer: str, asked: Asked, reason: str
) -> None:
    answer = plan(action, customer, asked)
    assert isinstance(answer, Refusal) and answer.reason == reason


@pytest.mark.parametrize(
    ("action", "customer", "asked", "reason"),
    [
        ("urge_delivery", "C002", {"order": "MB10003"}, "already_urged"),
        ("trace_parcel", "C010", {"order": "MB10018"}, "already_traced"),
        ("return_item", "C009", {"order": "MB10012", "item": "P2007-OLV-L", "reason": "faulty"}, "item_under_way"),
        (
            "exchange_item",
            "C019",
            {"order": "MB10065", "item": "P1007-BRN-40", "option": "P1007-BRN-41"},
            "item_under_way",
        ),
        ("book_repair", "C010", {"order": "MB10019", "item": "P3002-CRM", "problem": "no sound"}, "repair_exists"),
        ("request_invoice", "C003", {"order": "MB10005", "title": "王磊"}, "invoice_exists"),
        ("claim_price_protection", "C011", {"order": "MB10024", "item": "P3001-BLK"}, "price_protection_used"),
        ("place_order", "C004", {}, "basket_empty"),
        ("notify_stock", "C007", {"option": "P1001-BLK-43"}, "notice_exists"),
        ("request_data", "C001", {"wish": "export"}, "data_request_exists"),
        ("opt_out", "C016", {"channel": "all"}, "already_opted_out"),
    ],
)
def test_what_has_been_done_is_not_done_again(action: str, customer: str, asked: Asked, reason: str) -> None:
    shop = cheaper(catalogue_shop())
    ready = plan(action, customer, asked, shop)
    assert isinstance(ready, Ready), ready
    shop.apply(ready, customer, "key")
    again = plan(action, customer, asked, shop)
    assert isinstance(again, Refusal) and again.reason == reason


@pytest.mark.parametrize(
    ("customer", "asked", "sums"),
    [
        # Gold members send back free of charge.
        (
            "C009",
            {"order": "MB10012", "item": "P2007-OLV-L", "reason": "changed_mind"},
            ("259.00", "0.00", "0.00", "259.00"),
        ),
        # The freight is taken off when minds change, and not when the goods are faulty.
        (
            "C019",
            {"order": "MB10065", "item": "P1010-WHT-40", "reason": "changed_mind"},
            ("60.00", "4.90", "0.00", "55.10"),
        ),
        ("C019", {"order": "MB10065", "item": "P1010-WHT-40", "reason": "faulty"}, ("60.00", "0.00", "0.00", "60.00")),
        # All of an order that is faulty: the delivery fee comes back, too.
        (
            "C010",
            {"order": "MB10018", "item": "P4005-BLK-4044", "reason": "faulty"},
            ("17.00", "0.00", "6.90", "23.90"),
        ),
        (
            "C010",
            {"order": "MB10018", "item": "P4005-BLK-4044", "reason": "wrong_size"},
            ("17.00", "4.90", "0.00", "12.10"),
        ),
    ],
)
def test_what_a_return_gives_back(customer: str, asked: Asked, sums: tuple[str, ...]) -> None:
    shown = facts("return_item", customer, asked)
    assert (shown["goods"], shown["freight"], shown["shipping"], shown["amount"]) == sums


def test_the_second_exchange_of_an_order_costs_the_freight() -> None:
    shop = catalogue_shop()
    first = {"order": "MB10065", "item": "P1007-BRN-40", "option": "P1007-BRN-41"}
    ready = plan("exchange_item", "C019", first, shop)
    assert isinstance(ready, Ready) and ready.preview.facts["fee"] == "0.00"
    shop.apply(ready, "C019", "key")
    second = plan("exchange_item", "C019", {"order": "MB10065", "item": "P1010-WHT-40", "option": "P1010-WHT-41"}, shop)
    assert isinstance(second, Ready) and second.preview.facts["fee"] == "4.90"


def test_an_order_all_of_which_goes_back_is_itself_requested_back() -> None:
    whole = plan("return_item", "C009", {"order": "MB10012", "item": "P2007-OLV-L,P3002-CRM", "reason": "faulty"})
    part = plan("return_item", "C009", {"order": "MB10012", "item": "P2007-OLV-L", "reason": "faulty"})
    assert isinstance(whole, Ready) and whole.planned.order and whole.planned.order.status == "return_requested"
    assert isinstance(part, Ready) and part.planned.order and part.planned.order.status == "delivered"


def test_an_order_that_goes_faster_costs_what_express_costs_more() -> None:
    shown = facts("change_delivery", "C001", {"order": "MB10001", "wish": "faster"})
    assert (shown["amount"], shown["days"]) == ("22.00", "1")
    assert facts("change_delivery", "C002", {"order": "MB10002", "wish": "faster"})["amount"] == "13.00"


def test_another_variant_costs_the_difference_of_the_catalogue_not_of_what_was_paid() -> None:
    shop = catalogue_shop()
    bank = shop.products["P3004"]
    small, large = bank.variants[0], bank.variants[-1]
    line = (
        shop.orders["MB10029"]
        .lines[0]
        .model_copy(update={"sku": small.sku, "product_id": "P3004", "options": small.options})
    )
    shop.orders["MB10029"] = shop.orders["MB10029"].model_copy(update={"lines": (line,)})
    asked = {"order": "MB10029", "item": small.sku, "option": large.sku}
    ready = plan("change_item", "C012", asked, shop)
    assert isinstance(ready, Ready) and ready.planned.order
    gap = large.prices["EUR"] - small.prices["EUR"]
    assert (ready.preview.facts["amount"], ready.preview.facts["direction"]) == (f"{gap:.2f}", "pay")
    assert ready.planned.order.lines[0].price == line.price + gap


def test_a_gift_card_is_charged_and_the_old_payment_is_not_kept() -> None:
    shop = catalogue_shop()
    emma = shop.customers["C004"]
    rich = tuple(m.model_copy(update={"balance": 100}) if m.method == "gift_card" else m for m in emma.payment_methods)
    shop.customers["C004"] = emma.model_copy(update={"payment_methods": rich})
    ready = plan("change_payment", "C004", {"order": "MB10006", "payment_method": "gift_4"}, shop)
    assert isinstance(ready, Ready) and ready.planned.customer
    left = {m.id: m.balance for m in ready.planned.customer.payment_methods}
    assert left["gift_4"] == 100 - shop.orders["MB10006"].total
