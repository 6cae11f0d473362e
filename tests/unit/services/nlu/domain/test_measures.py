"""Figures of understanding, computed by hand."""

import pytest

from services.nlu.domain.measures import Judged, calibration_error, confusions, figures, reliability, span_f1, summary

ROWS = [
    Judged("a", "a", "a", 0.9),
    Judged("a", "b", "b", 0.8, "zh"),
    Judged("b", "b", "b", 0.9),
    Judged("b", "out_of_scope", "b", 0.6, "zh"),
    Judged("out_of_scope", "out_of_scope", "a", 0.7),
    Judged("out_of_scope", "a", "a", 0.5, "zh"),
]


def test_a_refused_text_in_scope_is_wrong():
    found = summary(ROWS, entities=False)
    assert (found["texts"], found["in_scope"], found["out_of_scope"]) == (6, 4, 2)
    assert found["intent_accuracy"] == 0.5
    assert found["intent_accuracy_without_refusing"] == 0.75
    assert found["false_refusals"] == 0.25
    assert found["oos_recall"] == found["oos_precision"] == found["accuracy"] == 0.5
    assert found["entity_f1"] is None
    assert found["intent_macro_f1"] == 0.5


def test_languages_and_intents_stand_apart():
    found = figures(ROWS, entities=False)
    assert {name: part["intent_accuracy"] for name, part in found["by_language"].items()} == {"en": 1.0, "zh": 0.0}
    assert found["by_intent"]["b"] == {"texts": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert found["confusions"] == [["a", "b", 1], ["b", "out_of_scope", 1], ["out_of_scope", "a", 1]]
    assert confusions([*ROWS, ROWS[3]])[0] == (("b", "out_of_scope"), 2)


def test_calibration_is_the_mean_gap_between_confidence_and_truth():
    sure = [Judged("a", "a", "a", 0.8)] * 4 + [Judged("a", "b", "b", 0.8)]
    assert calibration_error(sure) == 0.0
    assert calibration_error([Judged("a", "b", "b", 1.0)]) == 1.0
    assert reliability(sure) == [{"texts": 5, "confidence": 0.8, "accuracy": 0.8}]
    assert sum(part["texts"] for part in reliability(ROWS)) == len(ROWS)


def test_mentions_count_when_start_end_and_type_agree():
    right, off, other = frozenset({(0, 2, "x")}), frozenset({(0, 3, "x")}), frozenset({(0, 2, "y")})
    rows = [Judged("a", "a", "a", 1.0, mentions=right, found_mentions=found) for found in (right, off, other)]
    assert span_f1(rows) == pytest.approx(1 / 3, abs=1e-4)
    scores = figures(rows, entities=True)["by_entity"]
    assert scores["x"] == {"mentions": 3, "precision": 0.5, "recall": 0.3333, "f1": 0.4}
    assert scores["y"]["f1"] == 0.0


def test_nothing_is_measured_on_nothing():
    found = figures([], entities=True)
    assert found["intent_accuracy"] is found["ece"] is found["entity_f1"] is None
    assert found["by_intent"] == {}
