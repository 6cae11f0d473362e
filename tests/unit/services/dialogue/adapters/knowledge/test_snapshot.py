"""The index as bytes, and its copy in a real Valkey."""

import dataclasses

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.documents import Document, Section
from services.dialogue.adapters.knowledge.index import build_index
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import MADE_BY, make
from services.dialogue.adapters.knowledge.snapshot import PIECE, Snapshots, pack, unpack
from services.dialogue.adapters.knowledge.store import open_documents
from shared.store.client import open_redis
from tests.unit.services.dialogue.adapters.knowledge.fakes import HashedVectors


@pytest.fixture
async def index(tmp_path):
    pages = [
        Document("a", "Tents", "en", "en/a.md", (Section("Dry them. In the shade."),), "page", asks=("how to dry",)),
        Document("b", "灯", "zh", "b.md", (Section("很亮。"),)),
    ]
    async with open_documents(f"sqlite+aiosqlite:///{tmp_path / 'k.db'}") as documents:
        await documents.put(await make(pages, Tokenizer(tmp_path / "jieba"), HashedVectors()), MADE_BY)
        return build_index(*await documents.everything())


@pytest.fixture
async def snapshots(state_url):
    async with open_redis(state_url) as redis:
        yield Snapshots(redis, "shop")


def same(one, other):
    return (
        one.version == other.version
        and one.entries == other.entries
        and one.words.place == other.words.place
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("passages", "abouts", "first"))
    )


def test_unpacked_it_is_the_same(index):
    assert same(unpack(pack(index)), index)


@pytest.mark.parametrize("damage", [b"", b"PK half", b"x" * 1000])
def test_other_bytes_are_refused(damage):
    with pytest.raises(ValueError, match="no index"):
        unpack(damage)


async def test_what_is_kept_is_given_back(index, snapshots):
    assert await snapshots.get(index.version) is None
    await snapshots.put(index, pack(index))
    assert same(await snapshots.get(index.version), index)
    assert await snapshots.get("another") is None


async def test_a_damaged_or_half_copy_is_none(index, snapshots):
    key = snapshots._key(index.version)
    await snapshots.put(index, pack(index))
    await snapshots._redis.hset(key, "piece-0", "damaged")
    assert await snapshots.get(index.version) is None
    await snapshots.put(index, pack(index))
    await snapshots._redis.hdel(key, "piece-0")
    assert await snapshots.get(index.version) is None


async def test_a_large_one_goes_in_pieces(index, snapshots):
    large = dataclasses.replace(index, passages=np.zeros((3 * PIECE // 768, 384), dtype=np.float16))
    await snapshots.put(large, pack(large))
    assert (await snapshots.get(index.version)).passages.shape == large.passages.shape


async def test_the_one_before_goes_when_another_is_kept(index, snapshots):
    newer = dataclasses.replace(index, version="newer")
    await snapshots.put(index, pack(index))
    await snapshots.put(newer, pack(newer))
    assert 0 < await snapshots._redis.ttl(snapshots._key(index.version)) <= 60


async def test_one_process_builds(snapshots):
    assert await snapshots.may_build("v")
    assert not await snapshots.may_build("v")
    await snapshots.has_built("v")
    assert await snapshots.may_build("v")
