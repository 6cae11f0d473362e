"""Mentions become labels of words, and labels mentions."""

import pytest

from services.nlu.adapters.examples import Example, Span
from services.nlu.adapters.fine_tuning.bio import spans_of, tag_names, tags_of

TEXT = "send 2 red-ish shoes to 北京市"
PIECES = [(0, 0), (0, 4), (5, 6), (6, 10), (10, 11), (11, 14), (14, 18), (18, 20), (20, 23), (24, 25), (25, 27), (0, 0)]
SPANS = (Span(5, 6, "quantity"), Span(7, 14, "colour"), Span(24, 27, "city"))


def test_names_hold_a_beginning_and_a_going_on_of_each_type() -> None:
    examples = [Example(TEXT, "order", "en", SPANS), Example("hi", "greeting", "en")]
    assert tag_names(examples) == ("O", "B-city", "I-city", "B-colour", "I-colour", "B-quantity", "I-quantity")
    assert tag_names(examples[1:]) == ()


def test_first_pieces_of_words_are_labelled() -> None:
    assert tags_of(TEXT, PIECES, SPANS) == [
        None, "O", "B-quantity", "B-colour", "I-colour", "I-colour", "O", None, "O", "B-city", "I-city", None,
    ]  # fmt: skip


def test_labels_give_back_the_mentions() -> None:
    tags = [tag or "I-colour" for tag in tags_of(TEXT, PIECES, SPANS)]
    assert spans_of(TEXT, PIECES, tags) == SPANS


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["I-a", "I-a"], [(0, 3, "a")]),
        (["B-a", "B-a"], [(0, 1, "a"), (2, 3, "a")]),
        (["B-a", "I-b"], [(0, 1, "a"), (2, 3, "b")]),
        (["O", "I-a"], [(2, 3, "a")]),
        (["O", "O"], []),
    ],
)
def test_labels_that_do_not_follow_from_each_other_are_read_sensibly(
    tags: list[str], spans: list[tuple[int, int, str]]
) -> None:
    assert spans_of("x y", [(0, 1), (2, 3)], tags) == tuple(Span(*span) for span in spans)


def test_a_mention_ends_with_the_last_piece_of_its_word() -> None:
    assert spans_of("my lamps", [(0, 2), (3, 7), (7, 8)], ["O", "B-thing", "O"]) == (Span(3, 8, "thing"),)


def test_pieces_with_blanks_around_them_are_taken_without() -> None:
    assert spans_of("a red", [(0, 1), (1, 5)], ["O", "B-colour"]) == (Span(2, 5, "colour"),)
