"""Sentences are shown as soon as they are whole and have passed; what was shown is what is released."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.generator.domain.check import Ground
from services.generator.domain.release import Release, released

PAGE = "You can return unworn items within 30 days of delivery. Return freight is paid by the buyer."
EN = Ground("en", (PAGE,))
ZH = Ground("zh", ("签收后30天内，未穿过的商品可以退货。退货运费由买家承担。",))
GOOD = "You have 30 days to return unworn items."
ALSO = "The buyer pays the return freight."
FALSE = "You have 60 days to return unworn items."
WORDS = [
    GOOD,
    ALSO,
    FALSE,
    "Sure!",
    "Happy to help.",
    "**Bold**",
    "- a list",
    "We will call you.",
    "Ваш заказ.",
    "Well",
]
HAN = ["未穿过的商品可以退货。", "运费由买家承担。", "60天内可以退货。", "好的！", "我会联系您。", "**粗体**", "嗯"]


def shown_of(pieces: list[str], ground: Ground = EN, *, whole: bool = True) -> tuple[list[str], Release]:
    release = Release(ground)
    shown = [release.feed(piece) for piece in pieces]
    shown.append(release.end(whole=whole))
    return [text for text in shown if text], release


def test_a_sentence_is_shown_when_the_next_begins() -> None:
    release = Release(EN)
    assert release.feed(GOOD[:-1]) == ""
    assert release.feed(".") == ""
    assert release.feed(" The") == GOOD
    assert release.feed(ALSO[3:]) == ""
    assert release.end(whole=True) == " " + ALSO
    assert release.result.text == f"{GOOD} {ALSO}"


def test_a_false_sentence_is_never_shown() -> None:
    shown, release = shown_of([f"{GOOD} {FALSE} {ALSO}"])
    assert "".join(shown) == f"{GOOD} {ALSO}" == release.result.text
    assert "number" in release.result.faults


def test_courtesy_waits_for_something_to_say() -> None:
    assert shown_of(["Sure! ", "Happy to help. "])[0] == []
    assert shown_of(["Sure! ", GOOD, " ", ALSO])[0] == [f"Sure! {GOOD}", f" {ALSO}"]


def test_more_dropped_than_kept_fails_whatever_was_shown() -> None:
    shown, release = shown_of([GOOD, " ", FALSE, " Delivery takes 9 days."])
    assert shown == [GOOD]
    assert release.result.text is None


@pytest.mark.parametrize("text", [f"{GOOD} **Really.**", f"{GOOD} <script>alert(1)</script>"])
def test_markup_spoils_the_whole(text: str) -> None:
    shown, release = shown_of([text])
    assert (shown, release.result.text, release.result.faults) == ([GOOD], None, ("markup",))


def test_a_text_that_repeats_itself_ends_before_it_does() -> None:
    release = Release(EN)
    for _ in range(3):
        release.feed(f"{GOOD} ")
    assert release.over
    assert (release.result.text, release.result.faults) == (GOOD, ("length",))


def test_a_sentence_without_end_is_not_waited_for() -> None:
    release = Release(EN)
    for _ in range(200):
        release.feed("and so on ")
    assert release.over
    assert release.result.text is None


def test_the_unfinished_sentence_of_a_text_that_was_cut_off_is_left_out() -> None:
    shown, release = shown_of([GOOD, " The buyer pays"], whole=False)
    assert shown == [GOOD]
    assert release.result.text == GOOD


@settings(max_examples=150, deadline=None)
@given(st.data(), st.booleans(), st.sampled_from([(EN, WORDS, " "), (ZH, HAN, "")]))
def test_what_was_shown_is_what_is_released_however_it_came(data: st.DataObject, whole: bool, kind: tuple) -> None:
    ground, words, blank = kind
    text = blank.join(data.draw(st.lists(st.sampled_from(words), max_size=9)))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown, release = shown_of(pieces, ground, whole=whole)
    found = release.result
    assert found.text in (None, "".join(shown))
    assert found.text == released(text, ground, whole=whole).text
    if found.text is not None:
        assert "60" not in found.text and "**" not in found.text
