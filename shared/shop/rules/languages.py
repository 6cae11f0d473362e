"""The rule that a text for customers exists in every language of the shop."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.shop.problems import ShopProblem
from shared.shop.source import Place, Source


def missing_languages(
    text: Mapping[Any, str], languages: Sequence[str], source: Source, place: Place
) -> Iterator[ShopProblem]:
    """A problem for each language that `text` lacks."""
    for language in languages:
        if language not in text:
            name = next((part for part in reversed(place) if isinstance(part, str)), "the text")
            yield source.problem(place, f"`{name}` has no text in {language}", f"add `{language}: ...`")
