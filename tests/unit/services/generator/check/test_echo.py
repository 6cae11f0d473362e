"""What the model was given comes back: the question, or the task."""

import pytest

from services.generator.domain import instructions
from services.generator.domain.check import Ground, check_sentence
from services.generator.domain.check.echo import echoes
from services.generator.domain.check.text import normal, sentences

EN = Ground(
    "en",
    ("A parcel that is refused at the door travels back to us. The money is returned within 6 days after that.",),
    asked="What happens to the money when I refuse a parcel at the door?",
)
ZH = Ground("zh", ("上门拒收的包裹会退回仓库。退回后6天内退款。",), asked="上门拒收包裹以后，钱怎么退？")


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("What happens to the money when I refuse a parcel at the door?", EN),
        ("What happens to the money when you refuse the parcel at the door", EN),
        ("You would like to know what happens to the money when you refuse a parcel at the door.", EN),
        ("You asked what happens to the money of a refused parcel.", EN),
        ("上门拒收包裹以后，钱怎么退？", ZH),
        ("您问的是上门拒收包裹以后钱怎么退。", ZH),
        ("您想知道上门拒收的包裹怎么退钱。", ZH),
    ],
)
def test_the_question_is_no_answer_to_itself(said: str, ground: Ground) -> None:
    assert echoes(normal(said), ground)


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("When you refuse a parcel at the door, it travels back to us.", EN),
        ("The money is returned within 6 days after the parcel is back.", EN),
        ("You asked about the money: it is returned within 6 days.", EN),
        ("Is there anything else that I can help with?", EN),
        ("If you would like to know more, just ask.", EN),
        ("上门拒收的包裹会退回仓库。", ZH),
        ("包裹退回后，6天内退款。", ZH),
        ("请问还有其他问题吗？", ZH),
    ],
)
def test_an_answer_may_take_up_the_question(said: str, ground: Ground) -> None:
    assert not echoes(normal(said), ground)


def test_what_the_customer_believes_is_not_repeated_as_true() -> None:
    ground = Ground("en", ("The lamp comes with a cable.",), asked="Does the lamp flicker in humid rooms?")
    assert echoes("the lamp flickers in humid rooms.", ground)
    assert not echoes("the lamp comes with a cable.", ground)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("task", [instructions.ANSWER, instructions.OFFER, instructions.CHAT])
def test_no_sentence_of_a_task_is_released(task: dict[str, str], language: str) -> None:
    ground = EN if language == "en" else ZH
    assert all(check_sentence(part, ground) for part in sentences(task[language]))


def test_a_question_to_the_letter_is_known_however_few_its_words_say() -> None:
    ground = Ground("en", ("IP67 survives half an hour in a metre of water.",), asked="What does IP67 mean?")
    assert echoes("what does ip67 mean?", ground)
    assert echoes("you would like to know what does ip67 mean.", ground)


def test_without_a_question_nothing_is_its_echo() -> None:
    assert not echoes("what happens to the money when i refuse a parcel?", Ground("en", EN.passages))
