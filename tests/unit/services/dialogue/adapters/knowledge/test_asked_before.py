"""What earlier questions say of a new one: near ones speak for their class, and new words against it."""

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.asked_before import NEAR, NEAR_IN_ANY, SILENT, AskedBefore
from services.dialogue.adapters.knowledge.questions import Question
from shared.encoder import DIMENSIONS

ASKED = [
    Question("send shoes back", "returns", "en"),
    Question("give it back", "returns", "en"),
    Question("postage abroad", "shipping", "en"),
    Question("send it by drone", "nothing/shipping", "en"),
    Question("rent a boat", "nothing", "en"),
]


def towards(*places):
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[list(places)] = 1
    return vector / np.linalg.norm(vector)


@pytest.fixture
def before():
    """Each question in a direction of its own; those that mean the same lie 45 degrees from each other."""
    vectors = np.stack([towards(0), towards(0, 1), towards(2), towards(3), towards(4)])
    return AskedBefore.of(ASKED, vectors, str.split)


def test_the_nearest_question_speaks_loudest(before):
    found = before.evidence(towards(2), ["postage"], "en").near
    assert max(found.shares, key=found.share) == "shipping" and found.share("shipping") == pytest.approx(0, abs=1e-6)
    assert found.share("returns") == found.nothing == pytest.approx(SILENT)


def test_two_that_are_equally_near_share_the_voices_and_one_farther_off_has_less(before):
    between = towards(2, 3)
    found = before.evidence(between, [], "en").near
    assert found.share("shipping") == pytest.approx(np.log(0.5), abs=1e-3)
    assert found.share("nothing/shipping") == found.nothing == pytest.approx(np.log(0.5), abs=1e-3)
    nearer = between + np.float32(NEAR) * towards(2)
    found = before.evidence(nearer, [], "en").near
    assert found.share("shipping") - found.share("nothing/shipping") == pytest.approx(1, abs=1e-3)


def test_words_that_a_class_has_never_heard_count_by_their_rarity(before):
    found = before.evidence(towards(0), ["send", "back"], "en")
    assert (found.new("returns"), found.new("shipping"), found.new("a new page")) == (0, 1, 1)
    half = before.evidence(towards(0), ["back", "zeppelin"], "en")
    assert 0.5 < half.new("returns") < 1
    assert before.evidence(towards(0), [], "en").new("returns") == 0


def test_what_lies_far_from_all_is_no_infinity(before):
    found = before.evidence(-towards(0, 1, 2, 3, 4), ["x"], "en")
    for voices in (found.near, found.in_any):
        assert np.isfinite([*voices.shares.values(), voices.nothing]).all()


def test_a_question_is_heard_in_another_language_once_what_the_language_adds_is_taken_away():
    english, chinese = 4 * towards(10), 4 * towards(11)
    asked = [
        Question("postage", "shipping", "en"),
        Question("send it back", "returns", "en"),
        Question("运费", "shipping", "zh"),
        Question("能租船吗", "nothing", "zh"),
    ]
    rows = np.stack([english + towards(0), english + towards(1), chinese + towards(0), chinese + towards(2)])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    before = AskedBefore.of(asked, rows, str.split)
    question = english + towards(2)
    found = before.evidence(question / np.linalg.norm(question), [], "en")
    assert found.near.nothing == pytest.approx(SILENT)
    assert max(found.in_any.shares, key=found.in_any.share) == "nothing"


def test_of_a_language_that_nobody_has_asked_in_there_are_voices_too(before):
    found = before.evidence(towards(2), [], "zh")
    assert found.in_any.share("shipping") > found.in_any.share("returns") + 1 / NEAR_IN_ANY / 10
