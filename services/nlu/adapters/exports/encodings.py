"""In which encoding a file is written."""

from shared.errors import ConfigError

COMMON = 0.7
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decoded(data: bytes, source: str, encoding: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding. Raises ConfigError for what is no text.

    UTF-8 is certain when it fits. GB 18030 fits much that is not, so most of its characters must be common ones.
    """
    for name in (encoding,) if encoding else _guesses(data):
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError) as exc:
            if encoding:
                raise ConfigError(
                    f"{source} is not written in {encoding}; leave --encoding out, or name another"
                ) from exc
            continue
        if "\0" in text:
            break
        return text, name
    raise ConfigError(f"{source} is no text; export it as CSV, JSON Lines, JSON or plain text")


def _guesses(data: bytes) -> tuple[str, ...]:
    for mark, name in BOMS.items():
        if data.startswith(mark):
            return (name,)
    return ("utf-8", "gb18030", "cp1252", "latin-1") if _looks_chinese(data) else ("utf-8", "cp1252", "latin-1")


def _looks_chinese(data: bytes) -> bool:
    """Whether most characters would be punctuation or the 3,755 common ones of GB 2312."""
    common = pairs = at = 0
    while at < len(data):
        if data[at] < 0x80:
            at += 1
            continue
        pair = data[at : at + 2]
        pairs += 1
        common += len(pair) == 2 and (0xB0 <= pair[0] <= 0xD7 or 0xA1 <= pair[0] <= 0xA3) and pair[1] >= 0xA1
        at += 2
    return pairs > 0 and common >= COMMON * pairs
