"""Port `LanguageModel` over a model in this process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

from services.generator.adapters.local.loading import Loaded, load
from services.generator.adapters.local.writing import Stopped, Writer
from services.generator.domain.prompt import KINDS, Prompt
from services.generator.ports import Limits, NoAnswer

WAITING = 4
"""Replies that may wait for a writer; more would all be late."""
WRITERS = {"cpu": 1, "cuda": 4}

_End = tuple[str, str]
"""How a reply went on: `piece` and a text, or `end` and a reason, which is empty at its own end."""


class TransformersModel:
    """Writes with so many writers at once; each has a thread, and notices between two tokens that nobody listens."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        count = WRITERS[loaded.device.torch.type]
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="writer")
        self._writers: asyncio.Queue[Writer] = asyncio.Queue()
        for _ in range(count):
            self._writers.put_nowait(Writer(loaded))
        self._waiting = 0

    @property
    def name(self) -> str:
        """See the port."""
        return self._loaded.name

    @property
    def device(self) -> str:
        """Hardware and precision, for figures."""
        return self._loaded.device.name

    def count(self, text: str) -> int:
        """How many tokens a text is."""
        return len(self._loaded.tokenizer(text, add_special_tokens=False)["input_ids"])

    async def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        """See the port."""
        if not self._loaded.serves(prompt):
            raise NoAnswer("untaught")
        clock = asyncio.get_running_loop().time
        ends_at = clock() + limits.total_s
        writer = await self._writer(min(limits.first_token_s, limits.total_s))
        stop, said = Event(), asyncio.Queue[_End]()
        writing = self._start(writer, prompt, limits.max_tokens, (stop, said))
        wait_s = limits.first_token_s
        try:
            while True:
                kind, text = await _next(said, min(wait_s, ends_at - clock()))
                if kind == "end" and text:
                    raise NoAnswer(text)
                if kind == "end":
                    return
                yield text
                wait_s = limits.token_s
        finally:
            stop.set()
            # The writer is free as soon as it has noticed: after the token, or the piece of a prompt, in hand.
            writing.add_done_callback(lambda _: self._writers.put_nowait(writer))

    async def close(self) -> None:
        """Waits for what is being written."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def _writer(self, within_s: float) -> Writer:
        if self._waiting >= WAITING:
            raise NoAnswer("crowded")
        self._waiting += 1
        try:
            async with asyncio.timeout(within_s):
                return await self._writers.get()
        except TimeoutError:
            raise NoAnswer("slow") from None
        finally:
            self._waiting -= 1

    def _start(
        self, writer: Writer, prompt: Prompt, most: int, ends: tuple[Event, "asyncio.Queue[_End]"]
    ) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        stop, said = ends

        def tell(kind: str, text: str) -> None:
            # A loop that has ended meanwhile listens no more than a customer who has gone.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(said.put_nowait, (kind, text))

        def write() -> None:
            reason = "broken"
            try:
                reason = _written(writer, self._loaded.ids(prompt), most, (stop, tell))
            finally:
                tell("end", reason)

        return loop.run_in_executor(self._threads, write)


def _written(writer: Writer, ids: list[int], most: int, ends: tuple[Event, Callable[[str, str], None]]) -> str:
    """Writes and tells each piece; why it ended, empty at the model's own end."""
    stop, tell = ends
    pieces = writer.write(ids, most, stop)
    try:
        while True:
            tell("piece", next(pieces))
    except StopIteration as ended:
        return "" if ended.value else "length"
    except Stopped:
        return "stopped"


async def _next(said: "asyncio.Queue[_End]", within_s: float) -> _End:
    try:
        async with asyncio.timeout(within_s):
            return await said.get()
    except TimeoutError:
        raise NoAnswer("slow") from None


def open_transformers(source: str, adapter: Path | None = None, *, measured: bool = False) -> TransformersModel:
    """Loads the model, which takes seconds. Raises ConfigError. One that is measured speaks whatever its card says."""
    loaded = load(source, adapter)
    if measured and adapter:
        loaded = replace(loaded, card={**loaded.card, "kinds": list(KINDS)})
    return TransformersModel(loaded)
