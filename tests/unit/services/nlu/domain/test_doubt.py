"""Whether a text is in scope: nearness to what is known, and clear scores, speak for it."""

import numpy as np
import pytest

from services.nlu.adapters.doubting import FEWEST, fit_doubt, fit_space
from services.nlu.domain.doubt import FEATURES, features
from services.nlu.domain.heads import Heads, shares_of


@pytest.fixture(scope="module")
def cloud():
    """Two intents in two languages: four places in eight dimensions, and strangers elsewhere."""
    chance = np.random.default_rng(7)
    middles = np.eye(8)[:4] * 3
    places = np.repeat(np.arange(4), 50)
    known = middles[places] + chance.normal(0, 0.3, (200, 8))
    strange = -np.eye(8)[4] * 3 + chance.normal(0, 0.3, (40, 8))
    return known.astype(np.float32), places, strange.astype(np.float32)


def test_strangers_are_farther_than_what_is_known(cloud):
    known, places, strange = cloud
    space = fit_space(known, list(places))
    assert space.places.shape == (4, 8)
    assert space.distance(strange).min() > np.quantile(space.distance(known), 0.95)


def test_the_features_of_a_text():
    scores = np.array([[4.0, 1.0, 2.0]], dtype=np.float32)
    found = features(scores, np.array([0.5]), outside=1)
    odds = -np.log(np.exp(-3) + np.exp(-2))
    assert found[0] == pytest.approx([odds, 4.0, 3.0, 2.0, 0.5], rel=1e-5)
    assert features(scores, np.array([0.5]), outside=None)[0][2] == 0.0
    assert found.shape == (1, FEATURES)


def test_doubt_is_learned_and_weighs_the_shares(cloud):
    known, places, strange = cloud
    space = fit_space(known, list(places))
    vectors = np.concatenate([known, strange])
    scores = vectors[:, :2].astype(np.float32)
    inside = np.arange(len(vectors)) < len(known)
    doubt = fit_doubt(space, features(scores, space.distance(vectors), None), inside)
    shares = shares_of(scores, space.distance(vectors), ("a", "b"), doubt)
    assert shares.sum(axis=1)[inside].mean() > 0.9 > 0.1 > shares.sum(axis=1)[~inside].mean()
    heads = Heads(
        ("a", "b"), np.eye(2, 8, dtype=np.float32), np.zeros((2, 16_384), np.float32), np.zeros(2), 0.3, doubt
    )
    guesses = heads.guesses(["x"] * 40, strange)
    assert [guess.intent for guess in guesses].count("out_of_scope") >= 38


def test_from_a_few_nothing_is_learned(cloud):
    known, places, strange = cloud
    rows = np.ones((FEWEST + 50, FEATURES), np.float32)
    inside = np.arange(len(rows)) >= FEWEST - 1
    assert fit_doubt(fit_space(known, list(places)), rows, inside) is None
