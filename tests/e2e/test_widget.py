"""The chat widget in a real browser: what a customer sees and does when all goes well."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.widget_browser import Customer

pytest_plugins = ["tests.e2e.widget_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
DESKTOP, PHONE = (1280, 800), (390, 844)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("locale", "question", "answer"),
    [("en-GB", "Where is my order?", "MB10023"), ("zh-CN", "我的订单到哪儿了？", "已从仓库发出")],
    ids=["en", "zh"],
)
async def test_a_question_is_answered_with_an_order_card(open_shop, size, locale, question, answer) -> None:
    customer: Customer = await open_shop(size=size, locale=locale)
    await customer.open_chat()
    reply = await customer.ask(question)
    await expect(reply).to_contain_text(answer)
    await expect(reply.locator("[part=order-card]")).to_contain_text("MB10023")
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    await expect(customer.typing).to_be_hidden()


async def test_a_choice_a_preview_and_a_receipt(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    question = await customer.ask("cancel my order")
    await expect(question.locator(".bubble")).not_to_contain_text("MB100")
    choices = question.get_by_role("button", name="MB100")
    await expect(choices).to_have_count(2)
    await choices.first.click()
    preview = customer.chat.locator("[part=preview]")
    await expect(preview).to_contain_text("Cancel order")
    await expect(choices.first).to_be_disabled()
    await preview.get_by_role("button", name="Confirm").click()
    await expect(customer.chat.locator("[part=receipt]")).to_contain_text("R-20261123-0042")
    for button in await preview.get_by_role("button").all():
        await expect(button).to_be_disabled()
    assert [frame["type"] for frame in gateway.received] == ["message", "choose", "confirm"]
    assert gateway.received[1]["choose"] == "MB10042"
    assert gateway.received[2]["confirm"] == "p-en-2"


async def test_declining_a_preview_says_so_and_closes_it(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    preview = await customer.ask("show a preview")
    await preview.get_by_role("button", name="No, don’t").click()
    await expect(customer.replies.last).to_contain_text("nothing was changed")
    await expect(preview.get_by_role("button", name="Confirm")).to_be_disabled()
    assert (gateway.received[-1]["type"], gateway.received[-1]["decline"]) == ("decline", "p-en-1")


async def test_a_preview_closes_when_it_expires_and_when_another_reply_follows(open_shop) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    expiring = await customer.ask("a short-lived preview")
    await expect(expiring.get_by_role("button", name="Confirm")).to_be_enabled()
    await expect(expiring.get_by_role("button", name="Confirm")).to_be_disabled(timeout=5_000)
    await expect(expiring).to_contain_text("expired")
    followed = await customer.ask("another preview")
    await expect(followed.get_by_role("button", name="Confirm")).to_be_enabled()
    await customer.ask("hello")
    await expect(followed.get_by_role("button", name="Confirm")).to_be_disabled()


async def test_chunks_grow_and_the_reply_takes_their_place(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.write("stream")
    stream = customer.chat.locator("[part=stream]")
    await expect(stream.locator(".under-way")).to_have_text("The Trail Runner 2 is ")
    token = next(iter(gateway.logs))
    reply = {"id": "r-9", "turn": 1, "language": "en", "text": "The whole reply.", "expects": {"kind": "none"}}
    await gateway.append(token, "reply", {"reply": reply})
    await expect(customer.replies).to_have_count(1)
    await expect(customer.replies.last).to_contain_text("The whole reply.")
    await expect(stream).to_have_count(0)


async def test_a_reply_under_way_can_be_stopped(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.write("stream")
    stop = customer.chat.get_by_role("button", name="Stop")
    await stop.click()
    await expect(stop).to_be_disabled()
    assert {"type": "stop", "turn": 1} in gateway.received
    reply = {"id": "r-9", "turn": 1, "language": "en", "text": "The Trail Runner 2 is", "expects": {"kind": "none"}}
    await gateway.append(next(iter(gateway.logs)), "reply", {"reply": reply})
    await expect(customer.replies).to_have_count(1)
    await expect(stop).to_have_count(0)


async def test_the_typing_sign_stays_while_the_turn_is_open(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.write("silence")
    await expect(customer.typing).to_be_visible()
    await gateway.append(next(iter(gateway.logs)), "turn.ended", {"turn": 1, "status": "completed", "responses": []})
    await expect(customer.typing).to_be_hidden()


async def test_a_person_is_one_button_away(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    await customer.chat.get_by_role("button", name="Talk to a person").click()
    banner = customer.chat.locator("[part=handoff]")
    await expect(banner).to_contain_text("number 2")
    await expect(banner).to_contain_text("T-1042")
    await customer.write("claimed")
    await expect(banner).to_contain_text("talking to a person")
    await expect(customer.chat.locator("[part=agent]")).to_contain_text("this is Jo")
    await gateway.append(next(iter(gateway.logs)), "handoff", {"ticket": "T-1042", "state": "returned", "position": 0})
    await expect(banner).to_be_hidden()


async def test_sources_unfold_and_only_our_own_pages_are_linked(open_shop) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    reply = await customer.ask("How do returns work?")
    await reply.get_by_text("2 sources").click()
    await expect(reply.get_by_text("within 30 days.", exact=False).last).to_be_visible()
    await expect(reply.get_by_role("link", name="Returns")).to_have_count(1)
    await expect(reply.get_by_role("link", name="Refunds")).to_have_count(0)


async def test_thumbs_are_sent_and_kept(open_shop, gateway) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    reply = await customer.ask("hello")
    await reply.get_by_role("button", name="Not helpful").click()
    await expect(reply.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    await until(lambda: gateway.received[-1] == {"type": "feedback", "reply_id": "r-1", "rating": "down"})


async def test_hostile_text_stays_text(open_shop) -> None:
    customer: Customer = await open_shop()
    foreign: list[str] = []
    customer.page.on("request", lambda request: foreign.append(request.url) if "127.0.0.1" not in request.url else None)
    await customer.open_chat()
    reply = await customer.ask("hostile <script>window.hacked=1</script><img src=x onerror=window.hacked=1>")
    await expect(customer.own.last).to_contain_text("<img src=x onerror=window.hacked=1>")
    await expect(reply).to_contain_text("![pixel](http://evil.test/pixel.png)")
    for link in await customer.chat.locator("a").all():
        assert (await link.get_attribute("href") or "").startswith("http://127.0.0.1")
    for element in ("script", "img", "iframe", "marquee", "b"):
        await expect(customer.chat.locator(element)).to_have_count(0)
    assert await customer.page.evaluate("window.hacked") is None
    assert foreign == []
    assert customer.complaints == []


async def test_a_conversation_by_keyboard_alone(open_shop) -> None:
    customer: Customer = await open_shop()
    keyboard = customer.page.keyboard
    await customer.launcher.focus()
    await keyboard.press("Enter")
    await expect(customer.input).to_be_focused()
    await keyboard.type("first line")
    await keyboard.press("Shift+Enter")
    await keyboard.type("cancel my order")
    await keyboard.press("Enter")
    await expect(customer.own.last).to_contain_text("first line\ncancel my order")
    option = customer.replies.last.get_by_role("button", name="MB10042")
    await tab_to(customer.page, option)
    await keyboard.press("Space")
    await expect(customer.input).to_be_focused()
    confirm = customer.chat.get_by_role("button", name="Confirm")
    await expect(confirm).to_be_enabled()
    await tab_to(customer.page, confirm)
    await keyboard.press("Enter")
    await expect(customer.chat.locator("[part=receipt]")).to_be_visible()
    await tab_to(customer.page, customer.chat.locator("summary[data-key=menu]"))
    await keyboard.press("Enter")
    await keyboard.press("Escape")
    await expect(customer.panel).to_be_visible()
    await keyboard.press("Escape")
    await expect(customer.panel).to_be_hidden()
    await expect(customer.launcher).to_be_focused()


async def test_enter_that_ends_a_composition_sends_nothing(open_shop, gateway) -> None:
    customer: Customer = await open_shop(locale="zh-CN")
    await customer.open_chat()
    devtools = await customer.page.context.new_cdp_session(customer.page)
    composing = {"text": "wo de ding dan", "selectionStart": 14, "selectionEnd": 14}
    await devtools.send("Input.imeSetComposition", composing)
    key = {"windowsVirtualKeyCode": 229, "key": "Enter", "code": "Enter"}
    await devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await devtools.send("Input.insertText", {"text": "我的订单到哪儿了"})
    await expect(customer.input).to_have_value("我的订单到哪儿了")
    await expect(customer.own).to_have_count(0)
    await customer.page.keyboard.press("Enter")
    await expect(customer.replies.last).to_contain_text("已从仓库发出")
    assert [frame["text"] for frame in gateway.received] == ["我的订单到哪儿了"]


async def test_the_limit_counts_code_points(open_shop) -> None:
    customer: Customer = await open_shop()
    await customer.open_chat()
    send = customer.chat.get_by_role("button", name="Send")
    await customer.input.fill("😀" * 4_000)
    await expect(customer.chat.get_by_text("4,000 of 4,000 characters")).to_be_visible()
    await expect(send).to_be_enabled()
    await customer.input.fill("😀" * 4_001)
    await expect(customer.chat.get_by_text("too long")).to_be_visible()
    await expect(send).to_be_disabled()
    await customer.input.fill("   \n ")
    await expect(send).to_be_disabled()


async def test_the_language_follows_page_customer_and_attribute(open_shop) -> None:
    customer: Customer = await open_shop(locale="zh-CN")
    await customer.open_chat()
    await expect(customer.panel).to_contain_text("在线客服")
    await customer.chat.locator("summary[data-key=menu]").click()
    await customer.chat.get_by_role("button", name="English interface").click()
    await expect(customer.panel).to_contain_text("Customer service")
    await expect(customer.page.get_by_role("heading", name="The collection")).to_be_visible()
    await customer.page.keyboard.press("Escape")
    await customer.page.get_by_role("button", name="中文", exact=True).click()
    await customer.open_chat()
    await expect(customer.panel).to_contain_text("在线客服")


@pytest.mark.parametrize(
    ("scheme", "theme", "dark"), [("dark", None, True), ("dark", "light", False), ("light", "dark", True)]
)
async def test_dark_by_system_or_attribute(open_shop, scheme, theme, dark) -> None:
    customer: Customer = await open_shop(scheme=scheme)
    if theme:
        await customer.page.evaluate(f"document.querySelector('deskbell-chat').setAttribute('theme', '{theme}')")
    await customer.open_chat()
    colour = await customer.panel.evaluate("element => getComputedStyle(element).backgroundColor")
    assert (sum(int(part) for part in colour[4:-1].split(",")) < 200) is dark


async def test_on_a_phone_the_panel_fills_the_screen_and_keeps_the_focus(open_shop) -> None:
    customer: Customer = await open_shop(size=PHONE)
    await customer.open_chat()
    box = await customer.panel.bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    await customer.ask("cancel my order")
    for button in await customer.chat.locator("button:visible, summary:visible").all():
        size = await button.bounding_box()
        assert size is not None and size["height"] >= 44 and size["width"] >= 44, await button.inner_text()
    for _ in range(15):
        await customer.page.keyboard.press("Tab")
        assert await customer.page.evaluate("document.activeElement.localName") == "deskbell-chat"


async def test_texts_are_legible_in_both_themes(open_shop) -> None:
    for scheme in ("light", "dark"):
        customer: Customer = await open_shop(scheme=scheme)
        await customer.open_chat()
        await customer.ask("Where is my order?")
        await customer.ask("show a preview")
        await customer.ask("How do returns work?")
        assert await customer.page.evaluate(LOW_CONTRAST) == []


async def test_the_script_tag_alone_adds_the_chat_and_its_names(open_shop) -> None:
    customer: Customer = await open_shop()
    assert await customer.page.locator("deskbell-chat").count() == 1
    assert "<deskbell-chat" not in (await (await customer.page.request.get(customer.page.url)).text())
    await customer.open_chat()
    await expect(customer.chat.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    await expect(customer.chat.get_by_role("dialog", name="Customer service chat")).to_be_visible()
    await expect(customer.chat.get_by_role("textbox", name="Your message")).to_be_focused()
    assert customer.complaints == []


async def until(holds, within_s: float = 5) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0)


async def tab_to(page: Page, target: Locator) -> None:
    for _ in range(40):
        if await target.evaluate("element => element === element.getRootNode().activeElement"):
            return
        await page.keyboard.press("Shift+Tab")
    raise AssertionError("not to be reached by keyboard")


# Every visible text against the first opaque ground behind it: WCAG 2 asks for 4.5.
LOW_CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const root = document.querySelector('deskbell-chat').shadowRoot;
  const poor = [];
  for (const element of root.querySelectorAll('.panel *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest('.unseen, :disabled')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.className || element.localName}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
