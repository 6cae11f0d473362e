"""What is suggested after a purchase."""

from services.proactive.domain.fitting import Taste, suggested
from services.proactive.domain.records import Goods, Liked


def goods(sku: str, category: str = "shoes", color: str = "black", price: str = "50.00", stock: int = 5) -> Goods:
    product, _, _ = sku.partition("-")
    return Goods(sku, product, {"en": product}, category, {}, {"color": {"en": color}}, {"EUR": price}, stock)


SHOP = {
    one.sku: one
    for one in (
        goods("A-1"),
        goods("A-2", color="red"),
        goods("B-1", price="90.00"),
        goods("B-2", color="red", price="90.00"),
        goods("C-1", price="55.00"),
        goods("D-1", stock=0),
        goods("E-1", "bags", "red"),
    )
}


def taste(*bought: str, before: tuple[str, ...] = (), liked: Liked | None = None, currency: str = "EUR") -> Taste:
    return Taste(bought, before, currency, liked or Liked())


def of(taste: Taste) -> str | None:
    found = suggested(taste, SHOP)
    return found.sku if found else None


def test_it_is_of_the_same_kind_in_their_colour_for_about_as_much() -> None:
    assert of(taste("A-1")) == "C-1"
    assert of(taste("A-2")) == "B-2"


def test_what_they_have_or_what_is_sold_out_is_not_suggested() -> None:
    assert of(taste("A-1", before=("B-1", "C-1"))) is None


def test_what_they_said_they_like_comes_first() -> None:
    assert of(taste("A-1", liked=Liked(color="red"))) == "B-2"
    assert of(taste("A-1", liked=Liked(products=("E",)))) == "E-1"
    assert of(taste("A-1", liked=Liked(products=("A",)))) == "C-1"


def test_without_a_price_in_their_currency_nothing_is_suggested() -> None:
    assert of(taste("A-1", currency="CNY")) is None
    assert of(taste("X-9")) is None
