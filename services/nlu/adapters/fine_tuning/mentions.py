"""The mentions that a tuned encoder's own labels tell of. Light: onnxruntime serves them, not torch."""

from services.nlu.adapters.examples import Span
from services.nlu.adapters.fine_tuning.bio import spans_of
from shared.onnx_engine import OnnxEngine


class EncoderTagger:
    """A tagger in the sense of `opening.Tagger`, over an encoder that was trained on mentions."""

    def __init__(self, engine: OnnxEngine):
        self._engine = engine
        self._names = engine.card.tags or ()

    def spans(self, text: str) -> tuple[Span, ...]:
        """Not overlapping, from left to right."""
        found = self._engine.tags([text])
        if not found or not found[0].offsets:
            return ()
        tags = [self._names[place] for place in found[0].logits.argmax(axis=1)]
        return spans_of(text, found[0].offsets, tags)
