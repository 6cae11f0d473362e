import re
from pathlib import Path

import pytest
import yaml

from services.nlu.adapters.rules import load_signals
from services.nlu.domain.text import match_text
from tests.unit.services.nlu.domain.cpu import BUDGET_S, least_seconds

RULES = load_signals()
SAID = yaml.safe_load((Path(__file__).parent / "said" / "signals.yaml").read_text("utf-8"))
HARMLESS = SAID.pop("harmless")


def found(text):
    return RULES.found(match_text(text).text)


def test_the_tables_are_as_long_as_they_must_be():
    assert sum(map(len, SAID.values())) >= 150
    assert len(set(HARMLESS)) >= 300


@pytest.mark.parametrize("signal", SAID)
def test_a_signal_is_found(signal):
    assert [text for text in SAID[signal] if signal not in found(text)] == []


def test_ordinary_texts_give_no_signal():
    assert {text: found(text) for text in HARMLESS if found(text)} == {}


def test_forms_meant_to_slip_through():
    assert "wants_person" in found("转\u200b人工")
    assert "wants_person" in found("ＨＵＭＡＮ")


HOSTILE = [
    "talk to a ", "want ", "get me a ", "not a ", "don't want to ", "delete ", "what data do ", "no, ", "need ", "!",
    "不是", "转", "不要", "删除", "告", "我的", "信息", "急", "能和", "让你们", "\ufdfa", " ", "a",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_message_takes_long(piece):
    text = match_text((piece * 4000)[:4000]).text
    assert least_seconds(lambda: RULES.found(text)) < BUDGET_S


def test_patterns_are_in_small_letters_for_so_is_what_they_search():
    patterns = [pattern.pattern for rule in load_signals().rules for pattern in rule.patterns]
    assert [pattern for pattern in patterns if re.search(r"(?<!\\)[A-Z]", pattern)] == []
