"""Every verb has a page whose example is whole: in the demo shop it passes `check`, and its conversations succeed."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import yaml

from services.commands.check import action_needs
from services.dialogue.domain.rules import Rules, compile_rules
from services.dialogue.domain.state import Plan
from services.dialogue.ports import Passage
from shared.ports import Identity
from shared.shop import load_shop
from shared.shop.conversations import Conversation, ConversationStep, Gesture
from shared.shop.flows import Verb
from shared.shop.rules import find_problems
from shared.wording import Wording, open_wording
from tests.unit.services.dialogue.catalogue import NOON, catalogue_shop
from tests.unit.services.dialogue.world import Talker, preview_id, responses, waits

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "flows"
BLOCK = re.compile(r"```yaml\n# (\S+)\n(.*?)```", re.DOTALL)
PARTS = {"flows", "nlu", "responses", "conversations"}
WELL_KNOWN = {"yes": "affirm", "no": "deny"}


@dataclass(frozen=True)
class Example:
    """The demo shop with what a page adds to it."""

    folder: Path
    rules: Rules
    wording: Wording
    intents: Mapping[str, str]
    conversations: tuple[Conversation, ...]


def parts_of(verb: str) -> dict[str, str]:
    return dict(BLOCK.findall((PAGES / f"{verb}.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module", params=get_args(Verb))
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Example:
    copy, without = tmp_path_factory.mktemp("page") / "shop", shutil.ignore_patterns("vectors")
    folder = Path(shutil.copytree(ROOT / "shops" / "demo", copy, ignore=without))
    parts = parts_of(request.param)
    for name, text in parts.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
    shop = load_shop(folder)
    rules = compile_rules(shop.flows, shop.responses, shop.policies, shop.profile)
    said = [yaml.safe_load(text)["intents"] for name, text in parts.items() if name.startswith("nlu/")]
    intents = {text: intent for examples in said for intent, texts in examples.items() for text in texts}
    names = {case["name"] for name, text in parts.items() if name.startswith("conv") for case in yaml.safe_load(text)}
    return Example(
        folder, rules, open_wording(shop), intents, tuple(case for case in shop.conversations if case.name in names)
    )


@pytest.mark.parametrize("verb", get_args(Verb))
def test_a_page_uses_its_verb_and_is_linked(verb: str) -> None:
    parts = parts_of(verb)
    flows = [yaml.safe_load(text) for name, text in parts.items() if name.startswith("flows/")]
    assert any(verb in step for flow in flows for step in flow["steps"])
    assert {name.split("/")[0] for name in parts} == PARTS
    assert f"(flows/{verb}.md)" in (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")


def test_the_example_passes_check(example: Example) -> None:
    assert find_problems(example.folder, action_needs()) == []


def test_the_conversations_of_the_example_succeed(example: Example) -> None:
    assert example.conversations
    for case in example.conversations:
        identity = Identity("L2", case.customer) if case.customer else Identity()
        shop = catalogue_shop()
        talk = Talker(
            identity, case.language, shop, now=NOON, rules=example.rules, wording=example.wording, pages=[page()]
        )
        plan = Plan(language=case.language)
        for step in case.steps:
            plan = play(talk, step, plan, example.intents)
            assert_as_expected(step, plan)
        if case.final.made is not None:
            assert [receipt.action for receipt in shop.receipts.values()] == list(case.final.made)


@cache
def page() -> Passage:
    return Passage("care", "Care", "Wash it at 30 degrees.", 0.9, "en", "knowledge/care.md")


def play(talk: Talker, step: ConversationStep, before: Plan, intents: Mapping[str, str]) -> Plan:
    """The turn. A text is understood as the example of an intent that it begins with."""
    user = step.user
    if isinstance(user, Gesture):
        if user.choose is not None:
            return talk.do(choose=before.replies[-1].expects.options[int(user.choose) - 1].id)
        return talk.do(**{"confirm" if user.confirm else "decline": preview_id(before)})
    assert user is not None
    named = [intent for text, intent in intents.items() if user.startswith(text)]
    return talk.text(user, *(named or [WELL_KNOWN.get(user, "out_of_scope")]))


def assert_as_expected(step: ConversationStep, plan: Plan) -> None:
    wanted = step.expect
    assert responses(plan)[: len(wanted.responses or ())] == list(wanted.responses or ())
    if wanted.expects is not None:
        assert waits(plan) in (wanted.expects, wanted.expects.partition(":")[0])
    if wanted.acts is not None:
        assert [act.action for reply in plan.replies for act in reply.acts] == list(wanted.acts)
    kinds = [component["type"] for reply in plan.replies for component in reply.components]
    assert set(wanted.components or ()) <= set(kinds)
