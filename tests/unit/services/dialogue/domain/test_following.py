import pytest

from services.dialogue.domain.following import search_text


@pytest.mark.parametrize(
    ("before", "question", "language", "searched"),
    [
        ("how long do bags last?", "and shoes?", "en", "how long do bags last and shoes?"),
        ("is the Wren waterproof", "how heavy is it", "en", "is the Wren waterproof how heavy is it"),
        ("退货要几天？", "那运费呢", "zh", "退货要几天 那运费呢"),
        ("山径跑鞋 2 防水吗", "它多重", "zh", "山径跑鞋 2 防水吗 它多重"),
        ("", "and for shoes?", "en", "and for shoes?"),
        ("how do I return something", "do gift cards expire", "en", "do gift cards expire"),
        ("退货要几天", "礼品卡会过期吗", "zh", "礼品卡会过期吗"),
        ("returns", "and how long does standard delivery to Austria usually take", "en",
         "and how long does standard delivery to Austria usually take"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_stand_alone_takes_the_one_before_with_it(before, question, language, searched):
    assert search_text(before, question, language) == searched


def test_what_came_before_does_not_grow_without_end():
    text = "why"
    for _ in range(50):
        text = search_text(text, "and then?", "en")
    assert len(text) < 230
