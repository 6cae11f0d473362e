"""Refusals as problem JSON (RFC 9457)."""

import math
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from services.gateway.domain.inbound import MAX_FAULTS, fault
from services.gateway.domain.refusals import PROBLEMS, Refusal
from services.gateway.handlers.figures import REFUSED

BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 416: "bad_request", 401: "unauthorized"}
log = structlog.get_logger()


def problem(refusal: Refusal, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response that tells this refusal."""
    REFUSED.labels(refusal.code).inc()
    status = refusal.problem.status
    body = {
        "type": f"urn:deskbell:problem:{refusal.code}",
        "title": refusal.problem.title,
        "status": status,
        "detail": refusal.detail,
        "code": refusal.code,
    }
    told = dict(headers or {})
    if refusal.retry_after_s is not None:
        told["Retry-After"] = str(max(1, math.ceil(refusal.retry_after_s)))
    if status == HTTPStatus.UNAUTHORIZED:
        told["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, told, "application/problem+json")


def tell_problems(app: FastAPI) -> None:
    """Every error of this application becomes a problem; none shows its inside."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)


async def _refused(_: Request, error: Any) -> JSONResponse:
    return problem(error)


async def _invalid(_: Request, error: Any) -> JSONResponse:
    listed = error.errors()[:MAX_FAULTS]
    places = [fault(tuple(item["loc"][1:]) or tuple(item["loc"]), item["msg"]) for item in listed]
    return problem(Refusal("invalid", "; ".join(places)))


async def _http_error(_: Request, error: Any) -> JSONResponse:
    code = BY_STATUS.get(
        error.status_code, "bad_request" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "internal"
    )
    headers = {
        name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "content-range")
    }
    return problem(Refusal(code, PROBLEMS[code].title), headers)


async def _failed(request: Request, error: Exception) -> JSONResponse:
    log.error("gateway.request_failed", error=type(error).__name__, route=request.scope.get("route_path", ""))
    return problem(Refusal("internal"))
