"""The encoder of a model's own: a graph of any kind, or upper layers for the built-in one."""

from pathlib import Path

from services.nlu.adapters.fine_tuning.mentions import EncoderTagger
from shared.e5_engine import E5Engine, load_e5_engine
from shared.e5_layers import LAYERS
from shared.onnx_engine import OnnxEngine


def load_own_encoder(folder: Path, kept: Path | None = None) -> OnnxEngine | E5Engine:
    """What lies in a model's encoder folder; `kept` is where a graph that has to be made stays. Raises ConfigError."""
    layers = folder / LAYERS
    return load_e5_engine(kept, layers) if layers.is_file() else OnnxEngine(folder)


def own_tagger(engine: OnnxEngine | E5Engine) -> EncoderTagger | None:
    """What finds mentions by the encoder's own labels, if it has any."""
    return EncoderTagger(engine) if isinstance(engine, OnnxEngine) and engine.card.tags is not None else None
