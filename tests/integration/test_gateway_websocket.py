"""WebSocket: greeting, messages, resumption, bad input, slow readers, and the stop."""

import asyncio
import json
import os
import socket
import struct
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from shared.contracts.messages import MessageReceived, ReplyChunk, ReplyCompleted
from tests.integration.gateway_stack import Gateway, Talk, answer, running_gateway


async def test_a_message_is_accepted_then_answered(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            assert wire.wire.subprotocol == "deskbell.v1"
            await wire.send(type="message", client_message_id="m1", text="hello")
            frames = [await wire.next() for _ in range(5)]
            assert [frame["type"] for frame in frames] == ["accepted", "typing", "message", "reply", "turn.ended"]
            assert frames[0] == {"type": "accepted", "client_message_id": "m1", "seq": 1}
            assert frames[3]["reply"]["text"] == "You said: hello"
            assert frames[3]["cursor"].startswith("2.")
            assert frames[4]["status"] == "completed"
            await wire.send(type="message", client_message_id="m1", text="hello")
            assert await wire.next() == {"type": "accepted", "client_message_id": "m1", "seq": 1}
            await wire.send(type="ping")
            assert await wire.next("pong", "reply") == {"type": "pong"}
        assert len(gateway.answerer.received) == 1


async def test_a_reader_resumes_after_its_cursor_and_misses_nothing(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            await wire.send(type="message", client_message_id="m1", text="one")
            cursor = (await wire.next("reply"))["cursor"]
        for number in range(2, 5):
            await talk.say(str(number), f"m{number}")
        async with talk.socket(after=cursor) as wire:
            missed = [await wire.next() for _ in range(10)]
        whole = (await talk.get("events")).json()["events"]
        assert [frame["cursor"] for frame in missed] == [event["cursor"] for event in whole[2:]]
        assert all(frame == {"type": event["type"], "cursor": event["cursor"], "at": event["at"], **event["data"]}
                   for frame, event in zip(missed, whole[2:], strict=True))  # fmt: skip


@pytest.mark.parametrize("cursor", ["-1.x", "9.abcd", "1.00000000", "NaN", "1e9", "0", "9" * 250, "9" * 30 + ".x"])
async def test_a_foreign_cursor_begins_anew_and_says_so(state_url: str, cursor: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        await talk.say("one")
        async with talk.socket(after=cursor) as wire:
            frames = [await wire.next() for _ in range(4)]
            assert [frame["type"] for frame in frames] == ["resync", "message", "reply", "turn.ended"]


async def test_chunks_are_relayed_in_order_and_never_after_the_end(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        held: list[MessageReceived] = []
        gateway.answerer.script = lambda received: held.append(received)
        talk = await gateway.begin()
        async with talk.socket() as wire:
            await wire.send(type="message", client_message_id="m1", text="hello")
            await wire.next("message")
            for attempt, index, text in (
                (1, 0, "a"),
                (1, 2, "lost its forerunner"),
                (2, 0, "b"),
                (1, 1, "old"),
                (2, 1, "c"),
            ):
                await gateway.conversations.chunk(talk.id, ReplyChunk(turn=1, attempt=attempt, index=index, text=text))
            chunks = [await wire.next("reply.chunk") for _ in range(3)]
            assert [chunk["text"] for chunk in chunks] == ["a", "b", "c"]
            await gateway.bus.publish(answer(held[0]))
            await wire.next("turn.ended")
            await gateway.conversations.chunk(talk.id, ReplyChunk(turn=1, attempt=3, index=0, text="late"))
            await wire.send(type="ping")
            assert (await wire.next())["type"] == "pong"


async def test_identity_and_feedback_and_stop_by_frame(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        token = (await gateway.http.post("/demo/token", json={"customer": "C001"})).json()["token"]
        gateway.answerer.script = lambda received: None
        talk = await gateway.begin()
        async with talk.socket() as wire:
            await wire.send(type="identify", customer_token="x.y.z")
            assert (await wire.next())["code"] == "invalid_customer_token"
            await wire.send(type="identify", customer_token=token)
            assert await wire.next("identified") == {"type": "identified", "level": "L2", "seq": None}
            await wire.send(type="message", client_message_id="m1", text="hello")
            await wire.next("accepted")
            await wire.send(type="stop")
            await wire.send(type="typing")
            await wire.send(type="feedback", rating="down", reply_id="r1")
            await wire.send(type="ping")
            await wire.next("pong")
        assert await gateway.world.cache.get(f"deskbell:stop:{talk.id}") == "1"
        assert (await talk.get("events")).json()["events"][-1]["data"] == {"rating": "down", "reply_id": "r1"}


async def test_a_publish_without_confirm_is_an_error_and_the_resend_is_accepted(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        gateway.bus.failures = 1
        async with talk.socket() as wire:
            await wire.send(type="message", client_message_id="m1", text="hello")
            error = await wire.next("error", "accepted")
            assert (error["code"], error["client_message_id"]) == ("outcome_unknown", "m1")
            assert error["retry_after_ms"] > 0
            await wire.send(type="message", client_message_id="m1", text="hello")
            assert (await wire.next("accepted"))["seq"] == 1
            assert (await wire.next("reply"))["reply"]["turn"] == 1
        assert len(gateway.answerer.received) == 1


# --- bad input -----------------------------------------------------------------------------

REFUSED_FRAMES: list[tuple[str, str]] = [
    ('{"type": "shout"}', "bad_request"),
    ("{}", "bad_request"),
    ('{"type": 1}', "bad_request"),
    ('{"type": "message"}', "bad_request"),
    ('{"type": "message", "client_message_id": "m", "text": 1}', "bad_request"),
    ('{"type": "message", "client_message_id": "m", "text": "x", "extra": 1}', "bad_request"),
    ('{"type": "message", "client_message_id": "m", "text": "x", "\\ud800": 1}', "bad_request"),
    ('{"type": "message", "client_message_id": "m", "confirm": "p"}', "bad_request"),
    ('{"type": "confirm", "client_message_id": "m", "text": "p"}', "bad_request"),
    ('{"type": "message", "client_message_id": "m", "text": "  "}', "blank_text"),
    ('{"type": "message", "client_message_id": "m", "text": "' + "x" * 4001 + '"}', "text_too_long"),
    ('{"type": "stop", "turn": -1}', "bad_request"),
    ('{"type": "feedback"}', "bad_request"),
]
NOT_JSON = [
    "", "x", "[]", "null", '{"type": "ping", "type": "ping"}', '{"type": NaN}', '{"type": 1e999}',
    "[" * 10_000, '{"a":' * 2_000 + "1" + "}" * 2_000, '{"' + "k" * 16_000 + '": 1}x', "\ufeff{}",
]  # fmt: skip


async def test_wrong_frames_are_told_and_the_connection_stays(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            for frame, code in REFUSED_FRAMES:
                await wire.wire.send(frame)
                error = await wire.next()
                assert (error["type"], error["code"]) == ("error", code), frame
                assert error.get("client_message_id") in (None, "m")
            await wire.send(type="ping")
            assert (await wire.next())["type"] == "pong"
        assert gateway.answerer.received == []


@pytest.mark.parametrize("text", NOT_JSON, ids=lambda text: text[:20] or "empty")
async def test_what_is_no_json_closes_at_the_fourth_offence(state_url: str, text: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            for _ in range(3):
                await wire.wire.send(text)
                assert (await wire.next())["code"] == "bad_request"
            await wire.send(type="ping")
            assert (await wire.next())["type"] == "pong"
            await wire.wire.send(text)
            assert (await wire.next())["code"] == "bad_request"
            assert await wire.close_code() == 4400


async def hello_is_answered_by(gateway: Gateway, first: str | bytes) -> int | None:
    async with gateway.socket() as wire:
        await wire.wire.send(first)
        return await wire.close_code()


async def test_who_does_not_greet_rightly_is_sent_away(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk, other = await gateway.begin(), await gateway.begin()
        forged = f"{talk.id}.{other.token.split('.')[1]}"
        unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV." + "A" * 43
        cases: list[tuple[str | bytes, int]] = [
            ("x", 4400),
            ('{"type": "hello"}', 4400),
            (json.dumps({"type": "hello", "token": talk.token, "after": 1}), 4400),
            (json.dumps({"type": "message", "client_message_id": "m", "text": "x"}), 4401),
            ('{"type": "ping"}', 4401),
            (json.dumps({"type": "hello", "token": "x"}), 4401),
            (json.dumps({"type": "hello", "token": forged}), 4401),
            (json.dumps({"type": "hello", "token": unknown}), 4401),
            (b"binary", 4415),
        ]
        for first, code in cases:
            assert await hello_is_answered_by(gateway, first) == code, first
        async with gateway.socket() as silent:
            assert await silent.close_code() == 4408
        async with talk.socket() as wire:
            await wire.send(type="hello", token=other.token)
            assert await wire.close_code() == 4401
        async with talk.socket() as wire:
            await wire.wire.send(b"\x00")
            assert await wire.close_code() == 4415


def mask(payload: bytes) -> bytes:
    return bytes(byte ^ 0 for byte in payload)


RAW_FRAMES: list[tuple[str, bytes, int]] = [
    ("invalid UTF-8", b"\x81\x82\0\0\0\0\xff\xfe", 1007),
    ("unmasked", b"\x81\x02{}", 1002),
    ("reserved opcode", b"\x83\x80\0\0\0\0", 1002),
    ("reserved bit", b"\xc1\x82\0\0\0\0{}", 1002),
    ("orphan continuation", b"\x80\x82\0\0\0\0{}", 1002),
    ("long control frame", b"\x89\xfe\x00\x80\0\0\0\0" + b"x" * 128, 1002),
    ("close code 1005", b"\x88\x82\0\0\0\0" + struct.pack("!H", 1005), 1002),
    ("20 KiB", b"\x81\xfe" + struct.pack("!H", 20 * 1024) + b"\0\0\0\0" + b"x" * 20 * 1024, 1009),
    ("10 GB announced", b"\x81\xff" + struct.pack("!Q", 10 * 10**9) + b"\0\0\0\0", 1009),
]


class RawClient:
    """A WebSocket client that may break every rule."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, gateway: Gateway, *, receive_buffer: int = 0, headers: str = "") -> "RawClient":
        host, port = gateway.url.removeprefix("http://").split(":")
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
        reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
        writer.write((
            f"GET /v1/ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
        ).encode())  # fmt: skip
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert b" 101 " in head, head
        assert b"permessage-deflate" not in head
        return cls(reader, writer)

    def send(self, frame: dict[str, Any]) -> None:
        payload = json.dumps(frame).encode()
        self.writer.write(b"\x81" + bytes([0x80 | 126]) + struct.pack("!H", len(payload)) + b"\0\0\0\0" + payload)

    async def close_code(self) -> int:
        """The code of the close frame that ends what the server sends."""
        received = b""
        async with asyncio.timeout(8):
            while b"\x88" not in received:
                data = await self.reader.read(65_536)
                assert data, received
                received += data
        at = received.index(b"\x88")
        return int(struct.unpack("!H", received[at + 2 : at + 4])[0])


@pytest.mark.parametrize(("frame", "code"), [case[1:] for case in RAW_FRAMES], ids=[case[0] for case in RAW_FRAMES])
async def test_frames_against_the_protocol(state_url: str, frame: bytes, code: int) -> None:
    async with running_gateway(state_url) as gateway:
        client = await RawClient.open(gateway)
        client.writer.write(frame)
        assert await client.close_code() == code
        client.writer.close()
        assert (await gateway.http.get("/healthz")).status_code == 200


async def test_deflate_is_not_negotiated(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        client = await RawClient.open(gateway, headers="Sec-WebSocket-Extensions: permessage-deflate\r\n")
        client.writer.close()


async def test_ten_thousand_fragments_are_one_message_too_many(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        client = await RawClient.open(gateway)
        client.send({"type": "hello", "token": talk.token})
        client.writer.write(b"\x01\x81\0\0\0\0[" + b"\x00\x81\0\0\0\0[" * 20_000)
        assert await client.close_code() == 1009
        client.writer.close()


ORIGINS: list[tuple[str, str, bool]] = [
    ("", "http://127.0.0.1:{port}", True),
    ("", "http://127.0.0.1", False),
    ("", "https://127.0.0.1:{port}", False),
    ("", "http://evil.example", False),
    ("", "null", False),
    ("", "http://127.0.0.1:{port}.evil.example", False),
    ("https://shop.example", "https://shop.example", True),
    ("https://shop.example", "https://shop.example:443", True),
    ("https://shop.example", "http://shop.example", False),
    ("https://shop.example", "https://shop.example.evil.com", False),
    ("https://shop.example", "https://SHOP.example", False),
    ("https://shop.example", "https://shop.example:8443", False),
    ("https://shop.example", "https://evil@shop.example", False),
    ("https://shop.example", "null", False),
]


@pytest.mark.parametrize(("allowed", "origin", "passes"), ORIGINS)
async def test_foreign_pages_are_refused_before_accept(state_url: str, allowed: str, origin: str, passes: bool) -> None:
    async with running_gateway(state_url, ORIGINS=allowed) as gateway:
        header = {"Origin": origin.format(port=gateway.url.rsplit(":", 1)[1])}
        response = await gateway.http.post("/v1/conversations", headers=header)
        assert response.status_code == (201 if passes else 403)
        assert response.headers.get("Access-Control-Allow-Origin") == (header["Origin"] if passes else None)
        asked = {**header, "Access-Control-Request-Method": "POST"}
        assert (await gateway.http.options("/v1/conversations", headers=asked)).status_code == (204 if passes else 403)
        if passes:
            async with gateway.socket(additional_headers=header):
                return
        with pytest.raises(InvalidStatus) as refused:
            async with gateway.socket(additional_headers=header):
                pass
        assert refused.value.response.status_code == 403
        assert b"forbidden_origin" in refused.value.response.body


async def test_another_subprotocol_is_refused(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        with pytest.raises(InvalidStatus) as refused:
            async with gateway.socket(subprotocols=["other.v2"]):
                pass
        assert refused.value.response.status_code == 400


# --- limits --------------------------------------------------------------------------------


async def test_a_flood_of_frames_ends_the_connection(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            for _ in range(200):
                await wire.send(type="ping")
            assert await wire.close_code() == 4429
            assert "retry_after_ms=" in (wire.wire.close_reason or "")


async def test_connections_of_an_address_and_of_a_conversation_are_counted(state_url: str) -> None:
    async with running_gateway(state_url, LIMIT_LOOPBACK="1", ADDRESS_CONNECTIONS="2") as gateway:
        talk = await gateway.begin()
        async with talk.socket(), talk.socket():
            with pytest.raises(InvalidStatus) as refused:
                async with gateway.socket():
                    pass
            assert refused.value.response.status_code == 429
        async with talk.socket():
            pass
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as first, talk.socket(), talk.socket(), talk.socket(), talk.socket(), talk.socket():
            assert await first.close_code() == 4409


async def fill(talk: Talk, gateway: Gateway) -> None:
    """A log of four megabytes."""
    for _ in range(200):
        await gateway.conversations.append(talk.id, "agent.message", {"text": "x" * 20_000})


@pytest.mark.slow
async def test_who_does_not_read_is_closed_and_harms_nobody(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk, other = await gateway.begin(), await gateway.begin()
        await fill(talk, gateway)
        client = await RawClient.open(gateway, receive_buffer=4096)
        client.send({"type": "hello", "token": talk.token})
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        async with other.socket() as healthy:
            await healthy.send(type="message", client_message_id="m1", text="hello")
            assert (await healthy.next("reply", within_s=1))["reply"]["turn"] == 1
            async with asyncio.timeout(12):
                while sockets_open(gateway) > 1:
                    await healthy.send(type="ping")
                    await healthy.next("pong", within_s=1)
                    await asyncio.sleep(0.2)
        client.writer.transport.abort()


def sockets_open(gateway: Gateway) -> float:
    from services.gateway.handlers.figures import OPEN_SOCKETS

    return float(OPEN_SOCKETS._value.get())


async def test_an_erased_conversation_closes_its_connections(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            await gateway.http.delete(f"{talk.path}/me", headers=talk.headers)
            assert (await wire.next())["code"] == "unknown_conversation"
            assert await wire.close_code() == 4401


async def test_a_stop_tells_when_to_come_back_and_waits_for_nobody(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        gateway.answerer.script = lambda received: None
        talk = await gateway.begin()
        await talk.post("messages", {"client_message_id": "m0", "text": "x"})
        waiting = asyncio.create_task(talk.post("messages", {"client_message_id": "m1", "text": "x"}, wait_s=60))
        async with talk.socket() as wire:
            await wire.next("message")
            await wire.next("message")
            gateway.loops[0].cancel()
            told = await wire.next("server.draining")
            assert 500 <= told["reconnect_after_ms"] <= 5000
            assert await wire.close_code() == 1012
            assert f"reconnect_after_ms={told['reconnect_after_ms']}" == wire.wire.close_reason
        assert (await waiting).json() == {"seq": 2, "status": "open"}
        async with asyncio.timeout(5):
            await asyncio.wait({gateway.loops[0]})


async def test_a_failed_turn_and_a_second_window_see_the_same(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        gateway.answerer.script = lambda received: ReplyCompleted.after(received, status="failed")
        talk = await gateway.begin()
        async with talk.socket() as first, talk.socket() as second:
            await first.send(type="message", client_message_id=os.urandom(8).hex(), text="hello")
            ended = [await wire.next("turn.ended") for wire in (first, second)]
            assert ended[0] == ended[1]
            assert (ended[0]["status"], ended[0]["responses"]) == ("failed", ["turn_failed"])
