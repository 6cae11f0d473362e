"""Figures of an evaluation, and a page for votes that does not give away whose reply is whose."""

import json
from pathlib import Path

from services.commands.generation.arms import Said
from services.commands.generation.evaluate import choose_kinds, held_back
from services.commands.generation.figures import FEWEST, Case, by_kind, figures, helped
from services.commands.generation.finding import Found
from services.commands.generation.report import blind, blind_page, write_report
from services.generator.adapters.pairs import Pair, Pairs
from services.generator.domain.check import Ground

GROUND = Ground("en", ("You have 30 days to return it. No reason is needed.",))
TEMPLATE = "You have 30 days to return it."


def case(question: str, shown: str, *, by_model: bool = True) -> Case:
    found = Found(question, "returns", TEMPLATE, GROUND)
    said = {
        "template": Said(TEMPLATE, TEMPLATE, False, ()),
        "base": Said(shown, shown if by_model else TEMPLATE, by_model, () if by_model else ("number",), 0.5, 1.5, 11),
    }
    return Case(found, "You can return it within 30 days.", said)


CASES = [case("How long?", "Return it within 30 days."), case("When?", "You have 60 days.", by_model=False)]


def test_figures_tell_what_was_written_from_what_is_shown() -> None:
    base = figures(CASES, "base")
    assert (base["questions"], base["released"], base["passes_check"]) == (2, 50.0, 50.0)
    assert (base["coverage_written"], base["coverage_shown"]) == (50.0, 100.0)
    assert (base["tokens_per_s"], base["first_chunk_s"], base["faults"]) == (10.0, 0.5, {"number": 1})
    assert figures(CASES, "template")["released"] is None


def about(products: tuple[str, ...], tuned: str) -> Case:
    ground = Ground("en", (TEMPLATE,), names=products)
    said = {"template": Said(TEMPLATE, TEMPLATE, False, ()), "tuned": Said(tuned, tuned, True, (), 0.5, 1.5, 11)}
    return Case(Found("How long?", "x", TEMPLATE, ground), "You can return it within 30 days.", said)


def test_a_taught_model_speaks_where_it_is_nearer_and_loses_no_fact(tmp_path: Path) -> None:
    nearer, poorer = "You can return it within 30 days.", "You can return it."
    compared = [about(("Heron / Wren",), nearer), about(("Heron", "Wren"), nearer)]  # the second: both say the same
    cases = [about((), poorer)] * FEWEST + [about(("Heron",), nearer)] * FEWEST + compared
    kinds = by_kind(cases)
    assert {kind: of["tuned"]["questions"] for kind, of in kinds.items()} == {
        "comparison": 1, "page": FEWEST, "product": FEWEST + 1
    }  # fmt: skip
    assert helped(kinds) == ["product"]
    choose_kinds(tmp_path, {"format": 1, "tasks": ["x"]}, kinds)
    assert json.loads((tmp_path / "card.json").read_text()) == {"format": 1, "tasks": ["x"], "kinds": ["product"]}


def test_a_vote_is_blind_and_only_where_replies_differ() -> None:
    items, key = blind(CASES, 0)
    assert [item["id"] for item in items] == ["q1"]
    assert sorted(key["q1"].values()) == ["base", "template"]
    assert set(items[0]["replies"].values()) == {TEMPLATE, "Return it within 30 days."}
    page = blind_page(items)
    assert "base" not in page and "/*items*/" not in page


def test_a_reply_cannot_end_the_script() -> None:
    items, _ = blind([case("a", "</script><b>")], 0)
    assert blind_page(items).count("</script>") == 1


def test_the_report_is_written(tmp_path: Path) -> None:
    document = {
        "arms": {arm: figures(CASES, arm) for arm in ("template", "base")}, "card": {}, "changed": False, "seed": 0,
        "kinds": by_kind(CASES), "asked": 3, "answerable": 2, "machine": {}, "command": "deskbell evaluate generator",
    }  # fmt: skip
    write_report(tmp_path, document, CASES)
    assert json.loads((tmp_path / "report.json").read_text())["arms"]["base"]["released"] == 50.0
    assert "Vote" in (tmp_path / "report.html").read_text()


def test_questions_are_the_shops_own_and_each_once() -> None:
    def pair(kind: str, at: int, *, varied: bool = False) -> Pair:
        return Pair(kind, f"g{at}", "en", f"{kind} {at}", ("x",), "x", varied=varied)

    test = [*(pair("page", at) for at in range(3)), pair("page", 1), pair("page", 9, varied=True)]
    chosen = held_back(Pairs((), (), (*test, *(pair("product", at) for at in range(20))), ()), 10, 0)
    assert sorted({one.question for one in chosen if one.kind == "page"}) == ["page 0", "page 1", "page 2"]
    assert len(chosen) == 10
