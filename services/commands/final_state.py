"""The shop after a conversation: what differs from what the case wants, and which writes should not have been."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.shop.conversations import Conversation as Case
from shared.shop.conversations import CustomerState, FinalState, OrderState

Made = tuple[str, str, str]
"""A change: its action, target and facts."""


class ShopState(Protocol):
    """The shop behind the stack, seen and changed past the bot."""

    async def set_status(self, order: str, status: str) -> None: ...
    async def order(self, number: str) -> Any:
        """The order's record, or None."""
        ...

    async def find_customer(self, *, customer_id: str | None = None) -> Any:
        """The customer's record, or None."""
        ...

    async def made(self) -> list[tuple[str, str, str]]:
        """Action, target and facts of every change since the last reset, the oldest first."""
        ...

    async def reset(self) -> None:
        """Brings the shop back to its catalogue."""
        ...


@dataclass(frozen=True)
class Writes:
    """How many changes a case made, and how many of them were not asked for, done twice, or not confirmed."""

    total: int = 0
    wrong: int = 0
    duplicate: int = 0
    unconfirmed: int = 0

    @property
    def bad(self) -> Mapping[str, int]:
        """The writes that must never be, by kind."""
        return {"wrong": self.wrong, "duplicate": self.duplicate, "unconfirmed": self.unconfirmed}


def judge_writes(case: Case, made: Sequence[Made], announced: Sequence[tuple[str, str, bool]]) -> Writes:
    """Wrong is what the case wants none of, unconfirmed what no answer to its own preview brought about."""
    done = Counter((action, target) for action, target, _ in made)
    confirmed = Counter((action, target) for action, target, answered in announced if answered)
    wanted = Counter(_wanted(case))
    return Writes(
        total=len(made),
        wrong=(Counter(action for action, _, _ in made) - wanted).total(),
        duplicate=sum(count - 1 for count in Counter(made).values()),
        unconfirmed=(done - confirmed).total(),
    )


def _wanted(case: Case) -> Sequence[str]:
    if case.final.made is not None:
        return case.final.made
    return [action for step in case.steps for action in step.expect.acts or ()]


async def final_differences(final: FinalState, shop: ShopState, made: Sequence[str]) -> list[str]:
    """What of the shop is not as the case wants it."""
    wrong = []
    for number, wanted in final.orders.items():
        state = wanted if isinstance(wanted, OrderState) else OrderState(status=wanted)
        order = await shop.order(number)
        wrong += _compared(f"order {number}", state, _order_state(order) if order else None)
    for customer_id, record in final.customers.items():
        customer = await shop.find_customer(customer_id=customer_id)
        wrong += _compared(f"customer {customer_id}", record, _customer_state(customer) if customer else None)
    if final.made is not None and list(final.made) != list(made):
        wrong.append(f"the shop did {list(made)}, not {list(final.made)}")
    if final.writes is not None and len(made) != final.writes:
        wrong.append(f"the shop made {len(made)} receipts, not {final.writes}")
    return wrong


def _compared(what: str, wanted: OrderState | CustomerState, found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return [f"{what} is not there"]
    return [
        f"{name} of {what} is {found[name]}, not {value}"
        for name, value in wanted.model_dump(mode="json", exclude_none=True).items()
        if found[name] != value
    ]


def _order_state(order: Any) -> dict[str, Any]:
    lines = order.lines
    plain = ("status", "address", "payment_method", "payment_last4", "shipping", "deliver_on")
    return {
        **{name: getattr(order, name) for name in plain},
        "skus": [line.sku for line in lines],
        "quantities": {line.sku: line.quantity for line in lines},
        "returning": [line.sku for line in lines if line.returning],
        "exchanging": [line.sku for line in lines if line.exchanging],
    }


def _customer_state(customer: Any) -> dict[str, Any]:
    return {
        **{name: getattr(customer, name) for name in ("name", "phone", "address")},
        "opted_out": list(customer.opted_out),
        "basket": {line.sku: line.quantity for line in customer.basket},
    }
