"""Shops of any size, made at run time: the demo's products and policies with invented customers and orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from shared.shop import Shop, load_shop
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder

DEMO = Path(__file__).resolve().parents[2] / "shops" / "demo"
USUAL = 4
"""Orders of a usual customer, as in the demo shop."""


@dataclass(frozen=True)
class GrownShop(Shop):
    """The demo shop with other customers, each with so many orders: one that waits, the others delivered."""

    sizes: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def customers(self) -> tuple[CatalogueCustomer, ...]:
        pattern = next(customer for customer in load_shop(DEMO).customers if customer.id == "C002")
        return tuple(
            pattern.model_copy(update={"id": name, "email": f"{name.lower()}@example.com", "coupons": (), "basket": ()})
            for name in self.sizes
        )

    @cached_property
    def orders(self) -> tuple[CatalogueOrder, ...]:
        demo = load_shop(DEMO)
        waiting = next(order for order in demo.orders if order.number == "MB10002")
        delivered = next(order for order in demo.orders if order.status == "delivered" and order.currency == "EUR")
        made: list[CatalogueOrder] = []
        for customer, orders in self.sizes.items():
            for place in range(orders):
                pattern, number = (delivered if place else waiting), f"MB{len(made):05}"
                placed = pattern.placed_at - timedelta(hours=place)
                made.append(pattern.model_copy(update={"number": number, "customer": customer, "placed_at": placed}))
        return tuple(made)

    def first_order(self, customer: str) -> str:
        """The number of the order that waits."""
        return self._first[customer]

    @cached_property
    def _first(self) -> Mapping[str, str]:
        first, count = {}, 0
        for customer, orders in self.sizes.items():
            first[customer], count = f"MB{count:05}", count + orders
        return first


def grown_shop(orders: int, special: Mapping[str, int] | None = None) -> GrownShop:
    """A shop with so many orders in all, at most 100,000. `special`: customers with a number of orders of their own."""
    sizes = dict(special or {})
    rest = orders - sum(sizes.values())
    sizes |= {f"C{number:06}": USUAL for number in range(rest // USUAL)}
    return GrownShop(load_shop(DEMO).files, sizes)
