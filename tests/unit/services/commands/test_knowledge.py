"""`deskbell knowledge` on the small shop, with the real encoder and a database of its own."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import build_app
from shared.errors import ConfigError

pytestmark = pytest.mark.slow
SMALL = Path("tests/fixtures/shop_small")


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKBELL_VAR", str(tmp_path / "var"))
    return Path(shutil.copytree(SMALL, tmp_path / "shop"))


@pytest.fixture
def run(shop):
    def invoke(*arguments):
        result = CliRunner().invoke(build_app("knowledge"), ["knowledge", *map(str, arguments), "--shop", str(shop)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def found(result):
    return json.loads(result.stdout)["results"]


def test_what_is_imported_is_found_listed_and_removed(run, tmp_path):
    source = tmp_path / "docs"
    source.mkdir()
    (source / "cards.json").write_text(
        json.dumps([{"id": "d1", "title": "Card limits", "content": "The blue card allows 5,000 dollars a day."}])
    )
    (source / "empty.md").write_text("")
    result = run("import", source)
    assert result.exit_code == 1
    assert result.stdout == "1 imported, 0 unchanged, 1 bad\n"
    assert "empty.md: it is empty" in result.stderr
    (best, *_) = found(run("search", "how much may I spend with the blue card", "--top", "2", "--json"))
    assert set(best) == {"document", "title", "passage", "score", "language", "source"}
    assert (best["document"], best["language"], best["source"]) == ("d1", "en", "cards.json")
    assert "d1\ten\timport\t1\t\t\tcards.json\tCard limits" in run("list").stdout
    assert run("remove", "d1").stdout == "1 removed\n"
    assert "d1" not in run("list").stdout


def test_only_one_language_where_it_is_wanted(run):
    hits = found(run("search", "how many days to return something", "--language", "zh", "--json"))
    assert {hit["language"] for hit in hits} == {"zh"}


def test_an_answer_added_by_hand_is_found_and_pages_are_checked(run, tmp_path):
    assert run("answer", "do you rent tents", "Yes, in summer.").exit_code == 0
    assert found(run("search", "can I rent a tent", "--json"))[0]["passage"] == "Yes, in summer."
    assert run("check").exit_code == 0
    draft = tmp_path / "draft.csv"
    assert run("gaps", "--export", draft).exit_code == 0
    assert draft.read_text() == "question,answer,language,times\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("remove", "returns"), "one of the shop's own"),
        (("remove", "nothing"), "there is no document 'nothing'"),
        (("import", "/nowhere"), "no file or folder"),
        (("search", "x", "--language", "fr"), "no language 'fr'"),
    ],
)
def test_mistakes_are_told(run, arguments, problem):
    run("search", "returns")
    with pytest.raises(ConfigError, match=problem):
        run(*arguments)
