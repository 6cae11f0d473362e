"""The replies that no turn carries to the generator, worded from the shop's own responses."""

from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.shop import Shop


class ShopWording:
    """Port `Wording` over the shop's files: the first wording of a response."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._environment = ImmutableSandboxedEnvironment(autoescape=False)

    def say(self, response: str, language: str, facts: dict[str, Any]) -> str:
        """Raises KeyError when the shop lacks the response, which `deskbell check` tells before."""
        texts = self._shop.responses
        wording = texts.get(language, texts[self._shop.profile.languages[0]])[response][0]
        return self._environment.from_string(wording).render(facts)
