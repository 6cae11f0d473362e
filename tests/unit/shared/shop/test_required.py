"""The list of what a shop must have is what the engine really starts and says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.dialogue.domain.actions import ACTIONS
from services.dialogue.domain.slots import KNOWN_ASKS
from shared.shop.required import ACTION_RESPONSES, FLOWS, GLIMPSE_RESPONSES, RESPONSES, SLOT_RESPONSES

DIALOGUE = Path("services/dialogue")
SPEAKERS = {"say": 0, "Prompt": 0, "_ask_again": 2, "_give_up": 1, "_before_question": 2}
# Said without a call of these names: a flow's own slot may ask otherwise, and two are chosen by how a write ended.
ELSEWHERE = {"action_refused", "choose_order", "shop_unreachable", "write_confirmed_late", "write_did_not_happen"}

OF_SLOTS = {name for names in SLOT_RESPONSES.values() for name in names if not name.startswith(("ask_", "label_"))}


def spoken() -> Iterator[str]:
    """The names of responses that stand in the code, as they stand: `preview_{...}` of a made-up one."""
    for path in DIALOGUE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = SPEAKERS.get(name, len(node.args))
                if place < len(node.args):
                    yield from literal(node.args[place])


def literal(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literal(node.body), *literal(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_every_response_that_the_engine_says_is_asked_of_shops_and_no_other() -> None:
    said = {name for name in spoken() if "{" not in name and not name.startswith("ask_")}
    assert said | ELSEWHERE == RESPONSES | OF_SLOTS | {name for name in GLIMPSE_RESPONSES if name[:4] != "ask_"}


def test_what_is_not_said_by_a_call_stands_in_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in DIALOGUE.rglob("*.py"))
    assert all(f'"{name}"' in code for name in ELSEWHERE)
    assert KNOWN_ASKS["order"] in ELSEWHERE


def test_every_response_about_an_action_is_asked_of_shops() -> None:
    said = {name.removesuffix("_{}") for name in spoken() if "{" in name} - {"ask"}
    assert said | {"effect"} == set(ACTION_RESPONSES)
    assert 'effect=f"response:effect_{' in Path("services/dialogue/domain/cards.py").read_text(encoding="utf-8")
    assert ACTIONS


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_that_the_engine_starts_is_pushed_by_it(name: str) -> None:
    constant = {"identify_customer": "IDENTIFY", "offer_person": "OFFER_PERSON"}[name]
    code = "\n".join(path.read_text(encoding="utf-8") for path in (DIALOGUE / "domain").glob("*.py"))
    assert re.search(rf"push\({constant}\b", code)
