"""The search beside a model of the small shop's pages: what it knows, and what was added since."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.commands.choosing.making import Wish, make_model, read_questions
from services.dialogue.adapters.knowledge.answering import add_answer
from services.dialogue.adapters.knowledge.live import Home, open_knowledge
from services.dialogue.adapters.knowledge.page_model import MODEL_FOLDER
from shared.encoder import open_encoder

pytestmark = pytest.mark.slow
SMALL = Path("tests/fixtures/shop_small")
SURE = 0.5
ZEPPELINS = "---\ntitle: Zeppelin tours\nlanguage: en\n---\nThe zeppelin leaves the harbour on Fridays at noon.\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The small shop with a model of its questions over the encoder as it is."""
    home = tmp_path_factory.mktemp("trained")
    shop = Path(shutil.copytree(SMALL, home / "shop"))
    asyncio.run(make_model(Wish(shop, shop / MODEL_FOLDER, 0, home / "var"), read_questions(shop), None))
    return shop


@pytest.fixture
def shop(trained, tmp_path):
    return Path(shutil.copytree(trained, tmp_path / "shop"))


@asynccontextmanager
async def knowledge(shop, var):
    home = Home(shop, var, f"sqlite+aiosqlite:///{var / 'deskbell.db'}")
    async with open_encoder(timeout_s=60) as encoder, open_knowledge(home, encoder) as opened:
        yield opened


async def test_what_the_model_knows_is_found_in_the_customers_language(shop, tmp_path):
    async with knowledge(shop, tmp_path) as pages:
        for question, language, document in [
            ("it is too big, can I give it back", "en", "returns"),
            ("尺寸不对想还回去", "zh", "returns"),
            ("what do you take for bringing it", "en", "shipping"),
            ("is the Rain Jacket tight", "en", "P2"),
        ]:
            first = (await pages.search(question, language))[0]
            assert (first.document, first.language) == (document, language), question
            assert first.score >= SURE


async def test_what_the_model_says_moves_the_score(shop, tmp_path):
    async with knowledge(shop, tmp_path) as pages:
        beside = {hit.document: hit.score for hit in await pages.search("do you rent out big tents", "en", 9)}
    shutil.rmtree(shop / MODEL_FOLDER)
    async with knowledge(shop, tmp_path) as pages:
        alone = {hit.document: hit.score for hit in await pages.search("do you rent out big tents", "en", 9)}
    assert max(beside.values()) < SURE
    assert beside != alone


async def test_a_page_that_was_added_since_is_found_by_its_own_words(shop, tmp_path):
    async with knowledge(shop, tmp_path) as pages:
        (shop / "knowledge/en/zeppelins.md").write_text(ZEPPELINS)
        await pages.sync.if_changed()
        await pages.refresh()
        first = (await pages.search("when does the zeppelin leave the harbour", "en"))[0]
        assert first.document == "zeppelins" and first.score >= SURE
        assert (await pages.search("until when may I bring something back", "en"))[0].document == "returns"


async def test_an_answer_that_was_added_since_is_found_by_its_question(shop, tmp_path):
    async with knowledge(shop, tmp_path) as pages:
        document, _ = await add_answer(pages, "can I rent a tent", "Yes, for a week at a time.")
        first = (await pages.search("can I rent a tent", "en"))[0]
        assert first.document == document and first.score >= SURE


async def test_edited_questions_leave_the_model_out_and_the_search_goes_on(shop, tmp_path):
    (shop / "knowledge/asked/en/all.yaml").write_text("returns: [something else]\n")
    async with knowledge(shop, tmp_path) as pages:
        assert (await pages.search("how many days do I have to return something", "en"))[0].document == "returns"
