"""The conversation that every road carries: where is my order, who are you, cancel it, yes."""

from dataclasses import dataclass, field
from typing import Any, Literal

CODE, CONFIRM, FIRST = "the one-time code", "the confirmation", "the first choice"


@dataclass(frozen=True)
class Turn:
    """What the customer does, and what the bot then waits for and shows."""

    says: str
    expects: str
    components: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Journey:
    """The same errand in one language. `order` is the one that gets cancelled."""

    language: Literal["en", "zh"]
    email: str
    order: str
    turns: tuple[Turn, ...]


# Emma has two orders and must choose; Li Xue has one that is still on its way.
EN = Journey(
    "en", "emma.fischer@example.com", "MB10002",
    (
        Turn("Where is my order?", "slot:email"),
        Turn("emma.fischer@example.com", "slot:one_time_code"),
        Turn(CODE, "choice:order"),
        Turn(FIRST, "none", ["order_card"]),
        Turn("cancel it", "confirmation", ["preview"]),
        Turn(CONFIRM, "none", ["receipt"]),
    ),
)  # fmt: skip
ZH = Journey(
    "zh", "lixue@example.cn", "MB10001",
    (
        Turn("我的订单到哪儿了？", "slot:email"),
        Turn("lixue@example.cn", "slot:one_time_code"),
        Turn(CODE, "none", ["order_card"]),
        Turn("取消它", "confirmation", ["preview"]),
        Turn(CONFIRM, "none", ["receipt"]),
    ),
)  # fmt: skip


def waiting(reply: dict[str, Any]) -> str:
    """What the bot waits for, as executable conversations write it."""
    expects = reply["expects"]
    return f"{expects['kind']}:{expects['slot']}" if expects["slot"] else str(expects["kind"])


def body(says: str, message_id: str, last: dict[str, Any], code: str) -> dict[str, Any]:
    """The message of a turn after the reply `last`, with REST's fields."""
    match says:
        case "the one-time code":
            said = {"text": code}
        case "the confirmation":
            said = {"confirm": last["expects"]["preview"]["id"]}
        case "the first choice":
            said = {"choose": last["expects"]["options"][0]["id"]}
        case _:
            said = {"text": says}
    return {"client_message_id": message_id, **said}
