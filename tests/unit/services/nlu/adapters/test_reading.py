"""Labelled texts from files: what is right is read, what is wrong is told with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.adapters.corpus import data_hash, json_line, sound
from services.nlu.adapters.examples import Example, Span
from services.nlu.adapters.reading import LONGEST_LINE, Mistake, parse_example, parse_line, read_examples
from shared.errors import ConfigError

GOOD = '{"text": "hello", "intent": "greeting"}'


def rows(path):
    return [row.example for row in read_examples(path)]


def test_json_lines_with_and_without_the_optional_keys(tmp_path):
    path = tmp_path / "data.jsonl"
    spans = [{"start": 2, "end": 3, "type": "size", "id": 7}]
    full = {"text": "给我M码", "intent": "buy", "language": "zh", "entities": spans}
    path.write_text(f"\ufeff{GOOD}\r\n\n{json.dumps(full)}\n" + '{"text": "你好", "intent": "greeting", "id": 3}')
    assert rows(path) == [
        Example("hello", "greeting", "en"),
        Example("给我M码", "buy", "zh", (Span(2, 3, "size"),)),
        Example("你好", "greeting", "zh"),
    ]


def test_yaml_keeps_marks_as_mentions_and_lines(tmp_path):
    (tmp_path / "en.yaml").write_text(
        "language: en\nintents:\n  late:\n    - since [Monday](date)\n    - where is it\n"
    )
    (tmp_path / "notes.txt").write_text("not read")
    found = read_examples(tmp_path)
    assert [row.line for row in found] == [4, 5]
    assert found[0].example == Example("since Monday", "late", "en", (Span(6, 12, "date"),))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"text": "a", "intent": }', "not JSON (expecting value at column 25); write one JSON object a line"),
        (b"[1]", "not a JSON object"),
        (b"[" * 60_000, "nested too deeply"),
        (b'{"intent": "a"}', "`text` is missing; add it"),
        (b'{"text": 3, "intent": "a"}', "`text` is no text"),
        (b'{"text": " ", "intent": "a"}', "`text` is no text"),
        (b'{"text": "\\ud800", "intent": "a"}', "half a character"),
        (b'{"text": "a"}', "`intent` is missing"),
        (b'{"text": "a", "intent": ""}', "`intent` is no name"),
        (b'{"text": "a", "intent": ["b"]}', "`intent` is no name"),
        (b'{"text": "a", "intent": "b", "language": "English"}', "`language` is no code"),
        (b'{"text": "\xff\xfe", "intent": "b"}', "the line is not UTF-8; save the file as UTF-8"),
        (b'{"text": "a", "intent": "b", "entities": {}}', "`entities` is no list"),
        (b'{"text": "a", "intent": "b", "entities": [1]}', "an entity is no object"),
        (b'{"text": "a", "intent": "b", "entities": [{"start": 0, "type": "x"}]}', "lacks `start` or `end`"),
        (b'{"text": "a", "intent": "b", "entities": [{"start": true, "end": 1, "type": "x"}]}', "lacks `start`"),
        (b'{"text": "ab", "intent": "b", "entities": [{"start": 1, "end": 3, "type": "x"}]}', "outside its text of 2"),
        (b'{"text": "ab", "intent": "b", "entities": [{"start": 1, "end": 1, "type": "x"}]}', "is outside its text"),
        (b'{"text": "ab", "intent": "b", "entities": [{"start": 0, "end": 1}]}', "has no `type`"),
        (b'{"text": "' + b"x" * 100_000 + b'", "intent": "b"}', "the line is 97 kB long"),
        (b'{"text": "' + b"x" * 5_000 + b'", "intent": "b"}', "`text` is 5000 characters long"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_by_number(tmp_path, line, said):
    path = tmp_path / "data.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + line + b"\n")
    with pytest.raises(ConfigError) as told:
        read_examples(path)
    assert str(told.value).startswith(f"{path}:2: ")
    assert said in str(told.value)


def test_overlapping_mentions_are_told(tmp_path):
    spans = [{"start": 0, "end": 4, "type": "x"}, {"start": 3, "end": 6, "type": "y"}]
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps({"text": "abcdef", "intent": "b", "entities": spans}))
    with pytest.raises(ConfigError, match=r"data\.jsonl:1: entities 0-4 and 3-6 overlap; keep one"):
        read_examples(path)


def test_several_wrong_lines_are_one_sentence(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text("{\n" * 9)
    with pytest.raises(ConfigError, match=r":1: not JSON .* \(and 8 more: data.jsonl:2, .*, \.\.\.\)$"):
        read_examples(path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", b"language: en\nintents:\n  a: [x\n", "not YAML"),
        ("a.yaml", b"language: en\nintents:\n  a:\n    - caf\xe9\n", "a.yaml:4: the file is not UTF-8; save it"),
        ("a.yaml", b"", "the file is empty"),
        ("a.yaml", b"language: en\nintents: {a: [x]}\nintent: 1\n", "a.yaml:3: unknown key `intent`"),
        ("a.jsonl", b"", "has no examples; fill it"),
        ("a.jsonl", b"\n \n", "has no examples; fill it"),
    ],
)  # fmt: skip
def test_files_that_hold_nothing_of_use(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError) as told:
        read_examples(tmp_path / name)
    assert said in str(told.value)


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no .*nothing\.jsonl"):
        read_examples(tmp_path / "nothing.jsonl")
    with pytest.raises(ConfigError, match="holds neither"):
        read_examples(tmp_path)


def placed(tmp_path, *pairs):
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(json.dumps({"text": text, "intent": intent}) for text, intent in pairs))
    return read_examples(path)


def test_one_text_under_two_intents_is_refused_with_both_lines(tmp_path):
    found = placed(tmp_path, ("Hello  there", "a"), ("x", "a"), ("hello there", "b"), ("y", "b"))
    with pytest.raises(ConfigError, match=r":3: this text is an example of `b` here and of `a` in line 1; keep it"):
        sound(found)


def test_in_a_large_collection_a_few_such_texts_are_left_out_and_told(tmp_path):
    many = [(f"text {number}", "ab"[number % 2]) for number in range(200)]
    corpus = sound(placed(tmp_path, *many, ("torn", "a"), ("torn", "b")))
    assert len(corpus.examples) == 200
    assert [problem.line for problem in corpus.conflicts] == [202]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("x", "a"), ("y", "a")], ":1: there is only `a` in this data; write examples of 2 intents or more"),
        ([("x", "a"), ("y", "a"), ("z", "out_of_scope")], "there is only `a`"),
        ([("x", "a"), ("y", "b"), ("z", "a")], ":2: intent `b` has one example; write more of it"),
    ],
)
def test_too_little_to_fit(tmp_path, pairs, said):
    with pytest.raises(ConfigError) as told:
        sound(placed(tmp_path, *pairs))
    assert said in str(told.value)


@given(
    st.binary(max_size=200) | st.text(max_size=80).map(lambda text: json.dumps({"text": text, "intent": "a"}).encode())
)
def test_any_line_is_read_or_refused(line):
    try:
        example = parse_example(parse_line(line))
    except Mistake as exc:
        assert "; " in str(exc)
    else:
        assert example.text.strip() and len(line) <= LONGEST_LINE


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)


@given(texts, st.sampled_from(["en", "zh", "de"]), st.data())
def test_what_is_written_is_read_again(text, language, data):
    start = data.draw(st.integers(0, len(text) - 1))
    spans = (Span(start, data.draw(st.integers(start + 1, len(text))), "thing"),)
    example = Example(text, "a", language, spans)
    assert parse_example(parse_line(json_line(example).encode())) == example


def test_the_hash_of_data_follows_content_and_not_order():
    one, two = Example("x", "a", "en"), Example("y", "b", "en", (Span(0, 1, "t"),))
    assert data_hash([one, two]) == data_hash([two, one])
    assert data_hash([one, two]) != data_hash([one, Example("y", "b", "en")])
