"""Weights of a model of pages, as they are used and as they lie beside it."""

import json

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.asked_before import Evidence, Voices
from services.dialogue.adapters.knowledge.judging import (
    RANKED,
    SURE,
    WEIGHTS,
    Beside,
    Judgement,
    read_judgement,
    write_judgement,
)
from services.dialogue.adapters.knowledge.scoring import Opinion, weighed
from shared.errors import ConfigError

VOICES = Voices({"returns": -0.1, "nothing/returns": -3.0, "shipping": -2.0}, -3.0)
EVIDENCE = Evidence(VOICES, VOICES, {"returns": 0.1, "shipping": 0.6})


def weights(names, offset=0.0, **given):
    return np.array([*(given.get(name, 0.0) for name in names), offset])


BY = Judgement(
    pages=weights(RANKED, logit=0.1, share=0.5, votes=0.5, unheard=-1.0),
    products=weights(RANKED, offset=-1.0, logit=0.2, share=0.3, unnamed=1.0),
    sure_pages=weights(SURE, offset=1.0, ranked=0.5, votes=0.2, votes_in_any=0.1, nothing_votes_in_any=-0.5),
    sure_products=weights(SURE, offset=7.0),
)


def logits(near, pages, evidence=EVIDENCE, classes=("returns", "shipping")):
    beside = Beside.of(list(classes), evidence, BY)
    opinion = Opinion(np.array(pages), np.full(len(near), np.nan), 0.1, beside)
    return weighed(np.array(near, dtype=float), opinion, np.zeros(len(near)))


def test_the_best_page_is_judged_and_the_others_lie_behind_it_by_their_rank():
    found = logits([0.0, 0.0], [0.6, 0.3])
    ranks = [0.5 * np.log(0.6) - 0.05 - 0.1, 0.5 * np.log(0.3) - 1.0 - 0.6]
    best = 1.0 + 0.5 * ranks[0] - 0.02 - 0.01 + 1.5
    assert found == pytest.approx([best, best - 0.5 * (ranks[0] - ranks[1])])


def test_a_product_is_judged_by_weights_of_its_own():
    beside = Beside.of(["product", "returns"], EVIDENCE, BY)
    opinion = Opinion(np.array([np.nan, 0.01]), np.array([0.9, np.nan]), 0.1, beside)
    found = weighed(np.array([20.0, -9.0]), opinion, np.zeros(2))
    assert found == pytest.approx([7.0, 7.0])


def test_new_words_and_questions_that_nothing_answers_make_it_less_sure():
    sure = logits([0.0], [0.6], classes=["returns"])[0]
    changes = (
        {"unheard": {"returns": 0.9}},
        {"near": Voices({"returns": -1.0}, -3.0)},
        {"in_any": Voices({"returns": -1.0}, -3.0)},
        {"in_any": Voices({"returns": -0.1}, -0.1)},
    )
    for change in changes:
        changed = Evidence(**{**vars(EVIDENCE), **change})
        assert logits([0.0], [0.6], evidence=changed, classes=["returns"])[0] < sure


def test_a_page_that_the_model_does_not_know_wins_where_it_is_clearly_nearest():
    stranger = logits([12.0, -6.0], [np.nan, 0.9], classes=["zeppelins", "returns"])
    assert stranger[0] > stranger[1]
    farther = logits([-9.0, 3.0], [np.nan, 0.9], classes=["zeppelins", "returns"])
    assert farther[1] == pytest.approx(logits([3.0], [0.9], classes=["returns"])[0], abs=1e-3)


def test_weights_are_read_as_they_were_written(tmp_path):
    write_judgement(tmp_path, BY, "m1", {"questions": 3})
    assert read_judgement(tmp_path, "m1").told() == BY.told()
    assert [path.name for path in tmp_path.iterdir()] == [WEIGHTS]
    assert read_judgement(tmp_path / "nowhere", "m1") is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"model": "m2"}, "was fitted to another model; remove it"),
        ({"sure_pages": {}}, "is damaged; remove it"),
        ({"pages": {name: "x" for name in (*RANKED, "offset")}}, "is damaged"),
        ({"pages": dict.fromkeys((*RANKED, "offset"), float("nan"))}, "is damaged"),
        ({"products": [1]}, "is damaged"),
    ],
)
def test_damaged_weights_and_those_of_another_model_are_one_clear_error(tmp_path, change, told):
    write_judgement(tmp_path, BY, "m1", {})
    file = tmp_path / WEIGHTS
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(ConfigError, match=told):
        read_judgement(tmp_path, "m1")


def test_weights_that_are_no_json_are_damaged(tmp_path):
    (tmp_path / WEIGHTS).write_text("{")
    with pytest.raises(ConfigError, match="is damaged"):
        read_judgement(tmp_path, "m1")
