"""What is held out of the training data."""

from collections import Counter
from pathlib import Path

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.options import Options, held_out

EXAMPLES = [
    Example(f"{intent} {place}", intent, "en") for intent, n in (("a", 40), ("b", 3), ("c", 1)) for place in range(n)
]


def test_a_tenth_of_each_intent_and_at_least_one_is_held_out() -> None:
    train, validation = held_out(EXAMPLES)
    assert Counter(example.intent for example in validation) == {"a": 4, "b": 1}
    assert sorted(train + validation, key=lambda e: e.text) == sorted(EXAMPLES, key=lambda e: e.text)


def test_the_seed_decides_which() -> None:
    assert held_out(EXAMPLES, 1) == held_out(EXAMPLES, 1)
    assert held_out(EXAMPLES, 1) != held_out(EXAMPLES, 2)


def test_how_long_a_training_may_take_may_change_between_two_calls() -> None:
    assert Options(Path("a"), minutes=1).decisive() == Options(Path("b"), minutes=2).decisive()
    assert Options(Path("a"), epochs=1).decisive() != Options(Path("a"), epochs=2).decisive()
