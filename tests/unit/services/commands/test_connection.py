import asyncio

import pytest

from services.commands.client import open_client, text_message
from services.commands.connection import Frame, open_connection, position
from shared.contracts.messages import CustomerInput
from tests.stub_gateway import StubGateway, serve


@pytest.fixture
async def stub():
    gateway = StubGateway()
    async with serve(gateway.app) as gateway.url:
        yield gateway


async def exchange(stub: StubGateway, messages: list[CustomerInput]) -> tuple[list[Frame], dict[str, int]]:
    frames = []
    async with (
        asyncio.timeout(10),
        open_client(stub.url) as client,
        open_connection(client, await client.create("en")) as connection,
    ):
        for message in messages:
            frames += [frame async for frame in connection.play(message)]
        return frames, vars(connection)


def kinds(frames: list[Frame]) -> list[str]:
    return [frame.type for frame in frames if frame.type != "message"]


async def test_a_turn_is_accepted_answered_and_ended(stub: StubGateway) -> None:
    frames, _ = await exchange(stub, [text_message("hello")])
    assert kinds(frames) == ["connected", "accepted", "reply", "turn.ended"]


async def test_a_cut_before_accepted_is_resumed_and_resent_without_a_second_turn(stub: StubGateway) -> None:
    stub.faults.cut_after_accept = 1
    frames, state = await exchange(stub, [text_message("hello"), text_message("again")])
    assert sorted(kinds(frames)) == ["accepted"] * 2 + ["connected"] * 2 + ["reply"] * 2 + ["turn.ended"] * 2
    assert (stub.books["accepted"], state["connects"], state["repeated"]) == (2, 2, 0)


async def test_after_a_resync_the_log_is_read_again_and_nothing_shown_twice(stub: StubGateway) -> None:
    first, second = text_message("hello"), text_message("again")
    async with asyncio.timeout(10), open_client(stub.url) as client:
        conversation = await client.create("en")
        async with open_connection(client, conversation) as connection:
            seen = [frame async for frame in connection.play(first)]
            stub.faults.rewind, stub.faults.cut_after_accept = 1, 1
            seen += [frame async for frame in connection.play(second)]
            assert connection.resyncs == 1
    replies = [frame.data["reply"]["turn"] for frame in seen if frame.type == "reply"]
    assert replies == [1, 2]
    assert stub.books["accepted"] == 2


async def test_an_error_that_names_the_message_ends_its_play(stub: StubGateway) -> None:
    stub.faults.refuse = [(429, "too_many_waiting")]
    frames, _ = await exchange(stub, [text_message("hello")])
    assert frames[-1].type == "error"
    assert frames[-1].data["code"] == "too_many_waiting"


async def test_a_request_for_a_person_ends_like_any_turn(stub: StubGateway) -> None:
    frames, _ = await exchange(stub, [CustomerInput(client_message_id="1", handoff=True)])
    assert kinds(frames)[-1] == "turn.ended"
    assert frames[-1].data["responses"] == ["handoff_queued"]


async def test_a_refused_token_closes_for_good(stub: StubGateway) -> None:
    async with asyncio.timeout(10), open_client(stub.url) as client:
        conversation = await client.create("en")
        del stub.talks[conversation.conversation_id]
        async with open_connection(client, conversation) as connection:
            frame = await connection.next()
    assert (frame.type, frame.data["code"]) == ("closed", 4401)


def test_position_is_the_number_before_the_nonce() -> None:
    assert position("17.x9f") == 17
