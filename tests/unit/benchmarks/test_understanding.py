"""Public collections: their formats, their splits, and the command over a small one of our own."""

import json

import pytest

from benchmarks.corpora.intents import banking77, bitext, clinc150
from benchmarks.corpora.items import Item
from benchmarks.corpora.mentions import snips, xsid
from benchmarks.corpora.templates import template_keys
from benchmarks.understanding import cross_validate, dealt, understanding, write_lines
from services.nlu.adapters.examples import Example, Span
from services.nlu.adapters.fitting import Labelled
from services.nlu.adapters.reading import read_examples
from services.nlu.domain.heads import OUT_OF_SCOPE
from shared.errors import ConfigError
from tests.unit.services.nlu.adapters.test_fitting import data


def test_clinc150_keeps_its_parts_and_calls_the_rest_out_of_scope(tmp_path):
    content = {"train": [["pay it", "pay"]], "val": [["send it", "send"]], "oos_train": [["why is it blue", "oos"]]}
    (tmp_path / "train_val.json").write_text(json.dumps(content))
    items = clinc150(tmp_path)
    assert [(item.example.intent, item.part) for item in items] == [
        ("pay", "train"), ("send", "val"), (OUT_OF_SCOPE, "train")
    ]  # fmt: skip


def test_tables_of_intents(tmp_path):
    (tmp_path / "train.csv").write_text('text,category\n"Where, then, is it?\n",late\n')
    assert banking77(tmp_path)[0].example == Example("Where, then, is it?", "late", "en")
    (tmp_path / "utterances.csv").write_text("\ufeffflags,utterance,category,intent\nB,cancelling my order,O,cancel\n")
    assert bitext(tmp_path)[0].example.intent == "cancel"


def test_snips_pieces_become_spans_also_in_latin_1(tmp_path):
    pieces = [{"text": " play "}, {"text": "Café", "entity": "track"}, {"text": " now "}]
    content = json.dumps({"Play": [{"data": pieces}]}, ensure_ascii=False)
    (tmp_path / "train_Play_full.json").write_bytes(content.encode("latin-1"))
    (item,) = snips(tmp_path)
    assert item.example == Example("play Café now", "Play", "en", (Span(5, 9, "track"),))


def test_xsid_pairs_translations_and_finds_words_in_the_text(tmp_path):
    english = "# text = rain today ?\n# intent = weather\n1\train\tx\tB-what\n2\ttoday\tx\tB-when\n3\t?\tx\tO\n\n"
    words = ("1\t今天\tx\tB-when", "2\t上午\tx\tI-when", "3\t会\tx\tO", "4\t下雨\tx\tB-what")
    chinese = "\n".join(("# id = 1", "# text = 今天上午会下雨", "# intent = weather", *words))
    (tmp_path / "en.valid.conll").write_text(english)
    (tmp_path / "zh.valid.conll").write_text(chinese)
    one, two = xsid(tmp_path)
    assert one.group == two.group
    assert one.example.entities == (Span(0, 4, "what"), Span(5, 10, "when"))
    assert two.example == Example("今天上午会下雨", "weather", "zh", (Span(0, 4, "when"), Span(5, 7, "what")))


def test_a_collection_that_is_not_there_is_told(tmp_path):
    for reader in (clinc150, banking77, bitext, xsid, snips):
        with pytest.raises(ConfigError, match="--data names the folder"):
            reader(tmp_path)


def test_sentences_of_one_template_share_a_key():
    one, two, three, four = template_keys(
        ["can you help me cancelling my order?", "problems with canceling an order", "I want to track my order"]
        + ["tracking of orders"]
    )
    assert one == two
    assert three == four != one


def test_a_rare_word_is_taken_for_the_frequent_one_it_misspells():
    keys = template_keys(["cancel invoice"] * 4 + ["cancel invoise"])
    assert set(keys) == {keys[0]}


def items_of(*groups):
    return [Item(Example(f"{group} {n}", intent, "en"), group) for group, intent, count in groups for n in range(count)]


def test_folds_keep_groups_whole_and_spread_intents():
    items = items_of(*((f"g{n}", f"i{n % 3}", 1 + n % 4) for n in range(60)))
    folds = dealt(items, 5, seed=0)
    assert sorted(place for fold in folds for place in fold) == list(range(len(items)))
    sides = [{items[place].group for place in fold} for fold in folds]
    assert all(not (one & other) for n, one in enumerate(sides) for other in sides[:n])
    assert all({items[place].example.intent for place in fold} == {"i0", "i1", "i2"} for fold in folds)
    assert folds == dealt(items, 5, seed=0) != dealt(items, 5, seed=1)


def test_every_example_is_judged_once_by_heads_that_did_not_see_it():
    labelled = data(3, 12, outside=30)
    places = list(range(len(labelled.examples)))
    outcome = cross_validate(labelled, [places[0::2], places[1::2]], 0, tagged=False)
    assert len(outcome.judged) == len(places)
    assert min(outcome.accuracies) >= 0.9
    assert outcome.curve and len(outcome.fit_s) == 2


def test_learning_from_one_language_alone():
    labelled = data(3, 12)
    both = [Example(e.text, e.intent, "zh" if n % 2 else "en") for n, e in enumerate(labelled.examples)]
    places = list(range(len(both)))
    labelled = Labelled(both, labelled.vectors)
    outcome = cross_validate(labelled, [places[0::3], places[1::3], places[2::3]], 0, tagged=False, learn="en")
    assert {row.language for row in outcome.judged} == {"en", "zh"}


def test_as_json_lines_for_training(tmp_path):
    items = [Item(Example("hallo", "a", "en", (Span(0, 5, "x"),)), "1", "train"), Item(Example("你好", "a", "zh"), "1")]
    paths = write_lines(tmp_path / "out", "set", items)
    assert [path.name for path in paths] == ["set-train-en.jsonl", "set-zh.jsonl"]
    assert read_examples(paths[0])[0].example == items[0].example


def test_an_unknown_collection_is_told(tmp_path):
    with pytest.raises(ConfigError, match="there is no collection 'x'; there are clinc150"):
        understanding("x", tmp_path)
