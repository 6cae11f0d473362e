import pytest

from services.dialogue.adapters.knowledge.documents import Section
from services.dialogue.adapters.knowledge.markup import html_sections, markdown_sections, pdf_sections, plain_sections


def texts(sections):
    return [section.text for section in sections]


def test_markdown_keeps_words_and_drops_marks_links_pictures_and_scripts():
    text = "# Care\n\nUse **the** [form](https://x.example) ![a photo](http://evil.example/x.png)\n\n<script>steal()</script>"
    assert markdown_sections(text) == [Section("Use the form a photo", "Care")]


def test_broken_lines_are_joined_with_a_space_only_where_the_script_has_spaces():
    assert texts(markdown_sections("one\ntwo")) == ["one two"]
    assert texts(markdown_sections("签收之日起\n七天内")) == ["签收之日起七天内"]


def test_tables_and_code_are_text():
    assert texts(markdown_sections("| a | b |\n|---|---|\n| 1 | 2 |")) == ["a\nb\n1\n2"]
    assert texts(markdown_sections("```\ncode here\n```")) == ["code here"]


def test_html_is_what_a_reader_sees():
    page = """<html lang="zh-CN"><head><title>T &amp; x</title></head><body><nav>menu</nav><h1>Head</h1>
    <p>One <b>bold</b> word.<ul><li>a<li>b</ul><script>evil()</script><img src=x onerror=evil() alt=pic>
    <table><tr><td>k<td>v</table></body></html>"""
    title, language, sections = html_sections(page)
    assert (title, language) == ("T & x", "zh")
    assert sections == [Section("One bold word.", "Head"), Section("a\nb", "Head"), Section("k v", "Head")]


def test_deeply_nested_html_is_no_harm():
    assert texts(html_sections("<div>" * 5_000 + "deep")[2]) == ["deep"]


@pytest.mark.parametrize("data", [b"%PDF-1.4 broken", b"no pdf at all", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_told(data):
    with pytest.raises(ValueError, match="no PDF that can be read"):
        pdf_sections(data)


def test_plain_text_is_cut_at_blank_lines():
    assert texts(plain_sections("one\ntwo\r\n\r\nthree\n \n")) == ["one two", "three"]
