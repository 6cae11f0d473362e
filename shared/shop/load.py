"""Reads a shop's folder, part by part: a service reads only what it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from shared.errors import ConfigError
from shared.shop.asked import Asked, read_asked
from shared.shop.catalogue import CatalogueCustomer, CatalogueOrder, CatalogueProduct
from shared.shop.conversations import Conversation
from shared.shop.flows import FlowFile
from shared.shop.marks import Mention, unmark
from shared.shop.pages import read_page
from shared.shop.proactive import ProactiveFile
from shared.shop.problems import ShopProblem, refuse
from shared.shop.profile import ShopProfile
from shared.shop.source import Source, read_yaml
from shared.shop.texts import NluFile, Page, PageAnswers, PageQuestions, Policies, ResponsesFile, Told
from shared.shop.validation import Parsed, validate

T = TypeVar("T")

Texts = Mapping[str, tuple[str, ...]]
"""Texts by name: wordings by response, or examples by intent."""


@dataclass(frozen=True)
class ShopFiles:
    """The files of a shop, each read once when first asked for, with what is wrong with it."""

    root: Path

    @cached_property
    def profile(self) -> Parsed[ShopProfile]:
        return _read(self.root / "shop.yaml", ShopProfile)

    @cached_property
    def policies(self) -> Parsed[dict[str, Any]]:
        return _read_optional(self.root / "policies.yaml", Policies, {})

    @cached_property
    def responses(self) -> list[Parsed[dict[str, tuple[str, ...]]]]:
        return [_read(path, ResponsesFile) for path in self._yaml("responses")]

    @cached_property
    def nlu(self) -> list[Parsed[NluFile]]:
        return [_read(path, NluFile) for path in self._yaml("nlu")]

    @cached_property
    def products(self) -> Parsed[tuple[CatalogueProduct, ...]]:
        return _read_optional(self.root / "catalogue/products.yaml", tuple[CatalogueProduct, ...], ())

    @cached_property
    def customers(self) -> Parsed[tuple[CatalogueCustomer, ...]]:
        return _read_optional(self.root / "catalogue/customers.yaml", tuple[CatalogueCustomer, ...], ())

    @cached_property
    def orders(self) -> Parsed[tuple[CatalogueOrder, ...]]:
        return _read_optional(self.root / "catalogue/orders.yaml", tuple[CatalogueOrder, ...], ())

    @cached_property
    def flows(self) -> list[Parsed[FlowFile]]:
        return [_read(path, FlowFile) for path in sorted((self.root / "flows").rglob("*.yaml"))]

    @cached_property
    def pages(self) -> list[Parsed[Page]]:
        folder = self.root / "knowledge"
        return [read_page(path, folder) for path in sorted(folder.rglob("*.md"))]

    @cached_property
    def proactive(self) -> Parsed[ProactiveFile | None]:
        return _read_optional(self.root / "proactive.yaml", ProactiveFile, None)

    @cached_property
    def page_questions(self) -> Parsed[dict[str, dict[str, tuple[str, ...]]]]:
        return _read_optional(self.root / "knowledge/questions.yaml", PageQuestions, {})

    @cached_property
    def asked(self) -> list[Parsed[Asked]]:
        stems = {page.source.stem for page in self.pages}
        return read_asked(self.root / "knowledge/asked", stems, self.page_questions)

    @cached_property
    def page_answers(self) -> Parsed[dict[str, dict[str, tuple[Told, ...]]]]:
        return _read_optional(self.root / "knowledge/answers.yaml", PageAnswers, {})

    @cached_property
    def conversations(self) -> list[Parsed[tuple[Conversation, ...]]]:
        return [_read(path, tuple[Conversation, ...]) for path in self._yaml("conversations")]

    def all(self) -> list[Parsed[Any]]:
        """Every file of the shop."""
        catalogue: list[Parsed[Any]] = [self.products, self.customers, self.orders]
        several: list[Parsed[Any]] = [
            *self.responses,
            *self.nlu,
            *self.flows,
            *self.pages,
            *self.asked,
            *self.conversations,
        ]
        return [
            self.profile,
            self.policies,
            self.proactive,
            self.page_questions,
            self.page_answers,
            *catalogue,
            *several,
        ]

    def _yaml(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*.yaml"))


@dataclass(frozen=True)
class Shop:
    """A shop's data. Each part is read when first asked for, and raises ConfigError if its files are wrong."""

    files: ShopFiles

    @property
    def name(self) -> str:
        """The slug, which customer tokens carry as `aud`."""
        return self.profile.name

    @cached_property
    def profile(self) -> ShopProfile:
        """`shop.yaml`."""
        return _value(self.files.profile)

    @cached_property
    def policies(self) -> Mapping[str, Any]:
        """`policies.yaml`; empty without the file."""
        return _value(self.files.policies)

    @cached_property
    def responses(self) -> Mapping[str, Texts]:
        """Wordings by language and response name."""
        values = _values(self.files.responses)
        return {file.source.stem: value for file, value in zip(self.files.responses, values, strict=True)}

    @cached_property
    def nlu(self) -> Mapping[str, Texts]:
        """Examples by language and intent, from all files of a language together; marks of mentions are taken off."""
        by_language: dict[str, dict[str, tuple[str, ...]]] = {}
        for file in _values(self.files.nlu):
            intents = by_language.setdefault(file.language, {})
            for intent, examples in file.intents.items():
                intents[intent] = intents.get(intent, ()) + tuple(unmark(example)[0] for example in examples)
        return by_language

    @cached_property
    def mentions(self) -> Mapping[tuple[str, str], tuple[Mention, ...]]:
        """The mentions that authors have marked in examples, by language and text; unmarked texts are absent."""
        marked = ((f.language, *unmark(x)) for f in _values(self.files.nlu) for xs in f.intents.values() for x in xs)
        return {(language, text): mentions for language, text, mentions in marked if mentions}

    @cached_property
    def products(self) -> tuple[CatalogueProduct, ...]:
        return _value(self.files.products)

    @cached_property
    def customers(self) -> tuple[CatalogueCustomer, ...]:
        return _value(self.files.customers)

    @cached_property
    def orders(self) -> tuple[CatalogueOrder, ...]:
        return _value(self.files.orders)

    @cached_property
    def flows(self) -> Mapping[str, FlowFile]:
        """Flows by name, patterns among them."""
        values = _values(self.files.flows)
        return {file.source.stem: flow for file, flow in zip(self.files.flows, values, strict=True)}

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Knowledge pages; their bodies are not rendered yet."""
        return tuple(_values(self.files.pages))

    @cached_property
    def proactive(self) -> ProactiveFile | None:
        """`proactive.yaml`; None without the file."""
        return _value(self.files.proactive)

    @cached_property
    def page_questions(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """How customers ask for a page, by its stem and the question's language; empty without the file."""
        return _value(self.files.page_questions)

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """How customers ask, for a model to learn from, file by file; empty without `knowledge/asked/`."""
        return tuple(_values(self.files.asked))

    @cached_property
    def page_answers(self) -> Mapping[str, Mapping[str, tuple[Told, ...]]]:
        """What each page tells, by language and the page's stem; empty without the file."""
        return _value(self.files.page_answers)

    @cached_property
    def conversations(self) -> tuple[Conversation, ...]:
        return tuple(case for cases in _values(self.files.conversations) for case in cases)


def load_shop(path: Path) -> Shop:
    """The shop in this folder. Raises ConfigError if the folder or its shop.yaml is missing or wrong."""
    if not (path / "shop.yaml").is_file():
        raise ConfigError(f"{path} is no shop folder: it has no shop.yaml")
    shop = Shop(ShopFiles(path))
    _value(shop.files.profile)
    return shop


def _read(path: Path, kind: Any) -> Parsed[Any]:
    source = read_yaml(path)
    return Parsed(source, validate(source, kind))


def _read_optional(path: Path, kind: Any, absent: Any) -> Parsed[Any]:
    if not path.exists():
        return Parsed(Source(str(path), path.stem), absent)
    return _read(path, kind)


def _value(file: Parsed[T]) -> T:
    refuse(file.source.problems)
    return cast(T, file.value)


def _values(files: Sequence[Parsed[T]]) -> list[T]:
    problems: list[ShopProblem] = [problem for file in files for problem in file.source.problems]
    refuse(problems)
    return [file.value for file in files if file.value is not None]
