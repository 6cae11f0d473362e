"""How the word of a model of pages counts beside the features, whatever the fitted weights are."""

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.scoring import Opinion, scores_of, weighed

NEVER = np.nan


def opinion(pages, products=None, nothing=0.05):
    none = [NEVER] * len(pages)
    return Opinion(np.array(pages), np.array(none if products is None else products), nothing)


def logits(near, said, unnamed=None):
    row = np.zeros(len(near)) if unnamed is None else np.array(unnamed)
    return weighed(np.array(near, dtype=float), said, row)


def test_the_likelier_page_scores_higher_and_so_does_the_nearer_one():
    assert np.diff(logits([0, 0, 0], opinion([0.1, 0.3, 0.6])))[0] > 0
    assert np.diff(logits([-4, 0, 4], opinion([0.3, 0.3, 0.3])))[0] > 0


@pytest.mark.parametrize("kind", ["page", "product"])
def test_the_likelier_it_is_that_nothing_answers_the_lower_all_score(kind):
    shares = ([0.4], None) if kind == "page" else ([NEVER], [0.4])
    scores = [logits([0], opinion(*shares, nothing=nothing))[0] for nothing in (0.01, 0.1, 0.5)]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 3


def test_a_document_that_the_model_does_not_know_keeps_its_logit_where_it_is_clearly_nearest():
    assert logits([9.5, 0.5], opinion([NEVER, 0.9]))[0] == pytest.approx(9.5, abs=0.01)
    assert logits([1.5, 1.5], opinion([NEVER, 0.9]))[0] < 0
    assert logits([1.5, 1.5], opinion([NEVER, 0.001]))[0] > 1


def test_a_stranger_that_is_clearly_nearer_wins_from_a_page_that_the_model_is_sure_of():
    found = logits([12, -6], opinion([NEVER, 0.999], nothing=0.0001))
    assert found[0] > found[1]


def test_a_stranger_that_is_farther_off_costs_the_pages_nothing():
    alone, beside = logits([3], opinion([0.9])), logits([-9, 3], opinion([NEVER, 0.9]))
    assert beside[1] == pytest.approx(alone[0], abs=1e-4)


def test_without_a_model_nothing_is_weighed():
    features = np.zeros((2, 8), dtype=np.float32)
    zeros = np.zeros(2, dtype=np.float32)
    silent = opinion([NEVER, NEVER])
    assert (scores_of(features, "en", zeros, zeros) == scores_of(features, "en", zeros, zeros, silent)).all()


def test_what_is_all_but_impossible_is_no_infinity():
    assert np.isfinite(logits([0, 0], opinion([0.0, NEVER], [NEVER, 0.0], nothing=0.0), [0, 1])).all()
