"""What the shop's server may answer: stricter than our own records, for this comes from elsewhere."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.dialogue.domain.shop import (
    Customer,
    Drifted,
    Glimpse,
    Order,
    OrderLine,
    Preview,
    Product,
    Receipt,
    Refusal,
    ServiceRequest,
    Variant,
)

Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Id = Annotated[str, Field(min_length=1, max_length=200)]
T = TypeVar("T")

SUMS = frozenset({"amount", "goods", "freight", "shipping", "fee", "paid", "now"})
"""Facts that are sums of money, as texts such as 129.00."""

_PAID = ("payment_method", "payment_last4", "refund_days")
FACTS: Mapping[str, tuple[str, ...]] = {
    "cancel_order": ("order_number", "amount", "currency", *_PAID),
    "change_address": ("order_number", "address"),
    "change_payment": (
        "order_number", "amount", "currency", "payment_method", "payment_last4", "old_method", "old_last4",
    ),
    "change_delivery": ("order_number", "wish", "amount", "currency"),
    "change_item": ("order_number", "items", "direction", "amount", "currency", *_PAID),
    "change_quantity": ("order_number", "items", "quantity", "direction", "amount", "currency", *_PAID),
    "urge_delivery": ("order_number", "status", "carrier"),
    "trace_parcel": ("order_number", "carrier", "days"),
    "return_item": (
        "order_number", "items", "amount", "currency", "goods", "freight", "shipping", "send_within_days", *_PAID,
    ),
    "exchange_item": (
        "order_number", "items", "direction", "amount", "currency", "fee", "replacement", "days_to_ship",
        "reserve_days", *_PAID,
    ),
    "book_repair": ("order_number", "items", "problem", "warranty", "warranty_months", "days", "quote_days"),
    "book_installation": ("order_number", "items", "date", "hours", "minutes", "phone"),
    "request_invoice": (
        "order_number", "amount", "currency", "title", "tax_number", "email", "hours", "correction", "delivered",
    ),
    "claim_price_protection": ("order_number", "items", "paid", "now", "amount", "currency", "payout_days"),
    "add_to_basket": ("name", "options", "quantity", "amount", "currency"),
    "remove_from_basket": ("items", "left"),
    "place_order": ("items", "goods", "shipping", "amount", "currency", "address", "minutes", "link"),
    "notify_stock": ("name", "options", "email", "days"),
    "change_profile": ("field", "value"),
    "request_data": ("wish", "email", "days", "years"),
    "opt_out": ("channel", "channels"),
    "file_complaint": ("first_reply_hours", "resolve_days"),
}  # fmt: skip
"""What the preview of each act must tell, for the customer to know what they confirm."""


class Reply(BaseModel):
    """Base of replies. What Deskbell does not know is dropped: a shop may be ahead of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Reply):
    """The body of a 404 that means it. One without this comes from a wrong address or a proxy."""

    code: Literal["not_found"]


class About(Reply):
    """Whose server this is, and which version of the contract it speaks."""

    shop: str
    api: Literal[1]


class WireCustomer(Customer):
    id: Id
    email: str = ""
    currency: Currency = "EUR"


class WireLine(OrderLine):
    sku: Id
    name: dict[str, str] = Field(min_length=1)
    quantity: int = Field(ge=0)
    price: Money


class WireOrder(Order):
    number: Id
    customer_id: Id
    placed_at: AwareDatetime
    shipped_at: AwareDatetime | None = None
    expected_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    currency: Currency
    lines: tuple[WireLine, ...]
    total: Money
    shipping_fee: Money = Decimal(0)


class WireGlimpse(Glimpse):
    number: Id
    shipped_at: AwareDatetime | None = None
    expected_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None


class WireVariant(Variant):
    sku: Id
    prices: dict[Currency, Money]
    stock: int = Field(ge=0)


class WireProduct(Product):
    id: Id
    name: dict[str, str] = Field(min_length=1)
    variants: tuple[WireVariant, ...]


class WireRequest(ServiceRequest):
    customer_id: Id
    created_at: AwareDatetime


class WireReceipt(Receipt):
    number: Id
    committed_at: AwareDatetime

    @model_validator(mode="after")
    def _tells_enough(self) -> Self:
        check_facts(self.action, self.facts)
        return self


class WirePreview(Preview):
    digest: str = Field(min_length=16, max_length=200)

    @model_validator(mode="after")
    def _tells_enough(self) -> Self:
        check_facts(self.action, self.facts)
        return self


class Orders(Reply):
    orders: tuple[WireOrder, ...]


class Requests(Reply):
    requests: tuple[WireRequest, ...]


class Products(Reply):
    """A page of the catalogue; `next` asks for the one after it."""

    products: tuple[WireProduct, ...]
    next: str | None = None


class WireDrift(Reply):
    """The one of the two that is there."""

    preview: WirePreview | None = None
    refusal: Refusal | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        return _with_one_of(self, self.preview, self.refusal)

    def record(self) -> Drifted:
        return Drifted(preview=self.preview, refusal=self.refusal)


class Previewed(Reply):
    """What an act would change, or why it may not be; for this customer."""

    customer_id: Id
    preview: WirePreview | None = None
    refusal: Refusal | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        return _with_one_of(self, self.preview, self.refusal)


class Committed(Reply):
    """The proof of a change of this customer's, or that there was none because the preview no longer holds."""

    customer_id: Id
    receipt: WireReceipt | None = None
    drifted: WireDrift | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        return _with_one_of(self, self.receipt, self.drifted)


def _with_one_of(reply: T, first: object, second: object) -> T:
    if (first is None) == (second is None):
        raise ValueError("exactly one of the two must be there")
    return reply


def check_facts(action: str, facts: Mapping[str, Any]) -> None:
    """Raises ValueError for facts that leave out what a customer must be told, or sums that are none."""
    if missing := [name for name in FACTS.get(action, ()) if name not in facts]:
        raise ValueError(f"the facts of {action} lack {missing[0]}")
    for name in SUMS & facts.keys():
        try:
            good = Decimal(str(facts[name])).is_finite() and Decimal(str(facts[name])) >= 0
        except InvalidOperation:
            good = False
        if not good:
            raise ValueError(f"the fact {name} of {action} is no sum")
