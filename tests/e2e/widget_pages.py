"""The demo shop's pages and files, under the policy that the gateway gives them."""

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path("services/gateway/static")
PAGES = {"/": "index.html", "/demo/outbox": "outbox.html"}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


def pages(demo: dict[str, Any]) -> list[BaseRoute]:
    """`demo`: what the paths below /demo answer."""

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / PAGES[request.url.path], headers={"content-security-policy": CSP})

    async def helper(request: Request) -> Response:
        return JSONResponse(demo[request.path_params["name"]])

    files = Mount("/static", StaticFiles(directory=STATIC))
    return [*(Route(path, page) for path in PAGES), Route("/demo/{name}", helper, methods=["GET", "POST"]), files]
