"""REST: acceptance, waiting, refusals, events."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from shared.contracts.messages import Expects, MessageReceived, ReplyCompleted
from tests.integration.gateway_stack import Gateway, answer, running_gateway


async def test_a_message_is_answered_and_its_books_balance(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin(language="en")
        ended = await talk.say("Where is my order?")
        assert ended["seq"] == 1
        assert ended["status"] == "completed"
        assert [reply["text"] for reply in ended["replies"]] == ["You said: Where is my order?"]
        async with httpx.AsyncClient(base_url=gateway.internal_url, trust_env=False) as internal:
            books = (await internal.get("/books")).json()
            assert books == {"accepted": 1, "completed": 1, "failed": 0, "expired": 0, "open": 0}
            assert "deskbell_accepted_total" in (await internal.get("/metrics")).text
            assert (
                "/v1/conversations/{conversation_id}/messages" in (await internal.get("/openapi.json")).json()["paths"]
            )
        assert (await gateway.http.get("/metrics")).status_code == 404


async def test_the_same_id_is_one_turn_and_other_content_a_conflict(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        body = {"client_message_id": "m1", "text": "hello"}
        first, second = await talk.post("messages", body), await talk.post("messages", body)
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json() == second.json() == {"seq": 1}
        assert (await talk.say("hello"))["seq"] == 1
        other = await talk.post("messages", {**body, "text": "goodbye"})
        assert (other.status_code, other.json()["code"]) == (409, "id_reused")
        assert len(gateway.answerer.received) == 1


async def test_a_turn_without_end_is_open_and_five_may_wait_behind_it(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        gateway.answerer.script = lambda received: None
        talk = await gateway.begin()
        waited = await talk.post("messages", {"client_message_id": "m0", "text": "x"}, wait_s=0.2)
        assert (waited.status_code, waited.json()) == (202, {"seq": 1, "status": "open"})
        for number in range(1, 6):
            response = await talk.post("messages", {"client_message_id": f"m{number}", "text": "x"})
            assert response.status_code == 202
        refused = await talk.post("messages", {"client_message_id": "m6", "text": "x"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waiting")
        assert int(refused.headers["Retry-After"]) >= 1


async def test_waiting_messages_are_driven_one_after_the_other(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        for number in range(5):
            await talk.post("messages", {"client_message_id": f"m{number}", "text": str(number)})
        ended = await talk.say("last", "last")
        assert ended["seq"] == 6
        assert [received.turn for received in gateway.answerer.received] == [1, 2, 3, 4, 5, 6]
        assert gateway.answerer.received[1].previous_end == "completed"


async def test_a_publish_without_confirm_is_told_and_the_resend_mends_it(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        gateway.bus.failures = 1
        body = {"client_message_id": "m1", "text": "hello"}
        lost = await talk.post("messages", body)
        assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
        assert "Retry-After" in lost.headers
        assert (await talk.say("hello"))["status"] == "completed"
        assert len(gateway.answerer.received) == 1


async def test_a_failed_turn_apologises_in_the_language_of_the_conversation(state_url: str) -> None:
    def fail(received: MessageReceived) -> ReplyCompleted:
        return ReplyCompleted.after(received, status="failed")

    async with running_gateway(state_url) as gateway:
        gateway.answerer.script = fail
        talk = await gateway.begin(language="zh")
        ended = await talk.say("你好")
        assert ended["status"] == "failed"
        assert ended["replies"][0]["language"] == "zh"
        assert "人工" in ended["replies"][0]["text"]


async def test_a_person_is_asked_for_like_a_message(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        ended = await talk.post("handoff", {"client_message_id": "h1"}, wait_s=5)
        assert (ended.status_code, ended.json()["status"]) == (200, "completed")
        assert gateway.answerer.received[0].input.handoff is True
        again = await talk.post("handoff", {"client_message_id": "h1"})
        assert again.json() == {"seq": 1}
        assert (await talk.post("handoff")).json() == {"seq": 2}


async def test_identity_goes_on_with_what_the_bot_had_asked(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        token = (await gateway.http.post("/demo/token", json={"customer": "C001"})).json()["token"]
        gateway.answerer.script = lambda received: answer(received, "Who are you?", Expects(kind="slot", slot="email"))
        talk = await gateway.begin()
        early = await talk.post("identity", {"customer_token": "nonsense"})
        assert (early.status_code, early.json()["code"]) == (401, "invalid_customer_token")
        await talk.say("my order")
        raised = await talk.post("identity", {"customer_token": token})
        assert raised.json() == {"level": "L2", "seq": 2}
        assert (await talk.post("identity", {"customer_token": token})).json() == {"level": "L2", "seq": 2}
        other = (await gateway.http.post("/demo/token", json={"customer": "C002"})).json()["token"]
        assert (await talk.post("identity", {"customer_token": other})).json()["code"] == "other_customer"
        me = (await talk.get("me")).json()
        assert (me["level"], me["customer_id"]) == ("L2", "C001")
        events = (await talk.get("events")).json()["events"]
        assert [event["type"] for event in events].count("identity") == 1
        assert [received.input.identified for received in gateway.answerer.received] == [False, True]


async def test_a_signed_customer_begins_at_level_two_and_asks_nothing(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        token = (await gateway.http.post("/demo/token", json={"customer": "C003"})).json()["token"]
        talk = await gateway.begin(customer_token=token)
        assert (await talk.get("me")).json()["customer_id"] == "C003"
        refused = await gateway.http.post("/v1/conversations", json={"customer_token": f"{token}x"})
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_customer_token")


async def test_events_page_by_cursor_and_say_when_a_cursor_is_foreign(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        await talk.say("one", "m1")
        whole = (await talk.get("events")).json()
        assert [event["type"] for event in whole["events"]] == ["message", "reply", "turn.ended"]
        assert whole["events"][0]["data"] == {"seq": 1, "client_message_id": "m1", "text": "one"}
        after = (await talk.get("events", after=whole["events"][0]["cursor"])).json()
        assert after["events"] == whole["events"][1:]
        end = (await talk.get("events", after=whole["next"])).json()
        assert end == {"events": [], "next": whole["next"]}
        for cursor in ("-1.x", "99.x", "1.00000000", "NaN", "9" * 200, "1", "0-0", "*"):
            foreign = await talk.get("events", after=cursor)
            assert (foreign.status_code, foreign.json()["code"]) == (410, "unknown_cursor"), cursor


async def test_erased_is_erased(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        await talk.say("my secret canary")
        assert "canary" in (await talk.get("me")).text
        erased = await gateway.http.delete(f"{talk.path}/me", headers=talk.headers)
        assert erased.status_code == 204
        assert (await talk.get("me")).status_code == 404
        keys = await gateway.world.state.keys("*")
        # What is left counts messages, holds no word, and lapses within seconds.
        assert {key.split(":")[1] for key in keys if talk.id in key} <= {"limit"}


async def test_feedback_is_kept_in_the_log(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        await talk.say("hello")
        assert (await talk.post("feedback", {"reply_id": f"{talk.id}-1", "rating": "up"})).status_code == 204
        assert (await talk.post("feedback", {"reply_id": "x"})).status_code == 422
        last = (await talk.get("events")).json()["events"][-1]
        assert (last["type"], last["data"]) == ("feedback", {"reply_id": f"{talk.id}-1", "rating": "up"})


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem, after checking its form."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:deskbell:problem:{body['code']}"
    assert body["title"] and body["detail"]
    return response.status_code, body["code"]


BODIES: list[tuple[Any, tuple[int, str]]] = [
    ({"client_message_id": "m", "text": ""}, (400, "blank_text")),
    ({"client_message_id": "m", "text": " \u200b\n\x00"}, (400, "blank_text")),
    ({"client_message_id": "m", "text": "x" * 4001}, (413, "text_too_long")),
    ({"client_message_id": "m"}, (422, "invalid")),
    ({"text": "x"}, (422, "invalid")),
    ({"client_message_id": "", "text": "x"}, (422, "invalid")),
    ({"client_message_id": "m" * 129, "text": "x"}, (422, "invalid")),
    ({"client_message_id": "identified:x", "text": "x"}, (422, "invalid")),
    ({"client_message_id": "m", "text": "x", "confirm": "p"}, (422, "invalid")),
    ({"client_message_id": "m", "text": 7}, (422, "invalid")),
    ({"client_message_id": "m", "text": "x", "level": "L2"}, (422, "invalid")),
    ({"client_message_id": "m", "choose": "\ud800"}, (422, "invalid")),
    ([1], (422, "invalid")),
    (None, (422, "invalid")),
]


async def test_wrong_bodies_are_problems(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        for body, expected in BODIES:
            content = b"" if body is None else json.dumps(body).encode()
            headers = {**talk.headers, "content-type": "application/json"}
            response = await gateway.http.post(f"{talk.path}/messages", content=content, headers=headers)
            assert problem(response) == expected, body
        assert (await talk.say("x" * 4000))["status"] == "completed"
        assert len(gateway.answerer.received) == 1


RAW: list[tuple[bytes, str | None, tuple[int, str]]] = [
    (b"{", "application/json", (400, "bad_request")),
    (b'{"text": "a", "text": "b"}', "application/json", (400, "bad_request")),
    (b'{"text": NaN}', "application/json", (400, "bad_request")),
    (b'{"text": 1e999}', "application/json", (400, "bad_request")),
    (b"[" * 30_000, "application/json", (400, "bad_request")),
    (b'{"text": "\xff"}', "application/json", (400, "bad_request")),
    ("\ufeff{}".encode(), "application/json", (400, "bad_request")),
    ("{}".encode("utf-16"), "application/json", (400, "bad_request")),
    (b'{"a":"' + b"x" * 70_000 + b'"}', "application/json", (413, "too_large")),
    (b"{}", None, (415, "unsupported_media_type")),
    (b"{}", "text/plain", (415, "unsupported_media_type")),
    (b"{}", "application/json; charset=utf-16", (415, "unsupported_media_type")),
    (b"{}", "application/json, text/plain", (415, "unsupported_media_type")),
    (b"--x", "multipart/form-data; boundary=x", (415, "unsupported_media_type")),
]


@pytest.mark.parametrize(("content", "kind", "expected"), RAW, ids=lambda value: str(value)[:40])
async def test_bytes_that_are_no_json_request(
    state_url: str, content: bytes, kind: str | None, expected: tuple[int, str]
) -> None:
    async with running_gateway(state_url) as gateway:
        headers = {"content-type": kind} if kind else {}
        assert problem(await gateway.http.post("/v1/conversations", content=content, headers=headers)) == expected
        assert (await gateway.http.post("/v1/conversations")).status_code == 201


async def test_a_long_body_without_a_length_is_cut_short(state_url: str) -> None:
    async def long() -> Any:
        for _ in range(200):
            yield b"x" * 1024

    async with running_gateway(state_url) as gateway:
        headers = {"content-type": "application/json"}
        response = await gateway.http.post("/v1/conversations", content=long(), headers=headers)
        assert problem(response) == (413, "too_large")


async def raw_status(gateway: Gateway, request: bytes) -> bytes:
    """The status line that these bytes get."""
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    async with asyncio.timeout(5):
        line = await reader.readline()
    writer.close()
    return line.strip()


@pytest.mark.parametrize(
    "target",
    ["/v2", "/@evil.com", "//evil.com", "/%2e%2e/%2e%2e/etc/passwd", "/../config.py", "/static/../config.py",
     "/static/%2e%2e/config.py", "/static/%00", "/%00", "/v1/conversations/../../healthz", "/metrics", "/books",
     "/openapi.json", "/docs"],
)  # fmt: skip
async def test_a_path_that_leads_nowhere(state_url: str, target: str) -> None:
    async with running_gateway(state_url) as gateway:
        request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        assert await raw_status(gateway, request) == b"HTTP/1.1 404 Not Found"


@pytest.mark.parametrize(
    "head",
    [b"X-Long: " + b"x" * 500_000, b"Content-Length: 2\r\nTransfer-Encoding: chunked", b"Content-Length: -1"],
    ids=["500 kB of headers", "two lengths", "negative length"],
)
async def test_a_head_that_no_client_writes(state_url: str, head: bytes) -> None:
    async with running_gateway(state_url) as gateway:
        request = b"POST /v1/conversations HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n{}"
        assert (await raw_status(gateway, request)).split()[1:2] in ([b"400"], [b"431"], [])
        assert (await gateway.http.get("/healthz")).status_code == 200


async def test_only_the_right_token_opens_a_conversation(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk, other = await gateway.begin(), await gateway.begin()
        forged = f"{talk.id}.{'A' * 43}"
        unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        cases: list[tuple[str, str | None, tuple[int, str]]] = [
            (talk.id, None, (401, "unauthorized")),
            (talk.id, "Bearer", (401, "unauthorized")),
            (talk.id, "Bearer x", (401, "unauthorized")),
            (talk.id, f"Basic {talk.token}", (401, "unauthorized")),
            (talk.id, f"Bearer {forged}", (401, "unauthorized")),
            (talk.id, f"Bearer {talk.token}x", (401, "unauthorized")),
            (talk.id, f"Bearer {other.token}", (403, "forbidden")),
            (unknown, f"Bearer {unknown}.{'A' * 43}", (404, "unknown_conversation")),
            ("*", f"Bearer {talk.token}", (404, "unknown_conversation")),
            ("%0d%0a", f"Bearer {talk.token}", (404, "unknown_conversation")),
            ("{0}", f"Bearer {talk.token}", (404, "unknown_conversation")),
            ("A" * 9000, f"Bearer {talk.token}", (404, "unknown_conversation")),
            (talk.id.lower(), f"Bearer {talk.token}", (404, "unknown_conversation")),
        ]
        for conversation_id, authorization, expected in cases:
            headers = {"Authorization": authorization} if authorization else {}
            for path in ("events", "me"):
                response = await gateway.http.get(f"/v1/conversations/{conversation_id}/{path}", headers=headers)
                assert problem(response) == expected, (conversation_id, authorization)
            if expected[0] == 401:
                assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_methods_and_waits_that_are_not_offered(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        refused = await gateway.http.get("/v1/conversations")
        assert problem(refused) == (405, "method_not_allowed")
        assert refused.headers["Allow"] == "POST"
        talk = await gateway.begin()
        for wait_s in ("-1", "61", "nan", "x"):
            assert problem(await talk.post("messages", {"client_message_id": "m", "text": "x"}, wait_s=wait_s)) == (
                422,
                "invalid",
            )
        assert not gateway.answerer.received


async def test_it_says_whether_it_is_alive_and_ready(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        assert (await gateway.http.get("/healthz")).status_code == 200
        assert (await gateway.http.get("/readyz")).status_code == 200


async def test_customers_texts_are_stored_in_one_form(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        written = "  e\u0301\u202e {{7*7}} {0.__class__} %s\r\n<script>\x07 \ud83d\x00"
        response = await talk.post("messages", {"client_message_id": "m", "text": "x"})
        assert response.status_code == 202
        body = json.dumps({"client_message_id": "n", "text": written}).encode()
        headers = {**talk.headers, "content-type": "application/json"}
        ended = await gateway.http.post(f"{talk.path}/messages?wait_s=5", content=body, headers=headers)
        assert ended.json()["replies"][0]["text"] == "You said: \u00e9 {{7*7}} {0.__class__} %s\n<script> \ufffd"


async def test_a_flood_of_one_conversation_is_slowed_down(state_url: str) -> None:
    async with running_gateway(state_url, MESSAGE_BURST="3", MESSAGE_PER_S="0.1") as gateway:
        talk, other = await gateway.begin(), await gateway.begin()
        for number in range(3):
            await talk.say("x", f"m{number}")
        refused = await talk.post("messages", {"client_message_id": "m3", "text": "x"})
        assert problem(refused) == (429, "rate_limited")
        assert 8 <= int(refused.headers["Retry-After"]) <= 11
        assert (await other.say("x"))["status"] == "completed"


async def test_addresses_are_limited_unless_they_are_this_machine(state_url: str) -> None:
    async with running_gateway(state_url, ADDRESS_BURST="2", ADDRESS_PER_S="0.01") as gateway:
        for _ in range(4):
            await gateway.begin()
    limits = {"ADDRESS_BURST": "2", "ADDRESS_PER_S": "0.01", "LIMIT_LOOPBACK": "1"}
    async with running_gateway(state_url, **limits) as gateway:
        await gateway.begin()
        await gateway.begin()
        assert problem(await gateway.http.post("/v1/conversations")) == (429, "rate_limited")
        spoofed = await gateway.http.post("/v1/conversations", headers={"X-Forwarded-For": "203.0.113.7"})
        assert problem(spoofed) == (429, "rate_limited")
    async with running_gateway(state_url, **limits, TRUSTED_PROXIES="127.0.0.1") as gateway:
        told = await gateway.http.post("/v1/conversations", headers={"X-Forwarded-For": "203.0.113.7"})
        assert told.status_code == 201
