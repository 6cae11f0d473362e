"""The models of `catalogue/*.yaml`: what fills the embedded shop."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from shared.shop.profile import Language, Localised, ShopPart

OrderStatus = Literal[
    "pending", "packed", "shipped", "out_for_delivery", "delivered",
    "return_requested", "returned", "refunded", "cancelled",
]  # fmt: skip
Money = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=12)]
Id = Annotated[str, Field(min_length=1)]


class CatalogueVariant(ShopPart):
    """A product in one combination of options; `prices` by currency code."""

    sku: Id
    options: dict[str, Localised] = Field(default_factory=dict)
    prices: dict[str, Money] = Field(min_length=1)
    stock: int = Field(ge=0)


class CatalogueProduct(ShopPart):
    """An entry of `products.yaml`."""

    id: Id
    name: Localised
    category: str
    description: Localised
    attributes: dict[str, Localised] = Field(default_factory=dict)
    variants: tuple[CatalogueVariant, ...] = Field(min_length=1)


class CatalogueCustomer(ShopPart):
    """An entry of `customers.yaml`."""

    id: Id
    name: str
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    phone: str = ""
    language: Language
    currency: str
    postcode: str = ""
    address: str = ""
    tier: str = "standard"


class CatalogueLine(ShopPart):
    """One position of an order; `price` is that of one piece."""

    sku: Id
    quantity: int = Field(gt=0)
    price: Money


class Payment(ShopPart):
    """How an order was paid."""

    method: Literal["card", "alipay", "wechat_pay", "paypal"]
    last4: str = Field(default="", pattern=r"^(\d{4})?$")


class Delivery(ShopPart):
    """How far the parcel has come; times without an offset are in the shop's timezone."""

    carrier: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None


class CatalogueOrder(ShopPart):
    """An entry of `orders.yaml`; `customer` is the id of one in `customers.yaml`."""

    number: Id
    customer: str
    status: OrderStatus
    placed_at: datetime
    currency: str
    lines: tuple[CatalogueLine, ...] = Field(min_length=1)
    shipping_fee: Money = Decimal("0.00")
    payment: Payment
    delivery: Delivery = Delivery()
    postcode: str = ""
    address: str = ""
