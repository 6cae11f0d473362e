"""What a model of 135 million parameters made of the demo shop's pages: true in its words, not in what it says."""

import pytest

from services.generator.domain.check import Ground, check_reply
from services.generator.domain.release import released

COUPON = (
    "New customers get 10% off their first order from ¥200 or €30. The coupon appears in the account after signing up "
    "and is valid for 30 days."
)
PLUGS = (
    "The charger, the lamp and the humidifier work with 100-240 V and therefore everywhere in the world; with the "
    "right plug or an adapter they may travel."
)
RETURNS = "You have 30 calendar days from delivery to return what you do not want to keep. No reason is needed."
WRONG = [
    (
        COUPON,
        "You hear about new customers getting 10% off and we have no plans to cancel our offer until the end of May.",
    ),
    (COUPON, "The coupon is valid for 30 days, but it may not be available again until the end of the month."),
    (COUPON, "We are happy to help you find something that fits your needs and wants."),
    (PLUGS, "The product is available in the US, and you can use it with any device that supports USB-C."),
    (PLUGS, "The answer to the question is yes."),
    (RETURNS, "If you cannot pay for anything on time, we can offer a refund with no additional charges."),
    (RETURNS, "How can I get a refund?"),
    (RETURNS, "A: You have 30 calendar days from delivery."),
    (RETURNS, "I have returned the parcel to our warehouse."),
]


@pytest.mark.parametrize(("page", "sentence"), WRONG)
def test_words_picked_up_here_and_there_say_nothing_that_holds(page: str, sentence: str) -> None:
    assert not check_reply(sentence, Ground("en", (page,))).passed


def test_a_list_is_no_reply() -> None:
    ground = Ground("en", ("You can pay by Visa, Mastercard and PayPal.",))
    assert released("The ways of paying are:\n1. Visa\n2. Mastercard\nPayPal", ground).text is None


def test_another_passage_of_the_page_is_no_answer() -> None:
    ground = Ground("en", (COUPON, "We have one showroom: Xiaohe Street, Hangzhou, beside the Grand Canal."))
    assert released("Please visit us at Xiaohe Street, Hangzhou, beside the Grand Canal.", ground).text is None


def test_a_passage_on_a_product_need_not_repeat_its_name() -> None:
    ground = Ground("en", ("Weight: 890 g",), ("Commuter Backpack",))
    assert check_reply("The Commuter Backpack weighs 890 g.", ground).passed
    assert not check_reply("The Commuter Backpack weighs 980 g.", ground).passed
