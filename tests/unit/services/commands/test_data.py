"""`data prepare`, from the command line to the files."""

import json
from itertools import product

import pytest
from typer.testing import CliRunner

from services.commands.data import data_app
from shared.errors import ConfigError

VERBS = ("return", "cancel", "track", "wash", "repair", "compare", "wrap", "insure")
THINGS = ("boots", "kettle", "lamp", "scarf", "jacket", "bottle", "candle", "blanket", "mirror", "carpet")
FORMS = ("can I {} the {} I bought", "{} {}, order 98{}7654, call 415-555-0133")


@pytest.fixture
def export(tmp_path):
    rows = [
        f"{FORMS[n % 2].format(verb, thing, n % 9)};{verb}_item"
        for n, (verb, thing) in enumerate(product(VERBS, THINGS))
    ]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(["message;intent", *rows, ";cancel_item", "can I wash the boots I bought;odd"]) + "\n")
    return path


def prepare(*arguments):
    return CliRunner().invoke(data_app, ["prepare", *map(str, arguments)], catch_exceptions=False)


def examples(folder, side):
    return [json.loads(line) for line in (folder / f"{side}.jsonl").read_text().splitlines()]


def test_an_export_becomes_three_files_and_a_report(export, tmp_path):
    out = tmp_path / "data"
    done = prepare(export, "--out", out)
    assert done.exit_code == 0, done.output
    report = json.loads((out / "report.json").read_text())
    sides = {side: examples(out, side) for side in ("train", "validation", "test")}
    assert {side: len(rows) for side, rows in sides.items()} == report["kept"]
    assert report["read"] == 82 == sum(report["kept"].values()) + sum(report["dropped"].values())
    assert report["dropped"]["empty"] == 1
    assert report["masked"]["phone"] == 40
    assert report["lines"]["empty"] == [{"line": 82}]
    assert all(len(rows) > 2 for rows in sides.values())
    assert all(set(row) == {"text", "intent", "entities", "language"} for rows in sides.values() for row in rows)
    assert "555" not in "".join(row["text"] for rows in sides.values() for row in rows)
    page = (out / "report.html").read_text()
    assert "cancel_item" in page and "<script" not in page
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["train.jsonl", "validation.jsonl", "test.jsonl", "report.json", "report.html"]
    )


def test_the_same_export_gives_the_same_files_and_replaces_the_former(export, tmp_path):
    out = tmp_path / "data"
    prepare(export, "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    prepare(export, "--out", out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    prepare(export, "--out", out, "--seed", 7)
    assert (out / "test.jsonl").read_bytes() != before["test.jsonl"]


def test_numbers_may_be_kept(export, tmp_path):
    prepare(export, "--out", tmp_path / "data", "--keep-numbers")
    assert "order 98" in (tmp_path / "data" / "train.jsonl").read_text()


def test_without_intents_the_examples_have_none_and_it_is_said(tmp_path):
    chat = tmp_path / "chat.txt"
    chat.write_text("\n".join(f"please {verb} my {thing}" for verb, thing in product(VERBS, THINGS)))
    assert prepare(chat, "--out", tmp_path / "data").exit_code == 0
    assert all("intent" not in row for row in examples(tmp_path / "data", "train"))


def test_a_folder_that_holds_other_things_is_left_alone(export, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "report.json").write_text('{"made_by": "me"}')
    with pytest.raises(ConfigError, match="holds other things"):
        prepare(export, "--out", out)
    assert [path.name for path in out.iterdir()] == ["report.json"]


def test_bad_input_leaves_nothing_behind(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("text,intent\nfine,a\nnot, quoted,b\n")
    with pytest.raises(ConfigError, match="bad.csv:3"):
        prepare(bad, "--out", tmp_path / "data")
    few = tmp_path / "few.csv"
    few.write_text("text,intent\nfine,a\n")
    with pytest.raises(ConfigError, match="few_examples"):
        prepare(few, "--out", tmp_path / "data")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "few.csv"]


@pytest.mark.slow
def test_what_lies_among_another_intent_is_listed(tmp_path):
    rows = [f"please {verb} my {thing} now,{verb}" for verb, thing in product(("return", "wash"), THINGS * 2)]
    rows = list(dict.fromkeys(rows)) + [f"how do I {v} a {t},{v}" for v, t in product(("return", "wash"), THINGS)]
    rows.append("I would like to wash these trousers and that shirt,return")
    path = tmp_path / "export.csv"
    path.write_text("\n".join(["text,intent", *rows]))
    assert prepare(path, "--out", tmp_path / "data", "--suspects").exit_code == 0
    suspects = json.loads((tmp_path / "data" / "report.json").read_text())["suspects"]
    assert [(found["line"], found["intent"], found["neighbours"]) for found in suspects] == [
        (len(rows) + 1, "return", "wash")
    ]
