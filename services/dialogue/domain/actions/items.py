"""Acts on the lines of an order that is not packed: another variant, another quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import (
    Action,
    Arguments,
    Planned,
    Seen,
    Situation,
    amount,
    line_of,
    payment_facts,
    refuse,
    refuse_order,
    shown_line,
    shown_variant,
    skus,
)
from services.dialogue.domain.actions.standing import credited, settled_with, settling_facts, still_open, too_poor
from services.dialogue.domain.shop import Order, OrderLine, Preview, Product, Refusal, Variant


@dataclass(frozen=True)
class Swap:
    """A line of an order, and the variant of the same product that would take its place."""

    line: OrderLine
    product: Product
    old: Variant | None
    new: Variant


def swaps(at: Situation, asked: Arguments) -> tuple[Swap, ...] | Refusal:
    """What the arguments `item` and `option` mean, two lists of SKUs side by side."""
    order, items, options = at.the_order, skus(asked["item"]), skus(asked["option"])
    if not items or len(items) != len(options) or len(set(items)) != len(items):
        return refuse("item_unknown")
    found = [_swap(at, order, old, new) for old, new in zip(items, options, strict=True)]
    refused = next((one for one in found if isinstance(one, Refusal)), None)
    return refused or tuple(one for one in found if isinstance(one, Swap))


def _swap(at: Situation, order: Order, old: str, new: str) -> Swap | Refusal:
    line, goods = line_of(order, old), at.goods(new)
    if line is None or goods is None or goods[0].id != line.product_id:
        return refuse("item_unknown")
    product, variant = goods
    if variant.stock < line.quantity:
        return refuse("out_of_stock", **shown_variant(product, variant))
    before = at.goods(old)
    return Swap(line, product, before[1] if before else None, variant)


def price_gap(order: Order, pairs: tuple[Swap, ...]) -> Decimal:
    """By how much the new goods cost more than the old ones."""
    return money.total((s.line.quantity, money.price_gap(s.old, s.new, order.currency)) for s in pairs)


def swap_facts(order: Order, pairs: tuple[Swap, ...]) -> dict[str, Any]:
    """What a change of variants shows: from what to what, and the price between them."""
    gap = price_gap(order, pairs)
    return {
        "order_number": order.number,
        "items": [{**shown_line(s.line), "new_options": s.new.options, "new_sku": s.new.sku} for s in pairs],
        "amount": amount(abs(gap)),
        "direction": "pay" if gap > 0 else "refund" if gap < 0 else "none",
    }


def _item(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, pairs = at.the_order, swaps(at, asked)
    if not still_open(at, "item_change.until_status"):
        return refuse_order("change_too_late", order)
    if isinstance(pairs, Refusal):
        return pairs
    if any(pair.new.sku == pair.line.sku for pair in pairs):
        return refuse("option_unchanged")
    if money.at(at.policies, "item_change.same_price"):
        pairs = tuple(at_same_price(pair, order.currency) for pair in pairs)
    gap, chosen = price_gap(order, pairs), settled_with(at, asked)
    if isinstance(chosen, Refusal):
        return chosen
    if poor := too_poor(at, gap, chosen):
        return poor
    new_line = {pair.line.sku: _swapped(pair, order.currency) for pair in pairs}
    lines = tuple(new_line.get(line.sku, line) for line in order.lines)
    facts = swap_facts(order, pairs) | settling_facts(at, chosen)
    stock = {pair.new.sku: -pair.line.quantity for pair in pairs} | {p.line.sku: p.line.quantity for p in pairs}
    final = bool(money.at(at.policies, "item_change.final"))
    changed, customer = with_lines(order, lines), credited(at, -gap, chosen)
    return Planned(order.number, facts, order=changed, customer=customer, noted=final, stock=stock)


def at_same_price(pair: Swap, currency: str) -> Swap:
    """The swap as a shop counts it where a change of variant never changes what was paid."""
    prices = pair.old.prices if pair.old else {currency: pair.line.price}
    return Swap(pair.line, pair.product, pair.old, pair.new.model_copy(update={"prices": prices}))


def _swapped(pair: Swap, currency: str) -> OrderLine:
    price = pair.line.price + money.price_gap(pair.old, pair.new, currency)
    return pair.line.model_copy(update={"sku": pair.new.sku, "options": pair.new.options, "price": price})


def with_lines(order: Order, lines: tuple[OrderLine, ...]) -> Order:
    """The order with these lines, and the total that follows."""
    goods = money.total((line.quantity, line.price) for line in lines)
    return order.model_copy(update={"lines": lines, "total": goods + order.shipping_fee})


def _quantity(at: Situation, asked: Arguments) -> Planned | Refusal:
    order, line = at.the_order, line_of(at.the_order, asked["item"])
    if not still_open(at, "item_change.until_status"):
        return refuse_order("change_too_late", order)
    if line is None or not asked["quantity"].isdigit():
        return refuse("item_unknown")
    wanted = int(asked["quantity"])
    if wanted == line.quantity:
        return refuse("quantity_unchanged", quantity=wanted)
    if wanted == 0 and len(order.lines) == 1:
        return refuse_order("last_item", order)
    goods = at.goods(line.sku)
    if wanted > line.quantity and (goods is None or goods[1].stock < wanted - line.quantity):
        return refuse("out_of_stock", name=line.name, options=line.options)
    return _requantified(at, order, line, wanted)


def _requantified(at: Situation, order: Order, line: OrderLine, wanted: int) -> Planned:
    more = (wanted - line.quantity) * line.price
    kept = (_with_quantity(each, wanted) if each.sku == line.sku else each for each in order.lines)
    lines = tuple(each for each in kept if each.quantity)
    facts = {
        "order_number": order.number, "items": [shown_line(line)], "quantity": wanted,
        "amount": amount(abs(more)), "direction": "pay" if more > 0 else "refund",
        "sku": line.sku, **payment_facts(order, at.policies),
    }  # fmt: skip
    return Planned(order.number, facts, order=with_lines(order, lines), stock={line.sku: line.quantity - wanted})


def _with_quantity(line: OrderLine, quantity: int) -> OrderLine:
    return line.model_copy(update={"quantity": quantity})


def _has_new_items(seen: Seen, preview: Preview, _: str) -> bool:
    wanted = {item["new_sku"] for item in preview.facts.get("items", ())}
    return seen.order is not None and wanted <= {line.sku for line in seen.order.lines}


def _has_new_quantity(seen: Seen, preview: Preview, _: str) -> bool:
    if seen.order is None:
        return False
    line = line_of(seen.order, str(preview.facts.get("sku")))
    return (line.quantity if line else 0) == preview.facts.get("quantity")


ITEM_ACTIONS: Mapping[str, Action] = {
    "change_item": Action(
        ("order", "item", "option"),
        ("item_change.until_status",),
        _item,
        _has_new_items,
        ("payment_method",),
        ("item_change.final", "item_change.same_price"),
    ),
    "change_quantity": Action(
        ("order", "item", "quantity"), ("item_change.until_status",), _quantity, _has_new_quantity
    ),
}
