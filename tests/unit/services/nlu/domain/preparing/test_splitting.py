from collections import Counter
from itertools import product

import pytest

from services.nlu.adapters.words import load_words
from services.nlu.domain.preparing.rows import Options, Row
from services.nlu.domain.preparing.splitting import split, templates

WORDS = load_words()


def groups(*texts):
    rows = [Row(text, line) for line, text in enumerate(texts)]
    return sorted(sorted(part) for part in templates(rows, WORDS))


@pytest.mark.parametrize(
    "texts",
    [
        ("cancel order 12345", "please cancel my order 98765"),
        ("cancel order {{Order Number}}", "I want to cancel the order"),
        ("how do I cancel an order", "an order: can I annul it?", "cancelling my purchase"),
        ("is the {{product}} waterproof", "is it waterproof?"),
        ('is the "Plume" waterproof', 'is "Swift 2" waterproof'),
        ("where does Anna live in Berlin", "where does Peter live in Bonn"),
        ("send me the invoice from March", "send me the invoice from May 2024"),
        ("give me my money back for two pairs", "give me my money back for three pairs"),
        ("I forgot my password", "retrieve my passcode"),
        ("我想取消订单", "请问怎么取消我的单子", "取消订单123"),
        ("什么时候发货", "请问今天可以寄出吗"),
        ("退款多久到", "亲，退钱多久到"),
        ("track my broken grey wool parcel", "track my broken grey parcel, wool"),
        ("你好", "你好"),
    ],
)
def test_texts_of_one_template_are_one_group(texts):
    assert groups(*texts) == [list(range(len(texts)))]


@pytest.mark.parametrize(
    "texts",
    [
        ("cancel my order", "track my parcel"),
        ("how are you", "who are you"),
        ("is the coat waterproof", "does the coat have pockets"),
        ("取消订单", "修改地址"),
        ("有货吗", "包邮吗"),
    ],
)
def test_others_are_apart(texts):
    assert groups(*texts) == [[at] for at in range(len(texts))]


def test_marked_mentions_do_not_tell_templates_apart():
    texts = ("is the coat waterproof", "is the kettle waterproof")
    rows = [Row(text, 1, marks=((7, text.index(" water"), "product"),)) for text in texts]
    assert len(templates(rows, WORDS)) == 1


COLOURS = ("red", "green", "brown", "white", "black", "yellow", "purple", "orange", "silver", "golden")
THINGS = ("boots", "kettle", "lamp", "scarf", "table", "jacket", "bottle", "candle", "blanket", "mirror")


@pytest.fixture(scope="module")
def many():
    """Two intents: 100 templates of 2 or 4 texts each, and 20 of one."""
    told = []
    for at, (colour, thing) in enumerate(product(COLOURS, THINGS)):
        told += [(f"stock {colour} {thing} {n}", "stock") for n in range(2 + at % 2 * 2)]
    told += [
        (f"wash {first} {second} gently", "care") for first, second in zip(COLOURS * 2, THINGS[:5] * 4, strict=True)
    ]
    return [Row(text, line, intent) for line, (text, intent) in enumerate(told, 1)]


def test_no_template_stands_on_two_sides_and_each_intent_on_all(many):
    parts = templates(many, WORDS)
    sides = split(many, Options(WORDS), parts)
    side_of = {row.line: side for side, rows in sides.items() for row in rows}
    assert sorted(side_of) == [row.line for row in many]
    assert all(len({side_of[many[at].line] for at in part}) == 1 for part in parts)
    for intent, total in Counter(row.intent for row in many).items():
        share = {side: sum(row.intent == intent for row in rows) / total for side, rows in sides.items()}
        assert share["train"] == pytest.approx(0.8, abs=0.06)
        assert min(share.values()) > 0.04


def test_the_same_seed_gives_the_same_and_another_seed_another(many):
    parts = templates(many, WORDS)
    first, again, other = (split(many, Options(WORDS, seed=seed), parts) for seed in (1, 1, 2))
    assert first == again != other


def test_one_template_alone_goes_to_training():
    rows = [Row(f"cancel order {n}", n, "cancel") for n in range(50)]
    sides = split(rows, Options(WORDS), templates(rows, WORDS))
    assert {side: len(found) for side, found in sides.items()} == {"train": 50, "validation": 0, "test": 0}
