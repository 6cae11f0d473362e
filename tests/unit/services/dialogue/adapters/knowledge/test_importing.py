"""Imports into real databases; only the encoder is replaced."""

from pathlib import Path

import pytest

from services.dialogue.adapters.knowledge.documents import Document, Section
from services.dialogue.adapters.knowledge.importing import Importer
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import MADE_BY, make
from services.dialogue.adapters.knowledge.shop_documents import renderer
from services.dialogue.adapters.knowledge.store import open_documents
from shared.errors import ConfigError
from shared.shop import load_shop
from tests.unit.services.dialogue.adapters.knowledge.fakes import HashedVectors

SMALL = Path("tests/fixtures/shop_small")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return Tokenizer(tmp_path_factory.mktemp("jieba"))


@pytest.fixture
async def documents(tmp_path):
    async with open_documents(f"sqlite+aiosqlite:///{tmp_path / 'k.db'}") as opened:
        yield opened


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.md").write_text("# Tents\n\nDry them in the shade.")
    (folder / "b.md").write_text("# Lamps\n\nThey are bright.")
    return folder


async def run(documents, tokenizer, *sources, embedder=None):
    steps = []
    importer = Importer(documents, tokenizer, embedder or HashedVectors())
    outcome = await importer.run(sources, renderer(load_shop(SMALL)), lambda done, of: steps.append((done, of)))
    return outcome, steps


async def test_files_come_in_once(documents, tokenizer, source):
    outcome, steps = await run(documents, tokenizer, source)
    assert (outcome.imported, outcome.unchanged, outcome.bad, steps[-1]) == (2, 0, [], (2, 2))
    version, encoder = await documents.version(), HashedVectors()
    outcome, _ = await run(documents, tokenizer, source, embedder=encoder)
    assert (outcome.imported, outcome.unchanged, encoder.texts) == (0, 2, [])
    assert await documents.version() == version


async def test_only_what_changed_is_embedded_again(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    (source / "b.md").write_text("# Lamps\n\nThey are very bright.")
    encoder = HashedVectors()
    outcome, _ = await run(documents, tokenizer, source, embedder=encoder)
    assert (outcome.imported, outcome.unchanged) == (1, 1)
    assert all("Tents" not in text for text in encoder.texts)
    _, rows = await documents.everything()
    assert [row.text for row in rows] == ["Tents: Dry them in the shade.", "Lamps: They are very bright."]


async def test_the_old_version_stays_until_the_new_one_is_whole(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    (source / "b.md").write_text("# Lamps\n\nThey are very bright.")

    class Failing(HashedVectors):
        async def embed(self, texts, kind):
            raise ConfigError("no encoder")

    with pytest.raises(ConfigError):
        await run(documents, tokenizer, source, embedder=Failing())
    _, rows = await documents.everything()
    assert "Lamps: They are bright." in [row.text for row in rows]


async def test_bad_ones_are_named_and_the_rest_is_there(documents, tokenizer, source):
    (source / "empty.md").write_text("")
    (source / "sub").mkdir()
    (source / "sub" / "a.md").write_text("# Other\n\nAnother text.")
    outcome, _ = await run(documents, tokenizer, source)
    assert outcome.imported == 2
    assert [bad.where.rsplit("/", 1)[-1] for bad in outcome.bad] == ["empty.md", "a.md"]
    assert "is taken by" in outcome.bad[1].problem


async def test_everything_bad_at_once_hides_nothing_and_the_old_version_stays(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    with (source / "a.md").open("wb") as grown:
        grown.truncate(50_000_000)
    (source / "encoding.md").write_bytes("Größe".encode("latin-1"))
    (source / "pdf.pdf").write_bytes(b"%PDF-1.4 broken")
    (source / "empty.md").write_text("")
    (source / "same.json").write_text('[{"id": "b", "title": "B", "content": "Taken."}]')
    (source / "template.md").write_text("{{ policies.nope }}")
    (source / "z-good.md").write_text("# Mugs\n\nThey are blue.")
    outcome, _ = await run(documents, tokenizer, source)
    assert {bad.where.rsplit("/", 1)[-1].split(":")[0].split(",")[0] for bad in outcome.bad} == {
        "a.md", "encoding.md", "pdf.pdf", "empty.md", "same.json", "template.md"
    }  # fmt: skip
    _, rows = await documents.everything()
    told = [row.text for row in rows]
    assert "Tents: Dry them in the shade." in told
    assert "Lamps: They are bright." in told
    assert "Mugs: They are blue." in told
    assert len(told) == 3


async def test_the_shops_own_pages_are_not_overwritten(documents, tokenizer, source):
    page = Document("a", "Page", "en", "en/a.md", (Section("The shop's own."),), "page")
    await documents.put(await make([page], tokenizer, HashedVectors()), MADE_BY)
    outcome, _ = await run(documents, tokenizer, source)
    assert outcome.imported == 1
    assert "shop's own" in outcome.bad[0].problem


async def test_a_page_whose_language_changes_is_not_there_twice(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    (source / "a.md").write_text("# 帐篷\n\n放在阴凉处晾干。")
    await run(documents, tokenizer, source)
    assert [one.reference for one in await documents.documents()] == [("a", "zh"), ("b", "en")]


async def test_a_source_that_is_not_there_or_of_no_use_is_told(documents, tokenizer, tmp_path):
    with pytest.raises(ConfigError, match="no file or folder"):
        await run(documents, tokenizer, tmp_path / "nowhere")
    (tmp_path / "x.exe").write_bytes(b"x")
    with pytest.raises(ConfigError, match="cannot be imported"):
        await run(documents, tokenizer, tmp_path / "x.exe")


async def test_removed_documents_are_gone_and_the_version_is_another(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    before = await documents.version()
    await documents.remove([("a", "en")])
    assert [one.id for one in await documents.documents()] == ["b"]
    assert await documents.version() != before


async def test_what_another_encoder_made_is_found(documents, tokenizer, source):
    await run(documents, tokenizer, source)
    assert await documents.outdated(MADE_BY) == []
    outdated = await documents.outdated("another")
    assert [(one.id, one.sections[0].text) for one in outdated] == [
        ("a", "Dry them in the shade."),
        ("b", "They are bright."),
    ]


async def test_postgres_keeps_the_same(postgres_url, tokenizer, source):
    async with open_documents(postgres_url) as documents:
        await run(documents, tokenizer, source)
        outcome, _ = await run(documents, tokenizer, source)
        assert outcome.unchanged == 2
        version, rows = await documents.everything()
        assert version == await documents.version()
        assert [row.text for row in rows] == ["Tents: Dry them in the shade.", "Lamps: They are bright."]
        await documents.remove([("a", "en")])
        assert [one.id for one in await documents.documents()] == ["b"]
