"""Texts brought to one form, and those that are none dropped."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from services.nlu.domain.language import language_of
from services.nlu.domain.masking import (
    FINDERS,
    NUMBERS,
    Finder,
    finder_of_names,
    order_finder,
    personal_data,
    placeholder,
)
from services.nlu.domain.preparing.rows import Drop, Options, Outcome, Replacement, Row, replaced

LONGEST = 500
"""In code points: of longer messages understanding reads no more either."""
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|</?(?:br|p|div|span|b|i)\b[^<>]{0,200}>")
CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}
ZERO_WIDTH_JOINER = "\u200d"
SPACE = re.compile(r"\s+")
ATTACHMENT = re.compile(
    r"\W*+(?:(?:media|image|video|audio|sticker|gif|document|contact card) omitted|(?:photo|image|voice message|"
    r"attachment|sticker|file)|图片|语音|视频|表情|文件|链接|动画表情|撤回了一条消息|商品链接|"
    r"missed (?:voice|video) call|"
    r"this message was deleted|you deleted this message)\W*",
    re.IGNORECASE,
)
BRACKETS = re.compile(r"^\s*[\[<(【（‎]")
UNSIGNED = re.compile(r"omitted|deleted|missed|撤回")
OUT_OF_SCOPE_NAMES = frozenset(
    {"oos", "ood", "out_of_scope", "out of scope", "out-of-scope", "outofscope", "out_of_domain", "none_of_the_above"}
)


def normalise(rows: Sequence[Row], options: Options) -> Outcome:
    """Composed characters, no control characters, no markup, single blanks; intents without blanks around."""
    done = [_normal(row) for row in rows]
    return Outcome(done, counts=Counter(changed=sum(a.text != b.text for a, b in zip(rows, done, strict=True))))


def _normal(row: Row) -> Row:
    row = replaced(row, [(*m.span(), _plain(m.group())) for m in ENTITY.finditer(row.text)])
    row = replaced(row, _compositions(row.text))
    row = replaced(row, [(at, at + 1, "") for at, character in enumerate(row.text) if _is_control(character)])
    row = replaced(row, _blanks(row.text))
    intent = " ".join(row.intent.split()) if row.intent else ""
    intent = "out_of_scope" if intent.casefold() in OUT_OF_SCOPE_NAMES else intent
    return replace(row, intent=intent or None, language=row.language or language_of(row.text, "en"))


def _plain(markup: str) -> str:
    return " " if markup.startswith("<") else html.unescape(markup)


def _compositions(text: str) -> list[Replacement]:
    if unicodedata.is_normalized("NFC", text):
        return []
    starts = [at for at, character in enumerate(text) if at == 0 or not unicodedata.combining(character)]
    clusters = zip(starts, [*starts[1:], len(text)], strict=True)
    composed = ((start, end, unicodedata.normalize("NFC", text[start:end])) for start, end in clusters)
    return [(start, end, new) for start, end, new in composed if new != text[start:end]]


def _is_control(character: str) -> bool:
    return (
        unicodedata.category(character) in CONTROL and not character.isspace() and character != ZERO_WIDTH_JOINER
    ) or character == "\ufffc"


def _blanks(text: str) -> list[Replacement]:
    runs = [match.span() for match in SPACE.finditer(text)]
    inside = [(start, end, " " if start > 0 and end < len(text) else "") for start, end in runs]
    return [(start, end, new) for start, end, new in inside if text[start:end] != new]


def drop_unusable(rows: Sequence[Row], options: Options) -> Outcome:
    """Without empty texts, attachments, texts without a word where no intent is told, and long ones."""
    kept, drops = [], []
    for row in rows:
        reason = _unusable(row)
        if reason:
            drops.append(Drop(row, reason))
        else:
            kept.append(row)
    return Outcome(kept, drops)


def _unusable(row: Row) -> str:
    if not row.text:
        return "empty"
    if ATTACHMENT.fullmatch(row.text) and (BRACKETS.match(row.text) or UNSIGNED.search(row.text.lower())):
        return "attachment"
    if row.intent is None and not any(character.isalpha() for character in row.text):
        return "no_words"
    return "too_long" if len(row.text) > LONGEST else ""


def mask(rows: Sequence[Row], options: Options) -> Outcome:
    """Placeholders in the place of personal data; the counts say how many of each kind."""
    finders = finders_of(options)
    counts: Counter[str] = Counter()
    done = []
    for row in rows:
        marks = [mark for mark in personal_data(row.text, finders) if not (options.keep_numbers and mark[2] in NUMBERS)]
        counts.update(kind for _, _, kind in marks)
        done.append(replaced(row, [(start, end, placeholder(kind)) for start, end, kind in marks]))
    return Outcome(done, counts=counts)


def finders_of(options: Options) -> tuple[Finder, ...]:
    """Those that these options ask for, the most certain first."""
    finders: tuple[Finder, ...] = FINDERS
    if options.order_pattern:
        finders = (order_finder(options.order_pattern), *finders)
    people = finder_of_names(options.names)
    return (*finders, people) if people else finders
