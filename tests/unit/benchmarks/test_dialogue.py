"""The dialogue's benchmark: shops of the size that was asked for, and figures that say what was measured."""

import json
from pathlib import Path

import pytest

from benchmarks.dialogue import places
from benchmarks.dialogue.measuring import ALONE, Times
from benchmarks.dialogue.report import document, write_report
from benchmarks.dialogue.shops import USUAL, grown_shop


def test_a_grown_shop_has_so_many_orders_each_customer_with_one_that_waits() -> None:
    shop = grown_shop(200, {"MANY": 100})
    assert len(shop.orders) == 200 and len({order.number for order in shop.orders}) == 200
    assert len(shop.customers) == 1 + 100 // USUAL
    assert all(shop.profile.order_number.fits(order.number) for order in shop.orders)
    waiting = {order.customer: order.number for order in shop.orders if order.status == "pending"}
    assert waiting == {customer.id: shop.first_order(customer.id) for customer in shop.customers}


def times(ms: float) -> Times:
    found = Times(floor=[0.001], state_bytes=[100])
    for kind in (*ALONE, "yes"):
        found.steps[kind] = [ms / 1000] * 3
    return found


def test_a_bar_is_not_held_where_a_median_grows_or_is_too_large(tmp_path: Path) -> None:
    verdicts = {
        row: document({"turn": {1: times(row[0]), 10: times(row[1])}}, "again")["held"]
        for row in ((2.0, 2.9), (2.0, 3.1), (4.0, 5.0))
    }
    assert verdicts == {(2.0, 2.9): True, (2.0, 3.1): False, (4.0, 5.0): False}


def test_the_report_has_figures_a_table_and_a_picture(tmp_path: Path) -> None:
    write_report(tmp_path, document({"turn": {1: times(2), 1000: times(2.5)}}, "python -m benchmarks.dialogue"))
    report = json.loads((tmp_path / "report.json").read_text())
    row = report["places"]["turn"]["1000"]
    assert (row["p50_ms"], row["floor_p50_ms"], row["turns"]) == (2.5, 1.0, 3 * len(ALONE))
    assert report["growth"] == {"turn": 1.25}
    page = (tmp_path / "report.html").read_text()
    assert "1,000" in page and "2.50" in page and (tmp_path / "growth.svg").exists()


@pytest.mark.slow
@pytest.mark.parametrize("place", places.PLACES)
async def test_a_short_run_says_what_it_should(
    place: str, state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "ROUNDS": 1, "WARM_UP_ROUNDS": 1, "TURNS": (1, 10), "CONVERSATIONS": {10: 2}, "ORDERS": (60, 120),
        "OWN_ORDERS": (4, 60),
    }.items():  # fmt: skip
        monkeypatch.setattr(places, name, value)
    found = await places.PLACES[place](state_url, tmp_path)
    assert all(row.compared and row.floor for row in found.values())
