"""A customer of the real stack in front of Chromium. With `WIDGET_PICTURES=DIR` every step is photographed."""

import os
import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.journey_script import CODE, CONFIRM, FIRST, Journey
from tests.e2e.widget_browser import Customer

PATIENCE_MS = 60_000
"""Understanding is a model on the CPU: a busy machine needs its time."""
CONFIRM_BUTTON = re.compile("^(Confirm|确认)$")


async def newest_code(page: Page, email: str) -> str:
    """Reads the code as the customer of the demo does: in the outbox, in another tab."""
    outbox = await page.context.new_page()
    await outbox.goto(f"{page.url.rstrip('/')}/demo/outbox")
    letter = outbox.get_by_role("listitem").filter(has_text=email).first
    await expect(letter).to_be_visible()
    await picture(outbox, "outbox")
    code = await letter.locator("code").inner_text()
    await outbox.close()
    return code


async def settled(customer: Customer) -> None:
    """Waits until the last message was accepted and its turn has ended."""
    await expect(customer.own.last).to_have_attribute("data-state", "accepted")
    await expect(customer.typing).to_be_hidden()


async def play(customer: Customer, journey: Journey, turns: int | None = None) -> None:
    """The journey, or its first turns, by typing and pressing the buttons that are offered."""
    before = await customer.own.count()
    for number, turn in enumerate(journey.turns[:turns], 1):
        match turn.says:
            case "the one-time code":
                await customer.write(await newest_code(customer.page, journey.email))
            case "the first choice":
                await customer.replies.last.get_by_role("button", name=journey.order).click()
            case "the confirmation":
                await customer.replies.last.get_by_role("button", name=CONFIRM_BUTTON).click()
            case words:
                await customer.write(words)
        await expect(customer.own).to_have_count(before + number)
        await settled(customer)
        for component in turn.components:
            part = component.replace("_", "-")
            await expect(customer.replies.last.locator(f"[part={part}]")).to_contain_text(journey.order)
        await picture(customer.page, f"{number}-{named(turn.says)}")


def named(says: str) -> str:
    """The step's name in a file's name."""
    return {CODE: "code", FIRST: "choice", CONFIRM: "receipt"}.get(says, "text")


async def picture(page: Page, step: str) -> None:
    """Photographs the page if pictures are wanted."""
    if directory := os.environ.get("WIDGET_PICTURES"):
        test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" ")[0]
        folder = Path(directory) / re.sub(r"\W+", "-", test).strip("-")
        folder.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=folder / f"{step}.png")
