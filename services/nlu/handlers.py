"""Message in, understanding out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.understanding import Reader
from services.nlu.ports import Embedder
from shared.contracts.messages import MessageReceived, MessageUnderstood, Understanding
from shared.ports import Claim


class Mind:
    """A reader and the encoder it stands on, which are exchanged together. `idle` is set while nobody uses them."""

    def __init__(self, reader: Reader, embedder: Embedder):
        self.reader = reader
        self.embedder = embedder
        self.idle = asyncio.Event()
        self.idle.set()
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


class NluHandlers:
    """Reads texts; what a customer did by a button passes as it is."""

    def __init__(self, reader: Reader, embedder: Embedder):
        self._mind = Mind(reader, embedder)
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
        with mind.in_use():
            vectors = await mind.embedder.embed(mind.reader.texts(text), "query")
            reader = mind.reader.at(sent_at(message), self._catalogue)
            return reader.read(text, message.language, message.expects, vectors)


def sent_at(message: MessageReceived) -> float:
    """When the customer wrote, in seconds since 1970; from an older gateway its deadline, a minute or so later."""
    return message.deadline_at if message.sent_at is None else message.sent_at
