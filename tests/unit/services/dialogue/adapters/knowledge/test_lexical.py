import numpy as np
import pytest

from services.dialogue.adapters.knowledge.lexical import Tokenizer, WordIndex


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return Tokenizer(tmp_path_factory.mktemp("jieba"))


@pytest.mark.parametrize(("one", "other"), [("refunds", "Refund"), ("returning", "returned"), ("ＶＡＴ", "vat")])
def test_forms_of_a_word_meet(tokenizer, one, other):
    assert tokenizer.words(one) == tokenizer.words(other) != []


def test_chinese_is_segmented_and_filler_dropped(tokenizer):
    words = tokenizer.words("请问退货运费是谁出的吗？")
    assert {"退货", "运费"} <= set(words)
    assert not {"请问", "的", "吗", "是"} & set(words)


def test_terms_are_words_and_pairs_of_characters(tokenizer):
    assert tokenizer.terms("退货运费 returns") == {"退货", "货运", "运费", "return"}


def test_a_word_that_few_texts_hold_is_rarer():
    index = WordIndex.of([["return", "day"], ["return", "card"], ["return"]])
    assert 0 < index.rarity("return") < index.rarity("day") < index.rarity("stranger")


def test_shares_are_between_nothing_and_all():
    index = WordIndex.of([["return", "day"], ["pay", "card"], []])
    assert np.allclose(index.shares(["return", "day"])[1:], 0)
    assert index.shares(["return", "day"])[0] == pytest.approx(1, abs=0.01)
    assert 0 < index.shares(["return", "stranger"])[0] < 0.6
    assert not index.shares(["stranger"]).any()
    assert not index.shares([]).any()


def test_no_texts_at_all():
    assert WordIndex.of([]).shares(["a"]).shape == (0,)


def test_in_an_index_of_sets_only_holding_a_word_counts():
    index = WordIndex.of_sets([frozenset({"return", "day"}), frozenset({"return"}), frozenset()])
    assert index.shares(["return", "day"]).tolist() == pytest.approx([1, index.shares(["return", "day"])[1], 0])
    assert 0 < index.shares(["return", "day"])[1] < 0.5
    assert WordIndex.of_sets([]).shares(["a"]).shape == (0,)
