"""Origins, rates, chunks, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from services.gateway.adapters.clients import Client, Connections
from services.gateway.domain.chunks import ChunkGate
from services.gateway.domain.gcra import Limit, step
from services.gateway.domain.origins import OriginRule
from services.gateway.domain.refusals import Refusal
from shared.contracts.messages import ReplyChunk
from shared.errors import ConfigError

OWN = [
    (None, "http", "127.0.0.1:8000", True),
    ("http://127.0.0.1:8000", "http", "127.0.0.1:8000", True),
    ("http://localhost:8000", "http", "localhost:8000", True),
    ("http://[::1]:8000", "http", "[::1]:8000", True),
    ("http://192.168.1.5:8000", "http", "192.168.1.5:8000", True),
    ("http://desk.example:8000", "http", "desk.example:8000", True),
    ("http://rebound.example:8000", "http", "rebound.example:8000", False),
    ("http://127.0.0.1:9000", "http", "127.0.0.1:8000", False),
    ("https://127.0.0.1:8000", "http", "127.0.0.1:8000", False),
    ("http://127.0.0.1", "http", "127.0.0.1", True),
    ("HTTP://127.0.0.1:8000", "http", "127.0.0.1:8000", False),
    ("http://127.0.0.1:8000/", "http", "127.0.0.1:8000", False),
    ("http://x@127.0.0.1:8000", "http", "127.0.0.1:8000", False),
    ("http://127.0.0.1:80000", "http", "127.0.0.1:80000", False),
    ("http://[::1", "http", "[::1", False),
    ("null", "http", "null", False),
    ("", "http", "", False),
    ("file://", "http", "", False),
    ("http://localhost:8000", "http", "", False),
]


@pytest.mark.parametrize(("origin", "scheme", "host", "passes"), OWN)
def test_without_a_setting_only_our_own_pages_pass(origin: str | None, scheme: str, host: str, passes: bool) -> None:
    assert OriginRule.of("", "desk.example").admits(origin, scheme, host) is passes


@pytest.mark.parametrize("setting", ["*", "shop.example", "https://shop.example/", "null", "ftp://x:21", "https://A.b"])
def test_an_origin_that_is_none_is_told(setting: str) -> None:
    with pytest.raises(ConfigError, match="DESKBELL_ORIGINS"):
        OriginRule.of(f"https://fine.example, {setting}", "")


@given(st.lists(st.floats(0, 2), max_size=200), st.integers(1, 20), st.sampled_from([0.5, 1.0, 5.0]))
def test_a_rate_with_a_burst_is_never_exceeded(pauses: list[float], burst: int, per_s: float) -> None:
    limit, now, remembered = Limit("x", burst, per_s), 1000.0, 0.0
    passed: list[float] = []
    for pause in pauses:
        now += pause
        remembered, wait_s = step(limit, remembered, now)
        if wait_s == 0:
            passed.append(now)
    for index, begin in enumerate(passed):
        for later, end in enumerate(passed[index:], 1):
            assert later <= burst + (end - begin) * per_s + 1e-6


def test_a_wait_is_long_enough() -> None:
    limit = Limit("x", 1, 2)
    remembered, _ = step(limit, 0, 100)
    same, wait_s = step(limit, remembered, 100.1)
    assert same == remembered
    assert wait_s == pytest.approx(0.4)
    assert step(limit, same, 100.1 + wait_s + 1e-9)[1] == 0


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 4)), max_size=60))
def test_chunks_that_pass_are_beginnings_of_one_attempt_after_the_other(places: list[tuple[int, int, int]]) -> None:
    gate, passed = ChunkGate(), []
    for turn, attempt, index in places:
        if gate.admits(ReplyChunk(turn=turn, attempt=attempt, index=index, text="")):
            passed.append(((turn, attempt), index))
    assert [key for key, _ in passed] == sorted(key for key, _ in passed)
    for key in {key for key, _ in passed}:
        indexes = [index for other, index in passed if other == key]
        assert indexes == list(range(len(indexes)))


def test_no_chunk_passes_after_the_end_of_its_turn() -> None:
    gate = ChunkGate()
    assert gate.admits(ReplyChunk(turn=1, attempt=1, index=0, text=""))
    gate.ended = 1
    assert not gate.admits(ReplyChunk(turn=1, attempt=1, index=1, text=""))
    assert not gate.admits(ReplyChunk(turn=1, attempt=2, index=0, text=""))
    assert gate.admits(ReplyChunk(turn=2, attempt=1, index=0, text=""))


@pytest.mark.parametrize(
    ("host", "address", "loopback"),
    [
        ("203.0.113.7", "203.0.113.7", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.8.8.8", "127.8.8.8", True),
        ("::1", "::/64", True),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", False),
        ("::ffff:203.0.113.7", "203.0.113.7", False),
        ("::ffff:127.0.0.1", "127.0.0.1", True),
        ("unix", "unknown", False),
    ],
)
def test_addresses_as_limits_count_them(host: str, address: str, loopback: bool) -> None:
    scope = {"type": "http", "headers": [], "client": (host, 1234)}
    assert Client.of(HTTPConnection(scope)) == Client(address, loopback)
    assert Client.of(HTTPConnection({"type": "http", "headers": []})) == Client("unknown", False)


def test_places_are_counted_and_given_back() -> None:
    connections = Connections(3, 2, limit_loopback=False)
    here, there = Client("127.0.0.1", True), Client("203.0.113.7", False)
    with connections.admitted(there), connections.admitted(there):
        with pytest.raises(Refusal) as refused, connections.admitted(there):
            pass
        assert refused.value.code == "too_many_connections"
        with connections.admitted(here):
            assert connections.open == 3
            with pytest.raises(Refusal) as full, connections.admitted(here):
                pass
            assert full.value.code == "unavailable"
    assert connections.open == 0
    connections.drain()
    with pytest.raises(Refusal) as draining, connections.admitted(here):
        pass
    assert draining.value.code == "draining"
