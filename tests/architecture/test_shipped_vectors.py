"""The demo shop's vectors and heads are those of its texts: else a newcomer's first start waits for them."""

from pathlib import Path

import numpy as np
import pytest

from services.dialogue.adapters.knowledge.making import embed_documents
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.nlu.adapters.models import shipped_heads
from services.nlu.adapters.shop_heads import embed_examples
from shared.shop import load_shop
from shared.vectors import VectorFile

DEMO = Path("shops/demo")


class Counting:
    """Counts what the shipped files lack."""

    lacking = 0

    async def embed(self, texts, kind):
        self.lacking += len(texts)
        return np.ones((len(texts), 384), dtype=np.float32)


@pytest.mark.parametrize("name", ["examples", "pages"])
async def test_they_are_complete(name: str, tmp_path: Path) -> None:
    shop, counting = load_shop(DEMO), Counting()
    file = VectorFile(tmp_path / "kept.npz", DEMO / "vectors" / f"{name}.npz")
    if name == "examples":
        await embed_examples(shop.nlu, file, counting)
    else:
        await embed_documents(load_documents(shop), file, counting)
    assert counting.lacking == 0, "the shop's texts have changed: run ./deskbell shop vectors"


def test_the_heads_are_fitted_to_these_examples() -> None:
    heads = shipped_heads(DEMO / "vectors/heads", load_shop(DEMO).nlu)
    assert heads is not None, "the shop's examples, or the way of fitting, have changed: run ./deskbell shop vectors"
