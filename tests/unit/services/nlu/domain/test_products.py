import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.products import Gazetteer
from services.nlu.domain.text import match_text

NAMES = [
    ("P1", "Trail Runner 2"),
    ("P1", "山径跑鞋 2"),
    ("P2", "Swift Rain Jacket"),
    ("P2", "雨燕防水外套"),
    ("P3", "Walk Socks (3 pairs)"),
    ("P3", "漫步棉袜（三双装）"),
    ("P4", "Canal Canvas Sneakers"),
    ("P5", "Court Leather Sneakers"),
    ("P6", "Wren Buds"),
    ("P6", "鹪鹩真无线耳机"),
]
SHOP = Gazetteer.of(NAMES)


def found(text, gazetteer=SHOP):
    entities = gazetteer.mentions(text, match_text(text))
    assert all(text[e.start : e.end] == e.text and e.type == "product" for e in entities)
    return [entity.value for entity in entities]


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("is the Trail Runner 2 waterproof", ["P1"]),
        ("is the trail runer 2 waterproof", ["P1"]),
        ("do you still have TRAILRUNNER2?", ["P1"]),
        ("山径跑鞋2有42码吗", ["P1"]),
        ("the rain jacket", ["P2"]),
        ("雨燕外套防水吗", ["P2"]),
        ("walk socks", ["P3"]),
        ("wren buds or the swift rain jacket?", ["P6", "P2"]),
        ("鹪鹩耳机和山径跑鞋 2", ["P6", "P1"]),
        ("I bought leather sneakers", ["P5"]),
    ],
)
def test_names_as_people_write_them(text, products):
    assert found(text) == products


@pytest.mark.parametrize("text", ["hello", "where are my sneakers", "I bought 3 pairs", "鞋", "", "2", "🎧🎧"])
def test_words_that_name_no_single_product(text):
    assert found(text) == []


def test_a_number_that_is_not_the_names_is_another_product():
    versions = Gazetteer.of([("A", "Bolt 2"), ("B", "Bolt 3")])
    assert found("the Bolt 3", versions) == ["B"]


def test_products_of_the_same_name_are_all_mentioned():
    assert found("desk lamp", Gazetteer.of([("A", "Desk Lamp"), ("B", "Desk Lamp")])) == ["A", "B"]


def test_a_shop_without_catalogue_mentions_nothing():
    assert found("Trail Runner 2", Gazetteer()) == []


@given(st.text(st.characters(), max_size=120))
def test_any_text_gives_mentions_within_it(text):
    found(text)
