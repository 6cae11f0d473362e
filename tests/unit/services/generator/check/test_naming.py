"""Names have to be written as they are."""

import pytest

from services.generator.domain.check import Ground
from services.generator.domain.check.naming import garbled

NAMES = ("Acorn Power Bank", "Commuter Backpack", "Dawn Mist Humidifier")
EN = Ground(
    "en",
    (
        "The Acorn Power Bank holds 10,000 mAh. The Commuter Backpack has a sleeve for a laptop. "
        "The Dawn Mist Humidifier runs for 9 hours on one filling. Gift cards are sold at the Hangzhou Showroom.",
    ),
    NAMES,
    names=NAMES,
)
NAMES_ZH = ("松果移动电源", "通勤双肩背包", "晨雾加湿器")
ZH = Ground(
    "zh",
    ("松果移动电源容量10000毫安时。通勤双肩背包有电脑隔层。晨雾加湿器一次加水运行9小时。",),
    NAMES_ZH,
    names=NAMES_ZH,
)


@pytest.mark.parametrize(
    "said",
    [
        "The AcornPower Bank holds 10,000 mAh.",
        "The Acornbank holds 10,000 mAh.",
        "The Acorn Mist Bank holds 10,000 mAh.",
        "The Commuter Back has a sleeve for a laptop.",
        "The Power Acorn Bank holds 10,000 mAh.",
        "The Dawn Power Humidifier runs for 9 hours.",
        "The Commuterpack has a sleeve for a laptop.",
        "A giftcards voucher is sold there.",
    ],
)
def test_a_name_that_is_nearly_right_is_wrong(said: str) -> None:
    assert garbled(said, EN)


@pytest.mark.parametrize(
    "said",
    [
        "The Acorn Power Bank holds 10,000 mAh.",
        "The Acorn holds 10,000 mAh, and the Commuter's sleeve takes a laptop.",
        "On one filling, the Dawn Humidifier runs for 9 hours.",
        "Both Commuter Backpacks have a sleeve.",
        "Power banks of this size hold 10,000 mAh.",
        "You find gift cards at our Hangzhou Showroom.",
        "Commuters like its laptop sleeve.",
    ],
)
def test_short_forms_and_other_forms_are_names(said: str) -> None:
    assert not garbled(said, EN)


@pytest.mark.parametrize(
    "said",
    [
        "松雾移动电源容量10000毫安时。",
        "晨果加湿器可以运行9小时。",
        "通勤移动背包有电脑隔层。",
        "松果双肩电源容量很大。",
    ],
)
def test_mixed_characters_are_no_chinese_name(said: str) -> None:
    assert garbled(said, ZH)


@pytest.mark.parametrize(
    "said",
    [
        "松果移动电源的容量是10000毫安时。",
        "通勤背包有电脑隔层。",
        "加湿器加一次水能运行9小时。",
        "松果和晨雾加湿器都有货。",
    ],
)
def test_short_chinese_names_are_names(said: str) -> None:
    assert not garbled(said, ZH)


def test_without_names_of_products_chinese_words_are_words() -> None:
    assert not garbled("退货运费和退款时间请看说明。", Ground("zh", ("退货运费由买家承担。",), ("退款时间和方式",)))
