"""How much of a reference a reply says."""

import pytest

from services.generator.domain.check import Ground
from services.generator.domain.prompt import first_sentence
from services.generator.domain.scoring import fact_coverage, unlike


@pytest.mark.parametrize(
    ("reply", "share"),
    [
        ("You have 30 days, and it costs €4.90.", 1.0),
        ("You have thirty days.", 0.5),
        ("You have some time.", 0.0),
    ],
)
def test_numbers_are_what_counts_where_there_are_any(reply: str, share: float) -> None:
    assert fact_coverage(reply, "Return it within 30 days; the label costs €4.90.", "en") == share


def test_without_numbers_words_count() -> None:
    assert fact_coverage("Wash silk by hand.", "Silk is washed by hand.", "en") == 1
    assert fact_coverage("Use the machine.", "Silk is washed by hand.", "en") == 0


def test_a_sentence_of_the_page_is_not_in_other_words() -> None:
    ground = Ground("en", ("No reason is needed. You have 30 days.",))
    assert not unlike("You have 30 days.", ground)
    assert unlike("You can take 30 days.", ground)


def test_the_first_sentence_of_a_task() -> None:
    assert first_sentence("Answer the customer. Add nothing.") == "Answer the customer."
    assert first_sentence("回答顾客。不要补充。") == "回答顾客。"
