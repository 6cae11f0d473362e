"""What understanding needs of the world."""

from collections.abc import Sequence
from typing import Literal, Protocol

from services.nlu.domain.heads import Numbers


class Embedder(Protocol):
    """Turns texts into vectors. Raises Transient when it is too busy."""

    async def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Numbers: ...
