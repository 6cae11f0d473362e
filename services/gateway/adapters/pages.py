"""The widget and its pages, and the demo's helpers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from pydantic import Field
from redis.asyncio import Redis
from starlette.responses import FileResponse, JSONResponse, Response

from services.gateway.domain.customer_token import development_key, sign
from services.gateway.domain.inbound import Inbound
from services.gateway.domain.refusals import Refusal
from services.gateway.handlers.reception import refusals
from shared.shop.catalogue import CatalogueProduct
from shared.shop.load import Shop
from shared.store.client import unavailable

STATIC = Path(__file__).parent.parent / "static"
PAGES = {"/": "index.html", "/chat-widget.js": "chat-widget.js"}
OUTBOX = "deskbell:demo:outbox"
OUTBOX_SHOWN = 50
TOKEN_LIFE_S = 3600

demo = APIRouter(prefix="/demo", include_in_schema=False)


class Played(Inbound):
    """Which customer of the demo shop the page plays."""

    customer: str = Field(min_length=1, max_length=128)


def _shop(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


DemoShop = Annotated[Shop, Depends(_shop)]


@demo.get("/products")
async def products(shop: DemoShop) -> list[dict[str, Any]]:
    """The catalogue's products; `price` is that of the cheapest variant in each currency."""
    return [_shown(product) for product in await asyncio.to_thread(lambda: shop.products)]


@demo.get("/customers")
async def customers(shop: DemoShop) -> list[dict[str, Any]]:
    """Who can be played: only what the page shows."""
    people = await asyncio.to_thread(lambda: shop.customers)
    return [person.model_dump(include={"id", "name", "language", "currency", "tier"}) for person in people]


@demo.post("/token")
async def token(shop: DemoShop, played: Played) -> dict[str, Any]:
    """A customer token as the shop's own server would sign it."""
    if played.customer not in {person.id for person in await asyncio.to_thread(lambda: shop.customers)}:
        raise Refusal("not_found", "The demo shop has no such customer.")
    signed = sign(development_key(shop.name), played.customer, shop.name, time.time(), TOKEN_LIFE_S)
    return {"token": signed, "expires_in_s": TOKEN_LIFE_S}


@demo.get("/outbox.json")
async def outbox(request: Request) -> JSONResponse:
    """The one-time codes that would have been sent by mail, the newest first."""
    cache: Redis = request.app.state.cache
    with refusals(), unavailable():
        entries = await cache.lrange(OUTBOX, 0, -1)
    letters = sorted((orjson.loads(entry) for entry in entries), key=lambda letter: str(letter.get("at")), reverse=True)
    return JSONResponse(letters[:OUTBOX_SHOWN])


@demo.get("/outbox")
async def outbox_page(request: Request) -> Response:
    """The page for people; the same list for programs."""
    if "text/html" in request.headers.get("accept", ""):
        return FileResponse(STATIC / "outbox.html")
    return await outbox(request)


def _shown(product: CatalogueProduct) -> dict[str, Any]:
    currencies = {currency for variant in product.variants for currency in variant.prices}
    prices = {
        currency: min(variant.prices[currency] for variant in product.variants if currency in variant.prices)
        for currency in sorted(currencies)
    }
    return {**product.model_dump(mode="json"), "price": {currency: str(price) for currency, price in prices.items()}}


def add_pages(app: FastAPI, *, with_demo: bool) -> None:
    """The widget's files and the demo page; the demo's helpers where the stack is one."""
    if with_demo:
        app.include_router(demo)
    for path, file in PAGES.items():
        app.add_route(path, _page(STATIC / file))
    app.mount("/widget", StaticFiles(directory=STATIC / "widget", check_dir=False))
    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False))


def _page(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return FileResponse(path)

    return show
