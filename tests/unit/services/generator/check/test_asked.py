"""What only the customer named may be denied or be a condition; small words keep their side."""

import pytest

from services.generator.domain.check import Ground, check_sentence


def ground(passage: str, asked: str, language: str = "en") -> Ground:
    return Ground("zh" if language == "zh" else "en", (passage,), asked=asked)


CHEST = ground("Size M fits a chest of 88-94 cm, size L one of 94-100 cm.", "my chest is 92 cm, which size?")
EU = ground("We ship to the countries of the European Union and nowhere else.", "Do you ship to Norway?")
FIT = ground("The blouse is relaxed and true to size.", "Is the blouse tight or relaxed?")
FEET = ground("傍晚站在纸上量脚最准，两只脚都量。", "脚是站着量还是坐着量", "zh")
REFUND = ground("We refund the order with its delivery fee. You can try on most of the clothes.", "what now?")


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("With 92 cm, size M fits.", CHEST),
        ("No, we do not ship to Norway, only to the European Union.", EU),
        ("The blouse is relaxed and true to size.", FIT),
        ("站在纸上量脚最准。", FEET),
        ("We refund the order with the delivery fee.", REFUND),
    ],
)
def test_what_holds_passes(said: str, on: Ground) -> None:
    assert check_sentence(said, on) == ()


@pytest.mark.parametrize(
    ("said", "on", "fault"),
    [
        ("Size L fits a chest of 92 cm or 104 cm.", CHEST, "number"),
        ("Yes, we ship to Norway, as to the European Union.", EU, "name"),
        ("The blouse is tight and true to size.", FIT, "polarity"),
        ("坐着量脚最准。", FEET, "polarity"),
        ("We refund the order without its delivery fee.", REFUND, "polarity"),
        ("You can try on all of the clothes.", REFUND, "polarity"),
    ],
)
def test_what_does_not_is_found(said: str, on: Ground, fault: str) -> None:
    assert fault in check_sentence(said, on)
