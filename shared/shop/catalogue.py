"""The models of `catalogue/*.yaml`: what fills the embedded shop."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from shared.shop.profile import Language, Localised, ShopPart

OrderStatus = Literal[
    "unpaid", "pending", "packed", "shipped", "out_for_delivery", "delivered",
    "return_requested", "returned", "refunded", "cancelled",
]  # fmt: skip
PaymentMethod = Literal["card", "alipay", "wechat_pay", "paypal", "gift_card"]
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


class CataloguePayment(ShopPart):
    """A way to pay on a customer's record; `balance` is that of a gift card."""

    id: Id
    method: PaymentMethod
    last4: str = Field(default="", pattern=r"^(\d{4})?$")
    balance: Money | None = None


class CatalogueCoupon(ShopPart):
    """A customer's coupon: `percent` or `amount` off an order of `minimum` or more."""

    code: Id
    currency: str = ""
    percent: int = Field(default=0, ge=0, le=100)
    amount: Money = Decimal(0)
    minimum: Money = Decimal(0)
    valid_until: date | None = None


class CatalogueBasketLine(ShopPart):
    """So many pieces of a variant in a customer's basket."""

    sku: Id
    quantity: int = Field(gt=0)


class CatalogueCustomer(ShopPart):
    """An entry of `customers.yaml`."""

    id: Id
    name: str
    email: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    phone: str = ""
    language: Language
    currency: str
    postcode: str = ""
    address: str = ""
    tier: str = "standard"
    points: int = Field(default=0, ge=0)
    payment_methods: tuple[CataloguePayment, ...] = ()
    coupons: tuple[CatalogueCoupon, ...] = ()
    opted_out: tuple[str, ...] = ()
    consents: tuple[Literal["newsletter", "recommendations"], ...] = ()
    basket: tuple[CatalogueBasketLine, ...] = ()


class CatalogueLine(ShopPart):
    """One position of an order; `price` is that of one piece. So many pieces are `returning` or `exchanging`."""

    sku: Id
    quantity: int = Field(gt=0)
    price: Money
    returning: int = Field(default=0, ge=0)
    exchanging: int = Field(default=0, ge=0)


class Payment(ShopPart):
    """How an order was paid."""

    method: PaymentMethod
    last4: str = Field(default="", pattern=r"^(\d{4})?$")


class Delivery(ShopPart):
    """How far the parcel has come; times without an offset are in the shop's timezone."""

    carrier: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    delivered_at: datetime | None = None
    shipping: Literal["standard", "express"] = "standard"
    deliver_on: str = ""


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
