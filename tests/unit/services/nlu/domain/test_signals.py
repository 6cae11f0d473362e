from pathlib import Path

import pytest
import yaml

from services.nlu.adapters.rules import load_signals
from services.nlu.domain.text import match_text

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
