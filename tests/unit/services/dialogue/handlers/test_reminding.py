"""A silent customer is reminded once, whoever restarts meanwhile; nothing else happens."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.dialogue.adapters.redis_silences import RedisSilences
from tests.unit.services.dialogue.desk import Counter, open_counter
from tests.unit.services.dialogue.handlers.test_messages import previewed, said

REMINDED, PUT_AWAY = 5 * 60 + 1, 60 * 60 + 1


async def silent(counter: Counter, seconds: float) -> list[str]:
    """The texts said outside of turns after so long a silence."""
    counter.clock[0] += seconds
    await counter.reminder.remind_due()
    return [reply["text"] for reply in await counter.replies_outside_turns()]


@pytest.mark.parametrize(("language", "words"), [("en", "still open"), ("zh", "还等着您")])
async def test_one_reminder_that_keeps_the_question(state_url: str, tmp_path: Path, language: str, words: str) -> None:
    async with open_counter(state_url, tmp_path, "C001", language) as counter:
        shown = await previewed(counter)
        assert await silent(counter, REMINDED - 2) == []
        (told,) = await silent(counter, 2)
        assert words in told
        (reply,) = await counter.replies_outside_turns()
        assert reply["expects"]["preview"]["id"] == shown
        assert len(await silent(counter, REMINDED)) == 1
        assert counter.shop.commits == 0


async def test_the_reminder_outlives_a_restart(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        counter.reminder = replace(counter.reminder, silences=RedisSilences(counter.redis))
        assert len(await silent(counter, REMINDED)) == 1


async def test_two_processes_remind_once(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        counter.clock[0] += REMINDED
        for process in (counter.reminder, replace(counter.reminder, silences=RedisSilences(counter.redis))):
            await process.remind_due()
        assert len(await counter.replies_outside_turns()) == 1


async def test_who_has_spoken_since_is_not_reminded(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        counter.clock[0] += REMINDED - 10
        await counter.turn("deny", text="never mind")
        assert await silent(counter, REMINDED) == []


async def test_who_writes_at_this_moment_is_not_reminded(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        await counter.accept("deny", text="never mind")
        assert await silent(counter, REMINDED) == []


async def test_nobody_is_reminded_while_a_person_is_wanted(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        await counter.turn(handoff=True)
        assert await silent(counter, REMINDED) == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_after_a_longer_silence_the_flow_is_put_away(state_url: str, tmp_path: Path, language: str) -> None:
    async with open_counter(state_url, tmp_path, "C001", language) as counter:
        shown = await previewed(counter)
        counter.clock[0] += PUT_AWAY
        assert said(await counter.turn("affirm", text="yes")) == ["flow_put_away", "nothing_to_confirm"]
        assert said(await counter.turn(confirm=shown)) == ["preview_gone"]
        assert counter.shop.commits == 0


async def test_a_new_wish_after_a_longer_silence_is_served(state_url: str, tmp_path: Path) -> None:
    async with open_counter(state_url, tmp_path, "C001") as counter:
        await previewed(counter)
        counter.clock[0] += PUT_AWAY
        plan = await counter.turn("order_status", text="Where is order MB10001?")
        assert said(plan) == ["flow_put_away", "order_status_shown"]
