"""Rules of executable conversations: they speak of customers, orders and responses that exist."""

from collections.abc import Iterator

from shared.shop.conversations import Conversation
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names, twice, unknown
from shared.shop.source import Place, Source


def conversation_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """What is wrong with the cases, against the catalogue and the responses."""
    for file in files.conversations:
        cases = file.value or ()
        yield from twice(
            "conversation", (((index, "name"), case.name) for index, case in enumerate(cases)), file.source
        )
        for index, case in enumerate(cases):
            yield from _case_problems(files, names, case, file.source, index)


def _case_problems(
    files: ShopFiles, names: Names, case: Conversation, source: Source, index: int
) -> Iterator[ShopProblem]:
    if case.customer is not None:
        customers = [customer.id for customer in files.customers.value or ()]
        yield from unknown("customer", case.customer, customers, source, (index, "customer"))
    orders = [order.number for order in files.orders.value or ()]
    for where, order in _orders_named(case):
        yield from unknown("order", order, orders, source, (index, *where))
    for number, step in enumerate(case.steps):
        place: Place = (index, "steps", number, "expect")
        for response in step.expect.responses or ():
            yield from unknown("response", response, names.responses, source, (*place, "responses"))
        for action in step.expect.acts or ():
            yield from unknown("action", action, names.allowed_actions, source, (*place, "acts"))
    for number, action in enumerate(case.final.made or ()):
        yield from unknown("action", action, names.allowed_actions, source, (index, "final", "made", number))


def _orders_named(case: Conversation) -> Iterator[tuple[Place, str]]:
    for number, step in enumerate(case.steps):
        if step.shop is not None:
            yield ("steps", number, "shop", "order"), step.shop.order
    for order in case.final.orders:
        yield ("final", "orders", order), order
