"""`train`, `predict`, `evaluate`, `promote` and `rollback nlu`, from a file of examples to a model before customers."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SMALL = Path("tests/fixtures/shop_small")
DATA = SMALL / "nlu"


async def deskbell(*arguments: str, stdin: bytes = b"", **env: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", *arguments,
        stdin=-1, stdout=-1, stderr=-1, env={**os.environ, "DESKBELL_SHOP_DIR": str(SMALL), **env},
    )  # fmt: skip
    async with asyncio.timeout(100):
        out, err = await process.communicate(stdin)
    return process.returncode or 0, out.decode(), err.decode()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, common_var: Path) -> Path:
    folder = tmp_path_factory.mktemp("models") / "first"
    training = deskbell("train", "nlu", "--data", str(DATA), "--out", str(folder), DESKBELL_VAR=str(common_var))
    code, out, err = asyncio.run(training)
    assert (code, out) == (0, f"{folder}\n"), err
    assert "cross-validation: intent_accuracy" in err
    return folder


def test_the_card_says_what_the_model_was_made_of(model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    assert {"cancel_order", "out_of_scope"} <= set(card["intents"])
    assert card["seed"] == 0 and len(card["data_hash"]) == 16 and card["versions"]["scikit-learn"]
    assert {"intent_accuracy", "oos_recall", "accuracy_en", "accuracy_zh"} <= card["scores"].keys()
    assert card["learning_curve"][-1][0] > card["learning_curve"][0][0]


async def test_texts_in_and_understanding_out_and_bad_lines_by_number(model: Path) -> None:
    lines = '{"text": "please cancel my order"}\n\nnonsense\n{"text": "取消订单"}\n'.encode()
    code, out, err = await deskbell("predict", "nlu", "--model", str(model), stdin=lines)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["intent"], row["language"]) for row in rows] == [("cancel_order", "en"), ("cancel_order", "zh")]
    assert all(row.keys() == {"text", "intent", "confidence", "entities", "language"} for row in rows)
    assert code == 1
    assert "line 3: not JSON" in err and "1 line could not be read" in err


async def test_a_pipe_gets_each_answer_before_its_next_line(model: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", "predict", "nlu", "--model", str(model), stdin=-1, stdout=-1
    )
    assert process.stdin and process.stdout
    async with asyncio.timeout(60):
        for text in ("hello", "cancel my order"):
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            assert json.loads(await process.stdout.readline())["text"] == text
        process.stdin.close()
        assert await process.wait() == 0


async def test_the_report_has_figures_a_page_and_pictures(model: Path, tmp_path: Path) -> None:
    rows = [
        {"text": "could you cancel my order", "intent": "cancel_order"},
        {"text": "订单到哪里了", "intent": "order_status", "language": "zh"},
        {"text": "who painted the Mona Lisa", "intent": "out_of_scope"},
        {"text": "hello there", "intent": "never_heard_of"},
    ]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = tmp_path / "report"
    code, out, err = await deskbell(
        "evaluate", "nlu", "--model", str(model), "--data", str(tmp_path / "test.jsonl"), "--report", str(report)
    )
    assert code == 0, err
    figures = json.loads((report / "report.json").read_text())
    assert figures["texts"] == 4 and figures["unknown_intents"] == ["never_heard_of"]
    assert {"intent_accuracy", "oos_recall", "false_refusals", "ece", "entity_f1"} <= figures.keys()
    assert set(figures["by_language"]) == {"en", "zh"}
    page = (report / "report.html").read_text()
    assert "never_heard_of" in page
    for name in ("reliability.svg", "confusion.svg", "learning_curve.svg"):
        assert name in page and (report / name).read_text().startswith("<?xml")
    assert "4 texts: intent_accuracy" in out


async def test_promoted_and_rolled_back(model: Path, tmp_path: Path) -> None:
    var = {"DESKBELL_VAR": str(tmp_path)}
    code, version, err = await deskbell("promote", "nlu", str(model), **var)
    assert (code, version[:5]) == (0, "0001-"), err
    assert (await deskbell("rollback", "nlu", **var))[:2] == (0, "own\n")
    code, _, err = await deskbell("rollback", "nlu", **var)
    assert code == 1 and "there is no earlier model" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "nlu", "--data", "{tmp}/none.jsonl", "--out", "{tmp}/m"), "there is no"),
        (("train", "nlu", "--data", "{tmp}/bad.jsonl", "--out", "{tmp}/m"), "bad.jsonl:2: not JSON"),
        (("train", "nlu", "--data", "{tmp}/one.jsonl", "--out", "{tmp}/m"), "there is only `a` in this data"),
        (("train", "nlu", "--data", str(DATA), "--out", "{tmp}"), "is there and is no model; name another folder"),
        (("train", "nlu", "--data", str(DATA), "--out", "{tmp}/m", "--encoder", "x"), "add --fine-tune"),
        (("predict", "nlu", "--model", "{tmp}"), "is no model: it has no card.json"),
        (("evaluate", "nlu", "--model", "{tmp}/broken", "--data", str(DATA), "--report", "{tmp}/r"), "is damaged"),
        (("promote", "nlu", "{tmp}/broken"), "is damaged; fit it again"),
    ],
)  # fmt: skip
async def test_mistakes_are_one_sentence_and_leave_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "bad.jsonl").write_text('{"text": "a", "intent": "b"}\n{"text": \n')
    (tmp_path / "one.jsonl").write_text('{"text": "a", "intent": "a"}\n{"text": "b", "intent": "a"}\n')
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/card.json").write_text("{}")
    before = names(tmp_path)
    code, out, err = await deskbell(*(word.format(tmp=tmp_path) for word in arguments))
    assert (code, out) == (1, "")
    assert said in err and err.count("\n") == 1
    assert names(tmp_path) == before


async def test_a_model_that_lacks_what_the_flows_need_is_not_promoted(model: Path, tmp_path: Path) -> None:
    poor = Path(shutil.copytree(model, tmp_path / "poor"))
    card = json.loads((poor / "card.json").read_text())
    card["intents"] = [f"other_{name}" for name in card["intents"]]
    (poor / "card.json").write_text(json.dumps(card))
    code, _, err = await deskbell("promote", "nlu", str(poor), DESKBELL_VAR=str(tmp_path / "var"))
    assert code == 1 and "lacks intents that the shop's flows need" in err
    assert not (tmp_path / "var").exists()


async def test_an_older_model_at_the_same_place_is_replaced_as_a_whole(model: Path, tmp_path: Path) -> None:
    there = Path(shutil.copytree(model, tmp_path / "m"))
    (there / "left over").write_text("x")
    code, _, err = await deskbell("train", "nlu", "--data", str(DATA), "--out", str(there), "--seed", "3")
    assert code == 0, err
    assert names(there) == ["card.json", "heads.npz"]
    assert json.loads((there / "card.json").read_text())["seed"] == 3
