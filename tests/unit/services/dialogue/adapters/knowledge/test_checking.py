import numpy as np
import pytest

from services.dialogue.adapters.knowledge.checking import doubts
from services.dialogue.adapters.knowledge.index import Entry, Index
from services.dialogue.adapters.knowledge.lexical import WordIndex


def index_of(*texts, origin="page", languages=None):
    entries = tuple(
        Entry(
            f"d{place}", (languages or ["en"] * len(texts))[place], "T", text, True, f"{place}.md", origin, None, None
        )
        for place, text in enumerate(texts)
    )
    rows = np.ones((len(texts), 384), dtype=np.float16) / np.float16(19.6)
    none = np.zeros(len(texts) + 1, dtype=np.int32)
    words = WordIndex.of([["x"]] * len(texts))
    return Index("v", entries, rows, rows, none, none[1:], rows[:0], none, words, words)


def test_the_same_text_twice_is_a_duplicate():
    (doubt,) = doubts(index_of("Open at nine on weekdays.", "Open at nine on weekdays!"))
    assert doubt.kind == "duplicate"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You can return goods within 30 days.", "You can return goods within 14 days of delivery."),
        ("签收后 30 天内可以退货。", "签收后 14 天内可以退货。"),
    ],
)
def test_another_number_in_the_same_sentence_is_a_contradiction(one, other):
    (doubt,) = doubts(index_of(one, other))
    assert (doubt.kind, doubt.says, doubt.other_says) == ("contradiction", one, other)


def test_different_sentences_other_languages_and_products_are_no_doubt():
    assert not list(doubts(index_of("You can return goods within 30 days.", "A gift card is valid for 36 months.")))
    same = ("Open at 9.", "Open at 9.")
    assert not list(doubts(index_of(*same, languages=["en", "zh"])))
    assert not list(doubts(index_of(*same, origin="product")))
