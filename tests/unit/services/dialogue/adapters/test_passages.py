import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dialogue.adapters.passages import load_passages, sentences_of
from shared.errors import ConfigError
from shared.shop import load_shop

SMALL = Path("tests/fixtures/shop_small")


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("It costs 3.50 at www.example.com. Really!", ["It costs 3.50 at www.example.com.", "Really!"]),
        ("七天内可退。“不需要理由。”好吗？", ["七天内可退。", "“不需要理由。”", "好吗？"]),
        ("first item\nsecond item", ["first item", "second item"]),
        ("...", []),
    ],
)
def test_sentences(text, sentences):
    assert list(sentences_of(text)) == sentences


@given(st.text(st.characters() | st.sampled_from(".!? 。\n"), max_size=200))
def test_sentences_lose_nothing_that_counts(text):
    kept = "".join(character for sentence in sentences_of(text) for character in sentence if character.isalnum())
    assert kept == "".join(character for character in text if character.isalnum())


@pytest.fixture
def shop_dir(tmp_path):
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


def write(shop_dir, body, name="en/returns.md"):
    (shop_dir / "knowledge" / name).write_text(
        f"---\ntitle: Returns at {{{{ shop.title }}}}\nlanguage: en\n---\n{body}\n"
    )


def test_policies_are_filled_in_and_pages_know_their_place(shop_dir):
    english, _ = [p for p in load_passages(load_shop(shop_dir)) if p.source == "en/returns.md"]
    assert "within 30 days" in english.text
    assert english.leads
    assert (english.document, english.language, english.title) == ("returns", "en", "Returns")
    assert english.sentences[0].endswith("30 days of delivery.")


def test_markdown_is_taken_off_and_a_heading_joins_its_paragraph(shop_dir):
    write(shop_dir, "## How\n\nUse **the** [form](https://x.example).\n\n- one\n- two\n\n> quoted `code`")
    (passage,) = [p for p in load_passages(load_shop(shop_dir)) if p.source == "en/returns.md"]
    assert passage.title == "Returns at Small Shop"
    assert passage.text == "How: Use the form.\none\ntwo\nquoted code"


def test_a_long_page_becomes_several_passages(shop_dir):
    write(shop_dir, "\n\n".join(["A sentence of some length about one thing. " * 9] * 3))
    assert len([p for p in load_passages(load_shop(shop_dir)) if p.source == "en/returns.md"]) == 3


@pytest.mark.parametrize("body", ["{{ policies.returns.dayz }}", "{{ ", "{{ ''.__class__.__mro__ }}"])
def test_a_page_that_cannot_be_rendered_is_named(shop_dir, body):
    write(shop_dir, body)
    with pytest.raises(ConfigError, match=r"returns\.md"):
        load_passages(load_shop(shop_dir))
