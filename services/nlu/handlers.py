"""Message in, understanding out."""

from collections.abc import AsyncIterator

from services.nlu.domain.understanding import Reader
from services.nlu.ports import Embedder
from shared.contracts.messages import MessageReceived, MessageUnderstood, Understanding
from shared.ports import Claim


class NluHandlers:
    """Reads texts; what a customer did by a button passes as it is."""

    def __init__(self, reader: Reader, embedder: Embedder):
        self._reader = reader
        self._embedder = embedder

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
        return self._reader.read(text, message.language, message.expects, vectors)
