import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dialogue.adapters.knowledge.cutting import MOST, cut, sentences_of
from services.dialogue.adapters.knowledge.documents import Document, Section


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("It costs 3.50 at www.example.com. Really!", ["It costs 3.50 at www.example.com.", "Really!"]),
        ("七天内可退。“不需要理由。”好吗？", ["七天内可退。", "“不需要理由。”", "好吗？"]),
        ("first item\nsecond item", ["first item", "second item"]),
        ("...", []),
    ],
)
def test_sentences(text, sentences):
    assert list(sentences_of(text)) == sentences


@given(st.text(st.characters() | st.sampled_from(".!? 。\n"), max_size=200))
def test_sentences_lose_nothing_that_counts(text):
    kept = "".join(character for sentence in sentences_of(text) for character in sentence if character.isalnum())
    assert kept == "".join(character for character in text if character.isalnum())


def document(*sections, origin="import", language="en"):
    return Document("d", "Title", language, "d.md", sections, origin)


def test_short_sections_are_joined_and_know_their_heading():
    (piece,) = cut(document(Section("One."), Section("Two.", "How"), Section("Three.", "How")))
    assert (piece.title, piece.text, piece.leads) == ("Title", "One.\nHow: Two.\nThree.", True)


def test_a_passage_that_begins_inside_a_chapter_says_which():
    long = "A sentence about the thing. " * 20
    first, second = cut(document(Section(long, "How"), Section(long, "How")))
    assert first.text.startswith("How: ") and second.text.startswith("How: ")
    assert (first.leads, second.leads) == (True, False)


def test_questions_and_answers_stay_apart_under_their_question():
    pieces = cut(document(Section("In Bremen.", "Where?", whole=True), Section("At nine.", "When?", whole=True)))
    assert [(piece.title, piece.text) for piece in pieces] == [("Where?", "In Bremen."), ("When?", "At nine.")]


@given(st.text(st.characters() | st.sampled_from("。. \n字"), max_size=3_000))
def test_cutting_loses_nothing_that_counts_and_no_passage_is_long(text):
    pieces = cut(document(Section(text), language="zh"))
    told = "".join(character for piece in pieces for character in piece.text if character.isalnum())
    assert told == "".join(character for character in text if character.isalnum())
    assert all(len(piece.text) <= MOST["zh"] + 1 for piece in pieces)
