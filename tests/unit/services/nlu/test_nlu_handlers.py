from datetime import UTC, datetime

import pytest

from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.products import Gazetteer
from services.nlu.handlers import Mind, NluHandlers
from shared.contracts.envelope import decode, encode, message_id
from shared.contracts.messages import CustomerInput, Expects, MessageReceived, MessageUnderstood
from shared.ports import Claim


def received(sent_at=None, **what):
    sent = CustomerInput(client_message_id="m1", **what)
    return MessageReceived(
        message_id="x", conversation_id="c1", turn=3, token="t", deadline_at=9.0, input=sent, language="zh",
        previous_end="completed", traceparent="00-1", sent_at=sent_at,
    )  # fmt: skip


@pytest.fixture
async def handled(small):
    await small("hello")
    handlers = NluHandlers(small.reader, small.engine)

    async def handle(message):
        return [out async for out in handlers.on_message_received(message, Claim("go", 1))]

    return handle


async def test_a_text_is_understood_under_the_same_turn(handled):
    message = received(text="取消我的订单")
    (out,) = await handled(message)
    assert (out.conversation_id, out.turn, out.token, out.previous_end) == ("c1", 3, "t", "completed")
    assert out.message_id == message_id("c1", 3, "t", "message.understood")
    assert out.understanding.requests[0].intent == "cancel_order"
    assert out.input == message.input
    assert decode(encode(out)) == out


class Noting:
    """Passes texts on, and remembers them."""

    def __init__(self, engine):
        self.engine = engine
        self.asked = []

    async def embed(self, texts, kind, soon=False):
        self.asked.append(tuple(texts))
        return await self.engine.embed(texts, kind)

    async def under_way(self):
        await self.engine.under_way()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("where is my order", [("where is my order",)]),
        ("where is my order and the other stuff", [("where is my order and the other stuff",)]),
        (
            "where is my order? Tomorrow there will be rain.",
            [("where is my order? Tomorrow there will be rain.", "Tomorrow there will be rain.")],
        ),
        (
            "cancel my order and also where is MB10003?",
            [("cancel my order and also where is MB10003?", "where is MB10003?"), ("cancel my order",)],
        ),
    ],
)
async def test_all_runs_are_embedded_only_where_a_later_part_is_surely_a_request(small, text, asked):
    await small("hello")
    mind = Mind(small.reader, noting := Noting(small.engine))
    understanding = await mind.understand(text, ("en", Expects()), small.reader)
    assert noting.asked == asked
    at_once = await small(text)
    assert [(r.intent, r.text) for r in understanding.requests] == [(r.intent, r.text) for r in at_once.requests]


async def test_met_again_it_gives_the_same(handled):
    message = received(text="where is my order")
    assert await handled(message) == await handled(message)


@pytest.mark.parametrize(
    "what",
    [{"confirm": "p1"}, {"decline": "p1"}, {"choose": "o1"}, {"handoff": True}, {"identified": True}, {"text": " "}],
)
async def test_what_is_no_text_passes_through(handled, what):
    (out,) = await handled(received(**what))
    assert isinstance(out, MessageUnderstood)
    assert out.understanding.language == "zh"
    assert out.understanding.requests == out.understanding.signals == ()


async def test_days_are_those_of_the_shop_when_the_message_was_sent(handled):
    """Half past eleven in the evening in UTC is the next day where the shop is."""
    late = datetime(2026, 11, 16, 23, 30, tzinfo=UTC).timestamp()
    (out,) = await handled(received(text="取消昨天的订单", sent_at=late))
    dates = {entity.value for request in out.understanding.requests for entity in request.entities}
    assert dates == {"2026-11-16"}


async def test_another_catalogue_counts_from_the_next_text_on(small):
    await small("hello")
    handlers = NluHandlers(small.reader, small.engine)
    shelf = Catalogue(Gazetteer.of([("P9", "Thunder Speaker")]), small.reader.options)
    handlers.stock(shelf)
    message = received(text="where is my thunder speaker")
    (out,) = [made async for made in handlers.on_message_received(message, Claim("go", 1))]
    assert [entity.value for request in out.understanding.requests for entity in request.entities] == ["P9"]
