"""A message understood becomes a plan once, whatever is delivered twice, late or by another worker."""

from pathlib import Path

import pytest

from services.dialogue.handlers.performing import Conflict, Performer
from shared.errors import Transient
from shared.ports import Claim
from tests.unit.services.dialogue.desk import CONVERSATION, Counter, open_counter


def said(plan: object) -> list[str]:
    return [reply.response for reply in plan.replies]  # type: ignore[attr-defined]


async def previewed(counter: Counter) -> str:
    """Shows the preview of Li Xue's one pending order and returns its id."""
    plan = await counter.turn("cancel_order", text="cancel my order")
    preview = plan.replies[-1].expects.preview
    assert preview is not None
    return preview.id


async def status(counter: Counter, number: str = "MB10001") -> str:
    order = await counter.shop.order(number)
    assert order is not None
    return str(order.status)


async def test_the_whole_road_from_the_question_to_the_receipt(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path) as counter:
        assert said(await counter.turn("order_status", text="Where is my order?")) == ["ask_email"]
        assert said(await counter.turn("identify", text="lixue@example.cn")) == ["ask_one_time_code"]
        code = await counter.newest_code()
        assert said(await counter.turn("identify", text=code)) == ["identified", "order_status_shown"]
        plan = await counter.turn("cancel_order", text="cancel it")
        assert said(plan) == ["preview_cancel_order"]
        plan = await counter.turn("affirm", text="yes")
        assert said(plan) == ["order_cancelled"]
        assert await status(counter) == "cancelled"
        assert [act.target for act in plan.replies[0].acts] == ["MB10001"]
        assert await counter.shop.receipts() == 1


async def test_the_same_message_again_yields_the_stored_plan_without_a_second_effect(
    state_url: str, tmp_path: Path
) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        shown = await previewed(counter)
        message = await counter.accept(confirm=shown)
        first = await counter.deliver(message)
        again = await counter.deliver(message, redelivered=True)
        assert again == first
        assert counter.shop.commits == 1


async def test_a_worker_whose_token_is_stale_says_nothing(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        message = await counter.accept("greeting", text="hi")
        stale = message.model_copy(update={"token": "another"})
        assert [plan async for plan in counter.handlers.on_message_understood(stale, Claim("go", 1))] == []
        assert (await counter.states.load(CONVERSATION)).version == 0


async def test_a_stale_worker_commits_nothing(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        shown = await previewed(counter)
        message = await counter.accept(confirm=shown)
        stale = message.model_copy(update={"token": "another"})
        assert [plan async for plan in counter.handlers.on_message_understood(stale, Claim("go", 1))] == []
        assert counter.shop.commits == 0


async def test_nothing_is_committed_after_the_deadline(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        shown = await previewed(counter)
        message = await counter.accept(confirm=shown)
        (plan,) = await counter.deliver(message.model_copy(update={"deadline_at": 0.0}))
        assert said(plan) == ["write_outcome_unknown"]
        assert counter.shop.commits == 0


async def test_a_shop_that_is_away_is_tried_again_and_then_admitted(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        counter.shop.away = True
        message = await counter.accept("order_status", text="where is my order")
        for _ in range(2):
            with pytest.raises(Transient):
                await counter.deliver(message, redelivered=True)
        (plan,) = await counter.deliver(message, redelivered=True)
        assert said(plan) == ["shop_unreachable"]
        assert await counter.deliver(message, redelivered=True) == [plan]


async def test_a_state_that_changed_meanwhile_is_read_again(
    state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        save, conflicts = Performer.save, [Conflict()]

        async def first_in_vain(self: Performer, *args: object, **fields: object) -> None:
            if conflicts:
                raise conflicts.pop()
            await save(self, *args, **fields)  # type: ignore[arg-type]

        monkeypatch.setattr(Performer, "save", first_in_vain)
        assert said(await counter.turn("greeting", text="hi")) == ["greeting"]


async def test_the_code_is_neither_in_the_state_nor_is_the_address(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path) as counter:
        await counter.turn("order_status", text="Where is my order?")
        await counter.turn("identify", text="lixue@example.cn")
        code = await counter.newest_code()
        kept = str((await counter.states.load(CONVERSATION)).state)
        assert code not in kept
        assert "lixue" not in kept


@pytest.mark.parametrize("address", ["lixue@example.cn", "nobody.here@example.com"])
async def test_an_address_gets_so_many_codes_an_hour_whether_it_is_known_or_not(
    state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DESKBELL_DIALOGUE_CODES_PER_HOUR", "2")
    async with open_counter(state_url, tmp_path) as counter:
        await counter.turn("order_status", text="Where is my order?")
        for _ in range(2):
            assert said(await counter.turn("identify", text=address)) == ["ask_one_time_code"]
        assert said(await counter.turn("identify", text=address.upper()))[0] == "too_many_codes"


async def test_an_order_can_be_looked_for_so_often_an_hour_in_all_conversations(
    state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_DIALOGUE_LOOKUPS_PER_HOUR", "2")
    async with open_counter(state_url, tmp_path) as counter:
        await counter.turn("order_status", text="Where is my order?")
        for proof in ("0000", "9999"):
            assert said(await counter.turn("identify", text=f"MB10001 {proof}")) == ["order_not_proven"]
        assert said(await counter.turn("identify", text="MB10001 310012")) == ["too_many_lookups"]
        assert said(await counter.turn("identify", text="MB10002 10435")) == ["order_glimpse"]
