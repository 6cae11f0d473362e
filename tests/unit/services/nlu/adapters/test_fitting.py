"""Fitting heads: what is learned, what is chosen on held-out texts, and the edges of too little data."""

import numpy as np
import pytest

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fitting import Labelled, fit_heads
from services.nlu.adapters.folds import deal
from shared.errors import ConfigError

WORDS = ("parcel", "refund", "size", "colour", "invoice", "voucher", "repair")
D = 16


def data(intents, each, *, outside=0, seed=1):
    """Texts that share a word, and vectors around one point for each intent; `outside` strangers all over the place."""
    chance = np.random.default_rng(seed)
    examples = [Example(f"{WORDS[i]} number {n}", f"i{i}", "en") for i in range(intents) for n in range(each)]
    middles = np.eye(D)[:intents]
    vectors = middles[np.repeat(np.arange(intents), each)] + chance.normal(0, 0.12, (len(examples), D))
    examples += [Example(f"thing{n} thought{n}", "out_of_scope", "en") for n in range(outside)]
    strange = chance.normal(0, 1, (outside, D))
    rows = np.concatenate([vectors, strange])
    return Labelled(examples, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))


def read(heads, labelled):
    guesses = heads.guesses([e.text for e in labelled.examples], labelled.vectors)
    return np.mean([g.intent == e.intent for g, e in zip(guesses, labelled.examples, strict=True)])


def test_what_is_separable_is_learned_and_strangers_are_refused():
    fit = fit_heads(data(5, 20, outside=40))
    assert read(fit.heads, data(5, 20, outside=40, seed=2)) >= 0.9
    assert fit.heads.doubt is not None
    assert 0.3 <= fit.heads.threshold <= 0.95
    assert fit.figures["oos_recall"] >= 0.7
    assert len(fit.judged) == 140


def test_without_examples_out_of_scope_hidden_intents_show_what_those_are_like():
    fit = fit_heads(data(7, 20))
    strangers = data(1, 1, outside=60, seed=3)
    guesses = fit.heads.guesses([e.text for e in strangers.examples[1:]], strangers.vectors[1:])
    assert fit.heads.doubt is not None
    assert np.mean([guess.intent == "out_of_scope" for guess in guesses]) >= 0.6


def test_two_intents_are_enough():
    fit = fit_heads(data(2, 6), curve=True)
    assert read(fit.heads, data(2, 6, seed=2)) == 1.0
    assert fit.heads.doubt is None
    assert [count for count, _ in fit.curve] == sorted(count for count, _ in fit.curve)


def test_the_same_seed_gives_the_same_heads():
    one, two = (fit_heads(data(3, 10, outside=25), seed=5).heads for _ in range(2))
    assert (one.weights == two.weights).all() and one.threshold == two.threshold
    assert (one.doubt.weights == two.doubt.weights).all()


def test_threshold_and_temperature_come_from_validation_when_there_is_one():
    validation = data(3, 10, outside=30, seed=9)
    fit = fit_heads(data(3, 10), validation)
    assert len(fit.judged) == len(validation.examples)
    assert fit.figures["out_of_scope"] == 30


def test_validation_without_strangers_borrows_those_of_the_training_data():
    fit = fit_heads(data(4, 15, outside=40), data(4, 10, seed=9))
    assert fit.heads.doubt is not None
    assert fit.figures["intent_accuracy"] >= 0.9
    assert read(fit.heads, data(1, 1, outside=60, seed=3)) >= 0.6


def test_an_intent_of_validation_that_nobody_learned_is_told():
    with pytest.raises(ConfigError, match="intents that the training data lacks: i3"):
        fit_heads(data(3, 5), data(4, 5))


def test_an_intent_of_two_examples_is_in_every_training_fold():
    y = np.array([0] * 10 + [1] * 2)
    folds = deal(y, seed=3)
    assert all(1 in y[folds != fold] for fold in range(3))
