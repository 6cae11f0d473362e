"""A model folder with a tuned encoder, if validation finds it the better one; else with heads over the frozen one."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.checkpoints import forget
from services.nlu.adapters.fine_tuning.mentions import EncoderTagger
from services.nlu.adapters.fine_tuning.options import EPOCHS, Options, Recipe, Tell, held_out
from services.nlu.adapters.fine_tuning.tuning import fine_tune
from services.nlu.adapters.fitting import Fit, Labelled, fit_heads
from services.nlu.adapters.models import ENCODER_FOLDER, TAGGER_FOLDER
from services.nlu.adapters.own_encoder import load_own_encoder, own_tagger
from services.nlu.adapters.training import Asked, Data, card_of, embed_data, kept_at, put_model
from services.nlu.domain.measures import Judged, Mention, span_f1, summary
from shared.e5_engine import E5Engine
from shared.encoder import ENCODER, Engine, cleaned, open_encoder
from shared.onnx_engine import OnnxEngine

HEADS, TUNED = "heads", "tuned"
UPPER_RATE, UPPER_SMOOTHING, UPPER_R_DROP, UPPER_EPOCHS = 3e-4, 0.05, 1.0, 12


@dataclass(frozen=True)
class Wish:
    """What a fine-tuning is asked for beside its data; None is the default."""

    encoder: str | None = None
    minutes: float | None = None
    epochs: int = EPOCHS
    recipe: Recipe = field(default_factory=Recipe)


def wish_of(encoder: str | None, layers: int | None, minutes: float | None) -> Wish:
    """With `layers` the recipe is that of upper layers alone: they bear a higher rate."""
    upper = Recipe(rate=UPPER_RATE, smoothing=UPPER_SMOOTHING, r_drop=UPPER_R_DROP, layers=layers)
    recipe = Recipe() if layers is None else upper
    return Wish(encoder, minutes, EPOCHS if layers is None else UPPER_EPOCHS, recipe)


@dataclass(frozen=True)
class Made:
    """A model's card, and on the same validation texts both candidates: figures by name, texts of the better one."""

    card: dict[str, Any]
    columns: dict[str, dict[str, Any]]
    judged: list[Judged]


@dataclass(frozen=True)
class _Candidate:
    fit: Fit
    tagger: Any | None
    validation: Sequence[Example]

    def judged(self) -> list[Judged]:
        pairs = zip(self.fit.judged, self.validation, strict=True)
        return [replace(row, mentions=_set(e.entities), found_mentions=self._found(e)) for row, e in pairs]

    def _found(self, example: Example) -> frozenset[Mention]:
        return _set(self.tagger.spans(example.text)) if self.tagger else frozenset()


def work_folder(out: Path) -> Path:
    """Beside the model, where an interrupted fine-tuning leaves what the same command goes on with."""
    return out.absolute().parent / f".{out.name}-fine-tuning"


async def make_model(asked: Asked, data: Data, wish: Wish, tell: Tell) -> Made:
    """Tunes, fits heads over both encoders, and puts the better model at `asked.out`. Raises ConfigError.

    Without validation data a tenth of the examples is held out for all of it.
    """
    started = perf_counter()
    train, validation = (data.train, data.validation) if data.validation else held_out(data.train, asked.seed)
    parted = Data(train, validation, data.conflicts)
    work = work_folder(asked.out)
    options = Options(work, wish.encoder, wish.epochs, wish.minutes, asked.seed, recipe=wish.recipe)
    figures = await asyncio.to_thread(fine_tune, train, validation, work / ENCODER_FOLDER, options, tell)
    engine = await asyncio.to_thread(load_own_encoder, work / ENCODER_FOLDER)
    tell("heads", 0, 1)
    tuned_fit = await asyncio.to_thread(_fit_over, engine, parted, asked.seed)
    plain_fit = await _fit_frozen(asked, parted)
    crf = await asyncio.to_thread(_span_tagger, parted, asked.seed)
    plain, tuned = (
        _Candidate(plain_fit, crf, validation),
        _Candidate(tuned_fit, _better_tagger(crf, engine, validation), validation),
    )
    tell("heads", 1, 1)
    columns = {name: summary(side.judged(), entities=data.tagged) for name, side in ((HEADS, plain), (TUNED, tuned))}
    kept = TUNED if columns[TUNED]["accuracy"] > columns[HEADS]["accuracy"] else HEADS
    judged = (tuned if kept == TUNED else plain).judged()
    side, learned = (tuned, parted) if kept == TUNED else (await _all_of_it(plain, asked, data), data)
    card = card_of(asked, learned, side.fit) | {
        "encoder": figures["encoder"] if kept == TUNED else ENCODER,
        "fine_tuning": {"kept": kept, "candidates": columns, **figures},
        "seconds": round(perf_counter() - started, 1),
    }
    await asyncio.to_thread(_put, asked.out, side, card, work / ENCODER_FOLDER if kept == TUNED else None)
    forget(work)
    return Made(card, columns, judged)


async def _all_of_it(plain: _Candidate, asked: Asked, data: Data) -> _Candidate:
    """The heads that `train nlu` would give without fine-tuning: what was held out to compare is learned as well."""
    if data.validation:
        return plain
    async with open_encoder(timeout_s=120) as encoder:
        rows = await embed_data(data.train, kept_at(asked.data, asked.var), encoder)
    fit = await asyncio.to_thread(fit_heads, rows, seed=asked.seed)
    return _Candidate(fit, await asyncio.to_thread(_span_tagger, data, asked.seed), ())


def _fit_over(engine: Engine, data: Data, seed: int) -> Fit:
    """The heads, over vectors from the very model that will serve."""
    sides = [
        Labelled(side, engine.query([cleaned(e.text) for e in side])) for side in (data.train, data.validation or [])
    ]
    return fit_heads(sides[0], sides[1], seed=seed)


async def _fit_frozen(asked: Asked, data: Data) -> Fit:
    held = data.validation or []
    async with open_encoder(timeout_s=120) as encoder:
        rows = await embed_data([*data.train, *held], kept_at(asked.data, asked.var), encoder)
    border = len(data.train)
    sides = Labelled(data.train, rows.vectors[:border]), Labelled(held, rows.vectors[border:])
    return await asyncio.to_thread(fit_heads, *sides, seed=asked.seed)


def _span_tagger(data: Data, seed: int) -> Any | None:
    if not data.tagged:
        return None
    return import_module("services.nlu.adapters.tagging").fit_tagger(data.train, data.validation or (), seed)


def _better_tagger(tagger: Any, engine: OnnxEngine | E5Engine, validation: Sequence[Example]) -> Any:
    """The encoder's own labels only where they find more of the mentions."""
    if (own := own_tagger(engine)) is None:
        return tagger
    return own if (_f1(own, validation) or 0.0) > (_f1(tagger, validation) or 0.0) else tagger


def _f1(tagger: Any, examples: Sequence[Example]) -> float | None:
    return span_f1(Judged("", "", "", 0.0, "", _set(e.entities), _set(tagger.spans(e.text))) for e in examples)


def _set(spans: Any) -> frozenset[Mention]:
    return frozenset((span.start, span.end, span.type) for span in spans)


def _put(out: Path, side: _Candidate, card: dict[str, Any], encoder: Path | None) -> None:
    def fill(draft: Path) -> None:
        if encoder is not None:
            shutil.copytree(encoder, draft / ENCODER_FOLDER)
        if side.tagger is not None and not isinstance(side.tagger, EncoderTagger):
            import_module("services.nlu.adapters.tagging").save_tagger(draft / TAGGER_FOLDER, side.tagger)

    put_model(out, side.fit, card, fill)
