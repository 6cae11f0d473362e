"""Every sum and every window of time that an act promises, computed from the policies alone."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from services.dialogue.domain.actions.base import Policies
from services.dialogue.domain.shop import Customer, Order, Product, Variant

TIERS = ("standard", "silver", "gold")
REGIONS = {"CNY": "cn", "EUR": "eu"}
NOTHING = Decimal(0)


def at(policies: Policies, path: str) -> Any:
    """The policy at `a.b.c`, or None."""
    found: Any = policies
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def number(policies: Policies, path: str) -> int:
    """The whole number at `path`; 0 where the shop says nothing, so that nothing is promised unasked."""
    found = at(policies, path)
    return int(found) if found is not None else 0


def sum_of(policies: Policies, path: str) -> Decimal:
    """The amount at `path`, 0 where the shop says nothing."""
    return Decimal(str(at(policies, path) or 0))


def in_currency(policies: Policies, path: str, currency: str) -> Decimal:
    """The amount at `path_cny` or `path_eur`, as the currency is."""
    return sum_of(policies, f"{path}_{currency.lower()}")


def days_since(moment: datetime, now: datetime) -> int:
    """Calendar days from one to the other on the shop's clock, which is that of `now`."""
    return (now.date() - moment.astimezone(now.tzinfo).date()).days


def within(moment: datetime | None, days: int, now: datetime) -> bool:
    """Whether `moment` is no more than so many days ago."""
    return moment is not None and days_since(moment, now) <= days


def returns_free(policies: Policies, customer: Customer) -> bool:
    """Whether this customer's tier sends goods back at no charge."""
    from_tier = at(policies, "returns.free_from_tier")
    return from_tier in TIERS and customer.tier in TIERS[TIERS.index(from_tier) :]


def freight(policies: Policies, customer: Customer, currency: str, *, our_fault: bool) -> Decimal:
    """What is taken off a refund for the way back. Nothing if the mistake is the shop's."""
    if our_fault or returns_free(policies, customer):
        return NOTHING
    return in_currency(policies, "returns.freight", currency)


def exchange_fee(policies: Policies, customer: Customer, order: Order, earlier: int, *, our_fault: bool) -> Decimal:
    """The first exchanges of an order are free, later ones cost the freight."""
    if earlier < number(policies, "exchange.free_times"):
        return NOTHING
    return freight(policies, customer, order.currency, our_fault=our_fault)


def shipping_fee(policies: Policies, currency: str, goods: Decimal) -> Decimal:
    """What the delivery of goods worth so much costs."""
    region = f"shipping.{REGIONS.get(currency, '')}"
    free_from = at(policies, f"{region}.free_from")
    if free_from is not None and goods >= Decimal(str(free_from)):
        return NOTHING
    return sum_of(policies, f"{region}.fee")


def express_surcharge(policies: Policies, order: Order) -> Decimal:
    """What express costs more than was paid for this order's delivery."""
    fee = sum_of(policies, f"shipping.{REGIONS.get(order.currency, '')}.express_fee")
    return max(fee - order.shipping_fee, NOTHING)


def price_of(variant: Variant, currency: str) -> Decimal | None:
    """The catalogue's price in this currency."""
    return variant.prices.get(currency)


def price_gap(old: Variant | None, new: Variant, currency: str) -> Decimal:
    """By how much the new variant's catalogue price is above the old one's: a price paid at a discount stays one."""
    before = old.prices.get(currency) if old else None
    after = new.prices.get(currency)
    return after - before if before is not None and after is not None else NOTHING


def warranty_months(policies: Policies, product: Product | None) -> int:
    """The guarantee on this kind of goods."""
    return number(policies, f"warranty.{product.category}_months") if product else 0


def months_since(moment: datetime, now: datetime) -> int:
    """Full months from one to the other."""
    start = moment.astimezone(now.tzinfo)
    months = (now.year - start.year) * 12 + now.month - start.month
    return months - (1 if now.day < start.day else 0)


def points_worth(policies: Policies, points: int, currency: str) -> Decimal:
    """What so many points are worth at checkout."""
    step = number(policies, "points.redeem_points")
    each = in_currency(policies, "points.redeem", currency)
    return (each * (points // step)).quantize(Decimal("0.01"), ROUND_DOWN) if step else NOTHING


def total(parts: Iterable[tuple[int, Decimal]]) -> Decimal:
    """The sum of quantities times prices."""
    return sum((quantity * price for quantity, price in parts), NOTHING)
