"""What is compared: turns early and late in a conversation, and the same turns in shops and accounts of any size.

Places take turns within a run, a few messages at a time, so that whatever else the machine does weighs on all alike.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks.dialogue.measuring import ALONE, SCRIPT, Speaker, Times
from benchmarks.dialogue.shops import grown_shop
from tests.harness.counter import open_counter

TURNS = (1, 10, 100, 1000)
ORDERS = (60, 1_000, 10_000, 100_000)
OWN_ORDERS = (4, 50, 500, 5_000)
CONVERSATIONS: Mapping[int, int] = {10: 20, 100: 5, 1000: 1}
"""How many conversations stand at each turn; the fewer, the more turns each of them adds."""
ROUNDS = 20
WARM_UP_ROUNDS = 2


async def by_turn(state_url: str, directory: Path) -> dict[int, Times]:
    """Times at each of TURNS, in the demo's size."""
    shop, found = grown_shop(ORDERS[0]), {turn: Times() for turn in TURNS}
    async with open_counter(state_url, _database(directory, "turns"), shop) as counter:
        customer = "C000000"
        order = shop.first_order(customer)
        late = {
            turn: [await Speaker(counter, customer, order).begin(turn - 1) for _ in range(speakers)]
            for turn, speakers in CONVERSATIONS.items()
        }
        for number in range(ROUNDS + WARM_UP_ROUNDS):
            into = found if number >= WARM_UP_ROUNDS else {turn: Times() for turn in TURNS}
            for kind in ALONE:
                await (await Speaker(counter, customer, order).begin(0, SCRIPT.index(kind))).measure(into[1], 1)
            for turn, speakers in late.items():
                await speakers[number % len(speakers)].measure(into[turn], len(SCRIPT))
    return found


async def by_orders(state_url: str, directory: Path) -> dict[int, Times]:
    """Times in shops of ORDERS."""
    async with AsyncExitStack() as stack:
        speakers = {}
        for orders in ORDERS:
            shop, customer = grown_shop(orders), f"C{orders // 8:06}"
            counter = await stack.enter_async_context(open_counter(state_url, _database(directory, str(orders)), shop))
            speakers[orders] = await Speaker(counter, customer, shop.first_order(customer)).begin()
        return await _in_rotation(speakers)


async def by_own_orders(state_url: str, directory: Path) -> dict[int, Times]:
    """Times of customers with OWN_ORDERS, in one shop."""
    names = {f"OWN{orders}": orders for orders in OWN_ORDERS}
    shop = grown_shop(10_000, names)
    async with open_counter(state_url, _database(directory, "own"), shop) as counter:
        speakers = {
            orders: await Speaker(counter, name, shop.first_order(name)).begin() for name, orders in names.items()
        }
        return await _in_rotation(speakers)


async def _in_rotation(speakers: Mapping[int, Speaker]) -> dict[int, Times]:
    found = {size: Times() for size in speakers}
    for number in range(ROUNDS + WARM_UP_ROUNDS):
        for size, speaker in speakers.items():
            await speaker.measure(found[size] if number >= WARM_UP_ROUNDS else Times(), len(SCRIPT))
    return found


def _database(directory: Path, name: str) -> str:
    return f"sqlite+aiosqlite:///{directory / name}.db"


PLACES = {"turn": by_turn, "orders": by_orders, "own orders": by_own_orders}
"""By name: what is varied, and how."""
