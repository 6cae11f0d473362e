"""What earlier questions say of a new one: near ones speak for their class, and new words against it."""

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.asked_before import NEAR, SILENT, AskedBefore
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
    found = before.evidence(towards(2), ["postage"])
    assert max(found.votes, key=found.vote) == "shipping" and found.vote("shipping") == pytest.approx(0, abs=1e-6)
    assert found.vote("returns") == found.nothing == pytest.approx(SILENT)


def test_two_that_are_equally_near_share_the_voices_and_one_farther_off_has_less(before):
    between = towards(2, 3)
    found = before.evidence(between, [])
    assert found.vote("shipping") == pytest.approx(np.log(0.5), abs=1e-3)
    assert found.vote("nothing/shipping") == found.nothing == pytest.approx(np.log(0.5), abs=1e-3)
    nearer = between + np.float32(NEAR) * towards(2)
    found = before.evidence(nearer, [])
    assert found.vote("shipping") - found.vote("nothing/shipping") == pytest.approx(1, abs=1e-3)


def test_words_that_a_class_has_never_heard_count_by_their_rarity(before):
    found = before.evidence(towards(0), ["send", "back"])
    assert (found.new("returns"), found.new("shipping"), found.new("a new page")) == (0, 1, 1)
    half = before.evidence(towards(0), ["back", "zeppelin"])
    assert 0.5 < half.new("returns") < 1
    assert before.evidence(towards(0), []).new("returns") == 0


def test_what_lies_far_from_all_is_no_infinity(before):
    found = before.evidence(-towards(0, 1, 2, 3, 4), ["x"])
    assert np.isfinite([*found.votes.values(), found.nothing]).all()
