from random import Random

import pytest

from loadtest.scenarios import CANCEL, FAQ, LOAD_CUSTOMERS, SCENARIOS, Play, choose_scenario
from shared.contracts.messages import CustomerInput, Expects, Option, PreviewShown

CHOICE = Expects(kind="choice", options=(Option(id="a", label="A"), Option(id="b", label="B")))
PREVIEW = PreviewShown(id="p1", action="cancel_order", target="MB10001", effect="refund", expires_at="")
CONFIRMATION = Expects(kind="confirmation", preview=PREVIEW)
REASON = Expects(kind="slot", slot="cancel_reason")


def visit(name: str, answers: list[Expects], seed: int = 1) -> list[CustomerInput]:
    """The customer's messages where the bot's answers are these, and then nothing more is asked."""
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == name)
    play, messages, rest = Play(scenario, Random(seed)), [], iter(answers)
    expects = Expects()
    while (message := play.next(expects)) is not None:
        messages.append(message)
        expects = next(rest, Expects())
    return messages


def kinds(messages: list[CustomerInput]) -> list[str]:
    return [next(iter(m.model_dump(exclude_defaults=True, exclude={"client_message_id"}))) for m in messages]


def test_a_cancellation_answers_every_question_and_confirms() -> None:
    messages = visit("cancel_order_en", [CHOICE, REASON, CONFIRMATION])
    assert kinds(messages) == ["text", "choose", "text", "confirm", "text"]
    assert messages[0].text in CANCEL["en"]
    assert (messages[2].text, messages[3].confirm) == ("I changed my mind", "p1")


def test_who_keeps_the_order_declines_the_preview() -> None:
    assert kinds(visit("keep_order_zh", [CHOICE, CONFIRMATION])) == ["text", "choose", "decline"]


def test_nothing_to_answer_is_skipped() -> None:
    assert kinds(visit("cancel_order_en", [])) == ["text", "text"]


def test_a_bot_that_asks_for_ever_is_left() -> None:
    assert len(visit("keep_order_en", [CHOICE] * 50)) == 6


def test_the_same_seed_is_the_same_visit_to_the_last_id() -> None:
    assert visit("faq_zh", [], seed=3) == visit("faq_zh", [], seed=3) != visit("faq_zh", [], seed=4)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_have_every_kind_of_visit(language: str) -> None:
    names = {s.name.removesuffix(f"_{language}") for s in SCENARIOS if s.language == language}
    assert names == {"faq", "order_status", "cancel_order", "keep_order"}
    assert len(set(FAQ[language])) == 12


def test_scenarios_come_by_weight() -> None:
    random = Random(1)
    drawn = [choose_scenario(SCENARIOS, random).name for _ in range(4800)]
    assert abs(drawn.count("faq_en") - 1200) < 120
    assert abs(drawn.count("keep_order_zh") - 200) < 60


def test_load_has_customers_of_its_own() -> None:
    assert (LOAD_CUSTOMERS[0], LOAD_CUSTOMERS[-1], len(LOAD_CUSTOMERS)) == ("C020", "C039", 20)
