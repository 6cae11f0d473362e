"""The demo shop's own sentences pass over their page; with any figure changed they do not."""

import re

import pytest

from services.generator.domain.check import Ground, check_sentence
from services.generator.domain.check.text import sentences
from shared.config import ROOT
from shared.shop import load_shop
from shared.templates import in_language, template_environment

SHOP = load_shop(ROOT / "shops/demo")
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def pages(language: str) -> list[Ground]:
    environment = template_environment("UTC")
    known = in_language({"policies": dict(SHOP.policies), "shop": SHOP.profile.model_dump(mode="json")}, language)
    texts = [
        path.read_text().split("---", 2)[2].strip()
        for path in sorted((ROOT / "shops/demo/knowledge" / language).glob("*.md"))
    ]
    rendered = [environment.from_string(text).render(known, language=language) for text in texts]
    return [Ground(language, (text,)) for text in rendered]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_page_says_may_be_said(language: str) -> None:
    said = [(sentence, page) for page in pages(language) for sentence in sentences(page.passages[0])]
    stopped = [sentence for sentence, page in said if check_sentence(sentence, page)]
    assert len(said) > 250
    assert len(stopped) <= len(said) * 0.02, stopped


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_changed_figure_is_released(language: str) -> None:
    changed, released = 0, []
    for page in pages(language):
        for sentence in sentences(page.passages[0]):
            for figure in FIGURE.finditer(sentence):
                other = re.sub(r"\d", lambda digit: str(9 - int(digit[0])), figure[0])
                if other.lstrip("0") == figure[0] or other.lstrip("0") in page.passages[0]:
                    continue
                changed += 1
                false = sentence[: figure.start()] + other + sentence[figure.end() :]
                released += [] if check_sentence(false, page) else [false]
    assert changed > 100
    assert not released, f"{len(released)} of {changed}: {released}"
