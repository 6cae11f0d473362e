"""Knowledge pages: Markdown with front matter."""

import re
from pathlib import Path

from shared.shop.problems import ShopProblem
from shared.shop.source import Source, parse_yaml, read_text
from shared.shop.texts import FrontMatter, Page
from shared.shop.validation import Parsed, validate

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<head>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def read_page(path: Path, folder: Path) -> Parsed[Page]:
    """The page at `path`; `folder` is the shop's `knowledge/`."""
    source = Source(str(path), path.stem)
    text = read_text(path, source)
    found = _FRONT_MATTER.match(text) if text is not None else None
    if text is None or found is None:
        _tell_headless(source)
        return Parsed(source, None)
    parse_yaml(found["head"], source, first_line=2)
    head = validate(source, FrontMatter)
    if not isinstance(head, FrontMatter):
        return Parsed(source, None)
    relative = path.relative_to(folder).as_posix()
    body_line = text.count("\n", 0, found.end()) + 1
    body = text[found.end() :]
    return Parsed(source, Page(path.stem, relative, head.language, head.title, head.valid_until, body, body_line))


def _tell_headless(source: Source) -> None:
    if not source.problems:
        remedy = "begin the file with a line ---, `title:` and `language:`, and another line ---"
        source.problems.append(ShopProblem(source.file, 1, "the page has no front matter", remedy))
