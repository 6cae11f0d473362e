"""Documents told apart by their questions: what varies within one of them counts less."""

import numpy as np

from services.dialogue.adapters.knowledge.apart import FEWEST, Apart

DIMENSIONS = 64


def at(along: float, across: float) -> np.ndarray:
    """A direction with two numbers of account."""
    row = np.zeros(DIMENSIONS, dtype=np.float32)
    row[:2] = along, across
    return row


def questions(begin: float, end: float, across: float) -> np.ndarray:
    """Questions about one document: they vary along the first axis, documents lie apart on the second."""
    return np.stack([at(along, across) for along in np.linspace(begin, end, 21)])


def nearness(rows: np.ndarray, asked: np.ndarray) -> float:
    return float((rows @ asked / np.linalg.norm(rows, axis=1)).max())


def test_the_axis_that_varies_within_a_document_counts_less():
    left, right, asked = questions(0, 20, -1), questions(-20, 0, 1), at(6, 1)
    assert nearness(left, asked) > nearness(right, asked)
    apart = Apart.of({"left": left, "right": right})
    assert apart is not None
    behind = apart.behind(asked)
    assert behind[apart.places["right"]] == 0
    assert behind[apart.places["left"]] < 0


def test_documents_with_few_questions_are_not_told_apart():
    few = questions(0, 1, 3)[: FEWEST - 1]
    assert Apart.of({}) is None
    assert Apart.of({"one": questions(0, 1, 1), "few": few}) is None
    apart = Apart.of({"one": questions(0, 1, 1), "two": questions(0, 1, -1), "few": few})
    assert apart is not None
    assert set(apart.places) == {"one", "two"}


def test_the_same_question_everywhere_is_no_harm():
    same = np.ones((FEWEST, 3), dtype=np.float32)
    apart = Apart.of({"one": same, "two": same})
    assert apart is not None
    assert np.isfinite(apart.behind(same[0])).all()
