"""Exports as shops have them: what is read, and what is said about what cannot be."""

import json

import pytest

from services.nlu.adapters.exports.reading import read_source
from services.nlu.adapters.exports.records import Asked
from shared.errors import ConfigError


@pytest.fixture
def read(tmp_path):
    def read(content, name="export.csv", encoding="utf-8", asked=Asked()):  # noqa: B008 - frozen
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_source(path, asked)

    return read


def told(source):
    return [(row.line, row.text, row.intent) for row in source.rows]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_table_with_any_delimiter(read, mark):
    lines = [("Message", "Intent"), ("where is it", "status"), ("stop", "cancel")]
    source = read("\n".join(mark.join(line) for line in lines))
    assert told(source) == [(2, "where is it", "status"), (3, "stop", "cancel")]
    assert source.files[0]["form"] == "csv"


@pytest.mark.parametrize(
    ("heading", "text", "intent"),
    [
        ("id,utterance,category,intent", "utterance", "intent"),
        ("text,category", "text", "category"),
        ("Customer Message,Label", "Customer Message", "Label"),
        ("意图,消息内容", "消息内容", "意图"),
        ("question,answer", "question", None),
    ],
)
def test_columns_are_known_by_many_names(read, heading, text, intent):
    source = read(f"{heading}\n" + ",".join("abcd"[: heading.count(",") + 1]))
    columns = source.files[0]["columns"]
    assert (columns["text"], columns.get("intent")) == (text, intent)


def test_columns_may_be_named_by_hand_or_number(read):
    table = "a,b,c\n1,where is it,status\n"
    assert told(read(table, asked=Asked(text="b", intent="3"))) == [(2, "where is it", "status")]


def test_cells_may_hold_line_ends_quotes_and_delimiters(read):
    source = read('text,intent\n"one, ""two""\nthree",a\nfour,b\n')
    assert told(source) == [(2, 'one, "two"\nthree', "a"), (4, "four", "b")]


