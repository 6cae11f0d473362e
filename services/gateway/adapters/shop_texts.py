"""What the gateway itself says: the shop's responses, else the sentences in `texts/`."""

from collections.abc import Mapping
from pathlib import Path

import structlog
import yaml

from shared.contracts.messages import Language
from shared.errors import ConfigError
from shared.shop.load import Shop
from shared.wording import CannotSay, Wording

RESPONSES = ("turn_failed", "turn_expired", "turn_expired_write_open")
OWN_TEXTS = Path(__file__).parent.parent / "texts"
Responses = Mapping[str, tuple[str, ...]]
log = structlog.get_logger()


class ShopTexts:
    """Port `Texts`. Every sentence is made at the start, so that a mistake in one shows then."""

    def __init__(self, shop: Shop) -> None:
        self._languages = shop.profile.languages
        responses: dict[str, Responses] = {language: _responses(shop, language) for language in self._languages}
        known = {"shop": shop.profile.model_dump(mode="json"), "policies": dict(shop.policies)}
        wording = Wording(responses, known)
        try:
            self._said = {
                (name, language): wording.say(name, language, {}) for language in responses for name in RESPONSES
            }
        except CannotSay as exc:
            raise ConfigError(f"{shop.files.root}/responses: {exc}; it has no values but shop and policies") from exc

    def say(self, response: str, language: Language) -> str:
        """The sentence in this language, else in the shop's first."""
        spoken = language if language in self._languages else self._languages[0]
        return self._said[response, spoken]


def _responses(shop: Shop, language: Language) -> Responses:
    own = yaml.safe_load((OWN_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    theirs = shop.responses.get(language, {})
    if missing := [name for name in RESPONSES if name not in theirs]:
        log.info("gateway.own_texts", responses=missing, language=language)
    return {name: theirs.get(name, (own[name],)) for name in RESPONSES}
