"""A toy encoder learns a toy task, survives a kill, and is served without torch as torch had it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from services.nlu.adapters.examples import Example
from services.nlu.adapters.fine_tuning.bio import spans_of
from services.nlu.adapters.fine_tuning.options import Options
from shared.config import ROOT
from shared.errors import ConfigError
from tests.unit.services.nlu.adapters.fine_tuning.toys import make_encoder, told_nothing, toy_examples, toy_options

checkpoints = pytest.importorskip("services.nlu.adapters.fine_tuning.checkpoints", reason="needs torch")
FILE, forget = checkpoints.FILE, checkpoints.forget
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
TRAIN, UNSEEN = toy_examples(300, 1), toy_examples(30, 2)


class Served:
    """The exported folder, read with onnxruntime and tokenizers."""

    def __init__(self, folder: Path) -> None:
        self.card = json.loads((folder / "encoder.json").read_text())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"))

    def __call__(self, text: str) -> tuple[np.ndarray, tuple]:
        encoding = self.tokenizer.encode(self.card["query_prefix"] + text)
        feed = {"input_ids": [encoding.ids], "attention_mask": [encoding.attention_mask]}
        vector, scores = self.session.run(["vector", "tags"], {k: np.array(v, np.int64) for k, v in feed.items()})
        tags = [self.card["tags"][place] for place in scores[0].argmax(1)]
        return vector[0], spans_of(text, encoding.offsets, tags)


def tune(out: Path, options: Options) -> dict:
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    return fine_tune(TRAIN, UNSEEN, out, options, told_nothing)


@pytest.fixture(scope="module")
def tuned(toy_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("tuned")
    return folder / "encoder", tune(folder / "encoder", toy_options(folder / "work", toy_encoder))


def test_it_learns_intents_and_mentions(tuned: tuple[Path, dict]) -> None:
    _, figures = tuned
    assert figures["validation"]["accuracy"] >= 0.95
    assert figures["validation"]["tags_f1"] >= 0.95
    assert figures["history"][0]["loss"] > figures["validation"]["loss"]


def test_it_tells_what_it_took(tuned: tuple[Path, dict]) -> None:
    _, figures = tuned
    assert figures["epochs"] == 12 and figures["sentences"] == 300
    assert figures["texts_per_s"] > 0 and figures["training_s"] > 0 and figures["peak_memory_mb"] > 100


def test_what_is_served_finds_the_mentions_of_unseen_texts(tuned: tuple[Path, dict]) -> None:
    served = Served(tuned[0])
    right = sum(served(example.text)[1] == example.entities for example in UNSEEN)
    assert right >= 0.9 * len(UNSEEN)


def test_what_is_served_gives_vectors_of_length_1_that_tell_intents_apart(tuned: tuple[Path, dict]) -> None:
    served = Served(tuned[0])
    vectors = np.stack([served(example.text)[0] for example in UNSEEN])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    near = (vectors @ vectors.T - 2 * np.eye(len(UNSEEN))).argmax(1)
    assert np.mean([UNSEEN[a].intent == UNSEEN[b].intent for a, b in enumerate(near)]) >= 0.9


def test_the_exported_model_was_compared_with_torch(tuned: tuple[Path, dict]) -> None:
    agreement = tuned[1]["export"]
    assert agreement["cosine"] >= 0.98 and agreement["tags"] >= 0.98


def test_a_killed_training_goes_on_and_ends_as_an_unbroken_one(
    toy_encoder: Path, tuned: tuple[Path, dict], tmp_path: Path
) -> None:
    work, out = tmp_path / "work", tmp_path / "encoder"
    module = "tests.unit.services.nlu.adapters.fine_tuning.interrupted"
    arguments = [sys.executable, "-m", module, str(toy_encoder), str(work), str(out), "3"]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "stopped\n"
        child.kill()
    assert (work / FILE).is_file() and not out.exists()
    seen: list[str] = []
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    options = toy_options(work, toy_encoder)
    figures = fine_tune(TRAIN, UNSEEN, out, options, lambda phase, done, of, note="": seen.append(note))
    assert not {"epoch 1", "epoch 2"} & {note.split(",")[0] for note in seen}
    assert figures["history"] == tuned[1]["history"]
    assert np.allclose(Served(out)(UNSEEN[0].text)[0], Served(tuned[0])(UNSEEN[0].text)[0], atol=1e-5)
    forget(work)
    assert not work.exists()


def test_another_training_begins_anew_in_the_same_place(toy_encoder: Path, tmp_path: Path) -> None:
    first = tune(tmp_path / "a", toy_options(tmp_path / "work", toy_encoder, epochs=1))
    second = tune(tmp_path / "b", toy_options(tmp_path / "work", toy_encoder, epochs=2))
    assert (first["epochs"], second["epochs"]) == (1, 2)


def test_a_spoilt_checkpoint_is_no_obstacle(toy_encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / FILE).write_bytes(b"spoilt")
    assert tune(tmp_path / "a", toy_options(tmp_path / "work", toy_encoder, epochs=1))["epochs"] == 1


def test_a_budget_ends_the_training(toy_encoder: Path, tmp_path: Path) -> None:
    options = toy_options(tmp_path / "work", toy_encoder, epochs=10_000)
    brief = Options(options.work, options.encoder, options.epochs, minutes=0.05, half=False, recipe=options.recipe)
    figures = tune(tmp_path / "a", brief)
    assert figures["epochs"] < 10_000 and figures["training_s"] < 20


def test_without_mentions_there_are_no_tags(toy_encoder: Path, tmp_path: Path) -> None:
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    plain = [Example(example.text, example.intent, "en") for example in TRAIN]
    options = toy_options(tmp_path / "work", toy_encoder, epochs=1)
    fine_tune(plain[:270], plain[270:], tmp_path / "encoder", options, told_nothing)
    assert json.loads((tmp_path / "encoder/encoder.json").read_text())["tags"] is None
    session = onnxruntime.InferenceSession(str(tmp_path / "encoder/model.onnx"))
    assert [output.name for output in session.get_outputs()] == ["vector"]


@pytest.mark.parametrize(
    ("train", "validation", "told"),
    [
        (TRAIN, [], "needs validation examples"),
        (TRAIN, [Example("x", "dance", "en")], "lacks: dance"),
        (TRAIN[:1], TRAIN[:1], "two intents or more"),
    ],
)
def test_data_that_cannot_be_used_is_one_clear_error(
    toy_encoder: Path, tmp_path: Path, train: list, validation: list, told: str
) -> None:
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    with pytest.raises(ConfigError, match=told):
        fine_tune(train, validation, tmp_path / "out", toy_options(tmp_path / "work", toy_encoder), told_nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_nowhere_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match="neither a folder nor installed"):
        fine_tune(TRAIN, UNSEEN, tmp_path / "out", Options(tmp_path / "work", "nobody/nothing"), told_nothing)


def test_a_folder_without_an_encoder_is_one_clear_error(tmp_path: Path) -> None:
    from services.nlu.adapters.fine_tuning.tuning import fine_tune

    (tmp_path / "empty").mkdir()
    options = Options(tmp_path / "work", str(tmp_path / "empty"))
    with pytest.raises(ConfigError, match="holds no encoder"):
        fine_tune(TRAIN, UNSEEN, tmp_path / "out", options, told_nothing)


def test_the_toy_is_the_same_each_time(toy_encoder: Path, tmp_path: Path) -> None:
    again = make_encoder(tmp_path / "again")
    assert (again / "model.safetensors").read_bytes() == (toy_encoder / "model.safetensors").read_bytes()
