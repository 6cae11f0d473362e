"""Paraphrases say what the passages say; one turned word does not: denials, subjects, turns, payers, limits."""

import pytest

from services.generator.domain.check import Ground, check_sentence

WORKSHOP = Ground(
    "en",
    (
        "Engraving costs €12 and takes 2-3 working days. Rings and pins cannot be engraved for safety reasons. Clocks "
        "can be repaired but are not cleaned. The first cleaning is free; each later one costs €18. Custom-made clocks "
        "cannot be repaired. The glass of a clock has a warranty of 2 years, the dial one of 6 years. Straps are "
        "excluded. The workshop is open from 8:30 to 17:00, on Saturday from 9:00 to 12:00. Heavy clocks are collected "
        "by our driver. Vouchers cannot be exchanged for cash and expire after 18 months. From 5 pieces there is 3% "
        "off, from 20 pieces 7% off. The glass lid withstands up to 90 °C, the steel lid more than 90 °C.",
    ),
)
WORKSHOP_ZH = Ground(
    "zh",
    (
        "刻字收费30元，2-3天完成。出于安全原因，戒指和胸针不能刻字。钟表可以维修，但不清洗。首次清洗免费；之后每次清洗40元。"
        "定制钟表不能维修。表镜保修2年，表壳保修6年。工作室周一至周五8:30至17:00营业，周六9:00至12:00营业。大件钟表由司机上门取件。"
        "代金券不能兑换现金，18个月后失效。满5件享97折，满20件享93折。急件收费60元，当天完成。",
    ),
)


@pytest.mark.parametrize(
    "said",
    [
        "I'm afraid pins and rings can't be engraved, for reasons of safety.",
        "For engraving you pay €12.",
        "Clocks are not cleaned, but a repair is possible.",
        "The first cleaning costs nothing.",
        "After the first cleaning, each later one costs €18.",
        "Straps are not covered.",
        "On Saturday the workshop closes at noon.",
        "Our driver collects heavy clocks.",
        "The vouchers expire after 18 months.",
        "You get 3% off from 5 pieces and 7% off from 20 pieces.",
        "The warranty is two years for the glass and six years for the dial.",
        "You can't have custom-made clocks repaired.",
        "Engraving takes two to three working days.",
    ],
)
def test_english_paraphrases_pass(said: str) -> None:
    assert not check_sentence(said, WORKSHOP)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Rings can be engraved.", "polarity"),
        ("Clocks can be cleaned but are not repaired.", "polarity"),
        ("Custom-made clocks can be repaired.", "polarity"),
        ("Straps are not excluded.", "polarity"),
        ("The vouchers do not expire after 18 months.", "polarity"),
        ("The first cleaning costs €18.", "crossed"),
        ("The dial has a warranty of 2 years.", "crossed"),
        ("On Saturday the workshop is open until 17:00.", "crossed"),
        ("From 5 pieces there is 7% off.", "crossed"),
        ("Rings and pins take 2-3 working days.", "crossed"),
        ("Heavy clocks are collected by you.", "person"),
        ("Engraving is free of charge.", "person"),
        ("The glass lid withstands more than 90 °C.", "crossed"),
        ("The workshop opens at 17:00.", "misplaced"),
        ("I've polished your clock.", "act"),
    ],
)
def test_english_sentences_that_turn_one_thing_are_found(said: str, kind: str) -> None:
    assert kind in check_sentence(said, WORKSHOP)


@pytest.mark.parametrize(
    "said",
    [
        "胸针和戒指因为安全原因都不能刻字。",
        "钟表不清洗，但可以维修。",
        "第一次清洗不收费。",
        "之后清洗的话，每次40元。",
        "工作室周六早上9点开门，中午12点关门。",
        "代金券不可以兑换现金。",
        "大件钟表由司机上门来取。",
        "如果满20件，可以享93折。",
        "表镜保修两年，表壳保修六年。",
    ],
)
def test_chinese_paraphrases_pass(said: str) -> None:
    assert not check_sentence(said, WORKSHOP_ZH)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("戒指可以刻字。", "polarity"),
        ("定制钟表可以维修。", "polarity"),
        ("钟表可以清洗，但不维修。", "polarity"),
        ("首次清洗40元。", "crossed"),
        ("表壳保修2年。", "crossed"),
        ("周六营业到17:00。", "crossed"),
        ("满5件享93折。", "crossed"),
        ("急件2-3天完成。", "crossed"),
        ("大件钟表由您上门取件。", "person"),
        ("您的钟表已经维修。", "act"),
    ],
)
def test_chinese_sentences_that_turn_one_thing_are_found(said: str, kind: str) -> None:
    assert kind in check_sentence(said, WORKSHOP_ZH)


def test_a_condition_elsewhere_does_not_excuse_what_is_told_the_other_way_round() -> None:
    page = "Forgotten at the till? We cannot add a coupon afterwards, but you may cancel while the order is not packed."
    said = "If you missed the field, we can add the coupon afterwards."
    assert "polarity" in check_sentence(said, Ground("en", (page,)))


def test_a_denial_says_nothing_of_another_thing_with_the_same_subject() -> None:
    lamp = Ground("en", ("The lamp does not cover a whole room.",))
    assert "polarity" not in check_sentence("The lamp lights a room.", lamp)
    assert "polarity" in check_sentence("The lamp covers a whole room.", lamp)


def test_what_is_denied_only_because_it_was_asked_denies_nothing_of_the_page() -> None:
    page, asked = "Straps are sold when the clock is collected.", "are straps sold when I order?"
    said = "Not when you order, but when the clock is collected."
    assert "polarity" not in check_sentence(said, Ground("en", (page,), asked=asked))
