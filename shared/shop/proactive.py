"""The models of `proactive.yaml`: what the shop says by itself, to whom, and when not."""

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from shared.shop.profile import ShopPart

EventKind = Literal["shipment_late", "basket_left", "back_in_stock", "delivered"]
Kind = Literal["service", "recommendations"]
Clock = Annotated[str, Field(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]

CONDITION_NAMES = frozenset({"customer", "order", "goods", "basket", "event", "policies", "suggestion"})
"""What the condition of a rule may look at."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f"`{name}` is no timezone; write one such as Asia/Shanghai or Europe/Berlin") from exc
    return name


class QuietHours(ShopPart):
    """When nobody is written to, on the customer's clock: `begin` up to `end`, over midnight if it is later."""

    begin: Clock
    end: Clock


class Caps(ShopPart):
    """How many messages a customer gets at most, all rules together."""

    a_day: int = Field(gt=0)
    a_week: int = Field(gt=0)


class CouponOffer(ShopPart):
    """A coupon that comes with the message: `percent` off, valid for so many days."""

    percent: int = Field(gt=0, le=100)
    valid_days: int = Field(gt=0)
    code: str = Field(pattern=r"^[A-Z0-9]{2,12}$", description="how the codes begin")


class ProactiveRule(ShopPart):
    """One reason to write: `event`, when it has lasted `wait_hours`, not later than `within_hours` after that.

    `kind` service needs no consent; recommendations do, and wait while a complaint is open. `suggest` adds goods that
    go with what the customer bought or looked for.
    """

    event: EventKind
    kind: Kind
    wait_hours: float = Field(ge=0)
    within_hours: float = Field(gt=0)
    when: str | None = None
    response: str
    suggest: bool = False
    coupon: CouponOffer | None = None

    @model_validator(mode="after")
    def _selling_is_named(self) -> Self:
        if self.kind == "service" and (self.suggest or self.coupon):
            raise ValueError("a rule that suggests goods or gives a coupon sells; write kind: recommendations")
        return self


class ProactiveFile(ShopPart):
    """`proactive.yaml`. `timezones` tells by a customer's currency on which clock they live; else it is the shop's."""

    quiet_hours: QuietHours
    caps: Caps
    timezones: dict[str, Annotated[str, AfterValidator(_zone)]] = Field(default_factory=dict)
    opt_out: str = Field(description="the response that ends every message and says how to stop them")
    rules: dict[str, ProactiveRule] = Field(min_length=1)
