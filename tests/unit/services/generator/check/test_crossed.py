"""Two halves of the passages, each true, do not make a true sentence together."""

import pytest

from services.generator.domain.check import Ground, check_sentence
from services.generator.domain.check.crossed import crossed
from services.generator.domain.check.text import normal

CLUB = Ground(
    "en",
    (
        "Basic membership costs €3 a month and includes 2 fittings. Premium membership costs €8 a month and includes "
        "5 fittings. A fitting takes 40 minutes. Guests may bring a friend for €12. The studio in Lyon opens at 9:00, "
        "the workshop at 11:00.",
    ),
)
CLUB_ZH = Ground(
    "zh",
    ("普通会员每月20元，含2次试衣。高级会员每月60元，含5次试衣。试衣每次40分钟。工作室9:00开门，维修间11:00开门。",),
)
SHOES = ("Fell Runner 3", "Quay Loafers")
COMPARED = Ground(
    "en",
    (
        "Weight: Fell Runner 3 – 270 g; Quay Loafers – 410 g\n"
        "Sole: Fell Runner 3 – natural rubber with deep lugs; Quay Loafers – stitched leather",
    ),
    SHOES,
    names=SHOES,
)


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("Basic membership costs €8 a month.", CLUB),
        ("Premium membership includes 2 fittings.", CLUB),
        ("With Basic you pay €3 a month, with Premium €12.", CLUB),
        ("Guests pay €3 a month.", CLUB),
        ("The workshop opens at 9:00.", CLUB),
        ("普通会员每月60元。", CLUB_ZH),
        ("高级会员含2次试衣。", CLUB_ZH),
        ("维修间9:00开门。", CLUB_ZH),
        ("The Fell Runner 3 weighs 410 g.", COMPARED),
        ("The Quay Loafers: 270 g.", COMPARED),
        ("The Fell Runner 3 has a sole of stitched leather.", COMPARED),
        ("Sole of the Quay Loafers: natural rubber with deep lugs.", COMPARED),
    ],
)
def test_another_half_is_found(said: str, ground: Ground) -> None:
    assert crossed(normal(said), ground)


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("Basic membership is €3 a month and Premium membership €8.", CLUB),
        ("For €8 a month, Premium includes 5 fittings; Basic includes 2.", CLUB),
        ("A fitting takes 40 minutes.", CLUB),
        ("It takes 40 minutes.", CLUB),
        ("You may bring a friend for €12 as a guest.", CLUB),
        ("The studio opens at 9:00 and the workshop at 11:00.", CLUB),
        ("普通会员每月20元，高级会员每月60元。", CLUB_ZH),
        ("高级会员包含5次试衣，每次40分钟。", CLUB_ZH),
        ("工作室早上9点开门，维修间11点开门。", CLUB_ZH),
        ("The Fell Runner 3 weighs 270 g, the Quay Loafers weigh 410 g.", COMPARED),
        ("The Quay Loafers have a sole of stitched leather.", COMPARED),
        ("Weight of the Fell Runner 3: 270 g.", COMPARED),
    ],
)
def test_whole_statements_pass_in_other_words(said: str, ground: Ground) -> None:
    assert not crossed(normal(said), ground)


def test_the_fault_is_counted_by_its_name() -> None:
    assert "crossed" in check_sentence("Premium membership includes 2 fittings.", CLUB)
