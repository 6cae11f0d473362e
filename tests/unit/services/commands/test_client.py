import httpx
import pytest

from services.commands.client import Client, Refused, Unreachable, is_loopback, open_client, text_message
from shared.contracts.messages import CustomerInput
from tests.stub_gateway import StubGateway


@pytest.fixture
def stub() -> StubGateway:
    return StubGateway()


@pytest.fixture
async def client(stub: StubGateway):
    transport = httpx.ASGITransport(stub.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://stub") as http:
        yield Client(http)


async def test_turn_waits_for_its_end_and_brings_the_replies(client: Client) -> None:
    conversation = await client.create("en")
    turn = await client.turn(conversation, text_message("what about returns?"))
    assert (turn.seq, turn.status) == (1, "completed")
    assert turn.replies[0].text == "You said: what about returns?."
    assert turn.replies[0].sources[0].title == "Returns"


async def test_send_without_waiting_leaves_the_turn_open(client: Client) -> None:
    conversation = await client.create("en")
    turn = await client.send(conversation, text_message("hello"))
    assert (turn.seq, turn.status, turn.replies) == (1, "open", ())


async def test_the_same_id_again_is_the_same_turn(client: Client, stub: StubGateway) -> None:
    conversation = await client.create("en")
    message = text_message("hello")
    first, again = await client.turn(conversation, message), await client.turn(conversation, message)
    assert first == again
    assert stub.books["accepted"] == 1


async def test_the_same_id_with_other_content_is_refused(client: Client) -> None:
    conversation = await client.create("en")
    await client.turn(conversation, CustomerInput(client_message_id="x", text="hello"))
    with pytest.raises(Refused) as refused:
        await client.turn(conversation, CustomerInput(client_message_id="x", text="good bye"))
    assert (refused.value.status, refused.value.code) == (409, "id_reused")


async def test_outcome_unknown_is_resent_under_the_same_id(client: Client, stub: StubGateway) -> None:
    conversation = await client.create("en")
    stub.faults.refuse = [(503, "outcome_unknown")]
    assert (await client.turn(conversation, text_message("hello"))).status == "completed"
    assert stub.books["accepted"] == 1


async def test_choose_confirm_and_handoff_reach_the_bot(client: Client, stub: StubGateway) -> None:
    conversation = await client.create("en", await client.demo_token("C003"))
    assert stub.talks[conversation.conversation_id].customer == "C003"
    choose = await client.turn(conversation, CustomerInput(client_message_id="1", choose="MB10002"))
    assert choose.replies[0].expects.preview is not None
    confirm = await client.turn(conversation, CustomerInput(client_message_id="2", confirm="p-MB10002"))
    assert confirm.replies[0].acts[0].target == "MB10002"
    await client.turn(conversation, CustomerInput(client_message_id="3", handoff=True))
    responses = [e.data["responses"] async for e in client.all_events(conversation) if e.type == "turn.ended"]
    assert responses == [["cancel_preview"], ["order_cancelled"], ["handoff_queued"]]


async def test_all_events_turns_the_pages(client: Client) -> None:
    conversation = await client.create("en")
    for text in ("a", "b", "c"):
        await client.turn(conversation, text_message(text))
    cursors = [event.cursor async for event in client.all_events(conversation)]
    assert cursors == [f"{place}.a" for place in range(1, 10)]


async def test_a_silent_address_is_unreachable(unused_tcp_port: int) -> None:
    async with open_client(f"http://127.0.0.1:{unused_tcp_port}") as client:
        with pytest.raises(Unreachable, match="does not answer"):
            await client.create("en")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://a.example", False),
    ],
)
def test_loopback(url: str, local: bool) -> None:
    assert is_loopback(url) is local
