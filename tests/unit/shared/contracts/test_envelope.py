"""Messages become bytes and come back; what cannot is rejected without a word of its content."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import decode, encode
from shared.contracts.messages import CustomerInput, MessageReceived, MessageUnderstood, Understanding
from shared.contracts.topology import WORK_QUEUES
from shared.errors import Rejected

GOLDEN = Path(__file__).parent / "golden"


def received(text: str) -> MessageReceived:
    return MessageReceived(
        message_id="m", conversation_id="c", turn=1, token="t", deadline_at=1.5, language="zh",
        input=CustomerInput(client_message_id="x", text=text),
    )  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_message_survives_the_wire(text: str) -> None:
    assert decode(encode(received(text))) == received(text)


def test_the_same_cause_gives_the_same_id() -> None:
    fields = {"input": received("hi").input, "understanding": Understanding(language="zh")}
    first, second = (MessageUnderstood.after(received("hi"), **fields) for _ in range(2))
    assert first == second
    assert first.message_id != MessageUnderstood.after(received("hi").model_copy(update={"token": "u"}), **fields)


def test_fields_of_a_newer_peer_are_ignored() -> None:
    newer = encode(received("hi")).replace(b'"turn":1', b'"turn":1,"mood":"sunny"')
    assert decode(newer) == received("hi")


def test_an_older_gateway_does_not_say_when_a_message_was_sent() -> None:
    old = decode((GOLDEN / "message.received.json").read_bytes())
    assert isinstance(old, MessageReceived)
    assert old.sent_at is None


def test_the_reason_holds_nothing_of_the_message() -> None:
    body = encode(received("my secret")).replace(b'"turn":1', b'"turn":"my secret"')
    with pytest.raises(Rejected) as caught:
        decode(body)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("queue", WORK_QUEUES, ids=lambda queue: queue.carries.type)
def test_messages_of_the_last_release_are_still_understood(queue) -> None:  # type: ignore[no-untyped-def]
    body = (GOLDEN / f"{queue.carries.type}.json").read_bytes()
    message = decode(body)
    assert isinstance(message, queue.carries)
    assert decode(encode(message)) == message
