from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.entities import Known, Patterns, find_entities
from services.nlu.domain.numbers import number_value, ordinal_value
from services.nlu.domain.text import match_text
from shared.contracts.messages import Expects
from tests.unit.services.nlu.domain.cpu import BUDGET_S, least_seconds

SHOP = Patterns(r"MB\d{5}", 6)
NOTHING = Expects()
TODAY = date(2026, 11, 17)
ORDER = Expects(kind="slot", slot="order")
CODE = Expects(kind="slot", slot="one_time_code")
QUANTITY = Expects(kind="slot", slot="quantity")
CHOICE = Expects(kind="choice")


def found(text, expects=NOTHING, patterns=SHOP):
    entities = find_entities(text, match_text(text), Known(patterns), expects, TODAY)
    assert all(text[entity.start : entity.end] == entity.text for entity in entities)
    return [(entity.type, entity.value) for entity in entities]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("where is MB10003?", "MB10003"),
        ("mb10003", "MB10003"),
        ("mb 10003", "MB10003"),
        ("MB-100 03.", "MB10003"),
        ("ＭＢ１０００３到哪了", "MB10003"),
        ("订单MB10003的物流", "MB10003"),
        ("order 10003 please", "MB10003"),
        ("订单号：10003", "MB10003"),
        ("#10003", "MB10003"),
    ],
)
def test_order_numbers_as_people_type_them(text, value):
    assert found(text) == [("order", value)]


@pytest.mark.parametrize("text", ["MB1000", "MB100034", "XMB10003", "MB1000 34", "10003", "I paid 10003 for my order"])
def test_what_only_looks_like_an_order_number(text):
    assert not [entity for entity in found(text) if entity[0] == "order"]


def test_the_digits_are_enough_when_the_order_was_asked_for():
    assert found("10003", ORDER) == [("order", "MB10003")]


def test_a_pattern_with_a_mark_that_customers_leave_out():
    foreign = Patterns(r"#W\d{7}", 6)
    assert found("w1234567", patterns=foreign) == [("order", "#W1234567")]
    assert found("#W1234567", patterns=foreign) == [("order", "#W1234567")]


def test_a_pattern_without_letters_and_one_with_alternatives():
    assert found("it is 12-345", patterns=Patterns(r"\d{2}-\d{3}", 6)) == [("order", "12-345")]
    assert found("mx123", patterns=Patterns(r"(?:MB|MX)\d{3}", 6)) == [("order", "MX123")]


def test_addresses_are_lower_case_and_hide_the_order_number_inside_them():
    assert found("Mail MB10003@Example.COM, thanks") == [("email", "mb10003@example.com")]
    assert found("我的邮箱是li.xue@example.cn。") == [("email", "li.xue@example.cn")]


def test_a_code_has_exactly_the_shops_digits():
    assert found("my code is 123456") == [("one_time_code", "123456")]
    assert found("１２３４５６") == [("one_time_code", "123456")]
    assert found("12345") == found("1234567") == found("MB123456") == []


def test_a_code_may_be_written_in_groups_when_it_was_asked_for():
    assert found("my code is 123 456", CODE) == [("one_time_code", "123456")]
    assert found("123 456") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("the second one", "2"), ("第二个", "2"), ("第 3 件", "3"), ("the last one", "-1"), ("最后一个", "-1")]
    + [("option 2", "2"), ("the 1st", "1"), ("选2", "2"), ("后者", "-1"), ("第十二个", "12")],
)
def test_ordinals(text, value):
    assert found(text) == [("ordinal", value)]


@pytest.mark.parametrize(
    "text", ["this is the second time", "第一次", "第二天", "one second", "second hand", "at first"]
)
def test_words_that_count_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"), [("两件", "2"), ("3 pairs", "3"), ("two of them", "2"), ("x2", "2"), ("我要十二双", "12")]
)
def test_quantities(text, value):
    assert found(text) == [("quantity", value)]


@pytest.mark.parametrize("text", ["三个月了", "一个问题", "三个工作日", "max 2", "一天"])
def test_measures_that_are_no_quantity(text):
    assert found(text) == []


def test_a_bare_number_is_what_was_asked_for():
    assert found("2", CHOICE) == found(" 二 ", CHOICE) == found("two", CHOICE) == found("second", CHOICE)
    assert found("3", QUANTITY) == [("quantity", "3")]
    assert found("3") == []


def test_several_mentions_stand_in_order_and_do_not_overlap():
    assert found("第二个订单MB10003和MB10004，两件") == [
        ("ordinal", "2"),
        ("order", "MB10003"),
        ("order", "MB10004"),
        ("quantity", "2"),
    ]


@pytest.mark.parametrize(
    ("said", "value"), [("二十三", "23"), ("十", "10"), ("两", "2"), ("007", "7"), ("Twelve", "12")]
)
def test_numbers(said, value):
    assert number_value(said) == value


def test_former_and_latter():
    assert [ordinal_value(said) for said in ("former", "Latter", "Tenth")] == ["1", "-1", "10"]


@given(st.text(st.characters(), max_size=200), st.sampled_from([NOTHING, ORDER, CODE, QUANTITY, CHOICE]))
def test_any_text_gives_mentions_within_it(text, expects):
    found(text, expects)


@given(
    st.lists(
        st.sampled_from(["MB", "mb ", "１", "0", "-", " ", "第", "二", "个", "x", "@", "a.", "订单", "#"]), max_size=40
    )
)
def test_any_mixture_of_what_mentions_are_made_of(pieces):
    found("".join(pieces), CHOICE)


@pytest.mark.parametrize(
    "piece", ["a", "1", "MB", "a@", "a.", "第", "order ", "1 ", "don't ", "12345 ", "order 12345 "]
)
def test_long_hostile_texts_take_no_long_time(piece):
    text = (piece * 4000)[:4000]
    matched = match_text(text)
    assert least_seconds(lambda: find_entities(text, matched, Known(SHOP), CODE, TODAY)) < BUDGET_S
