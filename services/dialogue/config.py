"""Settings of the dialogue."""

from pydantic import Field, SecretStr

from shared.config import DeskbellSettings


class DialogueSettings(DeskbellSettings):
    """Read from the environment: names with DESKBELL_DIALOGUE_, and DESKBELL_SHOP_ for the shop's own server."""

    dialogue_knowledge_threshold: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="a page must score so high to be an answer; below it the bot says it does not know",
    )
    dialogue_shop_timeout_s: float = Field(default=2.0, gt=0, description="how long the shop may take for one answer")
    dialogue_codes_per_hour: int | None = Field(
        default=None,
        gt=0,
        description="codes that one address may be asked for, known or not; unset: 5, demo: any",
    )
    dialogue_lookups_per_hour: int | None = Field(
        default=None, gt=0, description="tries at one order's status without signing in; unset: 5, demo: any"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="mail server for one-time codes: smtp://user:password@host:587 or smtps://"
    )
    smtp_from: str | None = Field(default=None, description="the address that one-time codes come from")
    shop_url: SecretStr | None = Field(
        default=None, description="base URL of a shop that serves docs/shop-api.yaml; unset: the embedded shop"
    )
    shop_token: SecretStr | None = Field(default=None, description="sent to that shop as a bearer token")
    shop_concurrency: int = Field(default=16, gt=0, description="requests to that shop at once, of one process")
