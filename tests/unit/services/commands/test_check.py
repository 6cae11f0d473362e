"""`deskbell check` names file, line, mistake and remedy of everything that is wrong, in one run."""

import shutil
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from services.commands.check import check

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURES / "shop_small", tmp_path / "shop"))


def run(folder: Path) -> Result:
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, [str(folder)])


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_shop_in_order_prints_no_data(folder: Path) -> None:
    result = run(folder)
    assert (result.exit_code, result.stdout) == (0, "")


MISTAKES = yaml.safe_load((FIXTURES / "mistakes.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["told"] for mistake in MISTAKES])
def test_a_mistake_is_told_where_it_is(folder: Path, mistake: dict[str, str]) -> None:
    edit(folder, mistake["file"], mistake["old"], mistake["new"])
    result = run(folder)
    assert result.exit_code == 1
    assert mistake["told"] in result.stdout.replace(f"{folder}/", "")


def test_all_problems_are_told_in_one_run_a_line_each(folder: Path) -> None:
    edit(folder, "shop.yaml", "languages: [en", "langauges: [en")
    edit(folder, "flows/human.yaml", "handoff: asked_for", "say: helo")
    edit(folder, "catalogue/orders.yaml", "sku: P1-BLK-42", "sku: P9")
    (folder / "knowledge/zh/returns.md").unlink()
    (folder / "polices.yaml").write_text("a: 1\n")
    (folder / "responses/zh.yaml").write_text("greeting: [\n", encoding="utf-8")
    lines = run(folder).stdout.replace(f"{folder}/", "").splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "catalogue/orders.yaml:6",
        "flows/human.yaml:4",
        "polices.yaml:1",
        "responses/zh.yaml:2",
        "shop.yaml:1",
        "shop.yaml:3",
    ]
    assert all("; " in line for line in lines)


def test_a_broken_file_does_not_make_the_names_in_others_unknown(folder: Path) -> None:
    edit(folder, "flows/human.yaml", "handoff: asked_for", "handof: asked_for")
    edit(folder, "flows/cancel_order.yaml", "end: true", "then: human")
    assert len(run(folder).stdout.splitlines()) == 2  # the unknown key, and a step that then does nothing


def test_a_page_is_about_the_policy_that_its_file_is_named_like(folder: Path) -> None:
    """Even a page that speaks no policy at all."""
    page = folder / "knowledge/en/returns.md"
    head, _, _ = page.read_text(encoding="utf-8").partition("You can")
    page.write_text(f"{head}You have 30 days.\n\nOr 14 days for shoes.\n", encoding="utf-8")
    lines = [line for line in run(folder).stdout.replace(f"{folder}/", "").splitlines() if "knowledge" in line]
    assert [line.split("; ")[0] for line in lines] == [
        "knowledge/en/returns.md:7: “14 days” is no value that policies.yaml has for returns"
    ]


def test_a_circle_that_a_collected_slot_ends_is_none(folder: Path) -> None:
    asks = "  - when: not cancel_reason\n    then: reason\n  - act: cancel_order"
    edit(folder, "flows/cancel_order.yaml", "  - collect: cancel_reason\n  - act: cancel_order", asks)
    (folder / "flows/reason.yaml").write_text(
        "description: asks why\nslots:\n  cancel_reason: {ask: ask_cancel_reason}\n"
        "steps:\n  - collect: cancel_reason\n  - then: cancel_order\n",
        encoding="utf-8",
    )
    assert run(folder).stdout == ""


def test_a_flow_that_the_engine_starts_by_itself_must_be_there(folder: Path) -> None:
    (folder / "flows/patterns/offer_person.yaml").rename(folder / "flows/patterns/offer_persn.yaml")
    assert run(folder).stdout.replace(f"{folder}/", "").splitlines() == [
        "flows/patterns/offer_person.yaml:1: the flow `offer_person` is missing, which the engine starts by itself: "
        "it asks whether the customer would like a person; did you mean `offer_persn`?"
    ]


@pytest.mark.parametrize("name", ["dont_know", "cannot_verify_here", "effect_cancel_order"])
def test_a_response_that_the_engine_says_by_itself_must_be_there(folder: Path, name: str) -> None:
    for language in ("en", "zh"):
        edit(folder, f"responses/{language}.yaml", f"\n{name}:", f"\nx{name}:")
    assert run(folder).stdout.replace(f"{folder}/", "").splitlines() == [
        f"responses/en.yaml:1: the response `{name}` is missing, which the engine says by itself; "
        f"did you mean `x{name}`?"
    ]


def test_a_shop_without_responses_is_told_each_one(folder: Path) -> None:
    for language in ("en", "zh"):
        (folder / f"responses/{language}.yaml").unlink()
    lines = run(folder).stdout
    assert "the response `dont_know` is missing" in lines and "the demo shop has one to copy" in lines


@pytest.mark.parametrize("name", ["nowhere", "shop/flows"])
def test_a_folder_that_is_no_shop_is_one_problem(folder: Path, name: str) -> None:
    result = run(folder.parent / name)
    assert (result.exit_code, "shop.yaml" in result.stdout) == (1, True)
