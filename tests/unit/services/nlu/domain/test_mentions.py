"""The rules for mentions, measured on messages about the demo shop, and held to their time."""

import re
import time
from datetime import date
from pathlib import Path
from statistics import median

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.adapters.catalogue import catalogue_of
from services.nlu.domain.entities import Known, Patterns, find_entities
from services.nlu.domain.scores import span_f1
from services.nlu.domain.spans import Span
from services.nlu.domain.text import match_text
from shared.contracts.messages import Expects
from shared.shop import load_shop
from tests.unit.services.nlu.domain.cpu import BUDGET_S, least_seconds

MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")
SAID = yaml.safe_load((Path(__file__).parent / "said" / "mentions.yaml").read_text("utf-8"))
TUESDAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def known():
    shop = load_shop(Path("shops/demo"))
    catalogue = catalogue_of(shop.products, shop.profile.title.values())
    return Known(Patterns(shop.profile.order_number.pattern), catalogue.products, catalogue.options)


def unmarked(marked):
    text, spans, read = "", set(), 0
    for mark in MARK.finditer(marked):
        text += marked[read : mark.start()]
        spans.add(Span(len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        read = mark.end()
    return text + marked[read:], spans


NOTHING = Expects()


def find(text, known, expects=NOTHING):
    return find_entities(text, match_text(text), known, expects, TUESDAY)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_mentions_of_a_hundred_and_fifty_messages(known, language):
    rows = [unmarked(line) for line in SAID[language]]
    found = [{Span(e.start, e.end, e.type) for e in find(text, known)} for text, _ in rows]
    assert len(rows) >= 150
    assert span_f1([gold for _, gold in rows], found).f1 >= 0.97


def test_values_are_the_catalogues(known):
    text = "two of the dark grey ones in a medium, 两万毫安的充电宝, 欧标, and the Heron"
    found = {(e.type, e.value) for e in find(text, known)}
    assert {("size", "m"), ("option", "20,000 mah"), ("option", "eu plug"), ("product", "P3002")} <= found


def test_a_kind_of_thing_means_a_product_if_there_is_only_one(known):
    assert [(e.type, e.text, e.value) for e in find("is the kettle loud", known)] == [("product", "kettle", "P3007")]
    assert find("is the shirt warm", known) == ()


@pytest.mark.parametrize(("text", "value"), [("42", "42"), ("M", "m"), ("xl", "xl"), ("38.5", "38.5")])
def test_a_bare_size_that_was_asked_for(known, text, value):
    (found,) = find(text, known, Expects(kind="slot", slot="size"))
    assert (found.type, found.value) == ("size", value)


def test_a_typical_message_takes_less_than_a_millisecond_or_so(known):
    texts = [unmarked(line)[0] for lines in SAID.values() for line in lines]
    took = []
    for text in texts:
        started = time.process_time()
        find(text, known)
        took.append(time.process_time() - started)
    assert median(took) < 0.005


HOSTILE = [
    "1", "1 ", "1-", "1.", "1,", "12/", "+1 ", "三百", "十", "号", "周一", "双十一", "between 1 and ", "under 3", "€1 ",
    "the 1st ", "last ", "may 1 ", "in a 42 ", "size ", "黑", "黑色", "米", "a", "trail runner ", "山径跑鞋", "切尔西",
    "@", "order 1", "MB1", "\u0301", "\ufdfa", "(", "-", "第", "k", "one of ", "from 1 to ", "number ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_message_takes_long(known, piece):
    original = (piece * 4000)[:4000]
    text = match_text(original)
    assert least_seconds(lambda: find_entities(original, text, known, NOTHING, TUESDAY)) < BUDGET_S


@given(st.text(st.sampled_from("MB10003 42码号第双十一周月点半百三under50€-./,@上下今明的黑M"), max_size=60))
def test_any_mixture_gives_mentions_within_the_text(known, text):
    found = find(text, known)
    assert all(text[e.start : e.end] == e.text and e.text for e in found)
    assert all(one.end <= other.start or (one.start, one.end) == (other.start, other.end)
               for one, other in zip(found, found[1:], strict=False))  # fmt: skip


@given(st.text(st.characters(), max_size=200))
def test_any_text_at_all(known, text):
    assert all(text[e.start : e.end] == e.text for e in find(text, known))
