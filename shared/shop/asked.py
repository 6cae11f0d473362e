"""How customers ask, for a model to learn from: `knowledge/asked/<language>/*.yaml`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from shared.shop.problems import did_you_mean
from shared.shop.profile import Language
from shared.shop.source import Source, read_yaml
from shared.shop.texts import AskedFile
from shared.shop.validation import Parsed, validate

PRODUCT, NOTHING = "product", "nothing"
"""Keys beside the pages: what the catalogue's facts answer, and what nothing in the shop does."""
NEAR_MISS = f"{NOTHING}/"
"""Before a page or PRODUCT: questions of its very subject which nothing in the shop answers."""


@dataclass(frozen=True)
class Asked:
    """A file of `asked/`: questions in one language, by the stem of the page that answers them, PRODUCT,
    NOTHING, or a near miss of one of the first two.
    """

    language: str
    questions: AskedFile


PageQuestions = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True)
class _Place:
    key: str
    where: str


def read_asked(folder: Path, stems: Collection[str], known: Parsed[PageQuestions]) -> list[Parsed[Asked]]:
    """The files under `folder`. `known` are the questions of `questions.yaml`, which may not stand elsewhere here."""
    seen = dict(_places(known))
    files = [_read(path, folder) for path in sorted(folder.rglob("*.yaml"))]
    for file in files:
        if file.value is not None:
            _tell_unknown(file.source, file.value, stems)
            _tell_twice(file.source, file.value, seen)
    return files


def _read(path: Path, folder: Path) -> Parsed[Asked]:
    source = read_yaml(path)
    language = path.relative_to(folder).parts[0]
    if language not in get_args(Language):
        remedy = f"put it under {' or '.join(f'asked/{name}/' for name in get_args(Language))}"
        source.problems.append(source.problem((), "the file lies in no language's folder", remedy))
        return Parsed(source, None)
    value = validate(source, AskedFile)
    return Parsed(source, Asked(language, value) if value is not None else None)


def _tell_unknown(source: Source, asked: Asked, stems: Collection[str]) -> None:
    for key in asked.questions:
        if key in stems and key in (PRODUCT, NOTHING):
            told = f"`{key}` is a page here, and the word for what {'products tell' if key == PRODUCT else 'none does'}"
            source.problems.append(source.problem((key,), told, "rename the page"))
        elif (subject := key.removeprefix(NEAR_MISS)) not in stems and subject not in _others(key):
            remedy = did_you_mean(subject, [*stems, *_others(key)], f"write the page, or use {PRODUCT} or {NOTHING}")
            source.problems.append(source.problem((key,), f"there is no page `{subject}`", remedy))


def _others(key: str) -> tuple[str, ...]:
    """What may stand beside pages in such a key."""
    return (PRODUCT,) if key.startswith(NEAR_MISS) else (PRODUCT, NOTHING)


def _tell_twice(source: Source, asked: Asked, seen: dict[str, _Place]) -> None:
    for key, questions in asked.questions.items():
        for index, question in enumerate(questions):
            place = (key, index)
            here = _Place(key, f"{source.file}:{source.line(place)}")
            other = seen.setdefault(same(question), here)
            if other.key != key:
                told = f"“{question}” stands under `{key}` here and under `{other.key}` in {other.where}"
                source.problems.append(source.problem(place, told, "keep it under one of them"))


def _places(known: Parsed[PageQuestions]) -> Iterator[tuple[str, _Place]]:
    for stem, by_language in (known.value or {}).items():
        for language, questions in by_language.items():
            for index, question in enumerate(questions):
                line = known.source.line((stem, language, index))
                yield same(question), _Place(stem, f"{known.source.file}:{line}")


def is_nothing(key: str) -> bool:
    """Whether the questions under a key are such as nothing in the shop answers."""
    return key == NOTHING or key.startswith(NEAR_MISS)


def same(question: str) -> str:
    """What two questions have in common that differ in capitals and spaces alone."""
    return " ".join(question.casefold().split())
