"""What the gateway itself says: the shop's responses, else the sentences in `texts/`."""

from pathlib import Path

import structlog
import yaml

from shared.contracts.messages import Language
from shared.errors import ConfigError
from shared.shop.load import Shop
from shared.wording import CannotSay, Wording

RESPONSES = ("turn_failed", "turn_expired", "turn_expired_write_open")
OWN_TEXTS = Path(__file__).parent.parent / "texts"
log = structlog.get_logger()


class ShopTexts:
    """Port `Texts`. Every sentence is rendered at the start, so that a mistake in one shows then."""

    def __init__(self, shop: Shop) -> None:
        self._said = {language: _sentences(shop, language) for language in shop.profile.languages}
        self._first = shop.profile.languages[0]

    def say(self, response: str, language: Language) -> str:
        """The sentence in this language, else in the shop's first."""
        return self._said.get(language, self._said[self._first])[response]


def _sentences(shop: Shop, language: str) -> dict[str, str]:
    theirs = shop.responses.get(language, {})
    own = yaml.safe_load((OWN_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    for name in RESPONSES:
        if name not in theirs:
            log.info("gateway.own_text", response=name, language=language)
    known = {"shop": shop.profile.model_dump(mode="json"), "policies": dict(shop.policies)}
    wording = Wording({language: {name: theirs.get(name, [own[name]]) for name in RESPONSES}}, known)
    try:
        return {name: wording.say(name, language, {}) for name in RESPONSES}
    except CannotSay as exc:
        raise ConfigError(f"{shop.files.root}/responses/{language}.yaml: {exc}") from exc
