"""The models of `flows/*.yaml`: a flow is data, and a step has exactly one verb."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from shared.shop.profile import ShopPart

Verb = Literal["collect", "when", "say", "act", "search", "then", "call", "handoff", "end"]
VERBS: tuple[Verb, ...] = ("when", "collect", "act", "search", "say", "then", "call", "handoff", "end")
UNDER_WHEN: frozenset[Verb] = frozenset({"say", "then", "call", "handoff", "end"})

SLOTS: tuple[str, ...] = (
    "order", "email", "name", "postcode", "one_time_code", "item", "product", "option", "address",
    "payment_method", "reason", "quantity", "date", "goods", "pick",
)  # fmt: skip
"""Slots that every flow may collect; a flow's own stand under its `slots`."""

CONTEXT: frozenset[str] = frozenset(
    {
        "order", "orders", "basket", "customer", "slots", "policies", "said", "heard", "today", "verified", "language",
        "option", "kinds",
    }
)  # fmt: skip
"""What expressions may look at besides slots; `said` is what the customer said to start the flow."""

FILTERS: tuple[str, ...] = ("until", "days_since")
"""Filters that expressions have and responses lack."""


class SlotSpec(ShopPart):
    """How a flow asks for a slot of its own. The label of a choice is the response `choice_<value>`."""

    ask: str
    choices: list[str] | None = Field(default=None, min_length=1)


class Step(ShopPart):
    """One step. Under `when` the others of UNDER_WHEN say what happens if the expression holds, in VERBS' order.

    `with_` is the file's `with`: argument of the action -> expression. `among` and `many` say more about a `collect`:
    which orders or variants are meant rather, and that several items may be chosen.
    """

    model_config = ConfigDict(populate_by_name=True)

    collect: str | None = None
    among: str | None = None
    many: Literal[True] | None = None
    when: str | None = None
    say: str | None = None
    act: str | None = None
    with_: dict[str, str] = Field(default_factory=dict, alias="with")
    search: str | None = None
    then: str | None = None
    call: str | None = None
    handoff: str | None = None
    end: Literal[True] | None = None

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """The keys that are set, the main one first."""
        return tuple(verb for verb in VERBS if getattr(self, verb) is not None)

    @property
    def verb(self) -> Verb:
        """The main key: `when` if there is one, else the only one."""
        return self.verbs[0]

    @model_validator(mode="after")
    def _has_one_verb(self) -> Self:
        if not self.verbs:
            raise ValueError(f"a step does something; write one of {', '.join(VERBS)}")
        if self.when is not None:
            self._check_consequences()
        elif len(self.verbs) > 1:
            raise ValueError(f"a step has one verb, this one has {' and '.join(self.verbs)}; make them two steps")
        if self.with_ and self.act is None:
            raise ValueError("`with` belongs to `act`; remove it or add the action")
        if self.among is not None and self.collect not in ("order", "option", "payment_method"):
            raise ValueError("`among` belongs to `collect:` order, option or payment_method; remove it")
        if self.many and self.collect != "item":
            raise ValueError("`many` belongs to `collect: item`; remove it")
        return self

    def _check_consequences(self) -> None:
        others = self.verbs[1:]
        if not others:
            raise ValueError("`when` leads to nothing; add say, then, call, handoff or end to the step")
        if strange := [verb for verb in others if verb not in UNDER_WHEN]:
            raise ValueError(f"`{strange[0]}` cannot stand under `when`; put it into a flow of its own and `call` that")


class FlowFile(ShopPart):
    """One file of `flows/`; the flow's name is the file's stem.

    `glimpse` is the response for somebody who does not prove who they are, but knows an order's number and its postcode
    or the end of its customer's phone number: it may tell the order's status, and the flow ends with it.
    """

    description: str
    starts_on: tuple[str, ...] = ()
    needs: Literal["verified_customer"] | None = None
    glimpse: str | None = None
    slots: dict[str, SlotSpec] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)

    @field_validator("starts_on", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value
