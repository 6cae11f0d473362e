"""The widget and its pages, and the demo's helpers."""

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

from services.gateway.adapters.shop_files import ShopFiles
from services.gateway.domain.customer_token import development_key, sign
from services.gateway.domain.inbound import Inbound
from services.gateway.domain.refusals import Refusal
from services.gateway.handlers.reception import refusals
from shared.store.client import unavailable

STATIC = Path(__file__).parent.parent / "static"
OUTBOX = "deskbell:demo:outbox"
OUTBOX_SHOWN = 50
TOKEN_LIFE_S = 3600

demo = APIRouter(prefix="/demo", include_in_schema=False)


class Played(Inbound):
    """Which customer of the demo shop the page plays."""

    customer: str = Field(min_length=1, max_length=128)


def _files(request: Request) -> ShopFiles:
    files: ShopFiles = request.app.state.shop_files
    return files


Files = Annotated[ShopFiles, Depends(_files)]


@demo.get("/products")
async def products(files: Files) -> list[dict[str, Any]]:
    """The catalogue's products."""
    return await files.products()


@demo.get("/customers")
async def customers(files: Files) -> list[dict[str, Any]]:
    """Who can be played."""
    return await files.customers()


@demo.post("/token")
async def token(files: Files, played: Played) -> dict[str, Any]:
    """A customer token as the shop's own server would sign it."""
    if played.customer not in {customer.get("id") for customer in await files.customers()}:
        raise Refusal("not_found", "The demo shop has no such customer.")
    now = time.time()
    signed = sign(development_key(files.name), played.customer, files.name, now, TOKEN_LIFE_S)
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
    page = STATIC / "demo" / "outbox.html"
    if "text/html" in request.headers.get("accept", "") and page.exists():
        return FileResponse(page)
    return await outbox(request)


def add_pages(app: FastAPI, *, with_demo: bool) -> None:
    """The widget's files; the demo's helpers where the stack is one. Paths that are none keep their 404 and 405."""
    if with_demo:
        app.include_router(demo)
    for path in sorted(STATIC.iterdir()) if STATIC.is_dir() else ():
        if path.is_dir() and (with_demo or path.name != "demo"):
            app.mount(f"/{path.name}", StaticFiles(directory=path))
        elif path.is_file():
            app.add_route("/" if path.name == "index.html" else f"/{path.name}", _page(path))


def _page(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return FileResponse(path)

    return show
