"""The generator's settings, all with the prefix DESKBELL_."""

from pydantic import Field

from shared.config import DeskbellSettings
from shared.llm import LlmFields


class GeneratorSettings(LlmFields, DeskbellSettings):
    """How much is worded at a time, and which model may phrase answers."""

    generator_prefetch: int = Field(16, ge=1, le=256, description="replies that one process has in hand")
