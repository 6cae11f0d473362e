import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.preparing.rows import Row, replaced


def said(row: Row) -> list[str]:
    return [row.text[start:end] for start, end, _ in row.marks]


@pytest.mark.parametrize(
    ("replacements", "text", "mentions"),
    [
        ([], "from Berlin to Bonn", ["Berlin", "Bonn"]),
        ([(0, 5, "")], "Berlin to Bonn", ["Berlin", "Bonn"]),
        ([(5, 11, "{{city}}")], "from {{city}} to Bonn", ["{{city}}", "Bonn"]),
        ([(0, 8, "X")], "Xlin to Bonn", ["Xlin", "Bonn"]),
        ([(8, 14, "X")], "from BerX Bonn", ["BerX", "Bonn"]),
        ([(5, 12, "")], "from to Bonn", ["Bonn"]),
        ([(5, 5, "new "), (15, 19, "B")], "from new Berlin to B", ["Berlin", "B"]),
        ([(11, 11, "er")], "from Berliner to Bonn", ["Berlin", "Bonn"]),
        ([(4, 15, " - ")], "from - Bonn", [" - ", "Bonn"]),
    ],
)
def test_mentions_move_with_their_text(replacements, text, mentions):
    row = replaced(Row("from Berlin to Bonn", 1, marks=((5, 11, "city"), (15, 19, "city"))), replacements)
    assert (row.text, said(row)) == (text, mentions)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.text(max_size=4)), max_size=6), st.data())
def test_mentions_stay_inside_of_the_text(steps, data):
    text, replacements, at = "abcdefghijklmnopqrstuvwxyz" * 3, [], 0
    for gap, length, new in steps:
        replacements.append((at + gap, at + gap + length, new))
        at += gap + length
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    row = replaced(Row(text, 1, marks=((start, end, "x"),)), replacements)
    assert all(0 <= mark[0] < mark[1] <= len(row.text) for mark in row.marks)
    untouched = all(b <= start or a >= end for a, b, _ in replacements)
    assert not untouched or said(row) == [text[start:end]]
