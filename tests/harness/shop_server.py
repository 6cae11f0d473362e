"""A shop's own server: the contract of docs/shop-api.yaml over the embedded shop, and how such a server can fail.

`python -m tests.harness.shop_server --shop shops/demo --port 9000` serves one to try things with.
"""

import argparse
import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi import Path as PathSegment
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr
from starlette.exceptions import HTTPException as AnyHTTPException

from services.dialogue.adapters.http_shop import HttpShop, open_http_shop
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.domain.shop import Preview, Receipt, Refusal
from shared.errors import Transient
from shared.shop import Shop, load_shop
from tests.harness.shop_faults import Faulty
from tests.harness.waiting import eventually

TOKEN = "reference-token"
PAGE = 50
InPath = Annotated[str, PathSegment(min_length=1, max_length=200)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class Body(BaseModel):
    """Base of what is sent to the shop: strict, as the contract says."""

    model_config = ConfigDict(extra="forbid")


class Lookup(Body):
    email: str = Field(min_length=1, max_length=320)


class Proof(Body):
    number: str = Field(min_length=1, max_length=200)
    proof: str = Field(min_length=1, max_length=40)


class Wish(Body):
    action: str = Field(min_length=1, max_length=100)
    arguments: dict[str, str]


class Confirmed(Body):
    preview: Preview
    not_after: AwareDatetime


class Contract:
    """One method a call of docs/shop-api.yaml."""

    def __init__(self, backend: SqlShop, shop: Shop, page: int) -> None:
        self.backend, self.shop, self.page = backend, shop, page

    async def about(self) -> Any:
        return {"shop": self.shop.name, "api": 1}

    async def lookup(self, asked: Lookup) -> Any:
        return found(await self.backend.find_customer(email=asked.email))

    async def customer(self, customer_id: InPath) -> Any:
        return found(await self.backend.find_customer(customer_id=customer_id))

    async def orders(self, customer_id: InPath) -> Any:
        return {"orders": await self.backend.orders(customer_id)}

    async def requests(self, customer_id: InPath) -> Any:
        return {"requests": await self.backend.requests(customer_id)}

    async def order(self, number: InPath) -> Any:
        return found(await self.backend.order(number))

    async def glimpse(self, asked: Proof) -> Any:
        return found(await self.backend.glimpse(asked.number, asked.proof))

    async def products(self, id: Annotated[list[str] | None, Query()] = None, after: str = "") -> Any:
        known = await self.backend.products(id)
        start = next((place + 1 for place, product in enumerate(known) if product.id == after), 0)
        page = known[start : start + self.page]
        return {"products": page, "next": page[-1].id if start + self.page < len(known) else None}

    async def preview(self, customer_id: InPath, wish: Wish) -> Any:
        answer = await self.backend.preview(customer_id, wish.action, wish.arguments)
        name = "refusal" if isinstance(answer, Refusal) else "preview"
        return {"customer_id": customer_id, name: answer}

    async def commit(self, customer_id: InPath, confirmed: Confirmed, key: IdempotencyKey) -> Any:
        if datetime.now(UTC) > confirmed.not_after and await self.backend.receipt(key) is None:
            raise HTTPException(409, "too_late")
        answer = await self.backend.commit(customer_id, confirmed.preview, key)
        name = "receipt" if isinstance(answer, Receipt) else "drifted"
        return {"customer_id": customer_id, name: answer}

    async def receipt(self, key: InPath) -> Any:
        return found(await self.backend.receipt(key))


ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/about"): "about",
    ("POST", "/customers/lookup"): "lookup",
    ("GET", "/customers/{customer_id}"): "customer",
    ("GET", "/customers/{customer_id}/orders"): "orders",
    ("GET", "/customers/{customer_id}/requests"): "requests",
    ("POST", "/customers/{customer_id}/previews"): "preview",
    ("POST", "/customers/{customer_id}/commits"): "commit",
    ("POST", "/orders/lookup"): "glimpse",
    ("GET", "/orders/{number}"): "order",
    ("GET", "/products"): "products",
    ("GET", "/receipts/{key}"): "receipt",
}


def shop_app(backend: SqlShop, shop: Shop, page: int = PAGE) -> FastAPI:
    """The contract over this shop."""

    def signed(authorization: Annotated[str, Header()] = "") -> None:
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401, "unauthorised")

    app, contract = FastAPI(dependencies=[Depends(signed)], redirect_slashes=False), Contract(backend, shop, page)
    for (method, path), name in ROUTES.items():
        app.add_api_route(path, getattr(contract, name), methods=[method])
    app.add_exception_handler(AnyHTTPException, lambda _, exc: _problem(exc.status_code, exc.detail, exc.headers))
    app.add_exception_handler(RequestValidationError, lambda _, __: _problem(422, "invalid"))
    app.add_exception_handler(Transient, lambda _, __: _problem(503, "busy", {"Retry-After": "1"}))
    return app


def _problem(status: int, code: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"code": code}, status, headers, media_type="application/problem+json")


def found(record: BaseModel | None) -> BaseModel:
    """The record; without one the 404 that means it."""
    if record is None:
        raise HTTPException(404, "not_found")
    return record


# --- serving it ------------------------------------------------------------------------------


class _Server(uvicorn.Server):
    """uvicorn without a say about signals: the test owns them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(backend: SqlShop, shop: Shop, port: int = 0, page: int = PAGE) -> AsyncIterator[Faulty]:
    """The reference server on a port of the loopback, with the switches of its faults; `url` is its base."""
    faulty = Faulty(shop_app(backend, shop, page))
    async with listening(faulty, port):
        yield faulty


@asynccontextmanager
async def listening(faulty: Faulty, port: int = 0) -> AsyncIterator[None]:
    """Serves the application, and sets its `url`, as long as the block lasts."""
    server = _Server(
        uvicorn.Config(
            faulty, loop="none", lifespan="off", ws="none", access_log=False, log_config=None, log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", port)) as listener:
        faulty.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with asyncio.TaskGroup() as owner:
            owner.create_task(server.serve(sockets=[listener]))

            async def started() -> bool:
                return server.started

            await eventually(started)
            try:
                yield
            finally:
                faulty.release()
                server.should_exit = True


PORT = ("find_customer", "orders", "order", "glimpse", "products", "requests", "preview", "commit", "receipt")


class HttpOverSql:
    """The shop as `http` serves it; what only the shop's own staff can do goes past it."""

    def __init__(self, http: HttpShop, sql: SqlShop) -> None:
        self.sql = sql
        for name in PORT:
            setattr(self, name, getattr(http, name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sql, name)


@asynccontextmanager
async def over_http(backend: SqlShop, shop: Shop, timeout_s: float = 10) -> AsyncIterator[HttpOverSql]:
    """The same shop behind its server, which tells its products two at a time, and our client."""
    async with (
        serving(backend, shop, page=2) as server,
        open_http_shop(server.url, SecretStr(TOKEN), shop.name, timeout_s) as client,
    ):
        yield HttpOverSql(client, backend)


async def _main() -> None:
    parser = argparse.ArgumentParser(description="The reference shop server; its bearer token is " + TOKEN)
    parser.add_argument("--shop", type=Path, default=Path("shops/demo"))
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--database", type=Path, default=Path("var/reference-shop.db"))
    asked = parser.parse_args()
    shop = load_shop(asked.shop)
    database = f"sqlite+aiosqlite:///{asked.database}"
    async with open_sql_shop(database, shop) as backend, serving(backend, shop, asked.port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
