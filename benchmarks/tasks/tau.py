"""Tasks over a shop of format `tau2`: tau-bench's and tau2-bench's retail tasks."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.tasks.goals import Card, Goal, Item, Leaves, Task, labelled, leaves
from shared.errors import ConfigError
from shared.shop.formats.base import Documents, read_json
from shared.shop.formats.tau2 import METHODS, TABLE, address_text

Entry = dict[str, Any]
STATES = "expected_end_states.json"
REASONS = {"no longer needed": "no_longer_needed", "ordered by mistake": "ordered_by_mistake"}


def read_tasks(documents: Documents, path: Path) -> list[Task]:
    """The tasks in this file. Raises ConfigError."""
    data = read_json(path)
    states = read_json(path.parent / STATES) if (path.parent / STATES).exists() else {}
    if not isinstance(data, list):
        raise ConfigError(f"{path}: no list of tasks")
    try:
        return [_task(documents[TABLE], entry, states) for entry in data]
    except (KeyError, TypeError) as exc:
        raise ConfigError(f"{path}: {exc} is missing or not as tau-bench writes its tasks") from exc


def record_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The record that a value belongs to."""
    return path[:2]


def owner_of(record: tuple[str, ...], documents: Documents) -> str | None:
    """The customer whose record it is; None for what is nobody's."""
    table, ident = record
    if table == "users":
        return ident
    return str(documents[TABLE]["orders"][ident]["user_id"]) if table == "orders" else None


def state_of(documents: Documents) -> Leaves:
    """The shop's state as values by path."""
    return leaves(documents[TABLE])


def _task(db: Entry, entry: Entry, states: Mapping[str, Any]) -> Task:
    actions = _actions(entry)
    gold = entry["gold_changed"] if "gold_changed" in entry else states[entry["id"]]["changed"]
    customer = entry.get("user_id") or _customer(db, actions)
    goals = tuple(_goal(db, customer, name, given) for name, given in actions if name in GOALS)
    used = {goal.order for goal in goals}
    others = tuple(number for number in db["users"][customer]["orders"] if number not in used)
    given: dict[tuple[str, ...], Entry] = {
        (table, ident): record for table, part in gold.items() for ident, record in part.items()
    }
    mended = {key: _mended(db, record) if key[0] == "orders" else record for key, record in given.items()}
    reads = () if goals else tuple(_looks(actions))
    return Task(
        str(entry["id"]), Card(customer, "en", goals or reads, others), _as_leaves(mended),
        _as_leaves(given) if mended != given else None,
    )  # fmt: skip


def _as_leaves(records: Mapping[tuple[str, ...], Entry]) -> Mapping[tuple[str, ...], Leaves]:
    return {key: leaves(record) for key, record in records.items()}


def _mended(db: Entry, order: Entry) -> Entry:
    """The order with the catalogue's price and options for each item that is new in it.

    Where several items were changed at once the data gives all of them the price and options of the last one.
    """
    before = {item["item_id"] for item in db["orders"][order["order_id"]]["items"]}
    variants = {sku: variant for product in db["products"].values() for sku, variant in product["variants"].items()}
    items = [
        item
        if item["item_id"] in before
        else {**item, **{name: variants[item["item_id"]][name] for name in ("price", "options")}}
        for item in order["items"]
    ]
    return {**order, "items": items}


def _actions(entry: Entry) -> list[tuple[str, Entry]]:
    listed = entry["actions"] if "actions" in entry else entry["evaluation_criteria"]["actions"]
    return [(action["name"], action.get("kwargs") or action.get("arguments") or {}) for action in listed]


