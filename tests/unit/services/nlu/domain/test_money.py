import pytest

from services.nlu.domain.money import find_money
from services.nlu.domain.numbers import chinese_number
from services.nlu.domain.text import match_text


def found(text):
    return [(text[e.start : e.end], e.value) for e in find_money(match_text(text))]


@pytest.mark.parametrize(
    ("text", "said", "value"),
    [
        ("something under 300", "under 300", "..300"),
        ("300-500 euros", "300-500 euros", "300..500 EUR"),
        ("between 200 and 300", "between 200 and 300", "200..300"),
        ("三百以内的", "三百以内", "..300"),
        ("五百块左右", "五百块左右", "500 CNY"),
        ("a budget of 2k", "2k", "2000"),
        ("for €66.90", "€66.90", "66.90 EUR"),
        ("66,90 €", "66,90 €", "66.90 EUR"),
        ("1,299.00 yuan", "1,299.00 yuan", "1299 CNY"),
        ("1.299,50 euros", "1.299,50 euros", "1299.50 EUR"),
        ("不超过两千", "不超过两千", "..2000"),
        ("300到500元", "300到500元", "300..500 CNY"),
        ("预算三五百", "三五百", "500"),
        ("at least 50 euros", "at least 50 euros", "50.. EUR"),
        ("ten euros less", "ten euros", "10 EUR"),
        ("便宜了五十", "五十", "50"),
    ],
)
def test_sums(text, said, value):
    assert found(text) == [(said, value)]


@pytest.mark.parametrize(
    "text", ["三天以内", "under 30 days", "up to 5 pairs", "100%", "一块去", "2k", "300", "40码以下"]
)
def test_numbers_that_are_no_sum(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("三百二十", 320),
        ("三百五", 350),
        ("两万三", 23000),
        ("二〇二六", 2026),
        ("一千零五", 1005),
        ("十二", 12),
        ("两万五千", 25000),
    ],
)
def test_chinese_numbers(said, number):
    assert chinese_number(said) == number
