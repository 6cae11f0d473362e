"""Markdown, HTML and PDF as sections of plain text: scripts, pictures and addresses of links are left out."""

import io
import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from selectolax.lexbor import LexborHTMLParser

from services.dialogue.adapters.knowledge.documents import Section

UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "nav", "form", "button")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (
    *("p", "div", "section", "article", "main", "ul", "ol", "table", "blockquote", "pre", "dl", "header", "footer"),
    *("figure", "aside", "details", "summary"),
)
LINES = ("li", "tr", "dt", "dd", "br")
CELLS = ("td", "th")
HEADING_MARK, LINE_MARK, APART = "\x02", "\x03", "\n\n"
PDF_ERRORS = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError)
"""What pypdf raises over files that are none, besides its own errors."""
CJK = "\u2e80-\u9fff\uff00-\uffef"
BROKEN_LINE = re.compile(rf"(?<=[{CJK}])\s*\n\s*(?=[{CJK}])")


def markdown_sections(text: str) -> list[Section]:
    """A section for each block; a block knows the heading that it stands under."""
    sections, heading = [], ""
    for block in _top_level(_markdown().parse(text)):
        plain = "\n".join(line for line in map(_line, block) if line)
        if block[0].type == "heading_open":
            heading = plain
        elif plain:
            sections.append(Section(plain, heading))
    return sections


def html_sections(markup: str) -> tuple[str, str, list[Section]]:
    """Title, language (empty where the page does not say) and the sections of what a reader would see."""
    tree = LexborHTMLParser(markup)
    title = tree.css_first("title")
    root = tree.css_first("html")
    attributes: Any = root.attributes if root is not None else {}
    language = str(attributes.get("lang") or "")
    first = tree.css_first("h1")
    name = next((found for node in (title, first) if node is not None and (found := _squeezed(node.text()))), "")
    sections = list(_marked_sections(_visible_text(tree)))
    return name, language.casefold()[:2], sections


def pdf_sections(data: bytes) -> tuple[str, list[Section]]:
    """Title (empty where there is none) and a section for each paragraph. Raises ValueError with what is wrong."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise ValueError("it is locked by a password; save it without one")
        title = str(reader.metadata.title or "") if reader.metadata is not None else ""
        pages = [page.extract_text() for page in reader.pages]
    except PDF_ERRORS as exc:
        if str(exc).startswith("it is locked"):
            raise
        raise ValueError("it is no PDF that can be read; open it and save it again as PDF") from exc
    return _squeezed(title), plain_sections("\n\n".join(pages))


def plain_sections(text: str) -> list[Section]:
    """A section for each paragraph of a plain text; lines within one are joined."""
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return [Section(joined) for block in blocks if (joined := joined_lines(block))]


def joined_lines(text: str) -> str:
    """A text whose lines were broken for width on one line; between Chinese characters without a space."""
    return _squeezed(BROKEN_LINE.sub("", text.strip()))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _line(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content.strip()
    if token.type == "html_block":
        return "\n".join(section.text for section in html_sections(token.content)[2])
    return joined_lines("".join(_inline(child) for child in token.children or ())) if token.type == "inline" else ""


def _inline(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    # Tags inside a line have no text of their own; what stands between them is a token by itself.
    return "" if token.type == "html_inline" else token.content


def _visible_text(tree: LexborHTMLParser) -> str:
    tree.strip_tags(list(UNSEEN), recursive=True)
    for names, before, after in (
        (HEADINGS, f"{APART}{HEADING_MARK}", APART),
        (BLOCKS, APART, APART),
        (LINES, LINE_MARK, LINE_MARK),
        (CELLS, " ", " "),
    ):
        for node in tree.css(", ".join(names)):
            node.insert_before(before)
            node.insert_after(after)
    body = tree.body
    return body.text() if body is not None else ""


def _marked_sections(text: str) -> Iterator[Section]:
    heading = ""
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in map(_squeezed, block.split(LINE_MARK)) if line]
        plain = "\n".join(lines)
        if plain.startswith(HEADING_MARK):
            heading = _squeezed(plain.replace(HEADING_MARK, ""))
        elif plain:
            yield Section(plain, heading)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
