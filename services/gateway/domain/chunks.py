"""Which pieces of a reply are passed on: those that continue what was passed on before."""

from dataclasses import dataclass

from shared.contracts.messages import ReplyChunk


@dataclass
class ChunkGate:
    """Chunks may be lost, doubled or late; the reply in the log is the truth either way."""

    turn: int = 0
    attempt: int = 0
    index: int = 0
    ended: int = 0

    def admits(self, chunk: ReplyChunk) -> bool:
        """Whether the chunk is the next of the newest attempt; a new attempt must begin at 0."""
        newest, current = (chunk.turn, chunk.attempt), (self.turn, self.attempt)
        if chunk.turn <= self.ended or newest < current:
            return False
        if newest > current:
            self.turn, self.attempt, self.index = chunk.turn, chunk.attempt, 0
        if chunk.index != self.index:
            return False
        self.index += 1
        return True
