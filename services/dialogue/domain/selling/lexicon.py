"""What goods are called, and how one tells from the catalogue that they are meant: read from `words.yaml`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from services.dialogue.domain.reading import plain
from services.dialogue.domain.shop import Product

SAYS_NO = re.compile(r"^(?:no|not)\b|^(?:不|否|无)")


class Word(BaseModel):
    """A kind or a trait: how it is spoken of, and how it shows in a product."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: tuple[str, ...]
    is_: tuple[str, ...] = ()
    attribute: str = ""


@cache
def words(of: Literal["kinds", "traits"]) -> Mapping[str, Word]:
    """The kinds or the traits by name."""
    text = files("services.dialogue.domain.selling").joinpath("words.yaml").read_text("utf-8")
    return {
        name: Word(says=tuple(entry["says"]), is_=tuple(entry.get("is", ())), attribute=entry.get("attribute", ""))
        for name, entry in yaml.safe_load(text)[of].items()
    }


@cache
def asking_words() -> tuple[str, ...]:
    """Words of asking, the longest first."""
    text = files("services.dialogue.domain.selling").joinpath("words.yaml").read_text("utf-8")
    known = {str(word) for line in yaml.safe_load(text)["asking"] for word in line}
    return tuple(sorted(known, key=lambda word: (-len(word), word)))


def spoken_of(of: Literal["kinds", "traits"], text: str) -> tuple[str, ...]:
    """The kinds or traits that a text names; a kind whose word is part of a longer one that was said does not count."""
    said = plain(text)
    hits = {name: [form for form in word.says if _holds(said, form)] for name, word in words(of).items()}
    longest = {name: max(forms, key=len) for name, forms in hits.items() if forms}
    return tuple(
        name for name, form in longest.items() if not any(form != other and form in other for other in longest.values())
    )


def is_of_kind(product: Product, kinds: Sequence[str]) -> bool:
    """Whether the product is of one of these kinds, by its name and category."""
    told = [*map(plain, product.name.values()), plain(product.category)]
    return any(_occurs(told, words("kinds")[kind].is_) for kind in kinds)


def has_trait(product: Product, trait: str) -> bool:
    """Whether the catalogue says so: what it does not tell, the product does not have."""
    word = words("traits")[trait]
    if word.attribute:
        told = product.attributes.get(word.attribute)
        return told is not None and SAYS_NO.search(plain(told.get("en") or next(iter(told.values())))) is None
    texts = [product.name, product.description, *product.attributes.values()]
    return _occurs([plain(text) for by_language in texts for text in by_language.values()], word.is_)


def _occurs(told: Iterable[str], forms: Sequence[str]) -> bool:
    return any(_holds(text, form) for text in told for form in forms)


def _holds(text: str, form: str) -> bool:
    if not form.isascii():
        return form in text
    return re.search(rf"(?<![a-z]){re.escape(form)}(?:e?s)?(?![a-z])", text) is not None
