"""Message in, understanding out."""

from collections.abc import AsyncIterator

from services.nlu.domain.catalogue import Catalogue
from services.nlu.domain.understanding import Reader
from services.nlu.ports import Embedder
from shared.contracts.messages import MessageReceived, MessageUnderstood, Understanding
from shared.ports import Claim


class NluHandlers:
    """Reads texts; what a customer did by a button passes as it is."""

    def __init__(self, reader: Reader, embedder: Embedder):
        self._reader = reader
        self._embedder = embedder
        self._catalogue: Catalogue | None = None

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
        vectors = await self._embedder.embed(self._reader.texts(text), "query")
        reader = self._reader.at(sent_at(message), self._catalogue)
        return reader.read(text, message.language, message.expects, vectors)


def sent_at(message: MessageReceived) -> float:
    """When the customer wrote, in seconds since 1970; from an older gateway its deadline, a minute or so later."""
    return message.deadline_at if message.sent_at is None else message.sent_at
