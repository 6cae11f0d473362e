"""What follows from the passages has a source: numbers, hours of weekdays, kinds, and who has what in a list."""

import pytest

from services.generator.domain.check import Ground, check_sentence

SHOP = (
    "We rest from 2027-02-04 to 2027-02-11. Delivery costs ¥12.00. We deliver to the countries of the EU. "
    "Colleagues answer Monday to Friday 09:00-21:00 and on Saturday 10:00-18:00, not on Sunday. The code works for "
    "30 minutes. Silk is made in Hangzhou, shoes in Wenzhou, electronics in Shenzhen."
)
ZH = (
    "单笔订单运费每单 ¥12.00。后腰有个平口袋。填充白鸭绒。展厅周二到周日 10:00-20:00 开放，周一休息。首单立减 10%。"
    "满 ¥150.00 包邮。不含镍。真丝在杭州生产，鞋在温州生产。"
)


def faults(said: str, asked: str = "") -> tuple[str, ...]:
    language = "zh" if any("\u3400" <= char <= "\u9fff" for char in said) else "en"
    on = Ground("zh" if language == "zh" else "en", (ZH if language == "zh" else SHOP,), asked=asked)
    return check_sentence(said, on)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("We rest for about a week, from 2027-02-04 to 2027-02-11.", ""),
        ("We rest until the 11th, from the 4th.", "are you resting in february?"),
        ("Colleagues answer on Saturday from 10 am to 6 pm.", ""),
        ("Colleagues answer on Saturday from 10.", ""),
        ("Colleagues answer Monday to Friday 09:00-21:00.", ""),
        ("We deliver to Portugal, as to all countries of the EU.", "do you deliver to Portugal"),
        ("The code works for 30 minutes, and yours came 3 hours ago.", "my code came 3 hours ago"),
        ("运费12元一单。", ""),
        ("首单打九折。", ""),
        ("满一百五包邮。", ""),
        ("展厅周六10:00到20:00开放。", ""),
    ],
)
def test_what_follows_from_the_passages_has_a_source(said: str, asked: str) -> None:
    hard = {"number", "price", "date", "name", "value"}
    assert not hard.intersection(faults(said, asked))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("We rest for about three weeks.", "number"),
        ("We deliver to Norway as well.", "name"),
        ("Colleagues answer on Sunday 10:00-18:00.", "date"),
        ("Colleagues answer on Saturday 09:00-21:00.", "date"),
        ("Colleagues answer Tuesday to Friday.", "date"),
        ("Mr. Keller answers on Saturday.", "name"),
        ("Delivery goes with our partner PortLink.", "name"),
        ("Your delivery went out this morning.", "act"),
        ("Leave it with me.", "promise"),
        ("I've set up the delivery for you.", "act"),
        ("I'll watch the delivery for you.", "promise"),
        ("Shoes are made in Shenzhen.", "crossed"),
        ("后腰有三个平口袋。", "number"),
        ("填充的是白鹅绒。", "value"),
        ("展厅周一到周六开放，周日休息。", "date"),
        ("运费由温哥华的公司收取。", "value"),
        ("鞋在杭州生产。", "crossed"),
        ("里面含镍。", "polarity"),
        ("我这就给仓库打个招呼。", "promise"),
        ("这事交给我。", "promise"),
        ("运费今早打过去了。", "act"),
        ("刚刚已经把运费退了。", "act"),
    ],
)
def test_what_the_passages_do_not_say_is_found(said: str, fault: str) -> None:
    assert fault in faults(said, "do you deliver to Norway" if "Norway" in said else "")


@pytest.mark.parametrize(
    "said",
    [
        "What a pity!",
        "I do understand!",
        "Don't worry, that's easily put right.",
        "很抱歉给您添麻烦了。",
        "别着急，亲。",
    ],
)
def test_sympathy_claims_nothing(said: str) -> None:
    assert faults(said) == ()
