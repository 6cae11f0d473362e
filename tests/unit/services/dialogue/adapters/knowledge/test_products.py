"""Products in the index of the demo shop: which are named, and what is said when two are compared."""

import asyncio

import pytest

from services.dialogue.adapters.knowledge.comparing import comparison
from services.dialogue.adapters.knowledge.index import build_index
from services.dialogue.adapters.knowledge.lexical import Tokenizer, terms_of
from services.dialogue.adapters.knowledge.making import make, rows_of
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from shared.config import ROOT
from shared.shop import load_shop
from tests.unit.services.dialogue.adapters.knowledge.fakes import HashedVectors


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    documents = [one for one in load_documents(load_shop(ROOT / "shops" / "demo")) if one.origin == "product"]
    made = asyncio.run(make(documents, Tokenizer(tmp_path_factory.mktemp("jieba")), HashedVectors()))
    return build_index("v", rows_of(made))


@pytest.mark.parametrize(
    ("question", "language", "products"),
    [
        ("is the Trail Runner 2 waterproof", "en", ["P1001"]),
        ("Trail Runner 2 or Alley Penny Loafers", "en", ["P1001", "P1007"]),
        ("山径跑鞋 2 和巷子乐福鞋哪个轻", "zh", ["P1001", "P1007"]),
        ("which shoes are waterproof", "en", []),
        ("how do I return something", "en", []),
    ],
)
def test_a_product_is_named_by_the_better_part_of_its_name(index, question, language, products):
    assert index.named_products(terms_of(question), language) == products


@pytest.mark.parametrize(
    ("question", "language", "line"),
    [
        ("compare them", "en", "Weight: Trail Runner 2 – 265 g per shoe in EU 42; Alley Penny Loafers – 390 g"),
        ("哪个轻", "zh", "重量：山径跑鞋 2 – 42 码单只 265 克；巷子乐福鞋 – 41 码单只 390 克"),
    ],
)
def test_named_products_are_compared_attribute_by_attribute(index, question, language, line):
    found = comparison(index, question, language, ["P1001", "P1007"])
    assert line in found.answer
    assert found.language == language


@pytest.mark.parametrize(
    ("question", "named"),
    [("compare them", ["P1001"]), ("how heavy are they", ["P1001", "P1007"]), ("compare", [f"P{n}" for n in range(9)])],
)
def test_without_two_products_or_the_wish_to_compare_nothing_is_compared(index, question, named):
    assert comparison(index, question, "en", named) is None
