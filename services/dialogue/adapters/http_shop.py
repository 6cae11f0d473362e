"""A shop behind the REST contract of docs/shop-api.yaml. What it answers is checked, also for whose it is."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NoReturn, TypeVar

import structlog
from prometheus_client import Counter
from pydantic import SecretStr

from services.dialogue.adapters.http_server import Asked, ShopFault, ShopServer, open_shop_server
from services.dialogue.adapters.http_wire import (
    About,
    Committed,
    Orders,
    Previewed,
    Products,
    Requests,
    WireCustomer,
    WireGlimpse,
    WireOrder,
    WireProduct,
    WireReceipt,
    WireRequest,
)
from services.dialogue.domain.shop import (
    MOST_ORDERS,
    Customer,
    Drifted,
    Glimpse,
    Order,
    Preview,
    Product,
    Receipt,
    Refusal,
    ServiceRequest,
)
from shared.errors import ConfigError

APPLY_WITHIN_S = 60
"""A commit that the shop comes to later must not count: the customer may have been told by then that it failed."""
MOST_PAGES = 200
Clock = Callable[[], datetime]
Mine = TypeVar("Mine", WireOrder, WireRequest)
FOREIGN = Counter("deskbell_shop_foreign_records_total", "Records of somebody else than was asked for", ["kind"])
log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


class HttpShop:
    """The ShopBackend of a shop that serves the contract. Every call raises Transient without a usable answer."""

    def __init__(self, server: ShopServer, clock: Clock = _now) -> None:
        self._server = server
        self._clock = clock

    async def about(self) -> About | None:
        """Whose server answers."""
        return await self._server.ask(Asked("GET", ("about",)), About.model_validate_json)

    async def find_customer(self, *, customer_id: str | None = None, email: str | None = None) -> Customer | None:
        if customer_id is not None:
            asked = Asked("GET", ("customers", customer_id))
        elif email is not None and email.strip():
            # In the body: addresses of requests end up in logs.
            asked = Asked("POST", ("customers", "lookup"), body={"email": email.strip()})
        else:
            return None
        found = await self._server.ask(asked, WireCustomer.model_validate_json)
        if found is not None and not _is_asked_for(found, customer_id, email):
            _refuse_foreign("customer")
        return found

    async def orders(self, customer_id: str) -> tuple[Order, ...]:
        asked = Asked("GET", ("customers", customer_id, "orders"))
        found = await self._server.ask(asked, Orders.model_validate_json)
        own = _own("order", found.orders if found else (), customer_id)
        newest = sorted(own, key=lambda order: (order.placed_at, order.number), reverse=True)
        return tuple(newest[:MOST_ORDERS])

    async def order(self, number: str) -> Order | None:
        found = await self._server.ask(Asked("GET", ("orders", number)), WireOrder.model_validate_json)
        if found is not None and found.number != number:
            _refuse_foreign("order")
        return found

    async def glimpse(self, number: str, proof: str) -> Glimpse | None:
        asked = Asked("POST", ("orders", "lookup"), body={"number": number, "proof": proof})
        found = await self._server.ask(asked, WireGlimpse.model_validate_json)
        if found is not None and found.number != number:
            _refuse_foreign("order")
        return found

    async def products(self, ids: Collection[str] | None = None) -> tuple[Product, ...]:
        if ids is not None and not ids:
            return ()
        params = [("id", one) for one in sorted(ids or ())]
        found = [product async for product in self._pages(params)]
        return tuple(product for product in found if ids is None or _is_named(product, set(ids)))

    async def _pages(self, params: list[tuple[str, str]]) -> AsyncIterator[WireProduct]:
        after: list[tuple[str, str]] = []
        for _ in range(MOST_PAGES):
            asked = Asked("GET", ("products",), params=[*params, *after])
            page = await self._server.ask(asked, Products.model_validate_json)
            if page is None:
                return
            for product in page.products:
                yield product
            if page.next is None:
                return
            after = [("after", page.next)]
        raise ShopFault("garbage")

    async def requests(self, customer_id: str) -> tuple[ServiceRequest, ...]:
        asked = Asked("GET", ("customers", customer_id, "requests"))
        found = await self._server.ask(asked, Requests.model_validate_json)
        own = _own("request", found.requests if found else (), customer_id)
        return tuple(sorted(own, key=lambda request: (request.created_at, request.number), reverse=True))

    async def preview(self, customer_id: str, action: str, arguments: dict[str, str]) -> Preview | Refusal:
        body = {"action": action, "arguments": arguments}
        asked = Asked("POST", ("customers", customer_id, "previews"), body=body)
        answer = await self._server.ask(asked, Previewed.model_validate_json)
        if answer is None:
            raise ShopFault("garbage")
        if answer.customer_id != customer_id:
            _refuse_foreign("preview")
        if answer.refusal is not None:
            return answer.refusal
        shown = answer.preview
        on = arguments.get("order", shown.target if shown else "")
        if shown is None or (shown.action, shown.arguments, shown.target) != (action, arguments, on):
            raise ShopFault("garbage")
        return shown

    async def commit(self, customer_id: str, preview: Preview, key: str) -> Receipt | Drifted:
        not_after = self._clock() + timedelta(seconds=APPLY_WITHIN_S)
        body = {"preview": preview.model_dump(mode="json"), "not_after": not_after.isoformat()}
        path = ("customers", customer_id, "commits")
        asked = Asked("POST", path, body=body, headers={"Idempotency-Key": key})
        answer = await self._server.ask(asked, Committed.model_validate_json)
        if answer is None:
            raise ShopFault("garbage")
        if answer.customer_id != customer_id:
            _refuse_foreign("commit")
        return answer.drifted.record() if answer.drifted else _under(key, answer.receipt)

    async def receipt(self, key: str) -> Receipt | None:
        found = await self._server.ask(Asked("GET", ("receipts", key)), WireReceipt.model_validate_json)
        return _under(key, found) if found else None


def _is_asked_for(found: Customer, customer_id: str | None, email: str | None) -> bool:
    if customer_id is not None:
        return found.id == customer_id
    return found.email.strip().lower() == (email or "").strip().lower()


def _is_named(product: Product, ids: set[str]) -> bool:
    return product.id in ids or any(variant.sku in ids for variant in product.variants)


def _own(kind: str, found: Sequence[Mine], customer_id: str) -> list[Mine]:
    """The customer's own records. Raises ShopFault where all that came is somebody else's: it says nothing of them."""
    own = [record for record in found if record.customer_id == customer_id]
    if len(own) < len(found):
        _note_foreign(kind, len(found) - len(own))
    if found and not own:
        raise ShopFault("garbage")
    return own


def _under(key: str, receipt: WireReceipt | None) -> WireReceipt:
    if receipt is None:
        raise ShopFault("garbage")
    if receipt.key != key:
        _refuse_foreign("receipt")
    return receipt


def _refuse_foreign(kind: str) -> NoReturn:
    _note_foreign(kind, 1)
    raise ShopFault("garbage")


def _note_foreign(kind: str, count: int) -> None:
    FOREIGN.labels(kind).inc(count)
    log.error("dialogue.foreign_record", kind=kind, count=count)


@asynccontextmanager
async def open_http_shop(
    url: str, token: SecretStr | None, shop: str, timeout_s: float = 2.0, concurrency: int = 16
) -> AsyncIterator[HttpShop]:
    """The shop at this base URL. One that is away is waited for by whoever asks it.

    Raises ConfigError for an unusable URL, a refused token, or the server of another shop than `shop`.
    """
    async with open_shop_server(url, token, timeout_s, concurrency) as server:
        backend = HttpShop(server)
        await _greet(backend, shop)
        yield backend


async def _greet(backend: HttpShop, shop: str) -> None:
    try:
        about = await backend.about()
    except ShopFault as fault:
        if fault.end == "unauthorised":
            raise ConfigError("the shop's server refuses the token; mend DESKBELL_SHOP_TOKEN") from fault
        log.warning("dialogue.shop_away", end=fault.end)
        return
    if about is None or about.shop != shop:
        raise ConfigError(f"DESKBELL_SHOP_URL is not the server of {shop}; mend it, or DESKBELL_SHOP_DIR")
