"""Acts on the basket: put something in, take it out, check out, be told when something is back."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.dialogue.domain.actions import money
from services.dialogue.domain.actions.base import (
    Action,
    Arguments,
    Planned,
    Seen,
    Situation,
    amount,
    refuse,
    shown_variant,
    skus,
)
from services.dialogue.domain.shop import BasketLine, Customer, Preview, Refusal

BASKET = "basket"
MOST_PIECES = 20


def _pieces(basket: Iterable[BasketLine], sku: str) -> int:
    return next((line.quantity for line in basket if line.sku == sku), 0)


def _with(customer: Customer, sku: str, quantity: int) -> Customer:
    """The customer with so many pieces of this variant in the basket."""
    others = tuple(line for line in customer.basket if line.sku != sku)
    basket = (*others, BasketLine(sku=sku, quantity=quantity)) if quantity else others
    return customer.model_copy(update={"basket": basket})


def _add(at: Situation, asked: Arguments) -> Planned | Refusal:
    goods, customer = at.goods(asked["option"]), at.customer
    quantity = int(asked["quantity"]) if asked.get("quantity", "1").isdigit() and "quantity" in asked else 1
    if goods is None:
        return refuse("product_unknown")
    product, variant = goods
    price = variant.prices.get(customer.currency)
    there = _pieces(customer.basket, variant.sku)
    if price is None:
        return refuse("no_price", name=product.name)
    if not 1 <= quantity <= MOST_PIECES:
        return refuse("too_many", most=MOST_PIECES)
    if variant.stock < there + quantity:
        return refuse("out_of_stock", **shown_variant(product, variant))
    facts = {
        **shown_variant(product, variant), "sku": variant.sku, "quantity": quantity, "in_basket": there + quantity,
        "price": amount(price), "amount": amount(price * quantity), "currency": customer.currency,
    }  # fmt: skip
    return Planned(BASKET, facts, customer=_with(customer, variant.sku, there + quantity))


def _remove(at: Situation, asked: Arguments) -> Planned | Refusal:
    gone = skus(asked["item"])
    kept = tuple(line for line in at.customer.basket if line.sku not in gone)
    if not gone or len(kept) + len(set(gone)) != len(at.customer.basket):
        return refuse("item_unknown")
    items = [shown_variant(*goods) for sku in gone if (goods := at.goods(sku))]
    facts = {"items": items, "skus": gone, "left": len(kept)}
    return Planned(BASKET, facts, customer=at.customer.model_copy(update={"basket": kept}))


def basket_sums(at: Situation) -> dict[str, Any] | Refusal:
    """What the basket holds and costs, with its delivery."""
    lines, currency = [], at.customer.currency
    goods_sum = money.NOTHING
    for line in at.customer.basket:
        goods = at.goods(line.sku)
        price = goods[1].prices.get(currency) if goods else None
        if goods is None or price is None:
            return refuse("product_unknown")
        if goods[1].stock < line.quantity:
            return refuse("out_of_stock", **shown_variant(*goods))
        goods_sum += price * line.quantity
        lines.append({**shown_variant(*goods), "sku": line.sku, "quantity": line.quantity, "price": amount(price)})
    fee = money.shipping_fee(at.policies, currency, goods_sum)
    sums = {"goods": amount(goods_sum), "shipping": amount(fee), "amount": amount(goods_sum + fee)}
    return {"items": lines, **sums, "currency": currency}


def _place(at: Situation, _: Arguments) -> Planned | Refusal:
    if not at.customer.basket:
        return refuse("basket_empty")
    sums = basket_sums(at)
    if isinstance(sums, Refusal):
        return sums
    facts = {
        **sums, "address": at.customer.address,
        "link": str(money.at(at.policies, "payment.link") or ""),
        "minutes": money.number(at.policies, "payment.hold_minutes"),
    }  # fmt: skip
    return Planned(BASKET, facts, customer=at.customer.model_copy(update={"basket": ()}), noted=True)


def _notify(at: Situation, asked: Arguments) -> Planned | Refusal:
    goods = at.goods(asked["option"])
    if goods is None:
        return refuse("product_unknown")
    product, variant = goods
    if variant.stock > 0:
        return refuse("already_in_stock", **shown_variant(product, variant))
    valid = money.number(at.policies, "stock.notify_valid_days")
    if any(money.within(r.created_at, valid, at.now) for r in at.asked("notify_stock", variant.sku)):
        return refuse("notice_exists", **shown_variant(product, variant))
    facts = {**shown_variant(product, variant), "sku": variant.sku, "email": at.customer.email, "days": valid}
    return Planned(variant.sku, facts, noted=True)


def _holds_more(seen: Seen, preview: Preview, _: str) -> bool:
    basket = seen.customer.basket if seen.customer else ()
    return _pieces(basket, str(preview.facts.get("sku"))) == preview.facts.get("in_basket")


def _holds_none(seen: Seen, preview: Preview, _: str) -> bool:
    basket = seen.customer.basket if seen.customer else ()
    return not any(_pieces(basket, str(sku)) for sku in preview.facts.get("skus", ()))


BUYING_ACTIONS: Mapping[str, Action] = {
    "add_to_basket": Action(("option",), (), _add, _holds_more, ("quantity",)),
    "remove_from_basket": Action(("item",), (), _remove, _holds_none),
    "place_order": Action((), ("payment.link", "payment.hold_minutes"), _place),
    "notify_stock": Action(("option",), ("stock.notify_valid_days",), _notify),
}
