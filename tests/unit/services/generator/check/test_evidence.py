"""Evidence lets paraphrases pass and keeps inventions out; more of it never makes a sentence better."""

import pytest

from services.generator.domain.check import Ground, check_sentence
from services.generator.domain.check.evidence import likely, support_seen
from services.generator.domain.check.lexicon import as_told
from services.generator.domain.check.text import normal
from services.generator.domain.check.weights import WEIGHTS

KILN = Ground(
    "en",
    (
        "Covers of the Fjord cushion are removable and washable at 40 °C. We ship within 2 working days. "
        "Firing a piece costs $6; collect it within 30 days.",
    ),
    asked="Can I take the cover off?",
)
KILN_ZH = Ground("zh", ("抱枕外套可拆洗，40℃水洗。现货两天内发货，满99元包邮。烧制一件收费30元，请在30天内到店自提。",))


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("Yes, you can: the covers come off and may be washed at 40 degrees.", KILN),
        ("Your order is sent off within two working days.", KILN),
        ("Please pick your piece up within 30 days.", KILN),
        ("凑够99块就免运费。", KILN_ZH),
        ("烧好以后，30天内来店里取就行。", KILN_ZH),
    ],
)
def test_other_words_for_the_same_pass(said: str, ground: Ground) -> None:
    assert check_sentence(said, ground) == ()


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("The covers come off, and moths dislike the cedar beads inside.", KILN),
        ("Firing a piece costs $6, and our potters glaze it by candlelight.", KILN),
        ("It cannot be posted to islands or barracks.", KILN),
        ("满99元包邮，老顾客还能参加年底的抽奖旅行。", KILN_ZH),
    ],
)
def test_inventions_do_not(said: str, ground: Ground) -> None:
    assert "unsupported" in check_sentence(said, ground)


def test_a_phrase_is_read_as_the_passages_have_it() -> None:
    assert as_told("the covers are detachable", KILN.told, KILN.known, "en") == "the covers are removable"
    assert as_told("就免运费", KILN_ZH.told, KILN_ZH.known, "zh") == "就包邮"


def test_what_the_passages_have_is_left_as_it_is() -> None:
    assert as_told("we ship it", KILN.told, KILN.known, "en") == "we ship it"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_without_source_never_speak_for_a_sentence(language: str) -> None:
    weights = WEIGHTS["support"][language]
    assert all(weights[name] >= 0 for name in ("missing", "share", "fresh", "fresh_share", "clause_fresh"))
    assert all(weights[name] <= 0 for name in ("together", "clause_together", "figures"))


def test_every_weight_has_its_evidence() -> None:
    seen = support_seen(normal("The covers come off."), KILN)
    assert {"1", *seen} == set(WEIGHTS["support"]["en"])
    assert not likely("support", seen, "en")
