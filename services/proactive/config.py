"""Settings of the proactive service."""

from pydantic import Field

from shared.config import DeskbellSettings


class ProactiveSettings(DeskbellSettings):
    """Read from the environment; names start with DESKBELL_PROACTIVE_."""

    proactive_every_s: float = Field(default=30.0, gt=0, description="how often the shop is looked at")
