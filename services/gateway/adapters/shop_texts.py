"""What the gateway itself says: the shop's responses, else the sentences in `texts/`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import structlog
import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from shared.contracts.messages import Language
from shared.errors import ConfigError
from shared.shop.load import Shop

RESPONSES = ("turn_failed", "turn_expired", "turn_expired_write_open")
OWN_TEXTS = Path(__file__).parent.parent / "texts"
log = structlog.get_logger()


class ShopTexts:
    """Port `Texts`. Every sentence is rendered at the start, so that a mistake in one shows then."""

    def __init__(self, shop: Shop) -> None:
        known = {"shop": shop.profile.model_dump(mode="json"), "policies": dict(shop.policies)}
        self._said = {language: _sentences(shop, language, known) for language in shop.profile.languages}
        self._first = shop.profile.languages[0]

    def say(self, response: str, language: Language) -> str:
        """The sentence in this language, else in the shop's first."""
        return self._said.get(language, self._said[self._first])[response]


def _sentences(shop: Shop, language: Language, known: Mapping[str, Any]) -> dict[str, str]:
    theirs = shop.responses.get(language, {})
    own = yaml.safe_load((OWN_TEXTS / f"{language}.yaml").read_text(encoding="utf-8"))
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    values = _in_language(known, language)
    said = {}
    for name in RESPONSES:
        if name not in theirs:
            log.info("gateway.own_text", response=name, language=language)
        template = theirs[name][0] if name in theirs else own[name]
        try:
            said[name] = environment.from_string(template).render(values)
        except TemplateError as exc:
            raise ConfigError(f"{shop.files.root}/responses/{language}.yaml: {name}: {exc}") from exc
    return said


def _in_language(value: Any, language: str) -> Any:
    """Texts by language become the text of this language."""
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= set(get_args(Language)):
        return value.get(language, next(iter(value.values())))
    return {key: _in_language(inner, language) for key, inner in value.items()}
