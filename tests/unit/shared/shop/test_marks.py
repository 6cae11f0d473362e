"""Marks in examples: taken off for everybody, and kept as mentions."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.shop import load_shop
from shared.shop.marks import Mention, unmark


@pytest.mark.parametrize(
    ("marked", "text", "mentions"),
    [
        ("no marks", "no marks", ()),
        ("I bought it [last Tuesday](date).", "I bought it last Tuesday.", (Mention(12, 24, "date"),)),
        ("[三号](date)买的[手机](kind)", "三号买的手机", (Mention(0, 2, "date"), Mention(4, 6, "kind"))),
        ("😀 [M](size)", "😀 M", (Mention(2, 3, "size"),)),
        ("see [our page](https://example.com)", "see [our page](https://example.com)", ()),
        ("[a](Date) [b]() [](date) [[c]](date)", "[a](Date) [b]() [](date) [[c]](date)", ()),
    ],
)  # fmt: skip
def test_marks_become_mentions(marked, text, mentions):
    assert unmark(marked) == (text, mentions)


@given(st.text("ab []()_é中", max_size=30))
def test_every_mention_lies_in_its_text(marked):
    text, mentions = unmark(marked)
    assert all(0 <= m.start < m.end <= len(text) for m in mentions)
    assert all(before.end <= after.start for before, after in zip(mentions, mentions[1:], strict=False))


def test_a_shop_without_marks_and_with_them(tmp_path):
    (tmp_path / "nlu").mkdir()
    shutil.copy("tests/fixtures/shop_small/shop.yaml", tmp_path)
    (tmp_path / "nlu/en.yaml").write_text("language: en\nintents:\n  late: ['since [Monday](date)', where is it]\n")
    shop = load_shop(tmp_path)
    assert shop.nlu["en"]["late"] == ("since Monday", "where is it")
    assert shop.mentions == {("en", "since Monday"): (Mention(6, 12, "date"),)}
