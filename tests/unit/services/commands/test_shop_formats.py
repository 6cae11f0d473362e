"""`deskbell shop import` and `export`: foreign data in, the shop's present state out, nothing lost."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from services.commands.check import action_needs
from shared.errors import ConfigError
from shared.shop import load_shop
from shared.shop.rules import find_problems
from tests.unit.services.commands.foreign_shops import WRITERS, act, call, exported, import_sample
from tests.unit.shared.shop.formats import samples

DATA = Path(__file__).parents[5] / "shared/data"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))


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


def test_a_second_import_to_the_same_place_starts_afresh(tmp_path: Path) -> None:
    source, shop = import_sample("tau2", tmp_path)
    assert call("reset", "--shop", shop).exit_code == 0
    asyncio.run(act(shop, [("ann_1", "cancel_order", {"order": "#K0001", "reason": "ordered_by_mistake"})]))
    assert exported(shop, tmp_path / "out.json") != samples.tau2()
    shutil.rmtree(shop)
    assert call("import", "--format", "tau2", source, "--out", shop).exit_code == 0
    assert exported(shop, tmp_path / "again.json") == samples.tau2()
