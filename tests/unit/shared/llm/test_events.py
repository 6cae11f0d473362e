import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.llm.events import LONGEST_LINE, EventReader, LlmChunk, LlmError, LlmUsage, whole_reply


def event(text: str, finish: str = "null") -> str:
    return f'data: {{"choices": [{{"delta": {{"content": "{text}"}}, "finish_reason": {finish}}}]}}\n\n'


STREAM = (
    'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\r\n\r\n: keep-alive\n\nevent: x\n'
    + event("Hé ")
    + event("你好")
    + event("", '"stop"')
    + 'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n\ndata: [DONE]\n\n'
).encode()
CHUNKS = [LlmChunk("Hé "), LlmChunk("你好"), LlmChunk(finish="stop"), LlmChunk(usage=LlmUsage(5, 2))]


def read(*parts: bytes) -> list[LlmChunk]:
    reader = EventReader()
    return [chunk for part in parts for chunk in reader.feed(part)] + list(reader.end())


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts):
    places = [0, *sorted(cuts), len(STREAM)]
    assert read(*(STREAM[a:b] for a, b in zip(places, places[1:], strict=False))) == CHUNKS


def test_the_end_mark_may_lack_its_line_end_and_may_be_all_that_tells_the_end():
    assert read(event("a").encode() + b"data: [DONE]") == [LlmChunk("a"), LlmChunk(finish="stop")]


def test_an_answer_that_just_stops_was_cut_off():
    with pytest.raises(LlmError) as caught:
        read(event("a").encode())
    assert caught.value.kind == "broken"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n', "broken"),
        (b'data: {"choices": [{"delta": {"content": "\\ud800"}}]}\n', "broken"),
        (b"data: nothing\n", "broken"),
        (b"data: []\n", "broken"),
        (b'data: {"choices": {}}\n', "broken"),
        (b'data: {"choices": [7]}\n', "broken"),
        (b'data: {"choices": [{"delta": {"content": 7}}]}\n', "broken"),
        (b'data: {"error": {"message": "secret prompt"}}\n', "failing"),
        (b"x" * (LONGEST_LINE + 1), "broken"),
        (b"data: " + b"[" * 100_000 + b"\n", "broken"),
    ],
)
def test_what_is_no_chat_completion_is_refused_without_being_repeated(line, kind):
    with pytest.raises(LlmError) as caught:
        read(line)
    assert caught.value.kind == kind
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("usage", ["7", '{"prompt_tokens": -1, "completion_tokens": 2}', '{"prompt_tokens": true}'])
def test_a_usage_that_is_none_is_as_good_as_none(usage):
    body = f'{{"choices": [{{"message": {{"content": null}}, "finish_reason": "stop"}}], "usage": {usage}}}'
    assert whole_reply(body.encode()) == LlmChunk("", "stop", None)
