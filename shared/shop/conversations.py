"""The models of `conversations/*.yaml`: conversations that can be run against a stack, and what they must leave."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from shared.shop.catalogue import OrderStatus
from shared.shop.profile import Language, ShopPart


class Gesture(ShopPart):
    """What a customer does without words; `choose` is the 1-based place or the label of an option."""

    confirm: Literal[True] | None = None
    decline: Literal[True] | None = None
    choose: int | str | None = None
    handoff: Literal[True] | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a customer does one thing at a time; write one of confirm, decline, choose and handoff")
        return self


def _kind_of_turn(value: object) -> str:
    return "gesture" if isinstance(value, dict | Gesture) else "text"


UserTurn = Annotated[Annotated[str, Tag("text")] | Annotated[Gesture, Tag("gesture")], Discriminator(_kind_of_turn)]


class Expectation(ShopPart):
    """What the bot's answer must show; what is not named is not looked at. `expects` is `kind` or `kind:slot`."""

    responses: tuple[str, ...] | None = None
    expects: str | None = Field(default=None, pattern=r"^(slot|choice|confirmation|none)(:\w+)?$")
    components: tuple[str, ...] | None = None
    acts: tuple[str, ...] | None = None


class OrderChange(ShopPart):
    """A change in the embedded shop between two turns."""

    order: str
    status: OrderStatus


class ConversationStep(ShopPart):
    """Exactly one of `user` (a text or a gesture), `code` (sends the newest one-time code) and `shop`."""

    user: UserTurn | None = None
    code: Literal[True] | None = None
    shop: OrderChange | None = None
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if len([part for part in (self.user, self.code, self.shop) if part is not None]) != 1:
            raise ValueError("a step does one thing; write one of user, code and shop")
        if self.shop is not None and "expect" in self.model_fields_set:
            raise ValueError("a change of the shop has no answer; move `expect` to a step of the customer")
        return self


class OrderState(ShopPart):
    """What must be true of an order; what is not named is not looked at. `returning` and `exchanging` name SKUs."""

    status: OrderStatus | None = None
    address: str | None = None
    payment_method: str | None = None
    payment_last4: str | None = None
    shipping: str | None = None
    deliver_on: str | None = None
    skus: tuple[str, ...] | None = None
    quantities: dict[str, int] | None = None
    returning: tuple[str, ...] | None = None
    exchanging: tuple[str, ...] | None = None


class CustomerState(ShopPart):
    """What must be true of a customer's record. `basket` is pieces by SKU."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    opted_out: tuple[str, ...] | None = None
    basket: dict[str, int] | None = None


class FinalState(ShopPart):
    """What must be true afterwards: orders (a status, or more), customers, and which acts were done, in order."""

    orders: dict[str, OrderStatus | OrderState] = Field(default_factory=dict)
    customers: dict[str, CustomerState] = Field(default_factory=dict)
    made: tuple[str, ...] | None = None
    writes: int | None = Field(default=None, ge=0)


class Conversation(ShopPart):
    """A case. `customer` starts it with that customer's signed token."""

    name: str = Field(min_length=1)
    language: Language
    customer: str | None = None
    steps: tuple[ConversationStep, ...] = Field(min_length=1)
    final: FinalState = FinalState()
