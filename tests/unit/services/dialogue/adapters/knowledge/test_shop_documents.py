"""The shop's own pages and products as documents."""

import shutil
from pathlib import Path

import pytest

from services.dialogue.adapters.knowledge.cutting import cut
from services.dialogue.adapters.knowledge.shop_documents import attribute_names, load_documents, shop_documents
from shared.errors import ConfigError
from shared.shop import load_shop

SMALL = Path("tests/fixtures/shop_small")
DEMO = Path("shops/demo")


def english(shop_dir):
    return next(one for one in load_documents(load_shop(shop_dir)) if one.source == "en/returns.md")


@pytest.fixture
def shop_dir(tmp_path):
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


def write(shop_dir, body, name="en/returns.md"):
    (shop_dir / "knowledge" / name).write_text(
        f"---\ntitle: Returns at {{{{ shop.title }}}}\nlanguage: en\n---\n{body}\n"
    )


def test_policies_are_filled_in_and_pages_know_their_place(shop_dir):
    page = english(shop_dir)
    lead, _ = cut(page)
    assert "within 30 days" in lead.text
    assert lead.leads
    assert (page.id, page.language, page.title, page.origin) == ("returns", "en", "Returns", "page")
    assert lead.sentences[0].endswith("30 days of delivery.")


def test_markdown_is_taken_off_and_a_heading_joins_its_paragraph(shop_dir):
    write(shop_dir, "## How\n\nUse **the** [form](https://x.example).\n\n- one\n- two\n\n> quoted `code`")
    (passage,) = cut(english(shop_dir))
    assert passage.title == "Returns at Small Shop"
    assert passage.text == "How: Use the form.\none\ntwo\nquoted code"


def test_a_long_page_becomes_several_passages(shop_dir):
    write(shop_dir, "\n\n".join(["A sentence of some length about one thing. " * 9] * 3))
    assert len(cut(english(shop_dir))) == 3


@pytest.mark.parametrize("body", ["{{ policies.returns.dayz }}", "{{ ", "{{ ''.__class__.__mro__ }}"])
def test_a_page_that_cannot_be_rendered_is_named(shop_dir, body):
    write(shop_dir, body)
    with pytest.raises(ConfigError, match=r"returns\.md"):
        load_documents(load_shop(shop_dir))


def test_the_other_pages_are_there_beside_a_bad_one(shop_dir):
    write(shop_dir, "{{ policies.returns.dayz }}")
    documents, (bad,) = shop_documents(load_shop(shop_dir))
    assert bad.where.endswith("en/returns.md")
    assert {"en/returns.md"} == {one.source for one in load_documents(load_shop(SMALL))} - {
        one.source for one in documents
    }


def test_a_product_has_a_passage_for_each_attribute_under_its_name():
    products = {one.reference: one for one in load_documents(load_shop(DEMO)) if one.origin == "product"}
    runner = [piece for piece in cut(products["P1001", "en"])]
    assert {piece.title for piece in runner} == {"Trail Runner 2"}
    assert any(piece.text.startswith("Waterproof: no, but it dries fast") for piece in runner)
    assert any(piece.text == "防水：不防水，但干得快；雨天建议选武夷徒步靴" for piece in cut(products["P1001", "zh"]))


def test_every_attribute_of_the_demo_shop_has_a_name_in_both_languages():
    keys = {name for product in load_shop(DEMO).products for name in product.attributes}
    assert keys - attribute_names().keys() == set()
    assert all(set(names) == {"en", "zh"} for names in attribute_names().values())
