"""The whole road in a real browser: from "Where is my order?" to the receipt, and the shop has it cancelled."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.journey_browser import PATIENCE_MS, picture, play
from tests.e2e.journey_script import EN, ZH, Journey

pytest_plugins = ["tests.e2e.widget_fixtures", "tests.e2e.journey_stack"]
pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(500), pytest.mark.asyncio(loop_scope="module"),
]  # fmt: skip
DESKTOP, PHONE = (1280, 800), (390, 844)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
FOREIGN = {"en": re.compile("[\u3400-\u9fff]"), "zh": re.compile("order|confirm|receipt|refund", re.IGNORECASE)}


@pytest.fixture
def base_url(stack) -> str:
    """The real stack, in place of the widget's scripted one."""
    return stack.url


@pytest.mark.parametrize(
    ("journey", "size", "scheme"),
    [
        (EN, DESKTOP, "light"), (EN, DESKTOP, "dark"), (EN, PHONE, "light"),
        (ZH, DESKTOP, "light"), (ZH, PHONE, "light"), (ZH, PHONE, "dark"),
    ],
    ids=["en-desktop", "en-desktop-dark", "en-phone", "zh-desktop", "zh-phone", "zh-phone-dark"],
)  # fmt: skip
async def test_from_the_question_to_the_receipt(open_shop, shop, journey: Journey, size, scheme) -> None:
    customer = await open_shop(size=size, locale=LOCALES[journey.language], scheme=scheme)
    expect.set_options(timeout=PATIENCE_MS)
    await picture(customer.page, "0-shop")
    await customer.open_chat()
    await picture(customer.page, "0-open")
    await play(customer, journey)
    confirm, decline = await customer.chat.locator("[part=preview] button").all()
    await expect(confirm).to_be_disabled()
    await expect(confirm).to_have_attribute("aria-pressed", "true")
    await expect(decline).to_be_disabled()
    assert await shop.order_statuses([journey.order]) == {journey.order: "cancelled"}
    assert await shop.receipts() == 1
    await expect(customer.replies.get_by_text(FOREIGN[journey.language])).to_have_count(0)
    assert await sideways(customer) == []
    assert customer.complaints == []


async def sideways(customer) -> list[str]:
    """What is wider than the place that it has."""
    return await customer.chat.evaluate("""host => [...host.shadowRoot.querySelectorAll('.panel, .panel *')]
        .filter((e) => e.checkVisibility() && !e.closest('.unseen') && e.clientWidth > 0
            && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
        .map((e) => `${e.className || e.localName}: ${e.scrollWidth} in ${e.clientWidth}`)""")
