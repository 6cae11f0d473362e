"""Each step on its own, as a table; then the order of all."""

from collections import Counter

import pytest

from services.nlu.adapters.words import load_words
from services.nlu.domain.preparing.cleaning import LONGEST, drop_unusable, mask, normalise
from services.nlu.domain.preparing.duplicates import (
    drop_contradictions,
    drop_duplicates,
    drop_near_duplicates,
    drop_poor_intents,
    folded,
)
from services.nlu.domain.preparing.rows import Options, Row
from services.nlu.domain.preparing.steps import prepare

OPTIONS = Options(load_words())


def rows(*texts, intent=None):
    return [Row(text, line, intent) for line, text in enumerate(texts, 1)]


def lines(step, *told):
    """The lines that a step keeps of (text, intent) pairs, and why it drops the others."""
    outcome = step([Row(text, line, intent, "en") for line, (text, intent) in enumerate(told, 1)], OPTIONS)
    assert len(outcome.rows) + len(outcome.drops) == len(told)
    return sorted(row.line for row in outcome.rows), {drop.row.line: drop.reason for drop in outcome.drops}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  two \t\n blanks \u3000 ", "two blanks"),
        ("cafe\u0301", "café"),
        ("a\u200bb\x07c\ufeffd\u202ee", "abcde"),
        ("Tom &amp; Jerry&#39;s&nbsp;bag<br/>now", "Tom & Jerry's bag now"),
        ("a < b & c > d", "a < b & c > d"),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_texts_are_brought_to_one_form(raw, text):
    assert [row.text for row in normalise(rows(raw), OPTIONS).rows] == [text]


def test_mentions_survive_normalising_and_masking():
    raw = "  e\u0301 from  Bern, call 415-555-0133 about Bonn"
    at = [(raw.index(city), raw.index(city) + 4, "city") for city in ("Bern", "Bonn")]
    (row,) = mask(normalise([Row(raw, 1, marks=tuple(at))], OPTIONS).rows, OPTIONS).rows
    assert row.text == "é from Bern, call {{phone}} about Bonn"
    assert [row.text[start:end] for start, end, _ in row.marks] == ["Bern", "Bonn"]


@pytest.mark.parametrize(
    ("told", "kept"),
    [(" cancel_order ", "cancel_order"), ("", None), ("  ", None), ("oos", "out_of_scope"), ("OOD", "out_of_scope")],
)
def test_intents_are_named_the_same(told, kept):
    assert normalise([Row("x", 1, told)], OPTIONS).rows[0].intent == kept


@pytest.mark.parametrize(("text", "language"), [("where is it", "en"), ("在哪里", "zh"), ("123", "en")])
def test_the_language_is_found_where_nobody_told_it(text, language):
    assert normalise([Row(text, 1)], OPTIONS).rows[0].language == language


@pytest.mark.parametrize(
    ("text", "intent", "reason"),
    [
        ("", None, "empty"),
        ("<Media omitted>", None, "attachment"),
        ("[图片]", None, "attachment"),
        ("image omitted", None, "attachment"),
        ("图片", None, None),
        ("file", None, None),
        ("?!", None, "no_words"),
        ("👍", "affirm", None),
        ("x" * LONGEST, None, None),
        ("x" * (LONGEST + 1), None, "too_long"),
    ],
)
def test_what_is_no_text_is_dropped(text, intent, reason):
    outcome = drop_unusable([Row(text, 1, intent)], OPTIONS)
    assert [drop.reason for drop in outcome.drops] == ([reason] if reason else [])


def test_masking_counts_and_may_leave_numbers():
    told = rows("order W1234567, call 415-555-0133")
    assert mask(told, OPTIONS).counts == {"order": 1, "phone": 1}
    kept = mask(told, Options(OPTIONS.words, keep_numbers=True))
    assert kept.rows[0].text == "order W1234567, call {{phone}}"
    shops = mask(rows("is AB12 there, XAB12 not"), Options(OPTIONS.words, order_pattern=r"AB\d{2}"))
    assert shops.rows[0].text == "is {{order}} there, XAB12 not"


@pytest.mark.parametrize(
    "other", ["where is my order", "WHERE is my order?!", " where's my order".replace("'s", " is")]
)
def test_case_and_signs_make_no_difference(other):
    assert folded("Where is my order?") == folded(other)
    assert folded("?!") != folded("...")


def test_a_text_under_two_intents_is_dropped_wherever_it_stands():
    told = [("Stop it", "cancel"), ("stop it!", "deny"), ("stop it", None), ("go on", "affirm")]
    assert lines(drop_contradictions, *told) == ([4], dict.fromkeys((1, 2, 3), "contradiction"))


def test_of_equal_texts_the_first_labelled_one_is_kept():
    told = [("stop it", None), ("Stop it.", "cancel"), ("stop it", "cancel"), ("go", None)]
    assert lines(drop_duplicates, *told) == ([2, 4], {1: "duplicate", 3: "duplicate"})


def test_nearly_equal_texts_of_one_intent_are_dropped():
    long = "please tell me where my big parcel with the two brown boots is right now"
    told = [(long, "a"), (long + "s", "a"), (long + "s", "b"), ("where is my parcel", "a"), ("where is my order", "a")]
    assert lines(drop_near_duplicates, *told) == ([1, 3, 4, 5], {2: "near_duplicate"})


def test_intents_with_too_few_examples_are_dropped_but_for_what_is_out_of_scope():
    told = [(f"text {n}", "rich") for n in range(5)] + [("alone", "poor"), ("weather", "out_of_scope"), ("x", None)]
    assert lines(drop_poor_intents, *told) == ([1, 2, 3, 4, 5, 7, 8], {6: "few_examples"})


def test_the_whole_masks_before_it_compares_and_loses_no_row_silently():
    numbers = [f"{verb} call {n}15-555-0133 about the {thing}" for n in range(2, 8)
               for verb in ("please", "kindly", "do") for thing in ("boots", "kettle")]  # fmt: skip
    done = prepare(rows(*numbers, "", intent="callback"), OPTIONS)
    reasons = Counter(drop.reason for drop in done.drops)
    assert reasons["empty"] == 1
    assert reasons["duplicate"] == 30
    assert len(done.rows) + len(done.drops) == len(numbers) + 1
    assert "0133" not in "".join(row.text for row in done.rows)
