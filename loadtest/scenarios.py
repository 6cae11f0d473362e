"""What the customers of the demo shop want, in both languages, and how they answer the bot's questions."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from shared.contracts.messages import CustomerInput, Expects

MOST_ANSWERS = 5


@dataclass(frozen=True)
class Say:
    """A message of the customer: one of the texts."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Settle:
    """Answers whatever the bot asks until it waits for nothing more; a preview with yes or with no."""

    confirm: bool


@dataclass(frozen=True)
class Scenario:
    """A kind of visit. `weight` is its share among the visits."""

    name: str
    language: Literal["en", "zh"]
    weight: int
    signed_in: bool
    steps: tuple[Say | Settle, ...]


SLOTS = {
    "en": {"cancel_reason": "I changed my mind", "reason": "I changed my mind", None: "Never mind"},
    "zh": {"cancel_reason": "我改变主意了", "reason": "我改变主意了", None: "算了"},
}

FAQ = {
    "en": (
        "How long does delivery take?",
        "What does shipping cost?",
        "Can I return shoes that I have worn outside?",
        "How many days do I have to return something?",
        "Which payment methods do you accept?",
        "Can I get an invoice for my company?",
        "What are your opening hours?",
        "How long is the warranty on headphones?",
        "Do you wrap gifts?",
        "Do you have a shop that I can visit?",
        "Is there a waterproof jacket?",
        "When do I get my money back after a return?",
    ),
    "zh": (
        "多久能送到？",
        "运费是多少？",
        "穿过的鞋子还能退吗？",
        "买了多少天之内可以退货？",
        "你们支持哪些付款方式？",
        "可以开公司抬头的发票吗？",
        "客服的工作时间是几点到几点？",
        "耳机保修多长时间？",
        "可以包装成礼物吗？",
        "你们有实体店吗？",
        "有没有防水的外套？",
        "退货以后多久能退款？",
    ),
}
STATUS = {
    "en": ("Where is my order?", "What's the status of my order?", "Has my order been shipped yet?"),
    "zh": ("我的订单到哪了？", "帮我查一下订单状态", "我的订单发货了吗？"),
}
CANCEL = {
    "en": ("I want to cancel my order", "Please cancel an order of mine", "Cancel my order, please"),
    "zh": ("我想取消订单", "请帮我取消一个订单", "订单不要了，帮我取消"),
}


def _scenarios(language: Literal["en", "zh"]) -> tuple[Scenario, ...]:
    faq, status, cancel = Say(FAQ[language]), Say(STATUS[language]), Say(CANCEL[language])
    return (
        Scenario(f"faq_{language}", language, 6, False, (faq, faq)),
        Scenario(f"order_status_{language}", language, 3, True, (status, Settle(confirm=False), faq)),
        Scenario(f"cancel_order_{language}", language, 2, True, (cancel, Settle(confirm=True), status, Settle(False))),
        Scenario(f"keep_order_{language}", language, 1, True, (cancel, Settle(confirm=False))),
    )


SCENARIOS = (*_scenarios("en"), *_scenarios("zh"))
# Customers of the demo shop with several orders each, kept out of its executable conversations.
LOAD_CUSTOMERS = tuple(f"C{number:03}" for number in range(20, 40))


class Play:
    """One visit: gives the customer's next message from what the bot waits for. The same seed, the same visit."""

    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._scenario = scenario
        self._random = random
        self._steps = list(scenario.steps)
        self._answers = 0

    def next(self, expects: Expects) -> CustomerInput | None:
        """The next message, or None when the customer leaves."""
        while self._steps:
            step = self._steps[0]
            if isinstance(step, Say):
                self._steps.pop(0)
                return self._message(text=self._random.choice(step.texts))
            if expects.kind != "none" and self._answers < MOST_ANSWERS:
                self._answers += 1
                return self._answer(step, expects)
            self._steps.pop(0)
            self._answers = 0
        return None

    def _answer(self, step: Settle, expects: Expects) -> CustomerInput:
        if expects.preview is not None:
            preview = expects.preview.id
            return self._message(confirm=preview) if step.confirm else self._message(decline=preview)
        if expects.options:
            return self._message(choose=self._random.choice(expects.options).id)
        slots = SLOTS[self._scenario.language]
        return self._message(text=slots.get(expects.slot, slots[None]))

    def _message(self, **fields: str) -> CustomerInput:
        return CustomerInput.model_validate({"client_message_id": f"{self._random.getrandbits(128):032x}", **fields})


def choose_scenario(scenarios: tuple[Scenario, ...], random: Random) -> Scenario:
    """A scenario by weight."""
    return random.choices(scenarios, [scenario.weight for scenario in scenarios])[0]
