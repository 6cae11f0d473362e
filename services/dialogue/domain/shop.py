"""The shop as the dialogue sees it: records, previews and receipts."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Localised = dict[str, str]
"""A text by language code, such as {"en": "black", "zh": "黑色"}."""

OrderStatus = Literal[
    "pending",
    "packed",
    "shipped",
    "out_for_delivery",
    "delivered",
    "return_requested",
    "returned",
    "refunded",
    "cancelled",
]


class Record(BaseModel):
    """Base of what the shop tells: immutable; fields that Deskbell does not know are dropped."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Customer(Record):
    """A customer of the shop."""

    id: str
    name: str
    email: str
    phone: str = ""
    language: str = "en"
    currency: str = "EUR"
    postcode: str = ""
    address: str = ""
    tier: str = "standard"


class OrderLine(Record):
    """One position of an order. `price` is that of one piece."""

    sku: str
    product_id: str
    name: Localised
    options: dict[str, Localised]
    quantity: int
    price: Decimal


class Order(Record):
    """An order with its lines. `total` includes shipping and discounts, in `currency`."""

    number: str
    customer_id: str
    status: OrderStatus
    placed_at: datetime
    currency: str
    lines: tuple[OrderLine, ...]
    total: Decimal
    payment_method: str
    payment_last4: str = ""
    carrier: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None
    postcode: str = ""
    address: str = ""


class Variant(Record):
    """A product in one combination of options. `prices` by currency code."""

    sku: str
    options: dict[str, Localised]
    prices: dict[str, Decimal]
    stock: int


class Product(Record):
    """A product of the catalogue."""

    id: str
    name: Localised
    category: str
    description: Localised
    attributes: dict[str, Localised]
    variants: tuple[Variant, ...]


class Preview(Record):
    """What an act would change, computed from live state.

    `digest` is a SHA-256 over everything that the effect depends on: a commit whose live state
    gives another digest is refused as drifted.
    """

    action: str
    target: str
    arguments: dict[str, str]
    facts: dict[str, Any]
    digest: str


class Refusal(Record):
    """The shop's rules forbid the act. `reason` is a name such as `order_already_shipped`."""

    reason: str
    facts: dict[str, Any] = {}


class Receipt(Record):
    """Proof of a committed act. The same idempotency key always yields the same receipt."""

    number: str
    key: str
    action: str
    target: str
    facts: dict[str, Any]
    committed_at: datetime


class Drifted(Record):
    """The live state is no longer the one that the preview showed."""

    preview: Preview | None = None
    refusal: Refusal | None = None
