"""The generator's settings, all with the prefix DESKBELL_."""

from pathlib import Path

from pydantic import Field

from shared.config import DeskbellSettings
from shared.llm import LlmFields


class GeneratorSettings(LlmFields, DeskbellSettings):
    """How much is worded at a time, which model may phrase replies, and what that may cost."""

    generator_prefetch: int = Field(16, ge=1, le=256, description="replies that one process has in hand")
    generator_first_token_s: float = Field(8, gt=0, le=30, description="a model begins within so many seconds")
    generator_token_s: float = Field(5, gt=0, le=30, description="and is never silent for longer")
    generator_total_s: float = Field(30, gt=0, le=30, description="and has finished by then")
    generator_customer_tokens: int = Field(100_000, ge=0, description="asked and answered in a day, of one customer")
    generator_address_tokens: int = Field(500_000, ge=0, description="and of all customers from one address")
    generator_daily_tokens: int = Field(20_000_000, ge=0, description="and of all customers")
    llm_local: str | None = Field(
        None, description="a model in this process: smollm2, a folder, a GGUF file, a hub name"
    )
    llm_local_adapter: Path | None = Field(None, description="what `train generator` has made of it")
    generator_keep_failed: int = Field(0, ge=0, description="failed replies kept for training; 0: none")
