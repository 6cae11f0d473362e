import pytest

from services.nlu.domain.scores import span_f1, span_f1_by_type
from services.nlu.domain.spans import Span

GOLD = [{Span(0, 2, "a"), Span(3, 5, "b")}, set()]


def test_only_the_same_start_end_and_type_are_right():
    score = span_f1(GOLD, [{Span(0, 2, "a"), Span(3, 6, "b")}, {Span(0, 1, "a")}])
    assert (score.right, score.found, score.expected) == (1, 3, 2)
    assert score.f1 == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))


def test_by_type_and_of_nothing():
    by_type = span_f1_by_type(GOLD, [{Span(0, 2, "a")}, {Span(0, 1, "a")}])
    assert (by_type["a"].precision, by_type["a"].recall, by_type["b"].recall) == (0.5, 1.0, 0.0)
    assert span_f1([set()], [set()]).f1 == 1.0


def test_texts_must_be_paired():
    with pytest.raises(ValueError):
        span_f1(GOLD, [set()])
