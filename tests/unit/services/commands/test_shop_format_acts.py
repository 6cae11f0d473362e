"""What acts leave behind in a foreign shop's own format."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from shared.shop import load_shop
from shared.templates import in_language, template_environment
from tests.unit.services.commands.foreign_shops import (
    Act,
    act,
    call,
    differences,
    exported,
    import_sample,
    previewed,
    refused,
)
from tests.unit.shared.shop.formats import samples


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))


TAU2_ACTS = [
    (
        ("ann_1", "cancel_order", {"order": "#K0001", "reason": "ordered_by_mistake"}),
        {
            "/orders/#K0001/status": "cancelled",
            "/orders/#K0001/cancel_reason": "ordered by mistake",
            "/orders/#K0001/payment_history": [
                {"transaction_type": "payment", "amount": 19.0, "payment_method_id": "credit_card_1"},
                {"transaction_type": "refund", "amount": 19, "payment_method_id": "credit_card_1"},
            ],
        },
    ),
    (
        ("ann_1", "change_item", {"order": "#K0003", "item": "73", "option": "72"}),
        {
            "/orders/#K0003/status": "pending (item modified)",
            "/orders/#K0003/items": [
                {"name": "Mug", "product_id": "70", "item_id": "72", "price": 10.25, "options": {"color": "blue"}}
            ],
            "/orders/#K0003/payment_history": [
                {"transaction_type": "payment", "amount": 8, "payment_method_id": "gift_card_1"},
                {"transaction_type": "payment", "amount": 2.25, "payment_method_id": "gift_card_1"},
            ],
            "/users/ann_1/payment_methods/gift_card_1/balance": 28.75,
        },
    ),
    (
        ("ann_1", "cancel_order", {"order": "#K0003", "reason": "no_longer_needed"}),
        {
            "/orders/#K0003/status": "cancelled",
            "/orders/#K0003/cancel_reason": "no longer needed",
            "/orders/#K0003/payment_history": [
                {"transaction_type": "payment", "amount": 8, "payment_method_id": "gift_card_1"},
                {"transaction_type": "refund", "amount": 8, "payment_method_id": "gift_card_1"},
            ],
            "/users/ann_1/payment_methods/gift_card_1/balance": 39,
        },
    ),
    (
        ("ann_1", "return_item", {"order": "#K0002", "item": "73", "reason": "changed_mind"}),
        {
            "/orders/#K0002/status": "return requested",
            "/orders/#K0002/return_items": ["73"],
            "/orders/#K0002/return_payment_method_id": "credit_card_1",
        },
    ),
    (
        ("ann_1", "exchange_item", {"order": "#K0002", "item": "71", "option": "72"}),
        {
            "/orders/#K0002/status": "exchange requested",
            "/orders/#K0002/exchange_items": ["71"],
            "/orders/#K0002/exchange_new_items": ["72"],
            "/orders/#K0002/exchange_payment_method_id": "credit_card_1",
            "/orders/#K0002/exchange_price_difference": 1.25,
        },
    ),
    (
        ("ann_1", "change_item", {"order": "#K0003", "item": "73", "option": "72", "payment_method": "card"}),
        {
            "/orders/#K0003/status": "pending (item modified)",
            "/orders/#K0003/items": [
                {"name": "Mug", "product_id": "70", "item_id": "72", "price": 10.25, "options": {"color": "blue"}}
            ],
            "/orders/#K0003/payment_history": [
                {"transaction_type": "payment", "amount": 8, "payment_method_id": "gift_card_1"},
                {"transaction_type": "payment", "amount": 2.25, "payment_method_id": "credit_card_1"},
            ],
        },
    ),
    (
        (
            "ann_1",
            "return_item",
            {"order": "#K0002", "item": "71", "reason": "faulty", "payment_method": "gift_card"},
        ),
        {
            "/orders/#K0002/status": "return requested",
            "/orders/#K0002/return_items": ["71"],
            "/orders/#K0002/return_payment_method_id": "gift_card_1",
        },
    ),
    (
        ("ann_1", "change_address", {"order": "#K0001", "address": "9 Hill Road, Floor 3, Ogden, UT 84401, USA"}),
        {
            "/orders/#K0001/address/address1": "9 Hill Road",
            "/orders/#K0001/address/address2": "Floor 3",
            "/orders/#K0001/address/city": "Ogden",
            "/orders/#K0001/address/state": "UT",
            "/orders/#K0001/address/zip": "84401",
        },
    ),
    (
        ("ann_1", "change_payment", {"order": "#K0001", "payment_method": "gift_card_1"}),
        {
            "/orders/#K0001/payment_history": [
                {"transaction_type": "payment", "amount": 19.0, "payment_method_id": "credit_card_1"},
                {"transaction_type": "payment", "amount": 19, "payment_method_id": "gift_card_1"},
                {"transaction_type": "refund", "amount": 19, "payment_method_id": "credit_card_1"},
            ],
            "/users/ann_1/payment_methods/gift_card_1/balance": 12,
        },
    ),
]


@pytest.mark.parametrize(("one", "left"), TAU2_ACTS, ids=[" ".join(one[2].values()) for one, _ in TAU2_ACTS])
def test_an_act_leaves_in_tau2_what_the_format_has_for_it(one: Act, left: dict[str, Any], tmp_path: Path) -> None:
    _, shop = import_sample("tau2", tmp_path)
    asyncio.run(act(shop, [one]))
    assert dict(differences(samples.tau2(), exported(shop, tmp_path / "out.json"))) == left


ONCE = [
    ("change_item", {"item": "71", "option": "72"}, "#K0001", "cancel_order", {"reason": "customer_request"}),
    ("change_item", {"item": "71", "option": "72"}, "#K0001", "change_payment", {"payment_method": "gift_card_1"}),
    ("return_item", {"item": "73", "reason": "faulty"}, "#K0002", "exchange_item", {"item": "71", "option": "72"}),
]


@pytest.mark.parametrize(("first", "given", "order", "then", "wished"), ONCE, ids=[f"{o[0]} {o[3]}" for o in ONCE])
def test_tau2_lets_an_order_be_changed_once(
    first: str, given: dict[str, str], order: str, then: str, wished: dict[str, str], tmp_path: Path
) -> None:
    _, shop = import_sample("tau2", tmp_path)
    asyncio.run(act(shop, [("ann_1", first, {"order": order, **given})]))
    assert asyncio.run(refused(shop, ("ann_1", then, {"order": order, **wished})))


def test_a_gift_card_pays_no_more_than_it_holds(tmp_path: Path) -> None:
    source, _ = import_sample("tau2", tmp_path)
    data = samples.tau2()
    data["users"]["ann_1"]["payment_methods"]["gift_card_1"]["balance"] = 2.24
    source.write_text(json.dumps(data), encoding="utf-8")
    assert call("import", "--format", "tau2", source, "--out", tmp_path / "poor").exit_code == 0
    swap = ("ann_1", "change_item", {"order": "#K0003", "item": "73", "option": "72"})
    assert asyncio.run(refused(tmp_path / "poor", swap)) == "balance_too_low"


def test_money_goes_back_only_the_way_it_came_or_onto_a_gift_card(tmp_path: Path) -> None:
    source, _ = import_sample("tau2", tmp_path)
    data = samples.tau2()
    methods = data["users"]["ann_1"]["payment_methods"]
    methods["paypal_1"] = {"source": "paypal", "id": "paypal_1"}
    source.write_text(json.dumps(data), encoding="utf-8")
    assert call("import", "--format", "tau2", source, "--out", tmp_path / "other").exit_code == 0
    wish = {"order": "#K0002", "item": "71", "reason": "faulty", "payment_method": "paypal"}
    assert asyncio.run(refused(tmp_path / "other", ("ann_1", "return_item", wish))) == "refund_elsewhere"
    assert asyncio.run(refused(tmp_path / "shop", ("ann_1", "return_item", wish))) == "payment_method_unknown"


HERE = "/orders/jd/s1/u甲"
ECOM_ACTS = [
    (
        ("u甲", "cancel_order", {"order": "1001", "reason": "customer_request"}),
        {f"{HERE}/1001/订单状态": "已取消", "/users_info/u甲/电子卡余额": 150},
    ),
    (("u甲", "urge_delivery", {"order": "1001"}), {f"{HERE}/1001/是否加急": True}),
    (
        ("u甲", "change_item", {"order": "1001", "item": "11", "option": "13"}),
        {f"{HERE}/1001/订单商品列表": [{"商品ID": "13", "单价": 50, "数量": 1}]},
    ),
    (
        ("u甲", "return_item", {"order": "1002", "item": "12", "reason": "changed_mind"}),
        {f"{HERE}/1002/订单状态": "已退货", "/users_info/u甲/电子卡余额": 150},
    ),
    (
        ("u甲", "change_address", {"order": "1001", "address": "湖南省长沙市岳麓区样例街9号"}),
        {
            f"{HERE}/1001/收货地址/省份": "湖南省",
            f"{HERE}/1001/收货地址/城市": "长沙市",
            f"{HERE}/1001/收货地址/区县": "岳麓区",
            f"{HERE}/1001/收货地址/详细地址": "样例街9号",
        },
    ),
    (
        ("u甲", "request_invoice", {"order": "1002", "title": "样例公司", "tax_number": "91A"}),
        {
            "/invoices": {
                "1002": {
                    "订单ID": "1002", "发票类型": "企业发票", "发票抬头": "样例公司", "电话号码": "10000000001",
                    "税号": "91A",
                }
            }
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("one", "left"), ECOM_ACTS, ids=[one[1] for one, _ in ECOM_ACTS])
def test_an_act_leaves_in_ecom_bench_what_the_format_has_for_it(one: Act, left: dict[str, Any], tmp_path: Path) -> None:
    _, shop = import_sample("ecom-bench", tmp_path)
    asyncio.run(act(shop, [one]))
    assert dict(differences(samples.ecom(), exported(shop, tmp_path / "out.json"))) == left


def test_an_act_changes_only_its_cells_of_csv(tmp_path: Path) -> None:
    _, shop = import_sample("csv", tmp_path)
    asyncio.run(act(shop, [("K1", "cancel_order", {"order": "A-01", "reason": "customer_request"})]))
    assert call("export", "--shop", shop, "--out", tmp_path / "out").exit_code == 0
    changed = {name: (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8") for name in samples.CSV}
    assert changed == samples.CSV | {
        "orders": samples.CSV["orders"].replace("A-01,K1,pending", "A-01,K1,cancelled"),
        "products": samples.CSV["products"].replace("12.5,3,S", "12.5,5,S"),
    }


SPOKEN = [
    ("tau2", "en", ("ann_1", "cancel_order", {"order": "#K0003", "reason": "x"}), "to your gift card at once."),
    ("tau2", "en", ("ann_1", "cancel_order", {"order": "#K0001", "reason": "x"}), "0042 within 5-7 working days."),
    ("ecom-bench", "zh", ("u甲", "cancel_order", {"order": "1001", "reason": "x"}), "立即退回您的礼品卡"),
    ("ecom-bench", "zh", ("u甲", "return_item", {"order": "1002", "item": "12", "reason": "x"}), "立即退回您的京东E卡"),
]


@pytest.mark.parametrize(("format_name", "language", "one", "text"), SPOKEN, ids=[text for *_, text in SPOKEN])
def test_a_preview_names_where_the_money_goes(
    format_name: str, language: str, one: Act, text: str, tmp_path: Path
) -> None:
    _, shop_dir = import_sample(format_name, tmp_path)
    preview = asyncio.run(previewed(shop_dir, one))
    wording = load_shop(shop_dir).responses[language][f"preview_{one[1]}"][0]
    facts = in_language(preview.facts, language)
    said = template_environment("UTC").from_string(wording).render(**facts, target=preview.target, again=False)
    assert text in said
