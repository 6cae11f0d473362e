"""A running service takes over the model that was put live, and keeps what it has when that cannot be used."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.nlu.adapters.coverage import needed_intents, refuse_gaps
from services.nlu.adapters.models import model_hash
from services.nlu.adapters.store import ModelStore
from services.nlu.adapters.watching import OWN, Watcher
from services.nlu.config import NluSettings
from services.nlu.handlers import Mind, NluHandlers
from services.nlu.service import Opener
from shared.errors import ConfigError
from shared.shop import load_shop
from tests.unit.services.nlu.test_nlu_handlers import received

SMALL = Path("tests/fixtures/shop_small")


@pytest.fixture
async def model(small, tmp_path):
    """A model folder with the small shop's own heads and a threshold by which it can be known."""
    await small("hello")

    def make(name, threshold=0.5, without=()):
        folder = Path(
            shutil.copytree(small.var / "models" / f"nlu-{model_hash(load_shop(SMALL).nlu)}", tmp_path / name)
        )
        card = json.loads((folder / "card.json").read_text())
        intents = [f"no_{intent}" if intent in without else intent for intent in card["intents"]]
        (folder / "card.json").write_text(json.dumps(card | {"threshold": threshold, "intents": intents}))
        return folder

    return make


@asynccontextmanager
async def serving(small, tmp_path):
    await small("hello")
    shutil.copytree(small.var, tmp_path / "var", dirs_exist_ok=True)
    store = ModelStore.of(tmp_path / "var", SMALL)
    opener = Opener(load_shop(SMALL), tmp_path / "var", small.engine, NluSettings())
    watcher = Watcher(store, opener.open)
    async with watcher.started() as mind:
        handlers = NluHandlers(mind.reader, mind.embedder)
        watcher.serve(handlers)
        yield store, watcher, handlers


def threshold(handlers):
    return handlers._mind.reader.heads.threshold


async def test_what_is_promoted_is_taken_over_and_what_is_rolled_back_too(small, tmp_path, model):
    async with serving(small, tmp_path) as (store, watcher, handlers):
        own = threshold(handlers)
        version = store.promote(model("new", 0.61))
        with capture_logs() as logs:
            await watcher.look()
        assert threshold(handlers) == 0.61
        assert {"model": version, "before": OWN}.items() <= logs[-1].items()
        (out,) = [out async for out in handlers.on_message_received(received(text="cancel my order"), None)]
        assert out.understanding.requests[0].intent == "cancel_order"
        store.rollback()
        await watcher.look()
        assert threshold(handlers) == own


async def test_without_a_change_nothing_is_opened(small, tmp_path, model):
    async with serving(small, tmp_path) as (_, watcher, handlers):
        before = handlers._mind
        await watcher.look()
        assert handlers._mind is before


async def test_a_model_that_cannot_be_used_is_told_and_the_old_one_stays(small, tmp_path, model):
    async with serving(small, tmp_path) as (store, watcher, handlers):
        good = threshold(handlers)
        version = store.promote(model("gap", 0.61, without=["cancel_order"]))
        with capture_logs() as logs:
            await watcher.look()
            await watcher.look()
        assert threshold(handlers) == good
        assert [entry["event"] for entry in logs] == ["nlu.model_refused"]
        assert f"{version} lacks intents that the shop's flows need: cancel_order" in logs[0]["reason"]


async def test_a_start_with_a_damaged_model_falls_back_to_the_services_own(small, tmp_path, model):
    store = ModelStore.of(tmp_path / "var", SMALL)
    version = store.promote(model("new", 0.61))
    (store.folder / version / "heads.npz").write_bytes(b"half")
    with capture_logs() as logs:
        async with serving(small, tmp_path) as (_, _, handlers):
            assert threshold(handlers) != 0.61
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["nlu.model_refused"]


async def test_a_start_takes_the_promoted_model(small, tmp_path, model):
    ModelStore.of(tmp_path / "var", SMALL).promote(model("new", 0.61))
    async with serving(small, tmp_path) as (_, _, handlers):
        assert threshold(handlers) == 0.61


async def test_the_loop_finds_the_change_by_itself(small, tmp_path, model, monkeypatch):
    monkeypatch.setattr("services.nlu.adapters.watching.LOOK_EVERY_S", 0.01)
    async with serving(small, tmp_path) as (store, watcher, handlers):
        looking = asyncio.create_task(watcher.loop())
        store.promote(model("new", 0.61))
        async with asyncio.timeout(10):
            while threshold(handlers) != 0.61:
                await asyncio.sleep(0)
        looking.cancel()


async def test_what_is_being_read_is_finished_with_the_model_it_began_with(small):
    await small("hello")
    mind = Mind(small.reader, small.engine)
    with mind.in_use():
        assert not mind.idle.is_set()
        with mind.in_use():
            pass
        assert not mind.idle.is_set()
    assert mind.idle.is_set()


def test_flows_and_the_engine_say_which_intents_are_needed():
    shop = load_shop(SMALL)
    needed = needed_intents(shop)
    assert {"cancel_order", "order_status", "affirm", "deny"} <= needed
    assert "back_to_bot" not in needed
    refuse_gaps([*needed, "more"], shop, "it")
    with pytest.raises(ConfigError, match="it lacks intents that the shop's flows need: affirm, deny; fit it"):
        refuse_gaps(needed - {"affirm", "deny"}, shop, "it")
