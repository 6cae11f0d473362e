import random

import numpy as np
import pytest

from services.nlu.domain.preparing.neighbours import suspects
from services.nlu.domain.preparing.rows import Row
from services.nlu.domain.preparing.similarity import Groups, alike, jaccard


def test_all_pairs_that_are_alike_are_found_and_no_other():
    chance = random.Random(3)
    sets = []
    for n in range(300):
        base = {f"{n}-{m}" for m in range(40)}
        sets += [frozenset(base), frozenset(set(list(sorted(base))[1:]) | {f"new{n}"})]
        sets.append(frozenset(chance.sample(sorted(base), 25)))
    found = set(alike(sets, 0.9, bands=5, rows=8))
    truth = {(3 * n, 3 * n + 1) for n in range(300)}
    assert found <= truth
    assert len(found) > 0.97 * len(truth)
    assert all(jaccard(sets[a], sets[b]) >= 0.9 for a, b in found)


def test_empty_sets_are_like_nothing():
    assert list(alike([frozenset(), frozenset(), frozenset("a")], 0.5, 4, 2)) == []
    assert list(alike([], 0.5, 4, 2)) == []


def test_groups_join_over_others():
    groups = Groups(6)
    for pair in ((4, 5), (0, 1), (1, 4)):
        groups.join(*pair)
    assert [groups.of(place) for place in range(6)] == [0, 0, 2, 3, 0, 0]


@pytest.fixture
def two_clouds():
    chance = np.random.default_rng(0)
    vectors = np.repeat(np.eye(2, 8), 30, axis=0) + chance.normal(0, 0.05, (60, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return [Row(f"text {n}", n, "a" if n < 30 else "b") for n in range(60)], vectors


def test_an_example_among_those_of_another_intent_is_suspect(two_clouds):
    rows, vectors = two_clouds
    rows[7] = Row("text 7", 7, "b")
    rows[40] = Row("text 40", 40, None)
    (found,) = suspects(rows, vectors)
    assert (found.row.line, found.other) == (7, "a")
    assert found.share >= 0.8


def test_too_few_examples_are_not_judged(two_clouds):
    rows, vectors = two_clouds
    assert suspects(rows[25:34], vectors[25:34]) == []
