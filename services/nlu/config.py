"""Settings of understanding."""

from pydantic import Field

from shared.config import DeskbellSettings


class NluSettings(DeskbellSettings):
    """Read from the environment; names start with DESKBELL_NLU_."""

    nlu_cache_texts: int = Field(default=4096, ge=0, description="texts whose vectors are kept in memory, 1.5 KB each")
    nlu_timeout_s: float = Field(default=10, gt=0, description="how long a message may wait for the encoder")
    nlu_threshold: float | None = Field(
        default=None, ge=0, le=1, description="below it a text is out of scope; unset: as fitted"
    )
