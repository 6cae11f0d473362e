"""What an act is: a look at live state that either refuses, or says what would change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.dialogue.domain.shop import Customer, Order, OrderLine, Preview, Product, Refusal, ServiceRequest, Variant

Policies = Mapping[str, Any]
Arguments = Mapping[str, str]

PROGRESS = ("unpaid", "pending", "packed", "shipped", "out_for_delivery", "delivered")
"""The statuses that an order passes on its way to the customer."""


@dataclass(frozen=True)
class Situation:
    """The live state that an act looks at. `products` are those of the order, and those that its arguments name."""

    customer: Customer
    order: Order | None
    products: tuple[Product, ...]
    requests: tuple[ServiceRequest, ...]
    policies: Policies
    now: datetime

    @property
    def the_order(self) -> Order:
        """The order that the act is on. Raises LookupError for an act without one."""
        if self.order is None:
            raise LookupError("an act on an order without an order")
        return self.order

    def goods(self, sku: str) -> tuple[Product, Variant] | None:
        """The variant with this SKU, and its product."""
        pairs = ((product, variant) for product in self.products for variant in product.variants)
        return next((pair for pair in pairs if pair[1].sku == sku), None)

    def asked(self, action: str, target: str) -> tuple[ServiceRequest, ...]:
        """What the customer has asked for before, of this kind and about this."""
        return tuple(r for r in self.requests if r.action == action and r.target == target)


@dataclass(frozen=True)
class Planned:
    """What an act would do: `facts` for the customer's eyes, and the records as they would be afterwards.

    `noted`: the shop's staff get a request. `stock` is by how much the stock of a SKU changes.
    """

    target: str
    facts: dict[str, Any]
    order: Order | None = None
    customer: Customer | None = None
    noted: bool = False
    stock: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What the shop shows after a commit."""

    order: Order | None = None
    customer: Customer | None = None
    requests: tuple[ServiceRequest, ...] = ()


Plan = Callable[[Situation, Arguments], Planned | Refusal]
Shows = Callable[[Seen, Preview, str], bool]
"""Whether the shop shows that the previewed act was done; the text is the receipt's number."""


def noted(seen: Seen, preview: Preview, number: str) -> bool:
    """The staff's list holds the request under the receipt's number."""
    return any((r.number, r.action) == (number, preview.action) for r in seen.requests)


@dataclass(frozen=True)
class Action:
    """An act. Without `order` among its arguments it is on the customer's own record.

    `plan` is all its rules. `shows` is how it is read back. `policies` are the paths that it cannot do without, `reads`
    those that it takes into account where the shop has them; one path may stand for all that is under it.
    """

    arguments: tuple[str, ...]
    policies: tuple[str, ...]
    plan: Plan
    shows: Shows = noted
    optional: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def refuse(reason: str, **facts: Any) -> Refusal:
    """The rules forbid it; `reason` names the response that says why."""
    return Refusal(reason=reason, facts=facts)


def refuse_order(reason: str, order: Order, **facts: Any) -> Refusal:
    """The rules forbid it for this order as it is."""
    return refuse(reason, order_number=order.number, status=order.status, **facts)


def in_time(order: Order, until: Any) -> bool:
    """Whether the order has not gone past the status `until`."""
    return until in PROGRESS and order.status in PROGRESS[: PROGRESS.index(until) + 1]


def line_of(order: Order, sku: str) -> OrderLine | None:
    """The line with this SKU."""
    return next((line for line in order.lines if line.sku == sku), None)


def skus(text: str) -> list[str]:
    """The SKUs of an argument that may name several."""
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def shown_line(line: OrderLine, quantity: int | None = None) -> dict[str, Any]:
    """A line as previews show it."""
    return {"name": line.name, "options": line.options, "quantity": quantity or line.quantity, "price": str(line.price)}


def shown_variant(product: Product, variant: Variant) -> dict[str, Any]:
    """A variant as previews show it."""
    return {"name": product.name, "options": variant.options}


def payment_facts(order: Order, policies: Policies) -> dict[str, Any]:
    """How the order was paid, which is also how money goes back, and how long that takes."""
    refund = policies.get("refund", {})
    return {
        "currency": order.currency,
        "payment_method": order.payment_method,
        "payment_last4": order.payment_last4,
        "refund_days": str(refund.get(f"{order.payment_method}_days", refund.get("days", ""))),
    }


def amount(value: Decimal) -> str:
    """An amount as it stands in facts: two decimals."""
    return str(value.quantize(Decimal("0.01")))
