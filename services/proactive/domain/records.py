"""The shop as the proactive service sees it, and what it has written to a customer before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Text = Mapping[str, str]


@dataclass(frozen=True)
class Person:
    """A customer. `basket` holds (SKU, pieces); `coupons` the codes that they have."""

    id: str
    name: str
    language: str
    currency: str
    tier: str = "standard"
    opted_out: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    basket: tuple[tuple[str, int], ...] = ()
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parcel:
    """An order, as far as its delivery goes."""

    number: str
    customer_id: str
    status: str
    skus: tuple[str, ...]
    placed_at: datetime
    carrier: str = ""
    expected_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """A customer's wish to be told when a SKU is back; `number` is that of its receipt."""

    number: str
    customer_id: str
    sku: str
    created_at: datetime


@dataclass(frozen=True)
class Goods:
    """A variant with what its product tells."""

    sku: str
    product_id: str
    name: Text
    category: str
    attributes: Mapping[str, Text]
    options: Mapping[str, Text]
    prices: Mapping[str, str]
    stock: int


@dataclass(frozen=True)
class ShopView:
    """One look at the shop. `complaints` are the times of each customer's complaints."""

    people: Mapping[str, Person]
    parcels: tuple[Parcel, ...] = ()
    notices: tuple[Notice, ...] = ()
    complaints: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    goods: Mapping[str, Goods] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something that happened to a customer. `since` is None where only our own first look at it tells the time.

    `subject` names it for good: the same event has the same subject at every look.
    """

    kind: str
    subject: str
    customer_id: str
    facts: Mapping[str, Any]
    since: datetime | None = None
    bought: tuple[str, ...] = ()


@dataclass(frozen=True)
class Liked:
    """What a customer last looked at in a conversation: products (ids), and the colour that they asked for."""

    products: tuple[str, ...] = ()
    color: str = ""


@dataclass(frozen=True)
class Sent:
    """A message that went out; `coupon`: with a coupon."""

    rule: str
    at: float
    coupon: bool = False
