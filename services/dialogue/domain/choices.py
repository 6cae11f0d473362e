"""Slots whose values come from the customer's record, the catalogue or the calendar."""

import re

from services.dialogue.domain.effects import Steps
from services.dialogue.domain.hearing import find_address, find_day, find_new_quantity, find_quantity, values
from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import PaymentMethod
from services.dialogue.domain.state import Frame
from services.dialogue.domain.talk import Talk
from shared.contracts.messages import Option

MOST_PRODUCTS = 6
METHODS = ("card", "alipay", "wechat_pay", "paypal", "gift_card")


def collect_payment(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `payment_method` with one on the customer's record.

    These are the ones that the step's `among` admits, or without it all but the one that the order was paid with.
    """
    customer, order = (yield from talk.customer()), (yield from talk.order_in(frame))
    paid = (order.payment_method, order.payment_last4) if order else None
    methods = [
        method
        for method in (customer.payment_methods if customer else ())
        if _admits(talk, frame, method, is_paid=(method.method, method.last4) == paid)
    ]
    if not methods:
        yield from talk.say("no_other_payment", frame)
        talk.drop(frame)
        return False
    said = frame.mentions.pop("payment_method", "") or frame.words
    named = [method for method in methods if method.id == said] or _named_methods(talk, methods, plain(said))
    if len(named) == 1 or len(methods) == 1:
        frame.slots["payment_method"], frame.options = (named or methods)[0].id, ()
        return True
    frame.options = tuple(Option(id=method.id, label=_label(method)) for method in named or methods)
    return False


def _admits(talk: Talk, frame: Frame, method: PaymentMethod, *, is_paid: bool) -> bool:
    among = talk.ready_step(frame).among
    if among is None:
        return not is_paid
    known = {"paid": is_paid, "gift_card": method.balance is not None, **method.model_dump(mode="json")}
    return bool(among.value({"slots": frame.slots, "policies": talk.rules.policies, "method": known}))


def _named_methods(talk: Talk, methods: list[PaymentMethod], said: str) -> list[PaymentMethod]:
    """The ways to pay that the words name: by the end of a card's number, else by their kind."""
    by_number = [method for method in methods if method.last4 and method.last4 in said]
    return by_number or [method for method in methods if _is_named(talk, method, said)]


def names_method(talk: Talk, text: str) -> bool:
    """Whether the text names a way to pay, or the end of a card's number."""
    named = any(_is_named(talk, PaymentMethod(id=method, method=method), plain(text)) for method in METHODS)
    return named or re.search(r"(?<!\d)\d{4}(?!\d)", text) is not None


def _is_named(talk: Talk, method: PaymentMethod, said: str) -> bool:
    if method.last4 and method.last4 in said:
        return True
    words = {kind: _method_words(talk, kind) for kind in METHODS}
    for other, texts in words.items():
        # "gift card" speaks of no bank card.
        for text in texts if other != method.method else ():
            said = said.replace(text, " ") if any(own in text for own in words[method.method]) else said
    return any(word in said for word in words.get(method.method, ()))


def _method_words(talk: Talk, method: str) -> list[str]:
    return [plain(text) for text in talk.rules.choice_labels.get(f"choice_{method}", ())]


def _label(method: PaymentMethod) -> str:
    return f"response:label_payment?method={method.method}&last4={method.last4}"


def collect_product(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `product` with one of the catalogue; several that fit are offered."""
    ids = values(frame.mentions.pop("product", ""))
    products = (yield from talk.products(ids)) if ids else ()
    if len(products) == 1:
        frame.slots["product"], frame.options = products[0].id, ()
        return True
    language = talk.said.language
    frame.options = tuple(
        Option(id=product.id, label=product.name.get(language) or next(iter(product.name.values())))
        for product in products[:MOST_PRODUCTS]
    )
    return False


def collect_quantity(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `quantity` with a number of pieces."""
    yield from ()
    said = values(frame.mentions.pop("quantity", ""))
    return _keep(frame, "quantity", said[-1] if said else find_new_quantity(frame.words))


def collect_date(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `date` with a day: the first one of a span."""
    yield from ()
    said = values(frame.mentions.pop("date", ""))
    day = find_day(said[0]) if said else find_day(frame.words)
    return _keep(frame, "date", day)


def collect_address(talk: Talk, frame: Frame) -> Steps[bool]:
    """Fills `address` with what the customer wrote; the preview repeats it, and only that is confirmed."""
    yield from ()
    return _keep(frame, "address", frame.mentions.pop("address", None) or find_address(frame.words))


def _keep(frame: Frame, slot: str, value: str | None) -> bool:
    if value is None:
        return False
    frame.slots[slot] = value
    return True


def quantity_in(text: str) -> dict[str, str]:
    """The quantity that an answer gives."""
    found = find_quantity(text)
    return {"quantity": found} if found is not None else {}
