"""The models of what the shop hears and says: `nlu/*.yaml`, `responses/*.yaml`, `policies.yaml` and pages."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from shared.shop.profile import Language, ShopPart

Example = Annotated[str, Field(pattern=r"\S")]


class NluFile(ShopPart):
    """A file of `nlu/`: examples by intent, in one language. Examples may hold marks: see `shared.shop.marks`."""

    language: Language
    intents: dict[str, Annotated[tuple[Example, ...], Field(min_length=1)]]


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Variants = Annotated[tuple[Example, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
ResponsesFile = dict[str, Variants]
"""A file of `responses/`: wordings by response name. Each wording is a Jinja template."""


def _only_scalars(tree: Any, path: str = "") -> Any:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not isinstance(key, str) or not key.isidentifier():
                raise ValueError(f"`{path}{key}` is no name; use letters, digits and _ so that templates can say it")
            _only_scalars(value, f"{path}{key}.")
    elif not isinstance(tree, (str, int, float, bool)):
        raise ValueError(f"`{path.rstrip('.')}` is neither a text, a number, true nor false; write one of these")
    return tree


Policies = Annotated[dict[str, Any], AfterValidator(_only_scalars)]
"""`policies.yaml`: a nested mapping of scalars."""


class FrontMatter(ShopPart):
    """The head of a knowledge page."""

    title: str = Field(min_length=1)
    language: Language
    valid_until: date | None = None


PageQuestions = dict[str, dict[Language, tuple[Example, ...]]]
"""`knowledge/questions.yaml`: how customers ask for a page, by the page's stem and the language of the question."""

AskedFile = dict[str, Annotated[tuple[Example, ...], Field(min_length=1)]]
"""A file of `knowledge/asked/<language>/`: see `shared.shop.asked`."""


class Told(ShopPart):
    """One thing that a page tells: how customers ask for it, and how the shop says it. Wordings are templates."""

    ask: Annotated[tuple[Example, ...], Field(min_length=1)]
    say: Variants


PageAnswers = dict[Language, dict[str, tuple[Told, ...]]]
"""`knowledge/answers.yaml`: what each page tells, by language and the page's stem."""


@dataclass(frozen=True)
class Page:
    """A knowledge page. `body` is Markdown and a Jinja template; `source` is its path under `knowledge/`.

    Pages with the same `stem` treat the same subject. `body_line` is the line of the file on which `body` begins.
    """

    stem: str
    source: str
    language: Language
    title: str
    valid_until: date | None
    body: str
    body_line: int
