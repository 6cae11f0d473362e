"""A customer in front of a browser."""

import base64
import json
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect


@dataclass
class Customer:
    """What a customer can see and do. `complaints`: what the browser's console had to say."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chat = self.page.locator("deskbell-chat")
        self.launcher = self.chat.locator("[part=launcher]")
        self.panel = self.chat.locator("[part=panel]")
        self.input = self.chat.locator("[part=input]")
        self.own = self.chat.locator("[part=own]")
        self.replies = self.chat.locator("[part=reply]")
        self.typing = self.chat.locator(".typing")

    async def open_chat(self) -> None:
        await self.launcher.click()
        await expect(self.input).to_be_focused()

    async def write(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    async def ask(self, text: str) -> Locator:
        """Writes and waits for the next reply."""
        count = await self.replies.count()
        await self.write(text)
        await expect(self.replies).to_have_count(count + 1)
        return self.replies.nth(count)

    async def sign_in(self, customer: str | None) -> None:
        payload = base64.urlsafe_b64encode(json.dumps({"sub": customer}).encode()).decode().rstrip("=")
        change = (
            f"setAttribute('customer-token', 'e30.{payload}.x')" if customer else "removeAttribute('customer-token')"
        )
        await self.page.evaluate(f"document.querySelector('deskbell-chat').{change}")
