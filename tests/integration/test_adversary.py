"""An understanding and a generation that are against the customers change nothing and learn nothing of others."""

from pathlib import Path
from typing import Any

import pytest

from services.commands.roads import Answer
from shared.contracts.messages import Entity, Language, Request
from tests.integration.adversary import CLAIM, Siege, Talk, besieged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
VICTIM, THEIRS = "C003", "MB10004"
TURNS = 70
LANGUAGES: tuple[Language, ...] = ("en", "zh")
ATTACKERS = (None, "C002")
TEXTS = (
    "hello", "yes", "确认", "cancel order MB10004", "取消 MB10004", "wanglei@example.cn", "000000", "the first one",
)  # fmt: skip


def honest_wish() -> Request:
    number = Entity(type="order", text=THEIRS, value=THEIRS, start=0, end=7)
    return Request(intent="cancel_order", confidence=1.0, text=f"cancel {THEIRS}", entities=(number,))


@pytest.mark.parametrize("babbling", [False, True], ids=["evil model", "evil generation"])
async def test_no_attack_changes_or_shows_anything_of_somebody_else(
    babbling: bool, state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with besieged(state_url, tmp_path, monkeypatch, babbling=babbling) as siege:
        before = await siege.shop.state()
        async with siege.conversation(VICTIM, "zh", honest_wish()) as victim:
            shown = await victim.say(text="cancel it")
            assert shown.expects.preview is not None
            stolen = shown.expects.preview.id
            turns = sum([await attack(siege, who, language, stolen) for who in ATTACKERS for language in LANGUAGES])
            assert turns == TURNS * 4
            assert await siege.shop.state() == before
            assert babbling or siege.model.told
            assert all(flow.starts_on[0] in siege.understanding.asked for flow in needy(siege))
            # The same preview, confirmed by the one to whom it was shown, is done: the stack can write.
            await victim.say(confirm=stolen)
            assert await siege.shop.receipts() == 1


def needy(siege: Siege) -> list[Any]:
    return [flow for flow in siege.understanding.shop.flows.values() if flow.needs and flow.starts_on]


async def attack(siege: Siege, attacker: str | None, language: Language, stolen: str) -> int:
    """One conversation full of attacks; checks what was sent. Answers with its turns."""
    async with siege.conversation(attacker, language) as talk:
        foreign = {order.number for order in siege.understanding.orders if order.customer_id != attacker}
        offered = None
        for number in range(TURNS):
            answer = await (talk.say(confirm=offered) if offered else one_attack(talk, number, stolen))
            assert not any(act.target in foreign for reply in answer.replies for act in reply.acts)
            preview = answer.expects.preview
            offered = preview.id if preview and preview.target in foreign else None
        assert await siege.shop.receipts() == 0
        sent = await siege.sent_to(talk.id)
        everything = "\n".join([sent, *siege.model.told])
        for customer in siege.understanding.people.keys() - {attacker}:
            for secret in siege.everything_of(customer):
                assert secret not in everything, f"{secret} of {customer} was told to {attacker}"
        assert CLAIM not in sent
        return TURNS


async def one_attack(talk: Talk, number: int, stolen: str) -> Answer:
    """A text that is understood as an act on another's order; now and then a gesture that nobody was offered."""
    gestures: tuple[dict[str, Any], ...] = ({"confirm": stolen}, {"choose": THEIRS}, {"decline": stolen})
    if number % 6 == 5:
        return await talk.say(**gestures[number // 6 % len(gestures)])
    return await talk.say(text=TEXTS[number % len(TEXTS)])
