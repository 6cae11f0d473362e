"""Finding a running embedded stack, and writing down where it is."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stack:
    """A running embedded stack: its process, its state server, its public address."""

    pid: int
    state_url: str
    url: str


@contextmanager
def announced(directory: Path, stack: Stack) -> Iterator[None]:
    """Writes `stack.json` for other commands to find, as long as the block runs."""
    path = directory / "stack.json"
    path.write_text(json.dumps(asdict(stack)))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_stack(directory: Path) -> Stack | None:
    """The embedded stack that runs on this directory, if one does."""
    try:
        stack = Stack(**json.loads((directory / "stack.json").read_text()))
        os.kill(stack.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return stack
