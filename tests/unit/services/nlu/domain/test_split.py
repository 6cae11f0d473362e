import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.split import MOST_PARTS, parts_of, runs_of, wishes_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cancel my order and where is MB10003?", ["cancel my order", "where is MB10003?"]),
        ("我要退货，另外MB10003到哪了？", ["我要退货", "MB10003到哪了？"]),
        ("Hi! Where is it? Thanks", ["Hi!", "Where is it?", "Thanks"]),
        ("Cancel it. And where is MB10003?", ["Cancel it.", "where is MB10003?"]),
        ("MB10003", ["MB10003"]),
        ("it costs 3.50 at www.example.com", ["it costs 3.50 at www.example.com"]),
        ("a. b. c. d. e. f.", ["a.", "b.", "c.", "d. e. f."]),
        ("👍", ["👍"]),
        ("我还有多少积分", ["我还有多少积分"]),
        ("黑色还有货吗", ["黑色还有货吗"]),
        ("取消订单，还有我的积分呢", ["取消订单", "我的积分呢"]),
        ("please go ahead and cancel it", ["please go ahead and cancel it"]),
        ("a refund of one hundred and fifty euros", ["a refund of one hundred and fifty euros"]),
        ("it weighs a hundred. and where is it", ["it weighs a hundred.", "where is it"]),
    ],
)
def test_parts(text, parts):
    assert [part.of(text) for part in parts_of(text)] == parts


def test_commas_count_only_on_demand():
    text = "别取消，改地址"
    assert len(parts_of(text)) == 1
    assert [part.of(text) for part in parts_of(text, at_commas=True)] == ["别取消", "改地址"]


@given(st.text(st.characters() | st.sampled_from(" .?!,。， and 另外"), min_size=1, max_size=200))
def test_any_text_has_a_few_parts_in_order(text):
    parts = parts_of(text, at_commas=True)
    assert 1 <= len(parts) <= MOST_PARTS
    assert all(0 <= part.start < part.end <= len(text) for part in parts)
    assert all(one.end <= other.start for one, other in zip(parts, parts[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("where is it", ["where is it"]),
        ("It is late. I need it today", ["It is late. I need it today", "I need it today", "It is late."]),
        ("I want a refund and they are too small", ["I want a refund and they are too small"]),
        ("how many dollars and euros?", ["how many dollars and euros?"]),
        ("can you come at 8 pm and 9 pm", ["can you come at 8 pm and 9 pm"]),
        ("a room for 2 adults and 1 child", ["a room for 2 adults and 1 child"]),
        ("cancel A1 and A2", ["cancel A1 and A2", "A2", "cancel A1"]),
        ("cancel it. where is mine and it is late", [
            "cancel it. where is mine and it is late", "where is mine", "cancel it.", "where is mine and it is late"
        ]),
    ],
)  # fmt: skip
def test_only_what_may_be_a_request_of_its_own_is_asked_about(text, runs):
    found = [run.of(text) for run in runs_of(wishes_of(text, parts_of(text)))]
    assert found == runs
