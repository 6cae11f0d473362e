"""Message in, understanding out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np

from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.heads import Guess, Heads, Numbers
from services.nlu.domain.second_opinion import Doubt, with_opinions
from services.nlu.domain.understanding import Reader
from services.nlu.ports import Adviser, Embedder
from shared.contracts.messages import Expects, Language, MessageReceived, MessageUnderstood, Understanding
from shared.ports import Claim

Known = tuple[Language, Expects]
"""The conversation's language, and what the bot waits for."""


class Jury:
    """Judges in one go what comes in one pass of the event loop: many rows cost the heads little more than one."""

    def __init__(self, heads: Heads):
        self._heads = heads
        self._cases: list[tuple[Numbers, Numbers, asyncio.Future[list[Guess]]]] = []

    async def guesses(self, of_words: Numbers, vectors: Numbers) -> list[Guess]:
        """One guess for each row of both."""
        loop = asyncio.get_running_loop()
        if not self._cases:
            loop.call_soon(self._judge)
        coming: asyncio.Future[list[Guess]] = loop.create_future()
        self._cases.append((of_words, vectors, coming))
        return await coming

    def _judge(self) -> None:
        cases, self._cases = self._cases, []
        of_words, vectors, waiting = zip(*cases, strict=True)
        guesses = iter(self._heads.judged(np.concatenate(of_words), np.concatenate(vectors)))
        for rows, future in zip(of_words, waiting, strict=True):
            own = list(islice(guesses, len(rows)))
            if not future.done():
                future.set_result(own)


class Mind:
    """A reader and the encoder it stands on, which are exchanged together. `idle` is set while nobody uses them."""

    def __init__(self, reader: Reader, embedder: Embedder):
        self.reader = reader
        self.embedder = embedder
        self.idle = asyncio.Event()
        self.idle.set()
        self._jury = Jury(reader.heads)
        self._users = 0

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Keeps `idle` unset."""
        self._users += 1
        self.idle.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self.idle.set()

    async def understand(self, text: str, known: Known, reader: Reader) -> Understanding:
        """What a text says to `reader`, which has this mind's heads. Raises Transient when the encoder is too busy."""
        outline = reader.outline(text)
        with self.in_use(), closing(self.embedder.embed(outline.opening, "query")) as coming:
            # The rules read while the encoder computes.
            await self.embedder.under_way()
            noted = reader.noted(outline, *known)
            guesses = await self._guesses(noted.of_words, await coming)
            if reader.leaves_open(outline, guesses):
                vectors = await self.embedder.embed(outline.rest, "query", soon=True)
                guesses += await self._guesses(reader.heads.of_words(outline.rest), vectors)
        return reader.concluded(noted, guesses)

    async def _guesses(self, of_words: Numbers, vectors: Numbers) -> list[Guess]:
        if self._users > 1:
            return await self._jury.guesses(of_words, vectors)
        return self.reader.heads.judged(of_words, vectors)


@dataclass(frozen=True)
class Counsel:
    """Whom to ask, and when."""

    adviser: Adviser
    doubt: Doubt


class NluHandlers:
    """Reads texts; what a customer did by a button passes as it is. Where it is unsure it asks its counsel, if any."""

    def __init__(self, reader: Reader, embedder: Embedder, counsel: Counsel | None = None):
        self._mind = Mind(reader, embedder)
        self._counsel = counsel
        self._catalogue: Catalogue | None = None

    def exchange(self, mind: Mind) -> Mind:
        """Reads with `mind` from the next text on; returns what was used till now, which may still be in use."""
        before, self._mind = self._mind, mind
        return before

    def stock(self, catalogue: Catalogue) -> None:
        """From the next text on, things are recognised by this catalogue instead of the reader's own."""
        self._catalogue = catalogue

    async def on_message_received(self, message: MessageReceived, claim: Claim) -> AsyncIterator[MessageUnderstood]:
        yield MessageUnderstood.after(
            message,
            input=message.input,
            understanding=await self._understanding(message),
            previous_end=message.previous_end,
        )

    async def _understanding(self, message: MessageReceived) -> Understanding:
        text = message.input.text
        if text is None or not text.strip():
            return Understanding(language=message.language)
        mind = self._mind
        reader = mind.reader.at(sent_at(message), self._catalogue)
        understanding = await mind.understand(text, (message.language, message.expects), reader)
        return await self._advised(text, message, understanding, reader)

    async def _advised(
        self, text: str, message: MessageReceived, understanding: Understanding, reader: Reader
    ) -> Understanding:
        """The understanding after a second opinion on what is unsure in it."""
        if self._counsel is None:
            return understanding
        places = self._counsel.doubt.places(understanding, message.expects)
        asks = (self._counsel.adviser.ask(understanding.requests[place].text) for place in places)
        answers = await asyncio.gather(*asks)
        opinions = {place: opinion for place, opinion in zip(places, answers, strict=True) if opinion}
        return with_opinions(text, understanding, opinions, reader.value_of) if opinions else understanding


def sent_at(message: MessageReceived) -> float:
    """When the customer wrote, in seconds since 1970; from an older gateway its deadline, a minute or so later."""
    return message.deadline_at if message.sent_at is None else message.sent_at
