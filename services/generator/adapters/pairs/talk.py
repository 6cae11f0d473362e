"""Pairs of small talk: what customers write in conversations and examples, and what the shop's responses say."""

from collections.abc import Iterator
from random import Random

from services.generator.adapters.pairs.asking import asked
from services.generator.adapters.pairs.pair import Pair
from shared.shop import Shop
from shared.templates import RENDER_ERRORS, in_language, template_environment

TALK = ("greeting", "thanks", "goodbye", "bot_identity", "how_can_i_help", "still_here")
"""Responses that say nothing of an order or a person."""
MOST = 60


def talk_pairs(shop: Shop, seed: int) -> Iterator[Pair]:
    """A wording as what is known, and a wording of the same response as the reply."""
    environment = template_environment(shop.profile.timezone)
    profile = shop.profile.model_dump(mode="json")
    for language in shop.profile.languages:
        if language != "en":
            continue
        known = {"policies": shop.policies, "shop": in_language(profile, language), "language": language}
        heard = _heard(shop, language)
        for response in TALK:
            random = Random(f"{seed} {language} {response}")
            try:
                said = [
                    environment.from_string(wording).render(known).strip()
                    for wording in shop.responses.get(language, {}).get(response, ())
                ]
            except RENDER_ERRORS:
                continue  # a wording that needs more than the shop itself is about somebody's order
            asks = sorted(heard.get(response, set()))
            for ask in random.sample(asks, min(MOST, len(asks))) if said else []:
                reply = random.choice(said)
                yield Pair("talk", f"response {response}", language, asked(ask, language, random), (reply,), reply)


def _heard(shop: Shop, language: str) -> dict[str, set[str]]:
    """What customers write where a response is the answer: the intent's examples, and conversations' steps."""
    heard = {name: set(texts) for name, texts in shop.nlu.get(language, {}).items()}
    for conversation in shop.conversations:
        if conversation.language == language:
            for step in conversation.steps:
                responses = (step.expect.responses or ()) if step.expect else ()
                if len(responses) == 1 and isinstance(step.user, str):
                    heard.setdefault(responses[0], set()).add(step.user)
    return heard
