"""What fits a wish, and what comes nearest: over the demo shop's catalogue."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dialogue.domain.selling.facts import Look, goods_facts
from services.dialogue.domain.selling.finding import find, fitting_variants
from services.dialogue.domain.selling.lexicon import has_trait, is_of_kind, spoken_of, words
from services.dialogue.domain.selling.sizes import advised
from services.dialogue.domain.selling.wish import asks_cheaper, asks_more, is_blank, read_wish
from services.dialogue.domain.state import Wish
from tests.unit.services.dialogue.catalogue import catalogue_shop
from tests.unit.services.dialogue.world import demo_rules

GOODS = tuple(catalogue_shop().products.values())
GUIDE = demo_rules().policies["size_guide"]


def names(wish: Wish, currency: str = "EUR") -> tuple[list[str], tuple[str, ...]]:
    found = find(GOODS, wish, currency)
    return [product.id for product in found.products], found.without


@pytest.mark.parametrize(
    ("text", "heard", "kinds", "traits"),
    [
        ("waterproof shoes", {}, ("shoes",), ("waterproof",)),
        ("a rain jacket", {}, ("raincoats",), ("waterproof",)),
        ("headphones with noise cancelling", {}, ("headphones",), ("noise_cancelling",)),
        ("black sneakers", {"color": "black"}, ("sneakers",), ()),
        ("a t-shirt", {}, ("tees",), ()),
        ("防水的跑鞋", {}, ("running_shoes",), ("waterproof",)),
        ("冬天穿的靴子", {}, ("boots",), ("warm",)),
        ("给孩子买双鞋", {}, ("shoes",), ("kids",)),
        ("recommend me something", {}, (), ()),
    ],
)
def test_a_wish_is_read_from_words(
    text: str, heard: dict[str, str], kinds: tuple[str, ...], traits: tuple[str, ...]
) -> None:
    wish = read_wish(text, heard)
    assert (wish.kinds, wish.traits, wish.color) == (kinds, traits, heard.get("color", ""))


@pytest.mark.parametrize(
    ("money", "low", "high", "currency"),
    [
        ("..60 EUR", None, 60, "EUR"),
        ("300..500", 300, 500, ""),
        ("1000..", 1000, None, ""),
        ("100 CNY", 80, 120, "CNY"),
        ("19.90", Decimal("15.92"), Decimal("23.88"), ""),
        ("nothing", None, None, ""),
    ],
)
def test_the_bounds_of_a_sum(money: str, low: float | None, high: float | None, currency: str) -> None:
    wish = read_wish("", {"money": money})
    assert (wish.low, wish.high, wish.currency) == (low, high, currency)


@pytest.mark.parametrize(
    "text", ["recommend me something", "any recommendations?", "推荐点东西", "有什么推荐", "help me choose"]
)
def test_nothing_is_known_yet(text: str) -> None:
    assert is_blank(read_wish(text, {}))


def test_a_new_kind_begins_anew_and_a_detail_narrows() -> None:
    first = read_wish("waterproof shoes", {"money": "..60 EUR"})
    narrowed = read_wish("in black", {"color": "black"}, first)
    assert (narrowed.kinds, narrowed.traits, narrowed.high, narrowed.color) == (
        first.kinds, first.traits, first.high, "black",
    )  # fmt: skip
    assert read_wish("and headphones?", {}, narrowed).kinds == ("headphones",)


def test_cheaper_and_more_are_heard() -> None:
    assert asks_cheaper("something cheaper") and asks_cheaper("便宜点的") and not asks_cheaper("the second one")
    assert asks_more("anything else?") and asks_more("还有别的吗") and not asks_more("black")


def test_what_fits_has_all_that_is_wanted() -> None:
    assert names(read_wish("waterproof shoes", {"money": "..60 EUR"})) == (["P1002", "P1006", "P1008"], ())
    assert names(read_wish("headphones", {"money": "..50 EUR"})) == (["P3001"], ())
    assert names(read_wish("running shoes", {"color": "black", "size": "42"}))[1] == ()


def test_the_nearest_says_what_it_lacks() -> None:
    found, without = names(read_wish("headphones", {"money": "..30 EUR"}))
    assert (found[0], without) == ("P3001", ("price",))
    assert names(read_wish("umbrella", {"color": "purple"})) == (["P4007"], ("color",))
    sold_out = read_wish("trail runner shoes", {"color": "black", "size": "43"}).model_copy(
        update={"kinds": ("running_shoes",)}
    )
    assert names(sold_out)[1] in {(), ("color",), ("size",)}


def test_what_the_catalogue_does_not_tell_is_not_claimed() -> None:
    by_id = {product.id: product for product in GOODS}
    assert has_trait(by_id["P2002"], "waterproof")
    assert not has_trait(by_id["P1001"], "waterproof")
    assert not has_trait(by_id["P2001"], "waterproof")
    assert is_of_kind(by_id["P3001"], ("headphones",))


wishes = st.builds(
    Wish,
    kinds=st.sets(st.sampled_from(sorted(words("kinds"))), max_size=2).map(tuple),
    traits=st.sets(st.sampled_from(sorted(words("traits"))), max_size=2).map(tuple),
    high=st.none() | st.integers(5, 150).map(Decimal),
    low=st.none() | st.integers(5, 150).map(Decimal),
    color=st.sampled_from(["", "black", "olive", "purple"]),
    size=st.sampled_from(["", "m", "42", "99"]),
    seen=st.sets(st.sampled_from([product.id for product in GOODS]), max_size=5).map(tuple),
)


@given(wishes)
def test_whatever_is_wanted_nothing_unfit_is_called_fitting(wish: Wish) -> None:
    found = find(GOODS, wish, "EUR")
    for product in found.products:
        assert product.id not in wish.seen
        assert not wish.kinds or is_of_kind(product, wish.kinds)
        if found.without:
            continue
        assert all(has_trait(product, trait) for trait in wish.traits)
        fitting = [variant for variant in fitting_variants(product, wish.color, wish.size) if variant.stock > 0]
        prices = [variant.prices["EUR"] for variant in fitting]
        assert any((wish.low or 0) <= price <= (wish.high or 10**9) for price in prices)


@pytest.mark.parametrize(
    ("text", "category", "size"),
    [
        ("my foot is 25.3 cm long", "shoes", "41"),
        ("脚长25.5厘米", "shoes", "41"),
        ("foot length 22 cm", "shoes", "36"),
        ("my foot is 19 cm", "shoes", ""),
        ("foot 40 cm", "shoes", ""),
        ("my chest is 92 cm", "clothing", "M"),
        ("腰围 80 厘米", "clothing", "L"),
        ("chest 130 cm", "clothing", ""),
        ("I am 172 cm tall", "clothing", ""),
        ("size chart?", "clothing", ""),
    ],
)
def test_the_size_guide_advises_or_says_nothing(text: str, category: str, size: str) -> None:
    assert advised(text, category, GUIDE) == size


def test_without_a_size_guide_nothing_is_advised() -> None:
    assert advised("my foot is 25.3 cm long", "shoes", None) == ""


def test_the_facts_are_those_of_the_variant() -> None:
    jacket = [product for product in GOODS if product.id == "P2002"]
    (facts,) = goods_facts(jacket, Look("en", ("EUR",), "olive", "m"))
    assert facts["prices"] == [{"amount": "72.00", "most": "72.00", "currency": "EUR", "varies": False}]
    assert facts["wanted"] == "olive / M"
    assert facts["stock"] == sum(variant.stock for variant in fitting_variants(jacket[0], "olive", "m"))
    (black,) = goods_facts(jacket, Look("zh", ("CNY", "EUR"), "black", said_color="黑色"))
    assert (black["made"], black["wanted"], black["stock"]) == (False, "黑色", 0)
    assert "navy" not in black["open"] and "藏青色" in black["open"]


def test_a_longer_word_hides_the_shorter_one_in_it() -> None:
    assert spoken_of("kinds", "running shoes") == ("running_shoes",)
    assert spoken_of("kinds", "shoes and a scarf") == ("shoes", "scarves")