@pytest.mark.parametrize(
    ("content", "encoding", "found"),
    [
        ("text\n我的包裹在哪里？什么时候能到\n", "utf-8", "utf-8"),
        ("text\n我的包裹在哪里？什么时候能到\n", "utf-8-sig", "utf-8-sig"),
        ("text\n我的包裹在哪里？什么时候能到\n", "utf-16", "utf-16"),
        ("text\n我的包裹在哪里？什么时候能到\n", "gb18030", "gb18030"),
        ("text\nplain\n", "ascii", "utf-8"),
        ("text\nWo ist mein Päckchen für größere Füße, s'il vous plaît, déjà payé\n", "latin-1", "cp1252"),
        ("text\nÄÖÜ straße è così\n", "latin-1", "cp1252"),
        ("text\nthe “big” one costs €5\n", "cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found_out(read, content, encoding, found):
    source = read(content, encoding=encoding)
    assert source.files[0]["encoding"] == found
    assert source.rows[-1].text == content.split("\n")[1]


def test_an_encoding_may_be_named(read):
    assert (
        read("text\nЗдравствуйте\n", encoding="cp1251", asked=Asked(encoding="cp1251")).rows[0].text == "Здравствуйте"
    )


JSON = {
    "pairs under splits": {"train": [["where is it", "status"]], "oos_val": [["sing", "oos"]]},
    "objects": [{"text": "where is it", "intent": "status"}, {"text": "sing", "intent": "oos"}],
    "lists by intent": {"status": ["where is it"], "oos": ["sing"]},
    "intents with examples": {
        "nlu": [{"intent": "status", "examples": ["where is it"]}, {"intent": "oos", "examples": ["sing"]}]
    },
}


@pytest.mark.parametrize("form", JSON)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_in_any_shape(read, form, indent):
    source = read(json.dumps(JSON[form], indent=indent), "export.json")
    assert [(text, intent) for _, text, intent in told(source)] == [("where is it", "status"), ("sing", "oos")]
    lines = json.dumps(JSON[form], indent=indent).split("\n")
    assert all(row.text in lines[row.line - 1] for row in source.rows)


def test_a_list_of_texts_has_no_intents(read):
    assert told(read('["a b", "c"]', "x.json")) == [(1, "a b", None), (1, "c", None)]
    assert told(read('{"train": ["a b"]}', "x.json")) == [(1, "a b", None)]


def test_conversations_give_what_the_customer_says(read):
    chat = [
        {"role": "user", "content": "where is it"},
        {"role": "assistant", "content": "On its way."},
        {"role": "user", "content": [{"type": "text", "text": "when?"}]},
    ]
    for source in (read(json.dumps({"chats": [{"messages": chat}]}), "a.json"), read(json.dumps(chat), "b.jsonl")):
        assert [row.text for row in source.rows] == ["where is it", "when?"]
        assert [drop.reason for drop in source.drops] == ["not_a_customer"]


def test_json_lines_keep_mentions_and_skip_lines_that_say_nothing(read):
    line = {"text": "to Bonn", "intent": "x", "language": "en", "entities": [{"start": 3, "end": 7, "entity": "city"}]}
    source = read(json.dumps(line) + '\n\n{"event": "joined"}\n', "x.jsonl")
    assert source.rows[0].marks == ((3, 7, "city"),)
    assert source.rows[0].language == "en"
    assert told(source)[1] == (3, "", None)


WHATSAPP = """\
12/03/2024, 14:05 - Messages are end-to-end encrypted.
12/03/2024, 14:05 - Anna Schmidt: Hi, where is
my parcel?
12/03/2024, 14:07 - Maple Support: On its way.
12/03/2024, 14:08 - Anna Schmidt: <Media omitted>
"""
BRACKETED = """\
[12.03.24, 14:05:33] Anna: Hi, where is
my parcel?
[12.03.24, 14:07:01] Maple Shop: On its way.
\u200e[12.03.24, 14:08:11] Anna: \u200e<Media omitted>
"""
TAOBAO = """\
小红花 (2024-03-12 14:05:33):
Hi, where is
my parcel?
maple旗舰店:小美 (2024-03-12 14:07:01):
On its way.
小红花 (2024-03-12 14:08:11):
<Media omitted>
"""
LINES = """\
2024-03-12 14:05:33 小红花：Hi, where is
my parcel?
2024-03-12 14:07:01 客服小美：On its way.
2024-03-12 14:08:11 小红花：<Media omitted>
"""


@pytest.mark.parametrize(("content", "line"), [(WHATSAPP, 2), (BRACKETED, 1), (LINES, 1)])
def test_transcripts_of_messengers(read, content, line):
    source = read(content, "chat.txt")
    assert [row.text.strip("\u200e") for row in source.rows] == ["Hi, where is\nmy parcel?", "<Media omitted>"]
    assert source.rows[0].line == line
    assert [drop.row.text for drop in source.drops] == ["On its way."]
    assert len(source.names) == 2


def test_transcripts_with_the_sender_on_a_line_of_its_own(read):
    source = read(TAOBAO.replace("旗舰店:小美", "旗舰店"), "chat.txt")
    assert [row.text.strip() for row in source.rows] == ["Hi, where is\nmy parcel?", "<Media omitted>"]
    assert source.names == {"小红花", "maple旗舰店"}


def test_who_the_shop_is_may_be_told(read):
    chat = "14:05 Anna: where is it\n14:06 Bob: On its way.\n14:07 Anna: thanks\n"
    assert len(read(chat, "chat.txt").rows) == 3
    assert "--agent" in read(chat, "chat.txt").notes[0]
    told_so = read(chat, "chat.txt", asked=Asked(agents=("bob",)))
    assert ([row.text for row in told_so.rows], told_so.notes) == (["where is it", "thanks"], [])


def test_a_role_column_tells_the_customer(read):
    source = read("time,sender,message\n1,customer,where is it\n2,agent,coming\n3,customer,thanks\n")
    assert [row.text for row in source.rows] == ["where is it", "thanks"]


def test_a_sender_column_with_names(read):
    source = read("sender,message\nAnna,where is it\nShop Support,coming\n")
    assert [row.text for row in source.rows] == ["where is it"]


def test_plain_lines(read):
    assert told(read("where is it\n\nI want: a refund, now\n", "x.txt")) == [
        (1, "where is it", None), (3, "I want: a refund, now", None),
    ]  # fmt: skip


def test_a_folder_gives_all_of_its_files(tmp_path):
    (tmp_path / "b.csv").write_text("text\none\n")
    (tmp_path / "a.jsonl").write_text('{"text": "two"}\n')
    (tmp_path / "notes.pdf").write_bytes(b"\0")
    source = read_source(tmp_path, Asked())
    assert [(row.text, row.placed.rpartition("/")[2]) for row in source.rows] == [("two", "a.jsonl"), ("one", "b.csv")]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "x.csv", "is empty"),
        ("\n \n", "x.txt", "is empty"),
        (b"\x89PNG\0\0", "x.csv", "is no text"),
        ("a,b\n1,2\n", "x.csv", "--text COLUMN"),
        ("text,intent\nfine,a\nnot, quoted,b\n", "x.csv", "x.csv:3: this row has 3 cells"),
        ('text,intent\nfine,a\n"open,b\n', "x.csv", "x.csv:3: this row is no CSV"),
        ('{"text": "a"}\n{"text": \n', "x.jsonl", "x.jsonl:2: not JSON"),
        ('[\n{"text": "a"},\n{"text": }]', "x.json", "x.json:3: not JSON"),
        ('[{"who": "a", "said": 7}]', "x.json", "`said`, `who`"),
        ("[" * 100_000, "x.json", "nested too deeply"),
        ('{"text": "abc", "entities": [{"start": 1, "end": 9, "type": "x"}]}', "x.jsonl", "x.jsonl:1: an entity"),
    ],
)
def test_bad_input_is_one_clear_error(read, content, name, said):
    with pytest.raises(ConfigError) as caught:
        read(content, name)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(text="nothing"), "`nothing` for --text"),
        (Asked(encoding="ascii"), "not written in ascii"),
        (Asked(encoding="x"), "in x"),
    ],
)
def test_a_wrong_hint_is_told(read, asked, said):
    with pytest.raises(ConfigError, match=said):
        read("text,b\nfäür,c\n", asked=asked)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="there is no"):
        read_source(tmp_path / "x.csv", Asked())
    with pytest.raises(ConfigError, match=r"holds no \*\.csv"):
        read_source(tmp_path, Asked())
