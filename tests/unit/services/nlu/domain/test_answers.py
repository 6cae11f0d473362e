import pytest

from services.nlu.domain.answers import short_answer
from shared.contracts.messages import Expects

ASKED = [Expects(kind="confirmation"), Expects(kind="choice"), Expects(kind="slot", slot="order")]


@pytest.mark.parametrize("expects", ASKED)
@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("neither", "deny"),
        ("None of these.", "deny"),
        ("不是这个", "deny"),
        ("都不要", "deny"),
        ("no, not that one", "deny"),
    ]
    + [("要", "affirm"), ("Yes please!", "affirm"), ("对的", "affirm"), ("that's the one", "affirm")],
)
def test_short_answers(said, intent, expects):
    assert short_answer(said, expects) == intent


@pytest.mark.parametrize(
    "said", ["要退货", "no, the other order", "M", "42", "the second one", "换成蓝色", "不是退货，是换货", ""]
)
def test_what_says_more_or_something_else(said):
    assert short_answer(said, ASKED[0]) is None


def test_nothing_was_asked():
    assert short_answer("要", Expects()) is None
