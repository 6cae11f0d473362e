"""Unanswered questions in a real database, masked, gathered and covered."""

from datetime import UTC, datetime

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.gaps import Gap, clusters
from services.dialogue.adapters.knowledge.masking import LONGEST, masked
from services.dialogue.adapters.knowledge.store import open_documents

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("where is MB10002, my mail is a.b@example.com", "where is [number], my mail is [e-mail]"),
        ("call +49 170 1234567 please", "call [number] please"),
        ("我的电话是13812345678", "我的电话是[number]"),
        ("look at https://x.example/me?id=7 now", "look at [link] now"),
        ("is IP67 enough for 30 minutes", "is IP67 enough for 30 minutes"),
    ],
)
def test_what_tells_who_asked_is_masked(question, kept):
    assert masked(question) == kept


def test_a_long_question_is_cut():
    assert len(masked("why " * 1_000)) == LONGEST


async def test_the_same_question_is_counted_and_a_covered_one_is_gone(tmp_path):
    async with open_documents(f"sqlite+aiosqlite:///{tmp_path / 'k.db'}") as documents:
        await documents.gaps.note([("Do you rent tents?", "en"), ("do you rent tents?", "en"), ("有学生优惠吗", "zh")])
        first, second = await documents.gaps.all()
        assert (first.question, first.times, second.question) == ("Do you rent tents?", 2, "有学生优惠吗")
        await documents.gaps.cover([first], "tents")
        assert [gap.question for gap in await documents.gaps.all()] == ["有学生优惠吗"]


def test_near_questions_of_a_language_are_one_cluster():
    gaps = [Gap("rent a tent", "en", 3, NOW), Gap("student discount", "en", 2, NOW), Gap("tent hire", "en", 2, NOW)]
    near = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.95, 0.31])
    first, second = clusters(gaps, np.stack(near))
    assert (first.question, first.times, first.others) == ("rent a tent", 5, ("tent hire",))
    assert second.times == 2
    assert len(clusters([gaps[0], Gap("帐篷", "zh", 1, NOW)], np.ones((2, 1)))) == 2


def test_no_gaps_are_no_clusters():
    assert clusters([], np.empty((0, 2))) == []
