import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.text import match_text

ANYTHING = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("original", "matched"),
    [
        ("ＭＢ１００２３", "MB10023"),
        ("e\u0301", "é"),
        ("a\u200bb\x00c\u202e", "abc"),
        ("١٢٣", "123"),
        ("a\r\nb\tc", "a\n\nb c"),
        ("\ud800x", "x"),
        ("①个", "1个"),
        ("", ""),
    ],
)
def test_forms_that_mean_the_same_are_made_the_same(original, matched):
    assert match_text(original).text == matched


def test_a_range_leads_back_to_the_original():
    original = "我的\u200bｅ\u0301　ＭＢ１"
    text = match_text(original)
    start = text.text.index("MB1")
    assert original[slice(*text.span(start, start + 3))] == "ＭＢ１"
    accent = text.text.index("é")
    assert original[slice(*text.span(accent, accent + 1))] == "ｅ\u0301"


def test_characters_taken_out_leave_the_offsets_of_the_others():
    squeezed = match_text("MB 10-0").without(" -")
    assert squeezed.text == "MB100"
    assert squeezed.span(0, 5) == (0, 7)


@given(ANYTHING)
def test_any_text_has_an_offset_for_each_character_and_in_order(original):
    text = match_text(original)
    assert len(text.text) == len(text.starts) == len(text.ends)
    assert all(0 <= start < end <= len(original) for start, end in zip(text.starts, text.ends, strict=True))
    assert list(text.starts) == sorted(text.starts)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in text.text.replace("\n", ""))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_ascii_is_matched_as_it_is(original):
    matched = match_text(original)
    assert matched.text == original
    assert all(matched.span(place, place + 1) == (place, place + 1) for place in range(len(original)))
