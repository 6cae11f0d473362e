"""The same errand by curl, over WebSocket and in a terminal: the same replies, one change of the shop each time."""

import json
from uuid import uuid4

import pytest

from services.commands.client import open_client
from services.commands.connection import Frame, open_connection
from shared.contracts.messages import CustomerInput
from tests.e2e.journey_roads import Curl, Reply, chatting, gist, same
from tests.e2e.journey_script import CODE, CONFIRM, EN, FIRST, ZH, Journey, body, waiting

pytest_plugins = ["tests.e2e.journey_stack"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(500), pytest.mark.asyncio(loop_scope="module")]
JOURNEYS = pytest.mark.parametrize("journey", [EN, ZH], ids=["en", "zh"])
REPLY = {"id", "turn", "language", "text", "components", "sources", "expects", "acts", "by"}


async def cancelled_once(shop, journey: Journey) -> None:
    assert await shop.order_statuses([journey.order]) == {journey.order: "cancelled"}
    assert await shop.receipts() == 1


@JOURNEYS
async def test_by_curl(stack, shop, journey: Journey) -> None:
    curl = Curl(stack.url)
    told = curl.play(journey)
    for number, (turn, replies) in enumerate(zip(journey.turns, told, strict=True), 1):
        assert waiting(replies[-1]) == turn.expects
        assert [component["type"] for reply in replies for component in reply["components"]] == turn.components
        for reply in replies:
            assert set(reply) == REPLY
            assert (reply["turn"], reply["language"], reply["by"]) == (number, journey.language, "response")
    preview = told[-2][-1]["expects"]["preview"]
    assert set(preview) == {"id", "action", "target", "effect", "expires_at"}
    assert (preview["action"], preview["target"]) == ("cancel_order", journey.order)
    [act] = told[-1][-1]["acts"]
    assert (act["action"], act["target"]) == ("cancel_order", journey.order)
    assert act["receipt"] == told[-1][-1]["components"][0]["number"]
    assert act["receipt"] in told[-1][-1]["text"]
    await cancelled_once(shop, journey)


@JOURNEYS
async def test_a_confirmation_sent_twice_by_curl_is_one(stack, shop, journey: Journey) -> None:
    curl = Curl(stack.url)
    told = curl.play(journey)
    number = len(journey.turns)
    again = body(CONFIRM, f"m-{number}", told[-2][-1], "")
    assert curl.say(again) == (200, {"seq": number, "replies": told[-1], "status": "completed"})
    status, refused = curl.say({**again, "confirm": "p_another"})
    assert (status, refused["status"]) == (409, 409)
    await cancelled_once(shop, journey)


@JOURNEYS
async def test_a_websocket_tells_the_same(stack, shop, journey: Journey) -> None:
    told = Curl(stack.url).play(journey)
    await shop.reset()
    curl, by_socket = Curl(stack.url), []
    async with open_client(stack.url) as client:
        conversation = await client.create(journey.language)
        async with open_connection(client, conversation) as connection:
            for number, turn in enumerate(journey.turns, 1):
                last = by_socket[-1][-1] if by_socket else {}
                message = body(turn.says, uuid4().hex, last, curl.code(journey.email) if turn.says == CODE else "")
                frames = [frame async for frame in connection.play(CustomerInput(**message))]
                assert {"client_message_id": message["client_message_id"], "seq": number} in told_of(frames, "accepted")
                assert [end["status"] for end in told_of(frames, "turn.ended")] == ["completed"]
                by_socket.append([reply["reply"] for reply in told_of(frames, "reply")])
    assert gists(by_socket) == gists(told)
    await cancelled_once(shop, journey)


@JOURNEYS
@pytest.mark.parametrize("as_terminal", [False, True], ids=["pipe", "terminal"])
async def test_the_terminal_tells_the_same(stack, shop, journey: Journey, as_terminal: bool) -> None:
    told = Curl(stack.url).play(journey)
    await shop.reset()
    lines = {CONFIRM: "confirm" if journey.language == "en" else "确认", FIRST: "1"}
    with chatting(stack, journey.language, as_terminal=as_terminal) as terminal:
        for turn, replies in zip(journey.turns, told, strict=True):
            line = Curl(stack.url).code(journey.email) if turn.says == CODE else lines.get(turn.says, turn.says)
            terminal.type(line)
            for reply in replies:
                terminal.read_until(same(reply["text"]).partition("R-")[0])
    shown = same(terminal.shown)
    for reply in (reply for replies in told for reply in replies):
        assert shown.count(same(reply["text"])) == 1
    assert told[-2][-1]["expects"]["preview"]["effect"].split("\n")[0][:60] in shown
    await cancelled_once(shop, journey)


def told_of(frames: list[Frame], kind: str) -> list[dict]:
    """The frames of a kind, without what all have."""
    return [
        {name: value for name, value in frame.data.items() if name not in ("type", "cursor")}
        for frame in frames
        if frame.type == kind
    ]


def gists(told: list[list[Reply]]) -> str:
    return json.dumps([[gist(reply) for reply in replies] for replies in told], ensure_ascii=False, indent=1)
