"""The check finds the bad ones among labelled replies and lets the good ones pass."""

from pathlib import Path

import pytest

from benchmarks.generation.__main__ import SETS
from benchmarks.generation.measuring import false_alarms, measured, recall
from benchmarks.generation.replies import read_replies
from services.generator.domain.check import Ground, check_reply
from shared.errors import ConfigError

GROUND = Ground("en", ("You can return unworn items within 30 days. Return freight is paid by the buyer.",))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["tuned", "second", "unseen", "fourth"])
def test_shares_hold_on_the_labelled_sets(name: str, language: str) -> None:
    judged = measured(read_replies(SETS[name]))
    assert recall(judged, language).percent >= 97
    assert false_alarms(judged, language).percent <= 5


def test_a_group_may_tell_the_question_and_the_names_of_products(tmp_path: Path) -> None:
    (tmp_path / "replies.yaml").write_text(
        "- {language: en, question: 'How heavy?', names: [Ash Stool], facts: The Ash Stool weighs 3 kg., "
        "good: [The Ash Stool weighs 3 kg.], bad: {echo: ['How heavy is it, you ask?']}}\n"
    )
    good, bad = read_replies(tmp_path / "replies.yaml")
    assert (good.ground.asked, good.ground.names, bad.kind) == ("How heavy?", ("Ash Stool",), "echo")


def test_only_the_faulty_sentence_is_marked() -> None:
    verdict = check_reply("You can return unworn items within 30 days. The seller pays the return freight.", GROUND)
    assert [bool(sentence.faults) for sentence in verdict.sentences] == [False, True]


def test_an_act_needs_its_receipt() -> None:
    claim = "Your order has been cancelled."
    facts = ("order cancelled",)
    assert "act" in check_reply(claim, Ground("en", GROUND.passages, facts)).kinds
    assert "act" not in check_reply(claim, Ground("en", GROUND.passages, facts, ("R-5GHK8A08",))).kinds


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_no_reply(text: str) -> None:
    assert check_reply(text, GROUND).faults == ("empty",)


@pytest.mark.parametrize(
    ("content", "told"),
    [("a: b", "list of groups"), ("- {language: en}", "group 1"), ("[", "YAML")],
)
def test_a_wrong_file_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "replies.yaml").write_text(content)
    with pytest.raises(ConfigError, match=told):
        read_replies(tmp_path / "replies.yaml")
