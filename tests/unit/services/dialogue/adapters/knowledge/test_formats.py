"""Files as documents, and what is told about bad ones."""

import re
from datetime import date

import pytest

from services.dialogue.adapters.knowledge.documents import Document
from services.dialogue.adapters.knowledge.formats import MOST_BYTES, read_file
from shared.templates import template_environment


def render(template, language):
    return template_environment("UTC").from_string(template).render(policies={"days": 30}, language=language)


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_file(path, render))


def told(tmp_path, name, content):
    (bad,) = read(tmp_path, name, content)
    assert not isinstance(bad, Document)
    return str(bad)


def test_markdown_with_front_matter_over_policies(tmp_path):
    head = "title: Tents\nid: tent\nlanguage: en\nvalid_from: 2026-01-01\nvalid_until: 2026-12-31\nsource: https://x.example/tents"
    (found,) = read(tmp_path, "a.md", f"---\n{head}\n---\nReturn it within {{{{ policies.days }}}} days.\n")
    assert (found.id, found.title, found.language, found.source) == ("tent", "Tents", "en", "https://x.example/tents")
    assert (found.valid_from, found.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert found.sections[0].text == "Return it within 30 days."


def test_markdown_without_front_matter_is_named_after_its_heading_and_file(tmp_path):
    (found,) = read(tmp_path, "帐篷.md", "# 帐篷保养\n\n阴凉处晾干。")
    assert (found.id, found.title, found.language) == ("帐篷", "帐篷保养", "zh")


def test_faq_rows_with_an_id_are_documents_and_the_others_one(tmp_path):
    rows = "id,question,answer,language\nq1,Where are you?,In Bremen.,en\n,When?,At nine.,\n,Why?,Because.,\n"
    first, rest = read(tmp_path, "faq.csv", rows)
    assert (first.id, first.title, first.sections[0].heading) == ("q1", "Where are you?", "Where are you?")
    assert (rest.id, [section.heading for section in rest.sections]) == ("faq", ["When?", "Why?"])


@pytest.mark.parametrize("header", ["问题;答案", "Question\tAnswer"])
def test_faq_columns_may_be_chinese_and_apart_by_other_signs(tmp_path, header):
    sign = ";" if ";" in header else "\t"
    (found,) = read(tmp_path, "faq.csv", f"\ufeff{header}\n几点开门？{sign}九点。\n")
    assert (found.sections[0].heading, found.sections[0].text) == ("几点开门？", "九点。")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("docs.json", '[{"id": "d1", "title": "T", "content": "One."}, {"id": 2, "title": "U", "content": "Two."}]'),
        ("docs.jsonl", '{"id": "d1", "title": "T", "content": "One."}\n\n{"id": 2, "title": "U", "content": "Two."}\n'),
    ],
)
def test_json_documents(tmp_path, name, content):
    found = read(tmp_path, name, content)
    assert [(one.id, one.title, one.sections[0].text) for one in found] == [("d1", "T", "One."), ("2", "U", "Two.")]


def test_one_json_object_is_one_document(tmp_path):
    (found,) = read(tmp_path, "d.json", '{"id": "d1", "title": "T", "content": "One."}')
    assert found.id == "d1"


def test_html(tmp_path):
    (found,) = read(tmp_path, "p.html", "<html lang=en><title>Hours</title><p>Open at nine.")
    assert (found.id, found.title, found.language, found.sections[0].text) == ("p", "Hours", "en", "Open at nine.")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b" \n\n", "empty"),
        ("a.md", "---\ntitle: x\n---\n", "no text"),
        ("a.md", b"caf\xe9 open", "not UTF-8 \\(byte 3\\)"),
        ("a.md", "{{ policies.nope }}", "template cannot be filled in"),
        ("a.md", "{{ ", "template cannot be filled in"),
        ("a.md", "---\ntitle: [\n---\nx", "front matter is no YAML"),
        ("a.md", "---\nvalid_until: soon\n---\nx", "write it as 2026-12-31"),
        ("a.json", "[{", "no JSON"),
        ("a.json", '["x"]', "entry 1: it is no object"),
        ("a.json", '[{"id": "x", "title": "t"}]', "`content` is missing"),
        ("a.json", '[{"title": "t", "content": "c"}]', "`id` is missing"),
        ("a.jsonl", "{x", "line 1: it is no JSON"),
        ("a.csv", "a,b\n1,2\n", "columns `question` and `answer`"),
        ("a.csv", "question,answer\nwhy,\n", "line 2: the question or the answer is empty"),
        ("a.pdf", "%PDF-1.4 broken", "no PDF that can be read"),
        ("a.html", "<script>only()</script>", "no text"),
    ],
)
def test_what_is_bad_is_named_with_what_to_do(tmp_path, name, content, problem):
    said = told(tmp_path, name, content)
    assert said.startswith(str(tmp_path / name))
    assert re.search(problem, said)


def test_a_huge_file_is_not_even_read(tmp_path):
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    (bad,) = read_file(path, render)
    assert "split it into files of at most 20 MB" in str(bad)


def test_one_bad_entry_does_not_hide_the_others(tmp_path):
    bad, good = read(tmp_path, "d.json", '[{"id": "x"}, {"id": "y", "title": "T", "content": "Text."}]')
    assert "entry 1" in str(bad)
    assert good.id == "y"
