"""The encoder: batches, repeats, hostile texts. Real engine except where the number of calls is the point."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.encoder import DIMENSIONS, MAX_CHARACTERS, Encoder, cleaned, open_encoder
from shared.errors import Transient


class CountingEngine:
    """Remembers each call; holds the first until `gate` opens."""

    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.gate = Event()
        self.gate.set()

    def query(self, texts: list[str], computing=None) -> np.ndarray:
        self.calls.append(texts)
        if not self.gate.wait(5):
            raise TimeoutError
        if "bad" in texts:
            raise RuntimeError("engine")
        return np.array([[float(len(text))] * DIMENSIONS for text in texts], dtype=np.float32)

    passage = query


@pytest.fixture
def engine():
    return CountingEngine()


@pytest.fixture
def worker():
    with ThreadPoolExecutor(1) as pool:
        yield pool


async def test_concurrent_callers_share_a_batch(engine, worker):
    encoder = Encoder(engine, worker)
    rows = await asyncio.gather(*(encoder.embed(["x" * n], "query") for n in range(1, 6)))
    assert [row[0][0] for row in rows] == [1, 2, 3, 4, 5]
    assert len(engine.calls) == 1


async def test_what_waits_is_spread_over_the_threads():
    engine = CountingEngine()
    with ThreadPoolExecutor(2) as pool:
        encoder = Encoder(engine, pool, at_once=2)
        rows = await asyncio.gather(*(encoder.embed(["x" * n], "query") for n in range(1, 6)))
    assert [row[0][0] for row in rows] == [1, 2, 3, 4, 5]
    assert sorted(map(len, engine.calls)) == [2, 3]


async def test_two_batches_run_at_the_same_time():
    both = Barrier(2, timeout=5)

    class Meeting(CountingEngine):
        def query(self, texts, computing=None):
            both.wait()
            return super().query(texts)

    with ThreadPoolExecutor(2) as pool:
        rows = await Encoder(Meeting(), pool, at_once=2).embed(["a", "bb"], "query")
    assert rows.shape == (2, DIMENSIONS)


async def test_a_thread_that_is_free_again_does_not_wait_for_the_event_loop(engine, worker):
    encoder = Encoder(engine, worker)
    engine.gate.clear()
    first = encoder.embed(["first"], "query")
    await encoder.under_way()
    second = encoder.embed(["second"], "query")
    engine.gate.set()
    worker.submit(lambda: None).result(5)  # the loop stands still meanwhile
    assert engine.calls == [["first"], ["second"]]
    assert [len(rows) for rows in await asyncio.gather(first, second)] == [1, 1]


async def test_what_is_wanted_soon_goes_before_what_waits(engine, worker):
    encoder = Encoder(engine, worker)
    engine.gate.clear()
    first = encoder.embed(["first"], "query")
    await encoder.under_way()
    second, third = encoder.embed(["second"], "query"), encoder.embed(["third"], "passage", soon=True)
    engine.gate.set()
    await asyncio.gather(first, second, third)
    assert engine.calls == [["first"], ["third"], ["second"]]


async def test_what_waits_is_given_up_when_the_encoder_is_closed(engine, worker):
    encoder = Encoder(engine, worker, timeout_s=0.1)
    engine.gate.clear()
    first = encoder.embed(["first"], "query")
    await encoder.under_way()
    second = encoder.embed(["second"], "query")
    encoder.close()
    engine.gate.set()
    worker.submit(lambda: None).result(5)
    assert engine.calls == [["first"]]
    assert (await first).shape == (1, DIMENSIONS)
    with pytest.raises(Transient):
        await second


async def test_what_is_under_way_is_being_computed(worker):
    async with open_encoder() as encoder:
        await encoder.embed(["warm"], "query")
        coming = encoder.embed(["a text"], "query")
        await encoder.under_way()
        assert (await coming).shape == (1, DIMENSIONS)
        await encoder.under_way()


async def test_queries_and_passages_are_not_mixed(engine, worker):
    encoder = Encoder(engine, worker)
    kinds = ["query", "query", "passage", "query"]
    await asyncio.gather(*(encoder.embed([f"{place}"], kind) for place, kind in enumerate(kinds)))
    assert engine.calls == [["0", "1"], ["2"], ["3"]]


async def test_a_text_is_on_its_way_before_it_is_waited_for(engine, worker):
    coming = Encoder(engine, worker).embed(["early"], "query")
    await asyncio.sleep(0)
    worker.submit(lambda: None).result(5)
    assert engine.calls == [["early"]]
    assert (await coming)[0][0] == 5


async def test_a_text_asked_for_again_or_at_once_is_computed_once(engine, worker):
    encoder = Encoder(engine, worker)
    await asyncio.gather(encoder.embed(["a", "a"], "query"), encoder.embed(["a"], "query"))
    await encoder.embed(["a"], "query")
    assert engine.calls == [["a"]]


async def test_the_oldest_text_leaves_the_cache(engine, worker):
    encoder = Encoder(engine, worker, cache_size=1)
    for text in ("a", "b", "a"):
        await encoder.embed([text], "query")
    assert engine.calls == [["a"], ["b"], ["a"]]


async def test_a_caller_that_leaves_does_not_take_the_others_along(engine, worker):
    encoder = Encoder(engine, worker)
    engine.gate.clear()
    leaves = asyncio.ensure_future(encoder.embed(["same"], "query"))
    stays = asyncio.ensure_future(encoder.embed(["same"], "query"))
    await asyncio.sleep(0)
    leaves.cancel()
    engine.gate.set()
    assert (await stays)[0][0] == 4


async def test_an_error_of_the_engine_reaches_its_caller_and_nobody_else(engine, worker):
    encoder = Encoder(engine, worker)
    with pytest.raises(RuntimeError):
        await encoder.embed(["bad"], "query")
    assert (await encoder.embed(["good"], "query")).shape == (1, DIMENSIONS)


async def test_a_worker_that_is_too_busy_is_transient(engine, worker):
    encoder = Encoder(engine, worker, timeout_s=0.01)
    engine.gate.clear()
    with pytest.raises(Transient):
        await encoder.embed(["late"], "query")
    engine.gate.set()


async def test_real_vectors_join_languages_and_have_length_one():
    async with open_encoder() as encoder:
        texts = ["Where is my order?", "我的订单到哪了？", "Do you have this in blue?"]
        order, same_in_chinese, other = await encoder.embed(texts, "query")
        assert np.allclose(np.linalg.norm([order, same_in_chinese, other], axis=1), 1, atol=1e-3)
        assert order @ same_in_chinese > order @ other
        assert (await encoder.embed([], "query")).shape == (0, DIMENSIONS)


async def test_a_text_alone_and_in_company_gives_the_same_vector():
    async with open_encoder() as encoder, open_encoder() as fresh:
        together = await encoder.embed(["cancel my order", "hello", "x" * 400], "query")
        alone = await fresh.embed(["cancel my order"], "query")
        assert np.allclose(together[0], alone[0], atol=2e-2)


async def test_texts_that_used_to_break_the_engines_heap():
    async with open_encoder() as encoder:
        rows = await encoder.embed(["\ufdfa" * 4000, "", "\0", "\ud800", "\U0010ffff" * 4000], "query")
        assert np.isfinite(rows).all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=300))
def test_a_cleaned_text_is_short_encodable_and_expands_no_more(text):
    result = cleaned(text)
    assert len(result) <= MAX_CHARACTERS
    assert "\0" not in result
    assert cleaned(result) == result
