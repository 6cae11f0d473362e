from hypothesis import given
from hypothesis import strategies as st

from services.nlu.domain.spans import Span
from services.nlu.domain.tagger import Tagger, labels_of, shape, spans_of, token_features, tokens_of

KINDS = st.sampled_from(["O", "B-a", "I-a", "B-b", "I-b"])


class Always:
    """Labels every item alike."""

    def __init__(self, label):
        self.label = label

    def tag(self, items):
        return [self.label for _ in items]


def test_tokens_know_where_they_stand():
    text = "去Berlin 2026，ok"
    assert [(token.text, text[token.start : token.end]) for token in tokens_of(text)] == [
        ("去", "去"), ("Berlin", "Berlin"), ("2026", "2026"), (",", "，"), ("ok", "ok"),
    ]  # fmt: skip


def test_labels_and_spans_lead_to_each_other():
    text = "from New York to San Jose"
    spans = (Span(5, 13, "city"), Span(17, 25, "city"))
    tokens = tokens_of(text)
    assert labels_of(tokens, spans) == ["O", "B-city", "I-city", "O", "B-city", "I-city"]
    assert spans_of(tokens, labels_of(tokens, spans)) == spans


def test_an_inside_without_beginning_begins():
    assert spans_of(tokens_of("a b"), ["I-x", "I-y"]) == (Span(0, 1, "x"), Span(2, 3, "y"))


def test_shapes():
    assert [shape(word) for word in ("Berlin", "USA", "2026", "北京", "éA")] == ["Xxx", "XX", "00", "字字", "xX"]


def test_features_tell_neighbours_and_the_cue():
    first, last = token_features(tokens_of("play Jazz"), "music")
    assert {"cue=music", "0=play", "+1=jazz", "music|0=play"} <= set(first)
    assert {"-1=play", "shape=Xxx", "begins=ja", "ends=zz"} <= set(last)


@given(st.text(st.characters(), max_size=80), st.data())
def test_any_labels_give_spans_in_order_within_the_text(text, data):
    tokens = tokens_of(text)
    spans = spans_of(tokens, [data.draw(KINDS) for _ in tokens])
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_tagged(text):
    assert len(Tagger(Always("c"), Always("B-x")).spans(text)) == len(tokens_of(text))
