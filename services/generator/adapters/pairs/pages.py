"""Pairs of the shop's pages: what `knowledge/answers.yaml` says of each, over the page as a search would show it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from services.generator.adapters.pairs.asking import asked
from services.generator.adapters.pairs.pair import Pair, nearest, sentences_of
from services.generator.adapters.pairs.varied import varied
from shared.errors import ConfigError
from shared.shop import Shop
from shared.shop.texts import Page, Told
from shared.templates import RENDER_ERRORS, in_language, template_environment

VARIATIONS = 11
"""How often a page is told: once with the shop's own figures, then with others."""
NEIGHBOUR = 0.35
"""Share of pairs whose passage holds a second paragraph, as found passages often do."""
ELSEWHERE = 0.25
"""Share of pairs whose first sentences are not those that answer: a search may find others of the page."""


def page_pairs(shop: Shop, seed: int) -> Iterator[Pair]:
    """The pairs of all pages that have answers. Raises ConfigError for a wording that cannot be filled in."""
    environment = template_environment(shop.profile.timezone)
    profile = shop.profile.model_dump(mode="json")
    for page in shop.pages:
        for variation in range(VARIATIONS):
            random = Random(f"{seed} {page.source} {variation}")
            policies = varied(shop.policies, random) if variation else shop.policies
            known = {"policies": policies, "shop": in_language(profile, page.language), "language": page.language}

            def fill(template: str, known: Mapping[str, Any] = known, source: str = page.source) -> str:
                try:
                    return environment.from_string(template).render(known).strip()
                except RENDER_ERRORS as exc:
                    raise ConfigError(f"an answer or the text of {source} cannot be filled in: {exc}") from exc

            paragraphs = [part.strip() for part in fill(page.body).split("\n\n") if part.strip()]
            title = fill(page.title)
            for told in shop.page_answers.get(page.language, {}).get(page.stem, ()):
                said = [fill(wording) for wording in told.say]
                for pair in _pairs(page, told, (title, paragraphs, said), random):
                    yield replace(pair, varied=variation > 0)


def _pairs(page: Page, told: Told, filled: tuple[str, list[str], list[str]], random: Random) -> Iterator[Pair]:
    title, paragraphs, said = filled
    for ask in told.ask:
        reply = random.choice(said)
        passages = _found(paragraphs, reply, page, random)
        question = asked(ask, page.language, random)
        yield Pair("page", page.stem, page.language, question, passages, reply, (title,))


def _found(paragraphs: list[str], reply: str, page: Page, random: Random) -> tuple[str, ...]:
    """What a search would have found: some sentences, and the paragraph or two that they stand in."""
    at = nearest(reply, paragraphs)
    places = {at}
    if random.random() < NEIGHBOUR:
        places.add(random.randrange(len(paragraphs)))
    passage = "\n".join(paragraphs[place] for place in sorted(places))
    sentences = sentences_of(passage)
    best = nearest(reply, sentences)
    first = random.randrange(len(sentences)) if random.random() < ELSEWHERE else best
    hint = " ".join(sentences[first : first + random.choice((1, 1, 2))])
    return tuple(dict.fromkeys((hint, passage)))
