from types import SimpleNamespace

import httpx
import pytest
import yaml
from pydantic import TypeAdapter

from services.commands.cases import NotAsExpected, Player, differences, input_for, newest_code
from services.commands.client import Client
from services.commands.roads import Answer
from shared.contracts.messages import Expects, Option, PreviewShown, Reply
from shared.shop.conversations import Conversation, Expectation, Gesture
from tests.stub_gateway import StubGateway, serve

CANCEL = """
name: cancel
language: en
customer: C003
steps:
  - user: cancel it
    expect: {responses: [which_order], expects: choice}
  - user: {choose: 2}
    expect: {expects: confirmation, acts: []}
  - user: {confirm: true}
    expect: {acts: [cancel_order], expects: none}
final: {orders: {MB10002: cancelled, MB10001: pending}, writes: 1}
"""
IDENTIFY = """
name: identify
language: en
steps:
  - user: where is my order
    expect: {expects: "slot:email", responses: [ask_email], components: [order_card]}
  - user: ann@example.com
    expect: {expects: "slot:one_time_code"}
  - code: true
  - shop: {order: MB10001, status: shipped}
final: {orders: {MB10001: shipped}, writes: 0}
"""


class StubShop:
    """The stub's shop, seen past the bot."""

    def __init__(self, stub: StubGateway) -> None:
        self._stub = stub
        self.resets = 0

    async def set_status(self, order: str, status: str) -> None:
        self._stub.statuses[order] = status

    async def order(self, number: str) -> SimpleNamespace:
        unknown = dict.fromkeys(("address", "payment_method", "payment_last4", "shipping", "deliver_on"), "")
        return SimpleNamespace(status=self._stub.statuses[number], lines=(), **unknown)

    async def find_customer(self, *, customer_id: str | None = None) -> None:
        return None

    async def made(self) -> list[tuple[str, str, str]]:
        return [("cancel_order", "MB10002", "{}")] * self._stub.receipts

    async def reset(self) -> None:
        self.resets += 1


def case(text: str) -> Conversation:
    return TypeAdapter(Conversation).validate_python(yaml.safe_load(text))


@pytest.fixture
def stub() -> StubGateway:
    return StubGateway()


@pytest.fixture
async def client(stub: StubGateway):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stub.app), base_url="http://stub") as http:
        yield Client(http)


@pytest.mark.parametrize("text", [CANCEL, IDENTIFY])
async def test_a_conversation_as_written_passes(client: Client, stub: StubGateway, text: str) -> None:
    shop = StubShop(stub)
    played = await Player(client, shop).play(case(text))
    assert played.failures == []
    assert shop.resets == 1


async def test_the_transcript_shows_both_sides(client: Client, stub: StubGateway) -> None:
    played = await Player(client, StubShop(stub)).play(case(CANCEL))
    assert played.transcript[:3] == [
        ("customer", "cancel it"),
        ("bot", "You said: cancel it."),
        ("customer", "choose 2"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "failure"),
    [
        ("which_order", "nope", "step 1: expected responses ['nope'], got ['which_order']"),
        ("expects: choice", "expects: none", "step 1: expected the bot to wait for none, it waits for choice"),
        ("acts: []", "acts: [cancel_order]", "step 2: expected acts ['cancel_order'], got []"),
        ("choose: 2", "choose: 3", "step 2: there is no choice 3; the bot offers ['MB10001', 'MB10002']"),
        ("{choose: 2}", "{confirm: true}", "step 2: there is no preview to answer; the bot waits for choice"),
        ("writes: 1", "writes: 0", "the shop made 1 receipts, not 0"),
        ("MB10001: pending", "MB10001: packed", "status of order MB10001 is pending, not packed"),
    ],
)
async def test_what_differs_is_named(client: Client, stub: StubGateway, old: str, new: str, failure: str) -> None:
    assert old in CANCEL
    played = await Player(client, StubShop(stub)).play(case(CANCEL.replace(old, new)))
    assert played.failures[0] == failure


async def test_a_refusal_fails_the_case(client: Client, stub: StubGateway) -> None:
    stub.faults.refuse = [(409, "id_reused")]
    played = await Player(client, StubShop(stub)).play(case(CANCEL))
    assert played.failures == ["id_reused (409)"]


async def test_the_same_conversation_passes_over_websocket() -> None:
    stub = StubGateway()
    async with serve(stub.app) as url, httpx.AsyncClient(base_url=url) as http:
        played = await Player(Client(http), StubShop(stub), websocket=True).play(case(CANCEL))
    assert played.failures == []
    assert stub.receipts == 1


def answer(*responses: str, status: str = "completed") -> Answer:
    return Answer(status, (Reply(id="1", turn=1, language="en", text=""),), responses)


def test_responses_may_stand_between_the_expected_ones_but_not_in_another_order() -> None:
    spoken = answer("greeting", "order_cancelled", "anything_else")
    assert differences(Expectation(responses=("greeting", "anything_else")), spoken) == []
    assert differences(Expectation(responses=("anything_else", "greeting")), spoken) != []


def test_a_turn_that_failed_is_a_difference_even_where_nothing_is_expected() -> None:
    assert differences(Expectation(), answer(status="failed")) == ["the turn ended as failed"]


def test_gestures_take_their_ids_from_what_the_bot_expects() -> None:
    preview = PreviewShown(id="p1", action="a", target="t", effect="e", expires_at="")
    options = (Option(id="a", label="Blue"), Option(id="b", label="Red"))
    assert input_for(Gesture(decline=True), Expects(kind="confirmation", preview=preview)).decline == "p1"
    assert input_for(Gesture(choose="Red"), Expects(kind="choice", options=options)).choose == "b"
    assert input_for(Gesture(handoff=True), Expects()).handoff
    with pytest.raises(NotAsExpected):
        input_for(Gesture(choose="Green"), Expects(kind="choice", options=options))


def test_the_newest_code_of_the_address_counts() -> None:
    outbox = [{"to": "b@x.y", "code": "3"}, {"to": "a@x.y", "code": "2"}, {"to": "a@x.y", "code": "1"}]
    assert newest_code(outbox, "a@x.y") == "2"
    assert newest_code(outbox, "") == "3"
    with pytest.raises(NotAsExpected):
        newest_code(outbox, "c@x.y")
