"""What the gateway reads of a shop's folder: its name, its own sentences, the demo's people and products."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from shared.contracts.messages import Language
from shared.errors import ConfigError

RESPONSES = ("turn_failed", "turn_expired", "turn_expired_write_open")
LANGUAGES: tuple[Language, ...] = get_args(Language)


class ShopFiles:
    """A shop's folder. Its sentences are rendered once, so a mistake in them shows at the start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shop = _document(folder / "shop.yaml", dict)
        self.name = shop_name(folder)
        self.languages: tuple[Language, ...] = tuple(name for name in shop.get("languages", ()) if name in LANGUAGES)
        if not self.languages:
            raise ConfigError(f"{folder / 'shop.yaml'} needs `languages`, one of {', '.join(LANGUAGES)} or both")
        policies = folder / "policies.yaml"
        known = {"shop": shop, "policies": _document(policies, dict) if policies.exists() else {}}
        self._said = {language: self._sentences(language, known) for language in self.languages}

    def say(self, response: str, language: Language) -> str:
        """The sentence in this language, else in the shop's first."""
        return self._said.get(language, self._said[self.languages[0]])[response]

    async def products(self) -> list[dict[str, Any]]:
        """The products as the catalogue has them."""
        return await asyncio.to_thread(self._catalogue, "products")

    async def customers(self) -> list[dict[str, Any]]:
        """Who can be played on the demo page: only what the page shows."""
        people = await asyncio.to_thread(self._catalogue, "customers")
        shown = ("id", "name", "language", "currency", "tier")
        return [{key: person[key] for key in shown if key in person} for person in people]

    def _catalogue(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / "catalogue" / f"{name}.yaml"
        return _document(path, list) if path.exists() else []

    def _sentences(self, language: Language, known: dict[str, Any]) -> dict[str, str]:
        path = self._folder / "responses" / f"{language}.yaml"
        templates = _document(path, dict)
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        values = _in_language(known, language)
        said = {}
        for name in RESPONSES:
            variants = templates.get(name)
            template = variants[0] if isinstance(variants, list) and variants else variants
            if not isinstance(template, str):
                raise ConfigError(f"{path} needs the response {name!r}")
            try:
                said[name] = environment.from_string(template).render(values)
            except TemplateError as exc:
                raise ConfigError(f"{path}: {name}: {exc}") from exc
        return said


def shop_name(folder: Path) -> str:
    """The shop's short name, which is the audience of its customer tokens. Raises ConfigError."""
    name = _document(folder / "shop.yaml", dict).get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{folder / 'shop.yaml'} needs a `name`")
    return name


def _document(path: Path, kind: type) -> Any:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as exc:
        raise ConfigError(f"cannot read {path}: {exc.strerror}") from exc
    except yaml.YAMLError as exc:
        raise ConfigError(f"{path} is no YAML: {exc}") from exc
    if not isinstance(document, kind):
        raise ConfigError(f"{path} must hold a {'mapping' if kind is dict else 'list'}")
    return document


def _in_language(value: Any, language: str) -> Any:
    """Texts by language become the text of this language."""
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= set(LANGUAGES):
        return value.get(language, next(iter(value.values())))
    return {key: _in_language(inner, language) for key, inner in value.items()}
