"""Shapes that formats take apart: order numbers, addresses, products that can be exchanged for each other."""

import re

import pytest

from shared.shop.formats import ecom_bench
from shared.shop.formats.base import number_pattern
from shared.shop.formats.base_texts import Kept, kept_flows, kept_responses
from shared.shop.formats.ecom_changes import parsed_place
from shared.shop.formats.tau2 import address_text, paid_by
from shared.shop.formats.tau2_changes import parsed_address
from tests.unit.shared.shop.formats import samples

PATTERNS = [
    (["#K0001", "#K0020"], r"#K\d{4}", ["#K001", "K0001", "#L0001"]),
    (["12", "1234"], r"\d{2,4}", ["1", "12345"]),
    (["A-1", "B-2"], r"[A-Za-z]{1}-\d{1}", ["A1", "AB-1"]),
    (["X.1", "77"], r"\d{2}|X\.\d{1}", ["Xa1", "777"]),
]


@pytest.mark.parametrize(("numbers", "pattern", "others"), PATTERNS, ids=[p[1] for p in PATTERNS])
def test_the_pattern_of_order_numbers_follows_from_the_data(
    numbers: list[str], pattern: str, others: list[str]
) -> None:
    assert number_pattern(numbers) == pattern
    assert all(re.fullmatch(pattern, number) for number in numbers)
    assert not any(re.fullmatch(pattern, other) for other in others)


ADDRESSES = [
    ("9 Hill Road, Ogden, UT 84401", {"address1": "9 Hill Road", "address2": "", "city": "Ogden", "country": "USA",
                                      "state": "UT", "zip": "84401"}),
    ("9 Hill Road, Floor 3, Ogden, UT 84401, USA", {"address1": "9 Hill Road", "address2": "Floor 3", "city": "Ogden",
                                                    "country": "USA", "state": "UT", "zip": "84401"}),
    ("the blue house by the sea", {**samples.ADDRESS, "address1": "the blue house by the sea", "address2": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), ADDRESSES, ids=[text for text, _ in ADDRESSES])
def test_an_address_is_taken_apart_as_far_as_it_is_clear(text: str, parts: dict[str, str]) -> None:
    assert parsed_address(text, "", samples.ADDRESS) == parts


def test_an_address_survives_being_one_line() -> None:
    assert parsed_address(address_text(samples.ADDRESS), "", {}) == samples.ADDRESS


PLACE = samples.ecom()["users_info"]["u甲"]["地址信息"]
PLACES = [
    ("湖南省长沙市岳麓区样例街9号", ("湖南省", "长沙市", "岳麓区", "样例街9号")),
    ("武汉市洪山区样例街9号", ("湖北省", "武汉市", "洪山区", "样例街9号")),
    ("样例小区3栋401", ("湖北省", "武汉市", "江岸区", "样例小区3栋401")),
    ("湖北省武汉市江岸区样例路1号", ("湖北省", "武汉市", "江岸区", "样例路1号")),
]


@pytest.mark.parametrize(("text", "parts"), PLACES, ids=[text for text, _ in PLACES])
def test_what_a_chinese_address_does_not_name_stays_where_it_was(text: str, parts: tuple[str, ...]) -> None:
    wanted = {"国家": "中国", **dict(zip(ecom_bench.PLACE[1:], parts, strict=True))}
    assert parsed_place(text, PLACE) == wanted


def test_goods_that_can_be_exchanged_for_each_other_are_one_product() -> None:
    products = ecom_bench.imported(samples.ecom()).records.products
    assert [(product.id, [variant.sku for variant in product.variants]) for product in products] == [
        ("11", ["11", "12", "13"])
    ]


def test_what_was_paid_back_is_paid_no_longer() -> None:
    moved = [("payment", 9.5, "a"), ("payment", 9.5, "b"), ("refund", 9.5, "a")]
    history = [{"transaction_type": kind, "amount": sum_, "payment_method_id": by} for kind, sum_, by in moved]
    assert {by: str(sum_) for by, sum_ in paid_by({"payment_history": history}).items()} == {"b": "9.50"}


def test_the_base_keeps_what_the_shop_can_do_and_say() -> None:
    kept = Kept(frozenset({"cancel_order"}), {"cancel": {"until_status": "pending"}}, {}, {})
    words = kept_responses(
        {
            "done": "Done.",
            "soon": "Until {{ policies.cancel.until_status }}",
            "late": "{{ policies.returns.days }} days",
        },
        kept,
    )
    flows = kept_flows(
        {
            "cancel": {"steps": [{"when": "x", "then": "give_back"}, {"act": "cancel_order"}, {"say": "done"}]},
            "give_back": {"steps": [{"act": "return_item"}]},
            "says": {"steps": [{"say": "late"}]},
            "leads": {"steps": [{"then": "says"}]},
        },
        words,
        kept,
    )
    assert words.keys() == {"done", "soon"}
    assert flows == {"cancel": {"steps": [{"act": "cancel_order"}, {"say": "done"}]}}
