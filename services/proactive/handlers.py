"""One look at the shop: who is written to now, in which words, exactly once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

import structlog

from services.proactive.domain.conditions import holds
from services.proactive.domain.coupons import granted
from services.proactive.domain.deciding import Limits, Standing, decide
from services.proactive.domain.events import events
from services.proactive.domain.fitting import Taste, suggested
from services.proactive.domain.records import Event, Liked, Person, Sent, ShopView
from services.proactive.ports import Conversations, Ledger, Message, ShopReads, Wording
from shared.contracts.envelope import NAMESPACE
from shared.contracts.messages import Reply
from shared.errors import DeskbellError
from shared.shop.proactive import ProactiveFile, ProactiveRule

STALE_S = 60.0
"""A message that was taken on so long ago, and not finished, is delivered by whoever looks next."""
LONGEST_PAUSE_S = 400 * 86_400
log = structlog.get_logger()


@dataclass(frozen=True)
class World:
    """The ports; `clock` gives seconds since 1970."""

    shop: ShopReads
    ledger: Ledger
    conversations: Conversations
    wording: Wording
    clock: Callable[[], float]


@dataclass(frozen=True)
class Rulebook:
    """What the shop decides: its file, its policies, its timezone and languages."""

    file: ProactiveFile
    policies: Mapping[str, Any]
    timezone: str
    languages: tuple[str, ...]

    def number(self, path: str, absent: int) -> int:
        """A number of policies.yaml, such as `complaints.resolve_days`."""
        value: Any = self.policies
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return int(value) if isinstance(value, int) else absent

    def zone_of(self, person: Person) -> ZoneInfo:
        return ZoneInfo(self.file.timezones.get(person.currency, self.timezone))


@dataclass(frozen=True)
class Occasion:
    """A rule that meets an event of a customer."""

    name: str
    rule: ProactiveRule
    event: Event
    person: Person

    @property
    def key(self) -> str:
        return f"{self.name}:{self.event.subject}"


class Proactive:
    """Looks at the shop every so often. Any number of instances may: the ledger lets one of them write."""

    def __init__(self, world: World, book: Rulebook, every_s: float) -> None:
        self._world = world
        self._book = book
        self._every_s = every_s
        self._limits = Limits(book.file.quiet_hours, book.file.caps)

    async def look(self) -> None:
        """Runs as long as the service."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.look_once()
            except DeskbellError as exc:
                log.warning("proactive.postponed", error=type(exc).__name__)

    async def look_once(self) -> Counter[str]:
        """One look; how many messages went out (`send`), and why the others did not. Raises Transient, Unavailable."""
        now = self._world.clock()
        await self._finish(now)
        view = await self._world.shop.view()
        occasions = self._occasions(view, datetime.fromtimestamp(now, UTC))
        known = await self._world.ledger.known([occasion.key for occasion in occasions])
        fresh = [occasion for occasion in occasions if occasion.key not in known]
        seen = await self._first_seen(fresh, now)
        return Counter([await self._meet(occasion, view, seen, now) for occasion in fresh])

    def _occasions(self, view: ShopView, now: datetime) -> list[Occasion]:
        found = list(events(view, now, self._book.number("stock.notify_valid_days", 60)))
        return [
            Occasion(name, rule, event, view.people[event.customer_id])
            for name, rule in self._book.file.rules.items()
            for event in found
            if event.kind == rule.event
        ]

    async def _first_seen(self, occasions: list[Occasion], now: float) -> Mapping[str, float]:
        timeless = {_subject(occasion.event) for occasion in occasions if occasion.event.since is None}
        return await self._world.ledger.first_seen(sorted(timeless), now) if timeless else {}

    async def _meet(self, occasion: Occasion, view: ShopView, seen: Mapping[str, float], now: float) -> str:
        """Writes if it may; says what was decided."""
        event, person, rule = occasion.event, occasion.person, occasion.rule
        zone = self._book.zone_of(person)
        since = event.since or datetime.fromtimestamp(seen[_subject(event)], UTC)
        here = datetime.fromtimestamp(now, zone)
        standing = Standing(here, since.astimezone(zone), complains=self._complains(view, person, here))
        # Most events are settled without asking what went out before.
        if (verdict := decide(rule, person, standing, self._limits)) != "send":
            return verdict
        sent = await self._world.ledger.sent_to(person.id, now - LONGEST_PAUSE_S)
        if (verdict := decide(rule, person, replace(standing, sent=sent), self._limits)) != "send":
            return verdict
        conversation = await self._world.conversations.latest(person.id)
        if conversation is None:
            return "not_here"
        values = self._values(occasion, view, await self._world.conversations.liked(conversation))
        if not holds(rule.when, values) or (rule.suggest and values["suggestion"] is None):
            return "condition"
        if await self._world.conversations.has_person(conversation):
            return "with_person"
        return await self._send(occasion, values, conversation, sent, here)

    def _complains(self, view: ShopView, person: Person, now: datetime) -> bool:
        """A complaint counts as open for as many days as the shop takes to settle one."""
        open_for = timedelta(days=self._book.number("complaints.resolve_days", 14))
        return any(now - filed < open_for for filed in view.complaints.get(person.id, ()))

    def _values(self, occasion: Occasion, view: ShopView, liked: Liked) -> dict[str, Any]:
        """What the condition and the wording may speak of."""
        event, person = occasion.event, occasion.person
        fitting = None
        if occasion.rule.suggest:
            before = [sku for parcel in view.parcels if parcel.customer_id == person.id for sku in parcel.skus]
            fitting = suggested(Taste(event.bought, before, person.currency, liked), view.goods)
        told = {"name": person.name, "tier": person.tier, "currency": person.currency, "language": person.language}
        known = {"goods": [], "basket": [], "order": {}, **event.facts}
        suggestion = {"name": dict(fitting.name), "price": fitting.prices[person.currency]} if fitting else None
        return {
            "customer": told,
            "suggestion": suggestion,
            "policies": self._book.policies,
            "event": event.kind,
            **known,
        }

    async def _send(
        self, occasion: Occasion, values: dict[str, Any], conversation: str, sent: Sequence[Sent], now: datetime
    ) -> str:
        offer = occasion.rule.coupon
        coupon = granted(offer, occasion.key, self._book.policies, sent, now) if offer else None
        reply = self._reply(occasion, {**values, "coupon": coupon})
        message = Message(occasion.key, occasion.person.id, occasion.name, conversation, reply, coupon)
        if not await self._world.ledger.claim(message, now.timestamp(), self._book.file.caps):
            return "taken"
        await self._deliver(message)
        log.info("proactive.sent", rule=occasion.name, conversation_id=conversation, coupon=coupon is not None)
        return "send"

    def _reply(self, occasion: Occasion, values: Mapping[str, Any]) -> dict[str, Any]:
        """The message in the customer's language; how to stop such messages is always said."""
        language: Any = occasion.person.language
        if language not in self._book.languages:
            language = self._book.languages[0]
        id_ = str(uuid5(NAMESPACE, f"proactive:{occasion.key}"))
        say = self._world.wording.say
        told = (say(response, language, values, id_) for response in (occasion.rule.response, self._book.file.opt_out))
        text = "\n".join(told)
        return Reply(id=id_, turn=None, language=language, text=text).model_dump(mode="json")

    async def _finish(self, now: float) -> None:
        """Delivers what another instance took on and did not finish."""
        for message in await self._world.ledger.unfinished(now - STALE_S):
            await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        await self._world.conversations.tell_once(message.conversation_id, message.key, message.reply)
        await self._world.ledger.finish(message.key)


def _subject(event: Event) -> str:
    return f"{event.kind}:{event.subject}"


__all__ = ["Occasion", "Proactive", "Rulebook", "World"]
