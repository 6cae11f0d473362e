"""`deskbell shop import` and `export`: foreign data in, the shop's present state out, nothing lost."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services import runner
from services.commands.check import action_needs
from services.commands.shop import shop_app
from services.dialogue.adapters.sql_shop import open_sql_shop
from services.dialogue.domain.shop import Preview, Receipt, Refusal
from shared.config import Settings
from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.rules import find_problems
from tests.unit.shared.shop.formats import samples

DATA = Path(__file__).parents[5] / "shared/data"
Act = tuple[str, str, dict[str, str]]
WRITERS: dict[str, Callable[[Path], Path]] = {
    "tau2": samples.write_tau2, "ecom-bench": samples.write_ecom, "csv": samples.write_csv,
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(shop_app, [str(argument) for argument in arguments])


def import_sample(format_name: str, tmp_path: Path) -> tuple[Path, Path]:
    folder = tmp_path / "source"
    folder.mkdir()
    source = WRITERS[format_name](folder)
    result = call("import", "--format", format_name, source, "--out", tmp_path / "shop")
    assert result.exit_code == 0, result.exception
    return source, tmp_path / "shop"


async def act(shop_dir: Path, acts: Sequence[Act]) -> None:
    async with open_sql_shop(runner.database_url(Settings(shop_dir=shop_dir)), load_shop(shop_dir)) as shop:
        for index, (customer, action, arguments) in enumerate(acts):
            preview = await shop.preview(customer, action, arguments)
            assert isinstance(preview, Preview), preview
            assert isinstance(await shop.commit(customer, preview, f"key-{index}"), Receipt)


async def refused(shop_dir: Path, one: Act) -> str:
    """Why the shop will not do it."""
    async with open_sql_shop(runner.database_url(Settings(shop_dir=shop_dir)), load_shop(shop_dir)) as shop:
        refusal = await shop.preview(*one)
        assert isinstance(refusal, Refusal), refusal
        return refusal.reason


def exported(shop_dir: Path, out: Path) -> Any:
    result = call("export", "--shop", shop_dir, "--out", out)
    assert result.exit_code == 0, result.exception
    return json.loads(out.read_text(encoding="utf-8"))


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Paths of what changed, with the new values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from differences(old.get(key), new.get(key), f"{path}/{key}")
    elif old != new:
        yield path, new


@pytest.mark.parametrize("format_name", WRITERS)
def test_an_imported_shop_is_in_order(format_name: str, tmp_path: Path) -> None:
    _, shop = import_sample(format_name, tmp_path)
    assert find_problems(shop, action_needs()) == []


@pytest.mark.parametrize("ran", [False, True], ids=["catalogue", "database"])
@pytest.mark.parametrize("format_name", ["tau2", "ecom-bench"])
def test_what_nobody_changed_goes_out_as_it_came(format_name: str, ran: bool, tmp_path: Path) -> None:
    _, shop = import_sample(format_name, tmp_path)
    if ran:
        assert call("reset", "--shop", shop).exit_code == 0
    wanted = samples.tau2() if format_name == "tau2" else samples.ecom()
    assert exported(shop, tmp_path / "out.json") == wanted


@pytest.mark.parametrize("ran", [False, True], ids=["catalogue", "database"])
@pytest.mark.parametrize("format_name", ["ecom-bench", "csv"])
def test_a_folder_goes_out_as_a_folder(format_name: str, ran: bool, tmp_path: Path) -> None:
    source, shop = import_sample(format_name, tmp_path)
    if ran:
        assert call("reset", "--shop", shop).exit_code == 0
    assert call("export", "--shop", shop, "--out", tmp_path / "out").exit_code == 0
    for path in source.iterdir():
        before, after = path.read_text(encoding="utf-8"), (tmp_path / "out" / path.name).read_text(encoding="utf-8")
        assert (json.loads(before) == json.loads(after)) if path.suffix == ".json" else (before == after)


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


def test_a_shop_from_elsewhere_goes_out_in_a_named_format(tmp_path: Path) -> None:
    small = Path(__file__).parents[3] / "fixtures/shop_small"
    assert call("export", "--shop", small, "--format", "csv", "--out", tmp_path / "out").exit_code == 0
    assert call("import", "--format", "csv", tmp_path / "out", "--out", tmp_path / "shop").exit_code == 0
    before, after = load_shop(small), load_shop(tmp_path / "shop")
    assert [(o.number, o.status, o.lines) for o in after.orders] == [
        (o.number, o.status, o.lines) for o in before.orders
    ]
    assert isinstance(call("export", "--shop", small, "--out", tmp_path / "x").exception, ConfigError)


BAD = [
    ("tau2", "db.json", "{", "db.json:1: not JSON"),
    ("tau2", "db.json", "[]", "must have products, users and orders"),
    ("tau2", "db.json", '{"products": {}, "users": {}}', "`orders` is missing"),
    (
        "tau2",
        "db.json",
        '{"products": {"1": {"name": "Mug"}}, "users": {}, "orders": {}}',
        "products: 1: 'variants' is missing",
    ),
    ("ecom-bench", "orders.json", "[]", "`orders.json` is missing or no mapping"),
    ("csv", "orders.csv", "order_number,status\n", "orders.csv:1: the column `customer_id` is missing"),
    ("csv", "orders.csv", samples.CSV["orders"] + "A-03,K1\n", "orders.csv:4: 2 cells under 7 columns"),
    ("csv", "orders.csv", samples.CSV["orders"].replace("pending", "gone"), "orders.csv: A-01: status"),
]


@pytest.mark.parametrize(("format_name", "file", "text", "told"), BAD, ids=[told for *_, told in BAD])
def test_bad_data_is_told_and_leaves_nothing(format_name: str, file: str, text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    source = WRITERS[format_name](tmp_path / "source")
    (tmp_path / "source" / file).write_text(text, encoding="utf-8")
    result = call("import", "--format", format_name, source, "--out", tmp_path / "shop")
    assert isinstance(result.exception, ConfigError)
    assert told in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_an_import_writes_over_nothing(tmp_path: Path) -> None:
    source, shop = import_sample("tau2", tmp_path)
    again = call("import", "--format", "tau2", source, "--out", shop)
    assert "is there already" in str(again.exception)
    assert exported(shop, tmp_path / "out.json") == samples.tau2()


@pytest.mark.slow
@pytest.mark.parametrize(("format_name", "path"), [("tau2", "tau2-retail/db.json"), ("ecom-bench", "ecom-bench")])
def test_public_data_comes_and_goes_without_loss(format_name: str, path: str, tmp_path: Path) -> None:
    source, shop = DATA / path, tmp_path / "shop"
    if not source.exists():
        pytest.skip("the public data is not here")
    assert call("import", "--format", format_name, source, "--out", shop).exit_code == 0
    assert find_problems(shop, action_needs()) == []
    assert call("reset", "--shop", shop).exit_code == 0
    out = exported(shop, tmp_path / "out.json")
    files = out.items() if source.is_dir() else [("db", out)]
    folder = source if source.is_dir() else source.parent
    assert all(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) == table for name, table in files)
