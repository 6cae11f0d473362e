"""What of a look at the shop is worth writing about."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from services.proactive.domain.records import Event, Goods, Parcel, Person, ShopView

ON_ITS_WAY = frozenset({"pending", "packed", "shipped", "out_for_delivery"})


def events(view: ShopView, now: datetime, notice_days: int) -> Iterator[Event]:
    """All events of this look. Notices older than `notice_days` have lapsed."""
    for parcel in view.parcels:
        if parcel.customer_id in view.people:
            yield from _of_parcel(view, parcel, now)
    for person in view.people.values():
        yield from _of_basket(view, person)
    yield from _back_in_stock(view, now - timedelta(days=notice_days))


def _of_parcel(view: ShopView, parcel: Parcel, now: datetime) -> Iterator[Event]:
    order = {
        "number": parcel.number,
        "status": parcel.status,
        "carrier": parcel.carrier,
        "expected_at": parcel.expected_at.isoformat() if parcel.expected_at else None,
    }
    facts = {"order": order, "goods": [_told(view.goods[sku]) for sku in parcel.skus if sku in view.goods]}
    if parcel.status in ON_ITS_WAY and parcel.expected_at and parcel.expected_at < now:
        yield Event("shipment_late", parcel.number, parcel.customer_id, facts, parcel.expected_at, parcel.skus)
    if parcel.status == "delivered" and parcel.delivered_at:
        yield Event("delivered", parcel.number, parcel.customer_id, facts, parcel.delivered_at, parcel.skus)


def _of_basket(view: ShopView, person: Person) -> Iterator[Event]:
    lines = [(view.goods[sku], pieces) for sku, pieces in person.basket if sku in view.goods]
    if lines:
        content = "|".join(f"{sku}*{pieces}" for sku, pieces in sorted(person.basket))
        basket = [{**_told(goods), "pieces": pieces} for goods, pieces in lines]
        facts = {"basket": basket, "goods": basket}
        skus = tuple(goods.sku for goods, _ in lines)
        yield Event("basket_left", f"{person.id}:{_digest(content)}", person.id, facts, bought=skus)


def _back_in_stock(view: ShopView, oldest: datetime) -> Iterator[Event]:
    for notice in view.notices:
        goods = view.goods.get(notice.sku)
        if goods and goods.stock > 0 and notice.created_at >= oldest and notice.customer_id in view.people:
            facts = {"goods": [_told(goods)]}
            yield Event("back_in_stock", notice.number, notice.customer_id, facts, bought=(notice.sku,))


def _told(goods: Goods) -> dict[str, Any]:
    """What a message may say of goods, each text by language."""
    care = goods.attributes.get("care")
    return {
        "name": dict(goods.name),
        "options": [dict(text) for text in goods.options.values()],
        "category": goods.category,
        "prices": dict(goods.prices),
        "care": dict(care) if care else None,
        "stock": goods.stock,
    }


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()
