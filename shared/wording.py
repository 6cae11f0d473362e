"""Responses become sentences: templates over a plan's arguments, the shop and its policies."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zlib import crc32

from jinja2 import Template

from shared.errors import DeskbellError
from shared.shop import Shop
from shared.templates import RENDER_ERRORS, in_language, template_environment


class CannotSay(DeskbellError):
    """No such response, or its template needs what the arguments lack. Holds no argument's value."""


class Wording:
    """The responses of one shop in its languages.

    `known` are the values that every response may use (`shop`, `policies`); a text by language
    among them, or among the arguments, becomes the text of the reply's language.
    """

    def __init__(
        self, responses: Mapping[str, Mapping[str, Sequence[str]]], known: Mapping[str, Any], timezone: str = "UTC"
    ) -> None:
        self._responses = responses
        self._known = {code: {**in_language(dict(known), code), "language": code} for code in responses}
        self._environment = template_environment(timezone)
        self._template = cache(self._compile)

    def say(self, response: str, language: str, arguments: Mapping[str, Any], seed: str = "", before: int = 0) -> str:
        """The response as a sentence. Raises CannotSay.

        `seed` chooses the first among its wordings, `before` goes on from there: each is used once before one returns.
        """
        wordings = self._responses[language].get(response)
        if not wordings:
            raise CannotSay(f"there is no response {response} in {language}")
        chosen = (crc32(seed.encode()) + before) % len(wordings)
        values = {**self._known[language], **in_language(dict(arguments), language)}
        try:
            return self._template(response, language, chosen).render(values).strip()
        except RENDER_ERRORS as exc:
            raise CannotSay(f"response {response} in {language} cannot be filled: {type(exc).__name__}") from exc

    def _compile(self, response: str, language: str, chosen: int) -> Template:
        return self._environment.from_string(self._responses[language][response][chosen])


def open_wording(shop: Shop) -> Wording:
    """The wording of a shop's own responses."""
    known = {"shop": shop.profile.model_dump(mode="json"), "policies": dict(shop.policies)}
    return Wording(shop.responses, known, shop.profile.timezone)
