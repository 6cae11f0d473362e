"""The shop as the dialogue sees it: records, previews and receipts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

MOST_ORDERS = 50
"""A customer's so many newest orders are looked at; an older one is found by its number."""

Localised = dict[str, str]
"""A text by language code, such as {"en": "black", "zh": "黑色"}."""

OrderStatus = Literal[
    "unpaid",
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


class PaymentMethod(Record):
    """A way to pay on a customer's record. `balance` is what a gift card still holds."""

    id: str
    method: str
    last4: str = ""
    balance: Decimal | None = None


class Coupon(Record):
    """A coupon of one customer: `percent` or `amount` off from `minimum` on."""

    code: str
    currency: str = ""
    percent: int = 0
    amount: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)
    valid_until: date | None = None


class BasketLine(Record):
    """So many pieces of a variant in a customer's basket."""

    sku: str
    quantity: int


class Customer(Record):
    """A customer of the shop. `opted_out` are the kinds of messages that they do not want."""

    id: str
    name: str
    email: str
    phone: str = ""
    language: str = "en"
    currency: str = "EUR"
    postcode: str = ""
    address: str = ""
    tier: str = "standard"
    points: int = 0
    payment_methods: tuple[PaymentMethod, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    opted_out: tuple[str, ...] = ()
    basket: tuple[BasketLine, ...] = ()


class OrderLine(Record):
    """One position of an order. `price` is that of one piece; so many pieces are `returning` or `exchanging`."""

    sku: str
    product_id: str
    name: Localised
    options: dict[str, Localised]
    quantity: int
    price: Decimal
    returning: int = 0
    exchanging: int = 0

    @property
    def free(self) -> int:
        """The pieces that no return or exchange is under way for."""
        return self.quantity - self.returning - self.exchanging


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
    shipping_fee: Decimal = Decimal(0)
    shipping: str = "standard"
    deliver_on: str = ""


class Glimpse(Record):
    """Where an order is: all that somebody learns who knows it without being its customer for sure."""

    number: str
    status: OrderStatus
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None


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


class ServiceRequest(Record):
    """Something that the shop's staff see to: a return, a repair, a complaint. `number` is that of its receipt."""

    number: str
    customer_id: str
    action: str
    target: str
    facts: dict[str, Any] = {}
    created_at: datetime


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
