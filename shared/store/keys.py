"""The names of all keys. A conversation's keys share a hash tag, so each script touches one slot."""

from binascii import crc32
from dataclasses import dataclass

SHARDS = 64
PREFIX = "deskbell"
DESK = f"{PREFIX}:{{desk}}"


def shard_prefix(shard: int) -> str:
    """The beginning of every conversation key of this shard, 0..63."""
    return f"{PREFIX}:{{{shard}}}:c:"


def stop_key(conversation_id: str) -> str:
    """Holds the turn whose reply its customer has stopped, for a minute."""
    return f"{PREFIX}:stop:{conversation_id}"


def open_turns(shard: int) -> str:
    """The shard's index of open turns, scored by when to look at each again (ms)."""
    return f"{PREFIX}:{{{shard}}}:open"


def books(shard: int) -> str:
    """The shard's counters: accepted, and ended by status."""
    return f"{PREFIX}:{{{shard}}}:books"


@dataclass(frozen=True)
class ConversationKeys:
    """The keys of one conversation, derived from its id."""

    conversation_id: str

    @property
    def shard(self) -> int:
        return crc32(self.conversation_id.encode()) % SHARDS

    @property
    def base(self) -> str:
        return shard_prefix(self.shard) + self.conversation_id

    @property
    def meta(self) -> str:
        return f"{self.base}:meta"

    @property
    def log(self) -> str:
        return f"{self.base}:log"

    @property
    def state(self) -> str:
        return f"{self.base}:state"

    @property
    def hint(self) -> str:
        return f"{self.base}:hint"

    @property
    def open_turns(self) -> str:
        return open_turns(self.shard)

    @property
    def books(self) -> str:
        return books(self.shard)
