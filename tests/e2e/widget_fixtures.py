"""Fixtures that seat a customer in front of a browser. `WIDGET_BASE_URL` points them at a running stack."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, async_playwright, expect
from starlette.applications import Starlette

from tests.e2e.widget_browser import Customer
from tests.e2e.widget_gateway import Gateway
from tests.e2e.widget_pages import pages
from tests.e2e.widget_script import DEMO, script

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"] + [
    "--disable-sync", "--no-first-run",
]  # fmt: skip
OpenShop = Callable[..., Awaitable[Customer]]


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[str]:
    """Serves on a free port; yields the base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[*gateway.routes(), *pages(DEMO)])
    config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as owner:
        owner.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return path or pytest.skip("needs Chromium (Debian package chromium)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=10_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def gateway() -> Gateway:
    """The scripted gateway; named by tests that look behind the counter or pull its plugs."""
    if os.environ.get("WIDGET_BASE_URL"):
        pytest.skip("needs the scripted gateway")
    return Gateway(script)


@pytest_asyncio.fixture(loop_scope="module")
async def base_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The stack that the browser visits."""
    if elsewhere := os.environ.get("WIDGET_BASE_URL"):
        yield elsewhere
        return
    async with serving(request.getfixturevalue("gateway")) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="module")
async def open_shop(browser: Browser, base_url: str) -> AsyncIterator[OpenShop]:
    """Opens the shop page in a fresh profile."""
    contexts = []

    async def open_one(size: tuple[int, int] = (1280, 800), locale: str = "en-GB", scheme: str = "light") -> Customer:
        phone = size[0] < 500
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=phone,
            is_mobile=phone,
        )
        contexts.append(context)
        customer = Customer(await context.new_page())
        customer.page.on(
            "requestfailed", lambda request: customer.complaints.append(f"{request.failure}: {request.url}")
        )
        customer.page.on("console", lambda message: customer.complaints.append(message.text))
        customer.page.on("pageerror", lambda error: customer.complaints.append(str(error)))
        await customer.page.goto(base_url)
        # Chromium drops what it is loading when an interface of the machine comes or goes.
        while any("ERR_NETWORK_CHANGED" in complaint for complaint in customer.complaints):
            customer.complaints.clear()
            await customer.page.reload()
        await expect(customer.launcher, str(customer.complaints)).to_be_visible()
        return customer

    yield open_one
    for context in contexts:
        await context.close()
