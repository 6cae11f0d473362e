"""The demo shop's vectors and model are those of its texts: else a newcomer's first start waits for them."""

from pathlib import Path

import numpy as np

from services.dialogue.adapters.knowledge.making import embed_documents
from services.dialogue.adapters.knowledge.page_model import shipped_page_model
from services.dialogue.adapters.knowledge.shop_documents import load_documents
from services.nlu.adapters.models import MODEL_FOLDER, shipped_model
from shared.shop import load_shop
from shared.vectors import VectorFile

DEMO = Path("shops/demo")


class Counting:
    """Counts what the shipped files lack."""

    lacking = 0

    async def embed(self, texts, kind):
        self.lacking += len(texts)
        return np.ones((len(texts), 384), dtype=np.float32)


async def test_those_of_the_pages_are_complete(tmp_path: Path) -> None:
    counting = Counting()
    file = VectorFile(tmp_path / "kept.npz", DEMO / "vectors" / "pages.npz")
    await embed_documents(load_documents(load_shop(DEMO)), file, counting)
    assert counting.lacking == 0, "the shop's texts have changed: run ./deskbell shop vectors"


def test_the_model_is_fitted_to_these_examples() -> None:
    told = "the shop's examples have changed: fit a model to them (docs/fine-tuning.md) and promote it --with-shop"
    assert shipped_model(DEMO / MODEL_FOLDER, load_shop(DEMO).nlu) is not None, told


def test_the_model_of_pages_is_fitted_to_these_questions() -> None:
    told = "the shop's questions have changed: fit a model to them (docs/knowledge.md), else the search goes without"
    assert shipped_page_model(load_shop(DEMO)) is not None, told
