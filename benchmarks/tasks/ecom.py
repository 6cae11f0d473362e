"""Tasks over a shop of format `ecom-bench`: a Chinese appliance shop's customers."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.tasks.goals import Card, Goal, Item, Leaves, Task, leaves
from shared.errors import ConfigError
from shared.shop.formats.base import Documents, read_json
from shared.shop.formats.ecom_bench import Found, entries

Entry = dict[str, Any]
STATES = "expected_end_states.json"
DEPTHS: Mapping[str, int] = {"orders": 5, "service": 5, "logistics": 4, "invoices": 2, "users_info": 2}
"""So many keys name a record of each table."""
SERVICES: Mapping[str, tuple[str, str]] = {
    "安装": ("installation", "book_installation"),
    "维修": ("repair", "book_repair"),
}


def read_tasks(documents: Documents, path: Path) -> list[Task]:
    """The tasks in this file. Raises ConfigError."""
    data, states = read_json(path), read_json(path.parent / STATES)
    try:
        changed = {state["index"]: state["changed"] for state in states}
        return [_task(_Shop(documents), entry, changed[entry["index"]]) for entry in data]
    except (KeyError, TypeError, AttributeError) as exc:
        raise ConfigError(f"{path}: {exc} is missing or not as ecom-bench writes its tasks") from exc


def record_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The record that a value belongs to."""
    return path[: DEPTHS.get(path[0], 2)]


def owner_of(record: tuple[str, ...], documents: Documents) -> str | None:
    """The customer whose record it is; None for what is nobody's."""
    if record[0] in ("orders", "service"):
        return record[3]
    if record[0] == "invoices":
        return next((o.path[2] for o in entries(documents["orders"], 4) if o.path[3] == record[1]), None)
    return record[1] if record[0] == "users_info" else None


def state_of(documents: Documents) -> Leaves:
    """The shop's state as values by path."""
    return leaves({table: documents[table] for table in DEPTHS if table in documents})


class _Shop:
    """The shop's data, looked up by id."""

    def __init__(self, documents: Documents) -> None:
        self.state = state_of(documents)
        self.orders: dict[str, Found] = {found.path[-1]: found for found in entries(documents["orders"], 4)}
        self.goods: dict[str, Entry] = {found.path[-1]: found.entry for found in entries(documents["products"], 3)}
        for entry in list(self.goods.values()):
            for other in entry.get("可换货商品") or ():
                self.goods.setdefault(other["商品ID"], other)

    def orders_of(self, customer: str) -> Iterator[Found]:
        return (found for found in self.orders.values() if found.path[2] == customer)

    def item(self, sku: str, wanted: str = "") -> Item:
        return Item(
            "", {"model": self.model(sku)},
            {"model": self.model(wanted)} if wanted else {}, sku, sku, wanted,
        )  # fmt: skip

    def model(self, sku: str) -> str:
        entry = self.goods.get(sku, {})
        return str(entry.get("商品名称") or entry.get("商品描述") or sku)


def _task(shop: _Shop, entry: Entry, changed: Mapping[str, list[Any]]) -> Task:
    customer, calls = entry["user_id"], entry["metadata"]["actions"]
    goals = tuple(goal for call in calls for goal in _goals(shop, customer, call))
    goals += tuple(_protected(shop, customer, calls, goals))
    used = {goal.order for goal in goals}
    others = tuple(found.path[3] for found in shop.orders_of(customer) if found.path[3] not in used)
    return Task(str(entry["index"]), Card(customer, "zh", goals, others), _gold(shop, changed))


def _gold(shop: _Shop, changed: Mapping[str, list[Any]]) -> dict[tuple[str, ...], Leaves]:
    """Every record that changes, whole; what the end state has nothing for stays as it is."""
    gold: dict[tuple[str, ...], dict[tuple[str, ...], Any]] = {}
    for text, (_, after) in changed.items():
        path = tuple(text.split("/"))
        record = record_of(path)
        if record not in gold:
            size = len(record)
            gold[record] = {key[size:]: value for key, value in shop.state.items() if key[:size] == record}
        if after is not None:
            gold[record][path[len(record) :]] = after
    return dict(gold)


# --- goals -----------------------------------------------------------------------------------


def _goals(shop: _Shop, customer: str, call: Entry) -> Iterator[Goal]:
    given, name = call["arguments"], call["name"]
    order = given.get("order_id", "")
    if name == "manage_return":
        skus = [line["商品ID"] for line in shop.orders[order].entry["订单商品列表"]]
        yield Goal("return", ("return_item",), order, tuple(map(shop.item, skus)), all_items=True)
    elif name == "manage_exchange" and given["action"] == "换货":
        item = shop.item(given["original_product_id"], given["exchange_product_id"])
        yield Goal("exchange", ("exchange_item", "change_item"), order, (item,))
    elif name == "manage_urgent":
        yield Goal("urge", ("urge_delivery",), order)
    elif name == "manage_order" and given["action"] == "取消":
        yield Goal("cancel", ("cancel_order",), order)
    elif name == "manage_order" and given["action"] == "修改":
        yield from _delivered(given)
    elif name == "schedule_service":
        words, act = SERVICES[given["service_type"]]
        items = tuple(shop.item(line["商品ID"]) for line in shop.orders[order].entry["订单商品列表"][:1])
        yield Goal(words, (act,), order, items, {"date": given["service_time"]})


def _delivered(given: Entry) -> Iterator[Goal]:
    if "address" in given:
        yield Goal("address", ("change_address",), given["order_id"], facts={"address": given["address"]})
    if "phone_number" in given:
        yield Goal("phone", ("change_phone",), given["order_id"], facts={"value": given["phone_number"]})


def _protected(shop: _Shop, customer: str, calls: list[Entry], goals: tuple[Goal, ...]) -> Iterator[Goal]:
    """A claim for the price difference: the card is paid back a sum that no return or cancellation explains."""
    back = sum((Decimal(str(call["arguments"]["amount"])) for call in calls if _pays_back(call)), Decimal(0))
    if not back or any(goal.words in ("return", "cancel") for goal in goals):
        return
    for found in shop.orders_of(customer):
        for line in found.entry["订单商品列表"]:
            price = shop.goods.get(line["商品ID"], {}).get("商品价格", line["单价"])
            if (Decimal(str(line["单价"])) - Decimal(str(price))) * line["数量"] == back:
                item = shop.item(line["商品ID"])
                yield Goal("price_protection", ("claim_price_protection",), found.path[3], (item,))
                return


def _pays_back(call: Entry) -> bool:
    return bool(call["name"] == "manage_ecard" and call["arguments"].get("action") == "退款")
