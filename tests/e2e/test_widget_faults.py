"""The chat widget when lines break, servers restart and messages are refused: nothing lost, nothing doubled."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.e2e.widget_browser import Customer
from tests.e2e.widget_gateway import Gateway, flat

pytest_plugins = ["tests.e2e.widget_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_it_comes_back_with_the_cursor_and_misses_nothing(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    token = next(iter(gateway.logs))
    last = gateway.logs[token][-1]["cursor"]
    gateway.refuse_connections = True
    await gateway.drop()
    missed = {"id": "r-late", "turn": None, "language": "en", "text": "Said while you were away.", "expects": {}}
    await gateway.append(token, "reply", {"reply": missed})
    gateway.refuse_connections = False
    await expect(customer.replies.last).to_contain_text("Said while you were away.")
    assert gateway.hellos[-1] == {"type": "hello", "token": token, "after": last}
    await expect(customer.replies).to_have_count(2)
    await customer.ask("hello again")
    await expect(customer.own).to_have_count(2)


async def test_a_resend_keeps_its_id_and_is_shown_once(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    gateway.swallow_accepted = 1
    await customer.write("are you there?")
    await expect(customer.replies).to_have_count(2)
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    await expect(customer.own).to_have_count(2)
    token = next(iter(gateway.logs))
    assert [event["data"]["seq"] for event in gateway.logs[token] if event["type"] == "message"] == [1, 2]


async def test_events_told_twice_are_shown_once(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.chat.get_by_role("button", name="Talk to a person").click()
    await expect(customer.chat.locator("[part=handoff]")).to_contain_text("number 2")
    await customer.write("claimed")
    person = customer.chat.locator("[part=agent]")
    await expect(person).to_have_count(1)
    token = next(iter(gateway.logs))
    for event in list(gateway.logs[token]):
        await gateway.send(token, flat(event))
    await customer.ask("and on")
    await expect(person).to_have_count(1)
    await expect(customer.chat.locator("[part=notice]")).to_have_count(1)
    await expect(customer.own).to_have_count(3)


async def test_a_message_that_nobody_accepted_is_sent_again_under_its_id(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    gateway.refusals.append({"code": "outcome_unknown", "detail": "send it again", "retry_after_ms": 100})
    await customer.write("hello")
    await expect(customer.replies).to_have_count(1)
    ids = [frame["client_message_id"] for frame in gateway.received]
    assert len(ids) == 2 and len(set(ids)) == 1
    await expect(customer.own).to_have_count(1)


async def test_a_refused_message_says_so_and_can_be_tried_again(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    gateway.refusals.append({"code": "bad_request", "detail": "no"})
    await customer.write("hello")
    await expect(customer.own.last).to_have_attribute("data-state", "failed")
    await expect(customer.own.last).to_contain_text("Not sent")
    await customer.own.last.get_by_role("button", name="Try again").click()
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    await expect(customer.replies).to_have_count(1)


async def test_too_many_messages_wait_as_told_and_keep_their_order(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    told = {"code": "too_many_waiting", "detail": "wait", "retry_after_ms": 700}
    gateway.refusals.extend([told, told])
    await customer.write("one")
    await customer.write("two")
    await expect(customer.chat.locator("[part=banner]")).to_contain_text("a little fast")
    await expect(customer.replies).to_have_count(3)
    token = next(iter(gateway.logs))
    texts = [event["data"]["text"] for event in gateway.logs[token] if event["type"] == "message"]
    assert texts == ["hello", "one", "two"]


async def test_an_unknown_cursor_reads_everything_anew(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    token = next(iter(gateway.logs))
    gateway.swallow_accepted = 1
    # The store falls back to a moment before the second message and continues with other nonces.
    for place, event in enumerate(gateway.logs[token]):
        event["cursor"] = f"{place + 1}.rewound"
    await customer.write("lost on the way")
    await expect(customer.replies).to_have_count(2)
    await expect(customer.own).to_have_count(2)
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    assert "after" not in gateway.hellos[0]
    assert gateway.hellos[-1]["after"].startswith("6.")


async def test_a_reloaded_page_shows_the_conversation_and_sends_what_was_left(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("cancel my order")
    gateway.refuse_connections = True
    await gateway.drop()
    await customer.write("written without a line")
    await expect(customer.own.last).to_have_attribute("data-state", "sending")
    gateway.refuse_connections = False
    await customer.page.reload()
    await customer.open_chat()
    await expect(customer.own).to_have_count(2)
    await expect(customer.replies.last).to_contain_text("written without a line")
    await expect(customer.replies.first.get_by_role("button", name="MB10042")).to_be_disabled()
    assert len(gateway.logs) == 1


async def test_an_offline_customer_is_told_and_nothing_is_lost(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    await customer.page.context.set_offline(True)
    await customer.write("sent under a bridge")
    await expect(customer.chat.locator("[part=banner]")).to_contain_text("offline")
    await expect(customer.own.last).to_contain_text("Waiting for connection")
    await customer.page.context.set_offline(False)
    await expect(customer.replies.last).to_contain_text("sent under a bridge")
    await expect(customer.chat.locator("[part=banner]")).to_be_hidden()


async def test_a_forgotten_conversation_makes_room_for_a_new_one(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    gateway.logs.clear()
    await gateway.drop()
    await expect(customer.chat.locator("[part=notice]")).to_contain_text("This is a new one")
    reply = await customer.ask("and now?")
    await expect(reply).to_contain_text("and now?")
    assert len(gateway.logs) == 1


async def test_another_window_takes_over_until_it_is_taken_back(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    await gateway.drop(4409)
    await expect(customer.chat.locator("[part=banner]")).to_contain_text("another window")
    await customer.chat.get_by_role("button", name="Continue here").click()
    await customer.ask("back again")
    await expect(customer.replies).to_have_count(2)


async def test_a_draining_server_is_left_and_found_again(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    before = len(gateway.hellos)
    await gateway.send(next(iter(gateway.logs)), {"type": "server.draining", "reconnect_after_ms": 50})
    async with asyncio.timeout(5):
        while len(gateway.hellos) == before:
            await asyncio.sleep(0)
    await customer.ask("still there?")


async def test_another_customer_never_sees_the_conversation(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.sign_in("C001")
    await customer.open_chat()
    await customer.ask("hello from C001")
    await customer.sign_in("C002")
    await expect(customer.own).to_have_count(0)
    await customer.ask("hello from C002")
    assert len(gateway.logs) == 2
    await customer.sign_in(None)
    await expect(customer.own).to_have_count(0)


async def test_a_conversation_begun_for_one_customer_is_never_given_to_the_next(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.sign_in("C001")
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await go_on.wait()
        await route.continue_()

    await customer.page.route("**/v1/conversations", hold, times=1)
    await customer.open_chat()
    await customer.write("hello from C001")
    async with asyncio.timeout(5):
        await asked.wait()
    await customer.sign_in("C002")
    go_on.set()
    await customer.ask("hello from C002")
    await expect(customer.own).to_have_count(1)
    first, second = gateway.logs.values()
    assert first == [] and second[0]["data"]["text"] == "hello from C002"


async def test_two_windows_share_one_conversation(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    beside = Customer(await customer.page.context.new_page())
    await beside.page.goto(customer.page.url)
    await beside.open_chat()
    await customer.ask("from the first window")
    await beside.write("from the second window")
    for window in (customer, beside):
        await expect(window.replies).to_have_count(2)
        await expect(window.own.first).to_contain_text("from the first window")
        await expect(window.own.last).to_contain_text("from the second window")
    assert len(gateway.logs) == 1


async def test_news_are_counted_while_the_panel_is_closed(open_shop, gateway: Gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.ask("hello")
    await customer.page.keyboard.press("Escape")
    news = {"id": "r-news", "turn": None, "language": "en", "text": "Your parcel has arrived.", "expects": {}}
    await gateway.append(next(iter(gateway.logs)), "reply", {"reply": news})
    await expect(customer.launcher).to_have_accessible_name("Chat with us, 1 new")
    await customer.open_chat()
    await customer.page.keyboard.press("Escape")
    await expect(customer.launcher).to_have_accessible_name("Chat with us")
