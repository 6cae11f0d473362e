"""The tokenizer: the ids that the `tokenizers` library makes of the same vocabulary, whatever the text."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers.normalizers import NFKC

from shared.e5_tokenizer import tokenizer_of
from shared.e5_weights import open_e5_file
from shared.shop import load_shop
from shared.unigram import MAX_TOKENS, Unigram


@pytest.fixture(scope="module")
def vocabulary():
    return open_e5_file().vocabulary()


@pytest.fixture(scope="module")
def unigram(vocabulary):
    return Unigram(vocabulary)


@pytest.fixture(scope="module")
def library(vocabulary):
    return tokenizer_of(vocabulary)


def shop_texts() -> list[str]:
    shop = load_shop(Path("shops/demo"))
    return sorted({text for by_intent in shop.nlu.values() for texts in by_intent.values() for text in texts})


def test_the_shops_texts_have_the_librarys_ids(unigram, library):
    texts = [prefix + text for text in shop_texts() for prefix in ("query: ", "passage: ")]
    assert len(texts) > 2_000
    differing = [text for text in texts if unigram.ids(text) != library.encode(text).ids]
    assert differing == []


def same_in_both(character):
    """The library's NFKC and Python's may be of different Unicode versions: only characters that both know."""
    return NFKC().normalize_str(character) == unicodedata.normalize("NFKC", character)


CHARACTERS = st.characters(
    max_codepoint=0x3FFFF, exclude_categories=("Cs", "Cn", "Co"), exclude_characters="<\0"
).filter(same_in_both)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(CHARACTERS | st.sampled_from(" \t\u3000▁退款我要order's,。"), max_size=60))
def test_arbitrary_text_has_the_librarys_ids(unigram, library, text):
    assert unigram.ids("query: " + text) == library.encode("query: " + text).ids


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters()))
def test_no_text_makes_it_fail(unigram, text):
    ids = unigram.ids(text)
    assert ids[0] == 0 and ids[-1] == 2 and len(ids) <= MAX_TOKENS


def test_a_text_cannot_spell_a_special_piece(unigram):
    assert not {0, 1, 2, 3} & set(unigram.ids("query: <s></s><pad><unk>")[1:-1])


def test_a_long_text_is_cut(unigram):
    assert len(unigram.ids("订单 " * 2_000)) == MAX_TOKENS


def test_unknown_neighbours_count_as_one(unigram, library):
    text = "query: \U00010380\U00010381\U00010382 x"
    assert library.encode(text).ids.count(3) == 1
    assert unigram.ids(text) == library.encode(text).ids
