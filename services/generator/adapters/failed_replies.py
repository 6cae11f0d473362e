"""Replies that failed the check, as lines of JSON under the stack's data folder."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import structlog

log = structlog.get_logger()


class NoFailures:
    """Port `Failures`: keeps nothing."""

    async def keep(self, record: dict[str, Any]) -> None:
        """See the port."""


class FailedReplies:
    """Port `Failures`: up to `most` in `failed_replies.jsonl`, and as many older ones in `failed_replies.old.jsonl`."""

    def __init__(self, folder: Path, most: int) -> None:
        self._path = folder / "failed_replies.jsonl"
        self._most = most
        self._lock = asyncio.Lock()
        self._lines: int | None = None

    async def keep(self, record: dict[str, Any]) -> None:
        """See the port."""
        async with self._lock:
            try:
                await asyncio.to_thread(self._append, orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            except OSError as exc:
                log.warning("generator.failed_reply_not_kept", error=type(exc).__name__)

    def _append(self, line: bytes) -> None:
        if self._lines is None:
            self._lines = self._path.read_bytes().count(b"\n") if self._path.exists() else 0
        if self._lines >= self._most:
            self._path.replace(self._path.with_suffix(".old.jsonl"))
            self._lines = 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(line)
        self._lines += 1
