"""The shop's own pages and products as documents. Pages are templates over its policies."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from services.dialogue.adapters.knowledge.documents import Document, Section
from services.dialogue.adapters.knowledge.formats import Bad, Render
from services.dialogue.adapters.knowledge.markup import markdown_sections
from shared.errors import ConfigError
from shared.shop import Shop
from shared.shop.catalogue import CatalogueProduct
from shared.shop.texts import Page
from shared.templates import RENDER_ERRORS, in_language, template_environment

COLON = {"en": ": ", "zh": "："}
COMMA = {"en": ", ", "zh": "、"}


def renderer(shop: Shop) -> Render:
    """Fills a template in for a language with the shop's policies and profile."""
    environment = template_environment(shop.profile.timezone)
    profile = shop.profile.model_dump(mode="json")

    def render(template: str, language: str) -> str:
        known = {"policies": shop.policies, "shop": in_language(profile, language), "language": language}
        return environment.from_string(template).render(known)

    return render


def shop_documents(shop: Shop, render: Render | None = None) -> tuple[list[Document], list[Bad]]:
    """Every page and product in each of its languages, and the pages that cannot be used."""
    render = render or renderer(shop)
    asks = shop.page_questions
    pages, bad = [], []
    for parsed in shop.files.pages:
        if parsed.value is None or parsed.source.problems:
            bad += [Bad(parsed.source.file, str(problem)) for problem in parsed.source.problems]
            continue
        try:
            pages.append(_page(parsed.value, render, asks.get(parsed.value.stem, {})))
        except RENDER_ERRORS as exc:
            bad.append(Bad(parsed.source.file, f"it cannot be rendered: {exc}"))
    products = [_product(product, language) for product in shop.products for language in shop.profile.languages]
    return [*pages, *products], bad


def load_documents(shop: Shop) -> list[Document]:
    """All documents of the shop. Raises ConfigError if one of its pages cannot be used."""
    documents, bad = shop_documents(shop)
    if bad:
        raise ConfigError("\n".join(map(str, bad)))
    return documents


@cache
def attribute_names() -> Mapping[str, Mapping[str, str]]:
    """What customers read before an attribute, by its key and language."""
    text = files("services.dialogue.adapters.knowledge").joinpath("attribute_names.yaml").read_text("utf-8")
    names: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return names


def _page(page: Page, render: Render, asks: Mapping[str, tuple[str, ...]]) -> Document:
    body, title = render(page.body, page.language), render(page.title, page.language)
    questions = tuple(ask for of_language in asks.values() for ask in of_language)
    head = (page.stem, title, page.language, page.source, tuple(markdown_sections(body)))
    return Document(*head, "page", valid_until=page.valid_until, asks=questions)


def _product(product: CatalogueProduct, language: str) -> Document:
    said = in_language(product.model_dump(mode="json", exclude={"variants"}), language)
    attributes = {**said["attributes"], **_options(product, language)}
    sections = [Section(said["description"], "description", whole=True)]
    sections += [Section(_sentence(name, value, language), name, whole=True) for name, value in attributes.items()]
    source = f"catalogue/products.yaml#{product.id}"
    return Document(product.id, said["name"], language, source, tuple(sections), "product")


def _options(product: CatalogueProduct, language: str) -> dict[str, str]:
    """What can be chosen, such as the colours, in the order of the catalogue."""
    found: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in _spoken(variant.options, language).items():
            found.setdefault(name, {})[value] = None
    return {name: COMMA[language].join(values) for name, values in found.items()}


def _spoken(options: Mapping[str, Any], language: str) -> Mapping[str, str]:
    spoken: Mapping[str, str] = in_language(dict(options), language)
    return spoken


def _sentence(name: str, value: str, language: str) -> str:
    usual = attribute_names().get(name, {}).get(language, name.replace("_", " "))
    return f"{usual[:1].upper()}{usual[1:]}{COLON[language]}{value}"
