"""Failed replies are kept as lines, so many and no more; a folder that takes nothing stops nobody."""

import json
from pathlib import Path

from services.generator.adapters.failed_replies import FailedReplies


def numbers(path: Path) -> list[int]:
    return [json.loads(line)["number"] for line in path.read_text().splitlines()]


async def test_the_newest_are_kept_and_as_many_older_ones(tmp_path: Path) -> None:
    failures = FailedReplies(tmp_path, most=3)
    for number in range(8):
        await failures.keep({"number": number})
    assert numbers(tmp_path / "failed_replies.jsonl") == [6, 7]
    assert numbers(tmp_path / "failed_replies.old.jsonl") == [3, 4, 5]


async def test_another_start_counts_what_is_there(tmp_path: Path) -> None:
    for number in range(4):
        await FailedReplies(tmp_path, most=3).keep({"number": number})
    assert numbers(tmp_path / "failed_replies.jsonl") == [3]


async def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    await FailedReplies(tmp_path / "file", most=3).keep({"number": 1})