def _customer(db: Entry, actions: list[tuple[str, Entry]]) -> str:
    """Who the task is about: whoever its calls name, by id, by order, by e-mail address or by name and zip code."""
    for _, given in actions:
        if given.get("user_id") in db["users"]:
            return str(given["user_id"])
        if given.get("order_id") in db["orders"]:
            return str(db["orders"][given["order_id"]]["user_id"])
        for ident, user in db["users"].items():
            named = user["name"] == {key: given.get(key) for key in ("first_name", "last_name")}
            if user["email"] == given.get("email") or (named and user["address"]["zip"] == given.get("zip")):
                return str(ident)
    return str(next(iter(db["users"])))


def _looks(actions: list[tuple[str, Entry]]) -> Iterator[Goal]:
    """What a customer without anything to change asks about."""
    numbers = dict.fromkeys(given["order_id"] for name, given in actions if name == "get_order_details")
    yield from (Goal("order_status", (), order=number) for number in numbers)
    if not numbers:
        yield Goal("order_list", ())


# --- goals -----------------------------------------------------------------------------------


def _goal(db: Entry, customer: str, name: str, given: Entry) -> Goal:
    words, acts, make = GOALS[name]
    items, facts = make(db, customer, given)
    return Goal(words, acts, given.get("order_id", ""), items, facts)


def _cancel(_: Entry, __: str, given: Entry) -> tuple[tuple[Item, ...], dict[str, str]]:
    return (), {"reason": REASONS.get(given["reason"], str(given["reason"]))}


def _address(db: Entry, customer: str, given: Entry) -> tuple[tuple[Item, ...], dict[str, str]]:
    parts = ("address1", "address2", "city", "state", "country", "zip")
    old = db["users"][customer]["address"]
    text = address_text({part: given.get(part, "") for part in parts})
    return (), {"address": text, "value": text, "same": "yes" if text == address_text(old) else ""}


def _payment(db: Entry, customer: str, given: Entry) -> tuple[tuple[Item, ...], dict[str, str]]:
    return (), _paid(db, customer, given)


def _swap(db: Entry, customer: str, given: Entry) -> tuple[tuple[Item, ...], dict[str, str]]:
    pairs = dict(zip(given["item_ids"], given["new_item_ids"], strict=True))
    return _items(db, given["order_id"], pairs), _paid(db, customer, given)


def _return(db: Entry, customer: str, given: Entry) -> tuple[tuple[Item, ...], dict[str, str]]:
    return _items(db, given["order_id"], dict.fromkeys(given["item_ids"], "")), _paid(db, customer, given)


def _paid(db: Entry, customer: str, given: Entry) -> dict[str, str]:
    method = db["users"][customer]["payment_methods"][given["payment_method_id"]]
    return {"payment_method": METHODS[method["source"]], "last4": method.get("last_four", "")}


def _items(db: Entry, number: str, pairs: Mapping[str, str]) -> tuple[Item, ...]:
    """The items of the order that the customer means, with what they want instead."""
    known = {sku: variant for product in db["products"].values() for sku, variant in product["variants"].items()}
    in_order = {item["item_id"]: item for item in db["orders"][number]["items"]}
    every = [
        Item(
            item["name"], item["options"], known.get(pairs.get(sku, ""), {}).get("options", {}), "", sku,
            pairs.get(sku, ""),
        )
        for sku, item in in_order.items()
    ]  # fmt: skip
    return tuple(item for item in labelled(every) if item.sku in pairs)


GOALS: Mapping[str, tuple[str, tuple[str, ...], Callable[..., Any]]] = {
    "cancel_pending_order": ("cancel", ("cancel_order",), _cancel),
    "modify_pending_order_address": ("address", ("change_address",), _address),
    "modify_pending_order_payment": ("payment", ("change_payment",), _payment),
    "modify_pending_order_items": ("change", ("change_item",), _swap),
    "return_delivered_order_items": ("return", ("return_item",), _return),
    "exchange_delivered_order_items": ("exchange", ("exchange_item",), _swap),
    "modify_user_address": ("profile", ("change_profile",), _address),
}
"""By the name of a correct call: the sentences for it, the actions that amount to it, and what the customer knows."""
