"""Settings of understanding."""

from pydantic import Field

from shared.config import DeskbellSettings
from shared.llm.settings import LlmFields


class NluSettings(LlmFields, DeskbellSettings):
    """Read from the environment; names start with DESKBELL_NLU_."""

    nlu_cache_texts: int = Field(default=4096, ge=0, description="texts whose vectors are kept in memory, 1.5 KB each")
    nlu_timeout_s: float = Field(default=10, gt=0, description="how long a message may wait for the encoder")
    nlu_threshold: float | None = Field(
        default=None, ge=0, le=1, description="below it a text is out of scope; unset: as fitted"
    )
    nlu_llm: bool = Field(default=False, description="ask the language model where the encoder is unsure")
    nlu_llm_above: float = Field(default=0.1, ge=0, le=1, description="less likely texts are not asked about")
    nlu_llm_below: float = Field(default=0.6, ge=0, le=1, description="likelier texts are not asked about")
    nlu_llm_timeout_s: float = Field(default=3, gt=0, description="a message waits so long for the second opinion")
    nlu_llm_concurrency: int = Field(default=4, ge=1, description="questions in hand at once, of one process")
    nlu_llm_daily_requests: int = Field(default=5_000, ge=0, description="of all processes, a day in UTC")
    nlu_llm_daily_tokens: int = Field(default=20_000_000, ge=0, description="asked and answered, of all processes")
