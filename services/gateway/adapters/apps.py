"""The two applications: the public one, and the internal one for operators."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.gateway.adapters.clients import Connections
from services.gateway.adapters.guards import BodyCheck, OriginCheck, SecurityHeaders
from services.gateway.adapters.pages import add_pages
from services.gateway.adapters.problems import problem, tell_problems
from services.gateway.adapters.rest import router
from services.gateway.adapters.websocket import serve_websocket
from services.gateway.domain.origins import OriginRule
from services.gateway.domain.refusals import Refusal
from services.gateway.handlers.reception import Reception, refusals
from shared.errors import Unavailable
from shared.ports import Bus
from shared.shop.load import Shop
from shared.store.client import unavailable

READY_WITHIN_S = 2.0


@dataclass(frozen=True)
class Parts:
    """What the applications are made of."""

    reception: Reception
    connections: Connections
    shop: Shop
    origins: OriginRule
    state: Redis
    cache: Redis
    bus: Bus
    demo: bool

    async def ready(self) -> bool:
        """Whether a message could be accepted now."""
        if self.connections.draining.is_set():
            return False
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                with unavailable():
                    await self.state.ping()
                return await self.bus.healthy()
        except (Unavailable, TimeoutError):
            return False


def public_app(parts: Parts) -> FastAPI:
    """What customers and their pages reach."""
    app = FastAPI(title="Deskbell", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.reception, app.state.connections = parts.reception, parts.connections
    app.state.shop, app.state.cache = parts.shop, parts.cache
    tell_problems(app)
    app.include_router(router)
    app.add_api_websocket_route("/v1/ws", serve_websocket)
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    app.add_api_route("/readyz", _when_ready(parts), include_in_schema=False, response_model=None)
    add_pages(app, with_demo=parts.demo)
    app.add_middleware(BodyCheck)
    app.add_middleware(OriginCheck, rule=parts.origins)
    app.add_middleware(SecurityHeaders)
    return app


def internal_app(parts: Parts, public: FastAPI) -> Starlette:
    """Figures, books and the description of the interface."""

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def books(_: Request) -> Response:
        try:
            with refusals():
                return JSONResponse(await parts.reception.conversations.books())
        except Refusal as refusal:
            return problem(refusal)

    async def openapi(_: Request) -> Response:
        return JSONResponse(public.openapi())

    async def alive(_: Request) -> Response:
        return JSONResponse(await _alive())

    async def ready(_: Request) -> Response:
        return await _when_ready(parts)()

    return Starlette(routes=[
        Route("/metrics", metrics), Route("/books", books), Route("/openapi.json", openapi),
        Route("/healthz", alive), Route("/readyz", ready),
    ])  # fmt: skip


async def _alive() -> dict[str, str]:
    return {"status": "ok"}


def _when_ready(parts: Parts) -> Callable[[], Awaitable[Response]]:
    async def ready() -> Response:
        if await parts.ready():
            return JSONResponse({"status": "ready"})
        return problem(Refusal("unavailable", retry_after_s=1))

    return ready
