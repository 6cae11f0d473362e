"""The shop's pages as passages: rendered, cut into paragraphs and sentences."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shared.errors import ConfigError
from shared.shop import Shop
from shared.shop.texts import Page
from shared.templates import RENDER_ERRORS, in_language, template_environment

ENOUGH = {"en": 60, "zh": 25}
"""A passage of at least so many characters takes no further paragraph."""
INSIDE = r"[^.!?。！？；\n]*"
SENTENCE = re.compile(rf"{INSIDE}(?:[.!?](?!\s|$){INSIDE})*(?:[.!?]+(?=\s|$)|[。！？；]+[”」』）]*|\n+|$)")


@dataclass(frozen=True)
class PagePassage:
    """A paragraph of a page, or some short ones. `document` is the page's stem, the same in every language."""

    document: str
    title: str
    language: str
    source: str
    valid_until: date | None
    text: str
    sentences: tuple[str, ...]
    leads: bool
    """Whether the page begins with it: what a page is about tends to stand there."""


def load_passages(shop: Shop) -> list[PagePassage]:
    """All passages of all pages, policies filled in. Raises ConfigError for a page that cannot be rendered."""
    environment = template_environment(shop.profile.timezone)
    profile = shop.profile.model_dump(mode="json")
    passages = []
    for page in shop.pages:
        known = {"policies": shop.policies, "shop": in_language(profile, page.language), "language": page.language}
        try:
            body = environment.from_string(page.body).render(known)
            title = environment.from_string(page.title).render(known)
        except RENDER_ERRORS as exc:
            raise ConfigError(f"{shop.files.root / 'knowledge' / page.source} cannot be rendered: {exc}") from exc
        texts = _grouped(_paragraphs(body), ENOUGH[page.language])
        passages += [_passage(page, title, text, place == 0) for place, text in enumerate(texts)]
    return passages


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a passage; a line of its own, such as an item of a list, is one."""
    found = (match.group().strip() for match in SENTENCE.finditer(text))
    return tuple(sentence for sentence in found if any(character.isalnum() for character in sentence))


def _passage(page: Page, title: str, text: str, leads: bool) -> PagePassage:
    sentences = sentences_of(text) or (text,)
    return PagePassage(page.stem, title, page.language, page.source, page.valid_until, text, sentences, leads)


def _paragraphs(body: str) -> Iterator[str]:
    """Plain paragraphs; a heading joins the paragraph below it."""
    heading = ""
    for block in re.split(r"\n\s*\n", body.strip()):
        plain = _plain(block)
        if block.lstrip().startswith("#") and "\n" not in block.strip():
            heading = plain
        elif plain:
            yield f"{heading}: {plain}" if heading else plain
            heading = ""


def _plain(block: str) -> str:
    """The block without Markdown's marks; links keep their words."""
    block = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", block)
    block = re.sub(r"^\s*(?:#+|>|[-*+]|\d+\.)\s+", "", block, flags=re.MULTILINE)
    return re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", block).strip()


def _grouped(paragraphs: Iterable[str], enough: int) -> Iterator[str]:
    group = ""
    for paragraph in paragraphs:
        group = f"{group}\n{paragraph}" if group else paragraph
        if len(group) >= enough:
            yield group
            group = ""
    if group:
        yield group
