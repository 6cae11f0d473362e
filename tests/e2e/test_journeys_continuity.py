"""What a customer lives through without losing the thread: reloads, a second tab, a dead server, a person."""

import os
import re
import subprocess
import sys

import pytest
from playwright.async_api import expect

from services.commands.cases import ShopState
from tests.e2e.journey_browser import CONFIRM_BUTTON, PATIENCE_MS, picture, play, settled
from tests.e2e.journey_script import EN, ZH
from tests.e2e.widget_browser import Customer
from tests.harness.stack import ROOT, Stack

pytest_plugins = ["tests.e2e.widget_fixtures", "tests.e2e.journey_stack"]
pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(500), pytest.mark.asyncio(loop_scope="module"),
]  # fmt: skip
UP_TO_THE_PREVIEW = -1


@pytest.fixture
def base_url(stack: Stack) -> str:
    """The real stack, in place of the widget's scripted one."""
    return stack.url


async def begin(open_shop, **how) -> Customer:
    customer: Customer = await open_shop(**how)
    expect.set_options(timeout=PATIENCE_MS)
    await customer.open_chat()
    return customer


async def spoken(customer: Customer) -> list[str]:
    """Everything said so far, by either side, in order."""
    texts = await customer.chat.locator("[part=own] .bubble, [part=reply] .bubble").all_inner_texts()
    return [text.strip() for text in texts]


async def confirm(customer: Customer) -> None:
    await customer.replies.last.get_by_role("button", name=CONFIRM_BUTTON).click()


async def cancelled_once(customer: Customer, shop: ShopState, order: str) -> None:
    await expect(customer.replies.last.locator("[part=receipt]")).to_contain_text(order)
    await settled(customer)
    await expect(customer.chat.locator("[part=receipt]")).to_have_count(1)
    assert await shop.order_statuses([order]) == {order: "cancelled"}
    assert await shop.receipts() == 1


async def test_a_reloaded_page_goes_on_where_it_was(open_shop, shop) -> None:
    customer = await begin(open_shop)
    await play(customer, EN, UP_TO_THE_PREVIEW)
    before = await spoken(customer)
    await customer.page.reload()
    await customer.open_chat()
    await expect(customer.replies.last.locator("[part=preview]")).to_be_visible()
    assert await spoken(customer) == before
    await picture(customer.page, "reloaded")
    await confirm(customer)
    await cancelled_once(customer, shop, EN.order)


async def test_two_tabs_show_one_conversation(open_shop, shop) -> None:
    first = await begin(open_shop, locale="zh-CN")
    await play(first, ZH, UP_TO_THE_PREVIEW)
    second = Customer(await first.page.context.new_page())
    await second.page.goto(first.page.url)
    await second.open_chat()
    await expect(second.replies.last.locator("[part=preview]")).to_be_visible()
    assert await spoken(second) == await spoken(first)
    await confirm(second)
    await cancelled_once(second, shop, ZH.order)
    await cancelled_once(first, shop, ZH.order)
    assert await spoken(first) == await spoken(second)
    await first.write("谢谢")
    await settled(first)
    await expect(second.own.last).to_contain_text("谢谢")
    await expect(second.replies).to_have_count(await first.replies.count())
    assert await spoken(second) == await spoken(first)


async def test_a_server_that_dies_is_waited_for(open_shop, shop, stack: Stack) -> None:
    """Killed right after it accepted a message, and again before the confirmation could be sent."""
    customer = await begin(open_shop)
    await play(customer, EN, 4)
    told = await customer.replies.count()
    await customer.write("cancel it")
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    stack.kill("embedded")
    stack.start("embedded")
    await expect(customer.replies.last.locator("[part=preview]")).to_be_visible()
    await settled(customer)
    await expect(customer.replies).to_have_count(told + 1)

    stack.kill("embedded")
    await expect(customer.chat.locator("[part=banner]")).to_contain_text("reconnecting")
    await confirm(customer)
    await expect(customer.own.last).to_contain_text("Waiting for connection")
    await picture(customer.page, "server-away")
    stack.start("embedded")
    await cancelled_once(customer, shop, EN.order)
    await expect(customer.replies).to_have_count(told + 2)
    await expect(customer.own).to_have_count(len(EN.turns))
    await expect(customer.chat.locator("[part=banner]")).to_be_hidden()
    before = await spoken(customer)
    await customer.page.reload()
    await customer.open_chat()
    await expect(customer.replies).to_have_count(told + 2)
    assert await spoken(customer) == before


@pytest.mark.parametrize(
    ("locale", "button", "question", "returned"),
    [
        ("en-GB", "Talk to a person", "Where is my order?", "You are back with the assistant"),
        ("zh-CN", "转人工", "我的订单到哪儿了？", "已转回智能助手"),
    ],
    ids=["en", "zh"],
)
async def test_a_person_silences_the_bot_until_the_ticket_is_returned(
    open_shop, shop, stack, locale, button, question, returned
) -> None:
    customer = await begin(open_shop, locale=locale)
    await customer.chat.get_by_role("button", name=button, exact=True).click()
    banner = customer.chat.locator("[part=handoff]")
    await expect(banner).to_contain_text(re.compile(r"T-\d+"))
    found = re.search(r"T-\d+", await banner.inner_text())
    assert found is not None
    await expect(customer.replies.last).to_contain_text(found[0])
    told = await customer.replies.count()
    await customer.write(question)
    await settled(customer)
    await expect(customer.replies).to_have_count(told)
    await picture(customer.page, "person")
    assert hand_back(stack, found[0]) == f"{found[0]} returned\n"
    await expect(banner).to_be_hidden()
    await expect(customer.chat.locator("[part=notice]")).to_contain_text(returned)
    reply = await customer.ask(question)
    await expect(reply).to_contain_text(re.compile("e-mail|邮箱"))
    await picture(customer.page, "returned")


def hand_back(stack: Stack, ticket: str) -> str:
    """`deskbell handoff return`, which finds the running stack by itself."""
    command = [sys.executable, "-m", "services.cli", "handoff", "return", ticket]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **stack.env}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
