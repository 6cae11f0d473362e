"""Settings of the dialogue."""

from pydantic import Field

from shared.config import DeskbellSettings


class DialogueSettings(DeskbellSettings):
    """Read from the environment; names start with DESKBELL_DIALOGUE_."""

    dialogue_knowledge_threshold: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="a page must score so high to be an answer; below it the bot says it does not know",
    )
    dialogue_shop_timeout_s: float = Field(default=2.0, gt=0, description="how long the shop may take for one answer")
