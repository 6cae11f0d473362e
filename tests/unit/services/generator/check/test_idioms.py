"""What is said in other words is read as the same; numbers and times keep their meaning."""

import pytest

from services.generator.domain.check import Ground, check_reply
from services.generator.domain.check.quantities import quantities
from services.generator.domain.check.sourced import supported
from services.generator.domain.check.text import clauses, normal


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Wrapping costs nothing.", "Wrapping is free."),
        ("You pay nothing for wrapping.", "get free wrapping."),
        ("Wrapping comes at no extra charge.", "Wrapping comes free."),
        ("It takes half an hour.", "It takes 30 minutes."),
        ("Order before noon.", "Order before 12:00."),
        ("We are here from 6 to 9 pm.", "We are here from 6 pm to 9 pm."),
        ("Candles are excluded.", "Candles are not included in."),
        ("The yard closes at 18:00.", "The yard is open until 18:00."),
        ("包装不收费。", "包装免费。"),
        ("除了蜡烛以外，都可以。", "蜡烛除外,都可以。"),
        ("需要半小时。", "需要30分钟。"),
        ("停车一小时6元。", "停车每小时6元。"),
        ("可不可以退？", "是否可以退?"),
        ("不喜欢就能退", "如果不喜欢,能退"),
        ("穿过退不了", "穿过不能退"),
        ("容量一升半", "容量1.5升"),
        ("Should it not fit, send it back.", "If it not fit, send it back."),
        ("The order is still waiting to be packed.", "The order is not yet packed."),
    ],
)
def test_idioms_have_one_form(said: str, meant: str) -> None:
    assert normal(said) == meant.lower()


@pytest.mark.parametrize(
    "said",
    [
        "I'm afraid I can't say whether it floats.",
        "Its exact weight I can't name, sorry.",
        "I'm not sure how deep it may dive.",
        "能不能潜水这边没法跟您说准，抱歉。",
        "重量不好跟您说死。",
    ],
)
def test_who_admits_not_to_know_claims_nothing(said: str) -> None:
    page = "The lamp lights for 6 hours." if said.isascii() else "灯能亮 6 小时。"
    assert check_reply(said, Ground("en" if said.isascii() else "zh", (page,))).passed


@pytest.mark.parametrize("said", ["As an AI model I can't say whether it floats.", "作为AI助手，我没法跟您说准。"])
def test_a_model_that_speaks_of_itself_is_heard_all_the_same(said: str) -> None:
    assert "self" in check_reply(said, Ground("en" if said.isascii() else "zh", ("6 h",))).kinds


def test_a_tilde_ends_what_is_said_kindly_but_not_a_range() -> None:
    assert list(clauses(normal("好的～明天到"))) == ["好的", "明天到"]
    assert normal("需要3~5天") == "需要3-5天"


def test_a_range_of_unlike_halves_of_the_day_stays_as_it_is() -> None:
    assert normal("Open from 9 to 5 pm.") == "open from 9 to 5 pm."


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("10 pieces and 8% off", "10 pieces, 8% off"),
        ("a 3-year warranty", "36 months of warranty"),
        ("1.5 litres", "1500 ml"),
        ("once a week", "weekly"),
        ("26.5 cm", "26.5"),
        ("晚上6点到9点", "18:00至21:00"),
        ("2年或500次充电", "两年，500次"),
        ("from 4 to 11 February", "2027-02-04 to 2027-02-11"),
        ("身高一米六五", "165厘米"),
        ("3斤一包", "1.5公斤"),
        ("八五折", "8.5折"),
        ("满18周岁", "18岁"),
        ("两个月", "60天"),
        ("打印五毛一张", "打印0.5元一张"),
        ("下午 5 点", "17:00"),
        ("two and a half hours", "2.5 hours"),
        ("half past four", "4:30"),
    ],
)
def test_numbers_are_the_same_in_other_forms(said: str, told: str) -> None:
    known = quantities(normal(told))
    assert quantities(normal(said))
    assert all(supported(quantity, known) for quantity in quantities(normal(said)))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("8 pieces", "10 pieces and 8% off"),
        ("daily", "once a week"),
        ("1.5 ml", "1.5 litres"),
        ("两个USB口", "三个USB口"),
        ("两个月", "90天"),
        ("21:00", "晚上6点到8点"),
    ],
)
def test_other_numbers_stay_others(said: str, told: str) -> None:
    known = quantities(normal(told))
    assert not all(supported(quantity, known) for quantity in quantities(normal(said)))


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Rings and pins cannot be engraved.", ["rings and pins cannot be engraved"]),
        ("Rings can't be engraved, for safety reasons.", ["rings can't be engraved, for safety reasons"]),
        ("It cannot be mended and expires after 6 months.", ["it cannot be mended", "and expires after 6 months"]),
        ("We mend it, except for zips.", ["we mend it", "except for zips"]),
        ("因为安全原因，戒指不能刻字。", ["因为安全原因, 戒指不能刻字"]),
        ("戒指的宽度更大，有8毫米。", ["戒指的宽度更大, 有8毫米"]),
    ],
)
def test_a_clause_says_one_thing(sentence: str, found: list[str]) -> None:
    assert list(clauses(normal(sentence))) == found
