"""The yes or no that a reply begins with."""

import pytest

from services.generator.domain.check import Ground, check_reply
from services.generator.domain.check.answering import other_answer
from services.generator.domain.check.text import normal

TENT = "The tent survives rain. Its poles cannot be replaced. Pets may sleep in it if the groundsheet is covered."
TENT_ZH = "帐篷可以淋雨。支架不能更换。"


def asked(question: str, language: str = "en") -> Ground:
    return Ground(language, (TENT if language == "en" else TENT_ZH,), asked=question)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "said", "language"),
    [
        ("Can the poles be replaced?", "Yes, certainly.", "en"),
        ("Can the poles be replaced?", "Yes.", "en"),
        ("Does the tent survive rain?", "No.", "en"),
        ("Does the tent survive rain?", "Unfortunately not.", "en"),
        ("支架可以更换吗？", "可以。", "zh"),
        ("支架能不能更换？", "可以，没问题。", "zh"),
        ("帐篷可以淋雨吗？", "不可以。", "zh"),
    ],
)
def test_the_other_answer_is_found(question: str, said: str, language: str) -> None:
    assert other_answer(normal(said), asked(question, language))
    assert "polarity" in check_reply(said, asked(question, language)).kinds


@pytest.mark.parametrize(
    ("question", "said", "language"),
    [
        ("Can the poles be replaced?", "No, the poles cannot be replaced.", "en"),
        ("Does the tent survive rain?", "Yes, it does.", "en"),
        ("Can't the poles be replaced?", "Yes.", "en"),
        ("Can pets sleep in the tent?", "No.", "en"),
        ("How many poles are there?", "No problem.", "en"),
        ("Is there a window?", "No.", "en"),
        ("支架可以更换吗？", "不可以，支架不能更换。", "zh"),
        ("帐篷可以淋雨吗？", "可以。", "zh"),
    ],
)
def test_the_right_answer_and_what_the_passages_leave_open_pass(question: str, said: str, language: str) -> None:
    assert not other_answer(normal(said), asked(question, language))
