"""Where a customer can be reached, and what is told there once."""

import pytest

from shared.contracts.messages import CustomerInput
from shared.ports import Claim, Identity
from shared.store.client import open_redis
from shared.store.conversations import Conversations, UnknownConversation
from shared.store.recent import RecentConversations
from shared.store.states import STAGE, DialogueStates
from shared.store.turns import RedisTurns

EMMA = Identity("L2", "C002")
TTL_S = 600


async def test_the_latest_conversation_in_which_the_customer_was_proven(state_url: str) -> None:
    async with open_redis(state_url) as redis:
        conversations, recent = Conversations(redis), RecentConversations(redis)
        await conversations.create("anonymous", "en", "digest", Identity(), TTL_S)
        await conversations.create("claimed", "en", "digest", Identity("L1", "C002"), TTL_S)
        assert await recent.latest("C002") is None
        await conversations.create("signed_in", "en", "digest", EMMA, TTL_S)
        assert await recent.latest("C002") == "signed_in"
        await conversations.identify("anonymous", EMMA)
        assert await recent.latest("C002") == "anonymous"


async def test_a_one_time_code_proves_the_customer_too(state_url: str) -> None:
    async with open_redis(state_url) as redis:
        conversations, recent = Conversations(redis), RecentConversations(redis)
        await conversations.create("c", "en", "digest", Identity(), TTL_S)
        accepted = await conversations.accept("c", CustomerInput(client_message_id="m", text="482913"))
        assert accepted.drive is not None
        claim = await RedisTurns(redis).touch(accepted.drive.ref, STAGE, redelivered=False)
        assert isinstance(claim, Claim)
        await DialogueStates(redis).save(accepted.drive.ref, claim.attempt, 0, {}, identity=EMMA)
        assert await recent.latest("C002") == "c"


async def test_an_event_is_told_once_for_its_id(state_url: str) -> None:
    async with open_redis(state_url) as redis:
        conversations = Conversations(redis)
        await conversations.create("c", "en", "digest", EMMA, TTL_S)
        told = [await conversations.tell_once("c", id_, "reply", {"n": id_}) for id_ in ("one", "one", "two")]
        assert told == [True, False, True]
        assert [event.data for event in await conversations.events("c") or []] == [{"n": "one"}, {"n": "two"}]
        with pytest.raises(UnknownConversation):
            await conversations.tell_once("gone", "one", "reply", {})
