"""The heads of a shop: fitted once, then read; and how well the demo shop's are."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.nlu.adapters.models import model_hash, save_heads, ship_model
from services.nlu.adapters.shop_heads import open_heads
from services.nlu.config import NluSettings
from services.nlu.service import Opener, build, open_reader
from shared.config import Settings
from shared.contracts.messages import Expects, MessageReceived
from shared.encoder import DIMENSIONS, open_encoder
from shared.service import World
from shared.shop import load_shop
from shared.shop.marks import unmark
from shared.shop.source import read_yaml

SMALL = Path("tests/fixtures/shop_small")
DEMO = Path("shops/demo")
SEVERAL = read_yaml(Path(__file__).parent / "domain" / "said" / "requests.yaml").data


class NoEncoder:
    """Fails on use: what is on disk must be enough."""

    async def embed(self, texts, kind):
        raise AssertionError("fitted again")


async def test_fitted_heads_are_read_and_not_fitted_again(small):
    await small("hello")
    examples = load_shop(SMALL).nlu
    assert (small.var / "models" / f"nlu-{model_hash(examples)}" / "card.json").is_file()
    again = await open_heads(load_shop(SMALL), small.var, NoEncoder())
    assert again.intents == small.reader.heads.intents


async def test_a_model_that_the_shop_ships_serves_until_an_example_changes(small, tmp_path):
    await small("hello")
    shop, made = Path(shutil.copytree(SMALL, tmp_path / SMALL.name)), tmp_path / "made"
    save_heads(made, small.reader.heads, {})
    ship_model(made, shop / "model", load_shop(shop).nlu)
    opener = Opener(load_shop(shop), tmp_path / "var", NoEncoder(), NluSettings())
    async with opener.open(None) as mind:
        assert mind.reader.heads.intents == small.reader.heads.intents
        np.testing.assert_allclose(mind.reader.heads.weights, small.reader.heads.weights, atol=0.02)
    (shop / "nlu" / "en.yaml").write_text(
        (shop / "nlu" / "en.yaml").read_text().replace("greeting: [hello,", "greeting: [ahoy, hello,")
    )
    with pytest.raises(AssertionError, match="fitted again"):
        async with replace(opener, shop=load_shop(shop)).open(None):
            pass


class OnlyNew:
    """Embeds what is new, and nothing else."""

    def __init__(self):
        self.asked = []

    async def embed(self, texts, kind):
        self.asked.extend(texts)
        return np.full((len(texts), DIMENSIONS), 0.05, dtype=np.float32)


async def test_a_changed_example_costs_one_embedding(small, tmp_path):
    await small("hello")
    shutil.copytree(small.var, tmp_path / "var")
    shop = Path(shutil.copytree(SMALL, tmp_path / SMALL.name))
    lines = (shop / "nlu" / "en.yaml").read_text().replace("greeting: [hello,", "greeting: [ahoy, hello,")
    (shop / "nlu" / "en.yaml").write_text(lines)
    encoder = OnlyNew()
    await open_heads(load_shop(shop), tmp_path / "var", encoder)
    assert encoder.asked == ["ahoy"]


async def test_a_threshold_from_the_settings_replaces_the_fitted_one(small, tmp_path):
    await small("hello")
    shutil.copytree(small.var, tmp_path, dirs_exist_ok=True)
    reader = await open_reader(load_shop(SMALL), tmp_path, NoEncoder(), threshold=0.99)
    assert reader.heads.threshold == 0.99


async def test_the_service_is_joined_over_a_shop_folder(small):
    await small("hello")
    world = World(Settings(shop_dir=SMALL, var=small.var), bus=None, state=None, cache=None, database_url="")
    async with build(world) as service:
        assert (service.name, list(service.handles)) == ("nlu", [MessageReceived])


def held_out(language):
    document = read_yaml(DEMO / "nlu" / "test" / f"{language}.yaml").data
    return [(unmark(text)[0], intent) for intent, texts in document["intents"].items() for text in texts]


@pytest.fixture
async def demo(common_var):
    """Reads a text as the demo shop does."""
    async with (
        open_encoder(kept=common_var / "encoder", timeout_s=60, lazy=True) as encoder,
        Opener(load_shop(DEMO), common_var, encoder, NluSettings()).open(None) as mind,
    ):
        reader = mind.reader

        async def read(text, language):
            vectors = await mind.embedder.embed(reader.texts(text), "query")
            return [request.intent for request in reader.read(text, language, Expects(), vectors).requests]

        read.intents = set(reader.heads.intents)
        yield read


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "rightly_split"), [("en", 0.9), ("zh", 0.95)])
async def test_no_request_is_lost_and_no_wish_is_split(demo, language, rightly_split):
    rows = [(text, wanted) for text, wanted in SEVERAL[language] if set(wanted) <= demo.intents]
    counts = [(len(await demo(text, language)), len(wanted)) for text, wanted in rows]
    assert len(SEVERAL[language]) >= 60
    assert sum(found == wanted for found, wanted in counts) / len(counts) >= rightly_split
    assert sum(found > wanted for found, wanted in counts) / len(counts) <= 0.05


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not (DEMO / "nlu" / "test").is_dir(), reason="the demo shop has no held-out texts")
@pytest.mark.parametrize(("language", "in_scope", "refused"), [("en", 0.85, 0.6), ("zh", 0.83, 0.5)])
async def test_held_out_texts_of_the_demo_shop(common_var, language, in_scope, refused):
    async with (
        open_encoder(kept=common_var / "encoder", timeout_s=60, lazy=True) as encoder,
        Opener(load_shop(DEMO), common_var, encoder, NluSettings()).open(None) as mind,
    ):
        reader = mind.reader
        right: Counter[bool] = Counter()
        total: Counter[bool] = Counter()
        for text, intent in held_out(language):
            vectors = await mind.embedder.embed(reader.texts(text), "query")
            understood = reader.read(text, language, Expects(), vectors)
            outside = intent == "out_of_scope"
            total[outside] += 1
            right[outside] += [request.intent for request in understood.requests] == [intent]
    assert right[False] / total[False] >= in_scope
    assert right[True] / total[True] >= refused
