"""What understanding needs of the world."""

from collections.abc import Coroutine, Sequence
from typing import Any, Literal, Protocol

from services.nlu.domain.heads import Numbers
from services.nlu.domain.second_opinion import Opinion


class Embedder(Protocol):
    """Turns texts into vectors; may set to work before it is awaited, `soon` before what others wait for.

    Raises Transient when it is too busy.
    """

    def embed(
        self, texts: Sequence[str], kind: Literal["query", "passage"], *, soon: bool = False
    ) -> Coroutine[Any, Any, Numbers]: ...

    async def under_way(self) -> None:
        """Returns when the processor is free for other things while the vectors are made."""


class Adviser(Protocol):
    """Says what a text asks for where the encoder is unsure; None if it cannot say so in time. Never raises."""

    async def ask(self, text: str) -> Opinion | None: ...
