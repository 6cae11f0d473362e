"""Every regular expression that reads messages: none is slow on any text, and none is spared where it would match."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from re import _parser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import services.nlu.domain
from services.nlu.adapters.catalogue import catalogue_of
from services.nlu.adapters.rules import load_signals
from services.nlu.domain import entities, masking, sizes, split
from services.nlu.domain.dates import chinese, english
from services.nlu.domain.entities import Patterns
from services.nlu.domain.questionnaire import LONGEST as LONGEST_MASKED
from services.nlu.domain.text import MatchText
from services.nlu.domain.understanding import LONG
from shared.shop import load_shop
from tests.unit.services.nlu.domain.cpu import BUDGET_S, least_seconds

LONGEST = 4_000
SHORTER = {split.__name__: LONG, masking.__name__: LONGEST_MASKED}
"""What the callers of these modules cut their texts to."""
WHOLE = (r"\W*", r"[^|]*")
"""What begins like this is matched against a text from end to end, never searched in it."""
PUMPED = (
    "a", "A", "1", " ", "\n", "-", ".", ",", "/", "#", "'", "!", "?!", "_", "：", "的", "不", "省市", "三百", "\u0301",
    "a ", "1 ", "a-", "1-", "1.", "a1", "a@", "A b ", "的1", "转a", "， ", "not a ", "the 1 ", "of a ", "12345 ",
    "order 1 ", "订单1 ", "between 1 and ", "周一", "客服!",
)  # fmt: skip


def _expressions(value: object, name: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict):
        yield from (each for key, part in value.items() for each in _expressions(part, f"{name}.{key}"))
    elif isinstance(value, tuple | list):
        yield from (each for at, part in enumerate(value) for each in _expressions(part, f"{name}.{at}"))
    elif is_dataclass(value) and not isinstance(value, type):
        named = ((f"{name}.{field.name}", getattr(value, field.name)) for field in fields(value))
        yield from (each for path, part in named for each in _expressions(part, path))


def _all() -> dict[str, re.Pattern[str]]:
    names = [m.name for m in pkgutil.walk_packages(services.nlu.domain.__path__, "services.nlu.domain.")]
    found = [each for name in names for each in _expressions(vars(importlib.import_module(name)), name)]
    shop = load_shop(Path("shops/demo"))
    for name, made in (
        ("signals", load_signals()),
        ("options", catalogue_of(shop.products).options),
        ("patterns", Patterns(shop.profile.order_number.pattern)),
    ):
        found += _expressions(made, name)
    names_of = {(pattern.pattern, pattern.flags): name for name, pattern in reversed(found)}
    return {name: re.compile(*key) for key, name in names_of.items()}


EXPRESSIONS = _all()


def test_all_are_looked_at():
    assert len(EXPRESSIONS) > 200
    assert {"signals.rules.0.patterns.0", "options.english", "patterns.bare"} <= set(EXPRESSIONS)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_takes_no_long_time(name):
    pattern = EXPRESSIONS[name]
    length = next((cut for module, cut in SHORTER.items() if name.startswith(module)), LONGEST)
    used = pattern.fullmatch if pattern.pattern.startswith(WHOLE) else pattern.findall
    took = {piece: least_seconds(partial(used, (piece * length)[: length - 1] + "=")) for piece in PUMPED}
    assert {piece: seconds for piece, seconds in took.items() if seconds >= BUDGET_S} == {}


OPTIONS = catalogue_of(load_shop(Path("shops/demo")).products).options
ASCII = st.characters(codec="ascii")


def _is_spared(text: str, words: frozenset[str], signs: frozenset[str] = frozenset()) -> bool:
    matched = MatchText(text, (), ())
    return not matched.numbered and words.isdisjoint(matched.words) and signs.isdisjoint(matched.text)


GUARDS = [
    *((rule.pattern, english.WORDS, frozenset()) for rule, _ in english.RULES),
    *((rule.pattern, english.HOLIDAY_WORDS, frozenset()) for rule, _ in english.HOLIDAY_RULES),
    (OPTIONS.english.pattern, OPTIONS.openings, frozenset()),
    *((rule.pattern, frozenset(), chinese.SIGNS) for rule, _ in chinese.RULES),
    (sizes.SIZES.pattern, sizes.WORDS, sizes.SIGNS),
    (rf"\A{sizes.ANSWER.pattern.replace('*+', '*')}\Z", sizes.WORDS, sizes.SIGNS),
]


@pytest.mark.parametrize(("pattern", "words", "signs"), GUARDS)
def test_what_spares_an_expression_is_in_none_of_its_matches(pattern, words, signs):
    # Without ASCII's limits an expression that ignores case takes letters that no normalised text has, such as \u017f.
    alphabet = st.sampled_from([*map(chr, range(128)), *signs, *"一二三的"]) if words else None

    @settings(derandomize=True, max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(re.compile(pattern, re.IGNORECASE if words else 0), alphabet=alphabet))
    def holds(text):
        assert not _is_spared(text, words, signs)

    holds()


@pytest.mark.parametrize("pattern", [entities.COUNTED, entities.BEFORE_THING, entities.BEHIND_WORD, entities.ORDINAL])
def test_counting_needs_a_digit_or_a_word_for_a_number(pattern):
    @settings(derandomize=True, max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern, alphabet=ASCII))
    def holds(text):
        assert not _is_spared(text, entities.COUNTING)

    holds()


CHINESE = [pattern for rule in load_signals().rules for pattern in rule.chinese]


@pytest.mark.parametrize("pattern", CHINESE)
def test_a_chinese_signal_is_in_no_text_of_ascii_alone(pattern):
    assert not _may_be(pattern.pattern)


def _may_be(pattern: str) -> bool:
    """Whether a text of ASCII alone may match, as the parsed expression tells; what looks around is not considered."""
    return _of_ascii(_parser.parse(pattern))


def _of_ascii(tree):
    return all(_step_of_ascii(str(step), of) for step, of in tree)


def _step_of_ascii(step, of):
    match step:
        case "LITERAL":
            return of < 128
        case "IN":
            lowest = {"LITERAL": lambda code: code, "RANGE": min}
            return any(lowest.get(str(kind), lambda _: 0)(what) < 128 for kind, what in of)
        case "BRANCH":
            return any(map(_of_ascii, of[1]))
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return of[0] == 0 or _of_ascii(of[2])
        case "SUBPATTERN":
            return _of_ascii(of[3])
    return True
