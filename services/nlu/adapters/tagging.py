"""Fits the span tagger with CRFsuite, and keeps it on disk."""

import ctypes
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from services.nlu.adapters.examples import Example
from services.nlu.domain.scores import span_f1
from services.nlu.domain.tagger import (
    Features,
    Tagger,
    Token,
    labels_of,
    sentence_features,
    token_features,
    tokens_of,
)

FORMAT = 1
CARD, CUE, WORDS = "tagger.json", "cue.crf", "words.crf"
CUE_FOLDS = 3
EFFORT = 2e9
"""Up to so many steps of a token from label to label, all iterations together, likelihood is affordable."""
LIKELIHOOD = {"c1": 0.05, "c2": 0.01, "max_iterations": 60}
PERCEPTRON = {"max_iterations": 20}
Sequences = list[tuple[Features, list[str]]]


def fit_tagger(examples: Sequence[Example], validation: Sequence[Example] = (), seed: int = 0) -> Tagger:
    """Fitted to examples whose mentions are all marked; the same examples and seed give the same tagger.

    With `validation` both ways of fitting are tried, and the one that finds more of its mentions is kept.
    Raises ValueError for no examples.
    """
    if not examples:
        raise ValueError("no examples to fit a tagger to")
    tokens = [tokens_of(example.text) for example in examples]
    known = [place for place, found in enumerate(tokens) if found]
    cue = _fit_cue([(tokens[place], examples[place].intent) for place in known])
    cues = _held_out_cues([(tokens[place], examples[place].intent) for place in known])
    rows: Sequences = [
        (token_features(tokens[place], said), labels_of(tokens[place], examples[place].entities))
        for place, said in zip(known, cues, strict=True)
    ]
    ways = _ways(rows)
    if not validation:
        ways = ways[:1]
    taggers = [_tagger({CUE: cue, WORDS: _fit(rows, way, seed)}) for way in ways]
    return max(taggers, key=lambda tagger: _agreement(tagger, validation)) if validation else taggers[0]


def save_tagger(folder: Path, tagger: Tagger) -> None:
    """Writes into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tagger.files.items():
        (folder / name).write_bytes(content)
    card = {"format": FORMAT, "sha256": {name: _digest(content) for name, content in sorted(tagger.files.items())}}
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def load_tagger(folder: Path) -> Tagger | None:
    """The tagger in `folder`, or None if there is none or its files are not those that were saved.

    CRFsuite trusts its files: they are compared with the card before it sees them.
    """
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        files = {name: (folder / name).read_bytes() for name in (CUE, WORDS)}
        known = card["format"] == FORMAT and card["sha256"] == {n: _digest(c) for n, c in sorted(files.items())}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return _tagger(files) if known else None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class _Model:
    """A fitted model. CRFsuite reads the bytes in place: they must live as long as it does."""

    def __init__(self, content: bytes) -> None:
        # Late: a shop without marked mentions needs no CRFsuite.
        import pycrfsuite

        self._content = content
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(content)

    def tag(self, items: Features, /) -> list[str]:
        labels: list[str] = self._crf.tag(items)
        return labels


def _tagger(files: dict[str, bytes]) -> Tagger:
    return Tagger(_Model(files[CUE]), _Model(files[WORDS]), files)


def _agreement(tagger: Tagger, validation: Sequence[Example]) -> float:
    return span_f1([e.entities for e in validation], [tagger.spans(e.text) for e in validation]).f1


def _ways(rows: Sequences) -> list[str]:
    """The ways of fitting that are affordable, the better one first: few examples gain by likelihood."""
    labels = {label for _, names in rows for label in names}
    steps = sum(len(names) for _, names in rows) * len(labels) ** 2 * LIKELIHOOD["max_iterations"]
    return ["lbfgs", "ap"] if steps <= EFFORT else ["ap"]


def _fit_cue(sentences: Sequence[tuple[list[Token], str]]) -> bytes:
    return _fit([([sentence_features(tokens)], [intent]) for tokens, intent in sentences], "lbfgs", 0)


def _held_out_cues(sentences: Sequence[tuple[list[Token], str]]) -> list[str]:
    """What the cue would be if the sentence were new: fitted to the others, so that words do not learn to trust it."""
    cues = [""] * len(sentences)
    for fold in range(CUE_FOLDS):
        others = [sentence for place, sentence in enumerate(sentences) if place % CUE_FOLDS != fold]
        model = _Model(_fit_cue(others or sentences))
        for place in range(fold, len(sentences), CUE_FOLDS):
            (cues[place],) = model.tag([sentence_features(sentences[place][0])])
    return cues


def _fit(rows: Sequences, way: str, seed: int) -> bytes:
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm=way, params=LIKELIHOOD if way == "lbfgs" else PERCEPTRON, verbose=False)
    for features, labels in rows:
        trainer.append(features, labels)
    # CRFsuite draws the order of examples from the C library's generator, which is the process's.
    ctypes.CDLL(None).srand(seed + 1)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.crf"
        trainer.train(str(file))
        return file.read_bytes()
