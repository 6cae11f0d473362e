"""A text that runs in circles."""

import pytest

from services.generator.domain.check import Ground, check_reply
from services.generator.domain.check.repeats import circles, repeats
from services.generator.domain.check.text import normal
from services.generator.domain.release import released

EN = Ground(
    "en", ("The cup holds 300 ml and survives the dishwasher. Jeans fit true to size, shirts fit true to size.",)
)
ZH = Ground("zh", ("杯子容量300毫升，可以放进洗碗机清洗。",))


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("The cup holds 300 ml, the cup holds 300 ml.", EN),
        ("The cup holds 300 ml and holds 300 ml and survives the dishwasher.", EN),
        ("It survives in the dishwasher in the dishwasher.", EN),
        ("It is 300 ml is 300 ml is 300 ml.", EN),
        ("It survives the dishwasher, it holds 300 ml, and it survives the dishwasher.", EN),
        ("杯子容量300毫升，杯子容量300毫升。", ZH),
        ("可以放进洗碗机清洗可以放进洗碗机清洗。", ZH),
        ("可以放进洗碗机，容量300毫升，可以放进洗碗机。", ZH),
    ],
)
def test_the_same_again_is_found(said: str, ground: Ground) -> None:
    assert repeats(normal(said), ground)


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("The cup holds 300 ml and survives the dishwasher.", EN),
        ("Jeans fit true to size, shirts fit true to size.", EN),
        ("It may go in, and it may come out, of the dishwasher.", EN),
        ("Very, very few cups do.", EN),
        ("杯子容量300毫升，可以放进洗碗机清洗。", ZH),
        ("您可以考虑考虑。", ZH),
    ],
)
def test_what_has_to_be_said_twice_passes(said: str, ground: Ground) -> None:
    assert not repeats(normal(said), ground)


def test_a_sentence_in_other_dress_is_the_same_sentence() -> None:
    assert circles(["The cup holds 300 ml.", "And the cup holds 300 ml!"], "en")
    assert not circles(["The cup holds 300 ml.", "The cup does not hold 300 ml."], "en")
    assert circles(["杯子容量300毫升。", "这杯子容量300毫升哦。"], "zh")


def test_a_reply_ends_before_it_begins_again() -> None:
    text = "The cup holds 300 ml. The cup then holds 300 ml. It survives the dishwasher."
    assert "repeated" in check_reply(text, EN).kinds
    assert released(text, EN).text == "The cup holds 300 ml."
