"""Chats saved as text: `time name: text`, as messengers and shop desks write them, and plain lines."""

import re
from collections.abc import Iterator
from dataclasses import replace

from services.nlu.adapters.exports.records import Export, Record

DATE = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
TIME = r"(?:上午|下午)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d{1,6})?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?"
MOMENT = rf"[\[(（]?(?:{DATE}(?:,|T|\s)?\s*{TIME}|{TIME}|{DATE})(?!\d)Z?[\])）]?"
INVISIBLE = "[\u200e\u200f\u202a-\u202e]*"
HEADING = re.compile(
    rf"{INVISIBLE}{MOMENT}\s*(?:[-–—|]\s+)?{INVISIBLE}(?!\d{{1,2}}[:.]\d\d)(?P<name>[^\s:：,，|–—-][^:：\n]{{0,59}})[:：]\s*(?P<text>.*)"
)
NOTICE = re.compile(rf"{INVISIBLE}{MOMENT}\s*[-–—|]?\s*{INVISIBLE}(?P<text>[^:：]*)$")
DESK_HEADING = re.compile(rf"(?P<name>[^\s:：(（][^:：\n(（]{{0,39}}?)\s*{MOMENT}\s*[:：]?(?P<text>)\s*")
SPEAKER = re.compile(r"(?P<name>[A-Za-z][\w .-]{0,29}|[\u4e00-\u9fff]{2,8})[:：]\s*(?P<text>\S.*)")
SHARE, SAMPLE = 0.3, 400
FEW_SPEAKERS = 0.2


def read_transcript(text: str) -> Export:
    """Messages with their senders where enough lines have one; else every line is a text."""
    lines = text.split("\n")
    heading = _heading_of([line for line in lines if line.strip()][:SAMPLE])
    if heading is None:
        return Export("lines", [Record(at, line) for at, line in enumerate(lines, 1) if line.strip()])
    return Export("transcript", list(_messages(lines, heading)))


def _heading_of(sample: list[str]) -> re.Pattern[str] | None:
    """The form of heading that most lines have, if enough have it."""
    for heading in (HEADING, DESK_HEADING):
        if sum(bool(heading.fullmatch(line.strip())) for line in sample) >= SHARE * len(sample) > 0:
            return heading
    speakers = [match["name"] for line in sample if (match := SPEAKER.fullmatch(line.strip()))]
    few = len(set(speakers)) <= max(2, FEW_SPEAKERS * len(speakers))
    return SPEAKER if len(speakers) >= 0.6 * len(sample) > 0 and few else None


def _messages(lines: list[str], heading: re.Pattern[str]) -> Iterator[Record]:
    """A line without a heading goes on with the message before it; what nobody sent is no message."""
    begun: Record | None = None
    for at, line in enumerate(lines, 1):
        match = heading.fullmatch(line.strip())
        if match is None and not _is_notice(line, heading):
            begun = begun and replace(begun, text=f"{begun.text}\n{line}")
            continue
        if begun:
            yield _whole(begun)
        begun = Record(at, match["text"], name=match["name"].strip()) if match else None
    if begun:
        yield _whole(begun)


def _whole(begun: Record) -> Record:
    return replace(begun, text=begun.text.strip())


def _is_notice(line: str, heading: re.Pattern[str]) -> bool:
    """A line with a time and without a sender, such as `... joined`."""
    return heading is HEADING and NOTICE.fullmatch(line.strip()) is not None
