"""A model in this process writes piece by piece, one reply at a time, and stops when nobody listens."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from services.generator.domain.check import Ground
from services.generator.domain.prompt import Prompt, first_sentence, knowledge_prompt
from services.generator.ports import Limits, NoAnswer
from shared.errors import ConfigError

module: Any = pytest.importorskip("services.generator.adapters.local.transformers_model", reason="needs torch")
loading: Any = pytest.importorskip("services.generator.adapters.local.loading", reason="needs torch")
writing: Any = pytest.importorskip("services.generator.adapters.local.writing", reason="needs torch")
PROMPT = knowledge_prompt("How long can I return it?", Ground("en", ("You can return it within 30 days.",)))
OTHER = knowledge_prompt("Who pays?", Ground("en", ("You can return it within 30 days.",)))


@pytest.fixture
async def model(toy_model: Path):
    opened = module.open_transformers(str(toy_model))
    yield opened
    await opened.close()


async def written(model: Any, prompt: Prompt, limits: Limits) -> tuple[str, str]:
    """What came, and how it ended: empty at the model's own end."""
    text = ""
    try:
        async with aclosing(model.stream(prompt, limits)) as pieces:
            async for piece in pieces:
                text += piece
    except NoAnswer as exc:
        return text, exc.kind
    return text, ""


async def test_it_writes_until_its_length(model: Any) -> None:
    text, end = await written(model, PROMPT, Limits(max_tokens=12))
    assert end == "length" and text


async def test_what_it_knows_of_the_last_prompt_changes_nothing(model: Any) -> None:
    limits = Limits(max_tokens=16)
    first = [await written(model, prompt, limits) for prompt in (PROMPT, OTHER)]
    again = [await written(model, prompt, limits) for prompt in (OTHER, PROMPT, PROMPT)]
    assert again == [first[1], first[0], first[0]]


async def test_who_stops_listening_frees_it_for_the_next(model: Any) -> None:
    async with aclosing(model.stream(PROMPT, Limits(max_tokens=100_000))) as pieces:
        await anext(pieces)
    async with asyncio.timeout(5):
        _, end = await written(model, OTHER, Limits(max_tokens=3))
    assert end == "length"


async def test_one_who_comes_while_it_writes_waits_no_longer_than_allowed(model: Any) -> None:
    async with aclosing(model.stream(PROMPT, Limits(max_tokens=100_000))) as pieces:
        await anext(pieces)
        assert (await written(model, OTHER, Limits(first_token_s=0.05)))[1] == "slow"


async def test_more_than_may_wait_are_refused_at_once(model: Any) -> None:
    async with aclosing(model.stream(PROMPT, Limits(max_tokens=100_000))) as pieces:
        await anext(pieces)
        waiting = [written(model, OTHER, Limits(first_token_s=0.2)) for _ in range(module.WAITING + 2)]
        ends = [end for _, end in await asyncio.gather(*waiting)]
    assert sorted(ends) == ["crowded"] * 2 + ["slow"] * module.WAITING


async def test_the_whole_answer_has_a_deadline(model: Any) -> None:
    assert (await written(model, PROMPT, Limits(total_s=0.3, max_tokens=100_000)))[1] == "slow"


def test_a_prompt_in_the_middle_is_left_when_nobody_listens(toy_model: Path) -> None:
    loaded = loading.load(str(toy_model))
    stop = Event()
    stop.set()
    with pytest.raises(writing.Stopped):
        next(writing.Writer(loaded).write(loaded.ids(PROMPT), 5, stop))


def test_a_taught_model_speaks_of_what_it_is_good_at(toy_model: Path) -> None:
    card = {"tasks": [first_sentence(PROMPT.system)]}
    loaded = replace(loading.load(str(toy_model)), card=card)
    of_product = knowledge_prompt("Is it warm?", Ground("en", ("Warmth: light",), names=("Heron",)))
    assert loaded.serves(PROMPT) and loaded.serves(of_product)
    loaded = replace(loaded, card={**card, "kinds": ["product"]})
    assert loaded.serves(of_product) and not loaded.serves(PROMPT)


def test_a_taught_model_is_told_its_task_in_one_sentence(toy_model: Path) -> None:
    tokenizer = loading.load(str(toy_model)).tokenizer
    short, whole = (loading.prompt_ids(tokenizer, PROMPT, taught=taught) for taught in (True, False))
    assert first_sentence(PROMPT.system) in tokenizer.decode(short)
    assert "Add nothing" in tokenizer.decode(whole) and "Add nothing" not in tokenizer.decode(short)


@pytest.mark.parametrize(
    ("name", "told"),
    [("nowhere.gguf", "there is no file"), ("a/folder/that/is/not", "cannot be loaded")],
)
def test_what_cannot_be_loaded_is_told(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        loading.load(str(tmp_path / name))


def test_a_folder_without_a_card_is_no_adapter(toy_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"card\.json cannot be read"):
        loading.load(str(toy_model), tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
async def test_the_bundled_model_answers_english_and_nothing_else() -> None:
    pytest.importorskip("gguf")
    try:
        model = module.open_transformers(loading.BUNDLED)
    except ConfigError as exc:
        pytest.skip(str(exc))
    limits = Limits(first_token_s=60, token_s=60, total_s=100, max_tokens=60)
    text, _ = await written(model, PROMPT, limits)
    assert "30 days" in text
    chinese = knowledge_prompt("几天内可以退？", Ground("zh", ("签收后30天内可以退货。",)))
    assert await written(model, chinese, limits) == ("", "untaught")
    await model.close()


async def test_a_reply_ends_where_another_text_begins(toy_model: Path) -> None:
    loaded = loading.load(str(toy_model))
    before = loaded.ends
    word = loaded.tokenizer("return", add_special_tokens=False)["input_ids"][0]
    loaded.tokenizer.bos_token = loaded.tokenizer.convert_ids_to_tokens(word)
    assert loaded.ends == before | {word} and word not in before
