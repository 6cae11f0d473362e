"""A shop's folder becomes data, part by part, or one sentence about what is wrong."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from shared.errors import ConfigError
from shared.shop import load_shop

SMALL = Path(__file__).parents[3] / "fixtures/shop_small"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


def test_every_part_of_a_shop_is_read() -> None:
    shop = load_shop(SMALL)
    assert (shop.name, shop.profile.title["zh"], shop.profile.order_number.fits("SM10001")) == (
        "smallshop",
        "小铺",
        True,
    )
    assert shop.policies["shipping"]["cn"]["fee"] == "12.00"
    assert len(shop.responses["zh"]["greeting"]) == 2
    assert shop.responses["en"].keys() == shop.responses["zh"].keys()
    assert "取消我的订单" in shop.nlu["zh"]["cancel_order"]
    assert [order.number for order in shop.orders][:2] == ["SM10001", "SM10002"]
    assert shop.products[0].variants[0].prices["EUR"] == Decimal("52.00")
    assert shop.customers[0].name == "李雪"
    assert shop.flows["cancel_order"].steps[-2].with_ == {"order": "order.number", "reason": "cancel_reason"}
    assert [case.name for case in shop.conversations] == ["cancel_pending_signed_in_en", "cancel_shipped_in_between_zh"]


def test_a_page_keeps_its_body_and_the_line_it_begins_on() -> None:
    page = next(page for page in load_shop(SMALL).pages if page.source == "en/shipping.md")
    assert (page.stem, page.language, str(page.valid_until)) == ("shipping", "en", "2027-12-31")
    assert page.body.startswith("Standard delivery") and page.body_line == 6


def test_a_part_that_nobody_asks_for_cannot_fail(folder: Path) -> None:
    (folder / "nlu/en.yaml").write_text("language: {en: [1}")
    shop = load_shop(folder)
    assert shop.responses["en"]
    with pytest.raises(ConfigError, match=r"nlu/en\.yaml:1: not YAML"):
        shop.nlu  # noqa: B018 - reading it is the test


def test_the_first_problem_is_told_and_the_others_are_counted(folder: Path) -> None:
    (folder / "catalogue/customers.yaml").write_text(
        "- {id: C1, name: A, email: a@example.com, languge: en, currency: EUR}\n"
    )
    with pytest.raises(ConfigError, match=r"customers\.yaml:1: `language` is missing; add it \(and 1 more"):
        load_shop(folder).customers  # noqa: B018


def test_a_folder_without_shop_yaml_is_no_shop(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no shop\.yaml"):
        load_shop(tmp_path)


def test_words_that_yaml_takes_for_booleans_stay_words(folder: Path) -> None:
    (folder / "nlu/en.yaml").write_text("language: en\nintents:\n  deny: [no, No, off, n]\n  affirm: [yes, on, y]\n")
    assert load_shop(folder).nlu["en"] == {"deny": ("no", "No", "off", "n"), "affirm": ("yes", "on", "y")}


def test_examples_of_several_files_of_a_language_are_added_up(folder: Path) -> None:
    (folder / "nlu/en_more.yaml").write_text("language: en\nintents:\n  human: [give me a human]\n")
    human = load_shop(folder).nlu["en"]["human"]
    assert "give me a human" in human and "human please" in human
