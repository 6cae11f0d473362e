"""Plays a shop's executable conversations and says where the bot or the shop's final state differs."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.commands.client import Client, Refused, Unreachable
from services.commands.final_state import ShopState, Writes, final_differences, judge_writes
from services.commands.roads import Answer, Road, open_road
from shared.contracts.messages import CustomerInput, Expects
from shared.shop.conversations import Conversation as Case
from shared.shop.conversations import ConversationStep, Expectation, FinalState, Gesture

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")


class NotAsExpected(Exception):
    """The conversation cannot go on as the case wants; the text says why."""


@dataclass
class Played:
    """One run of a case. No failures: passed."""

    name: str
    failures: list[str] = field(default_factory=list)
    transcript: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    turn_seconds: list[float] = field(default_factory=list)
    writes: Writes = field(default_factory=Writes)
    to_change: bool = False
    announced: list[tuple[str, str, bool]] = field(default_factory=list)
    """Acts that replies told of: action, target, and whether the turn answered a preview of exactly this."""

    @property
    def passed(self) -> bool:
        return not self.failures


def needs_shop(case: Case) -> bool:
    """Whether the case changes or checks the shop itself."""
    return any(step.shop for step in case.steps) or case.final != FinalState()


def differences(expected: Expectation, answer: Answer) -> list[str]:
    """What the answer lacks. Responses and components must occur in that order; acts must be exactly those."""
    components = [str(component.get("type")) for reply in answer.replies for component in reply.components]
    acts = [act.action for reply in answer.replies for act in reply.acts]
    found = []
    if answer.status != "completed":
        found.append(f"the turn ended as {answer.status}")
    if expected.responses is not None and not _in_order(expected.responses, answer.responses):
        found.append(f"expected responses {list(expected.responses)}, got {list(answer.responses)}")
    if expected.components is not None and not _in_order(expected.components, components):
        found.append(f"expected components {list(expected.components)}, got {components}")
    if expected.acts is not None and list(expected.acts) != acts:
        found.append(f"expected acts {list(expected.acts)}, got {acts}")
    if expected.expects is not None and not _waits_for(expected.expects, answer.expects):
        found.append(f"expected the bot to wait for {expected.expects}, it waits for {_waiting(answer.expects)}")
    return found


def _in_order(wanted: Sequence[str], found: Iterable[str]) -> bool:
    rest = iter(found)
    return all(name in rest for name in wanted)


def _waits_for(wanted: str, expects: Expects) -> bool:
    kind, _, slot = wanted.partition(":")
    return kind == expects.kind and slot in ("", expects.slot)


def _waiting(expects: Expects) -> str:
    return f"{expects.kind}:{expects.slot}" if expects.slot else expects.kind


def input_for(user: str | Gesture, expects: Expects) -> CustomerInput:
    """The message of a step. Raises NotAsExpected where the bot offers nothing to confirm or to choose."""
    message_id = uuid4().hex
    if isinstance(user, str):
        return CustomerInput(client_message_id=message_id, text=user)
    if user.handoff:
        return CustomerInput(client_message_id=message_id, handoff=True)
    if user.choose is not None:
        return CustomerInput(client_message_id=message_id, choose=_option(user.choose, expects))
    if expects.preview is None:
        raise NotAsExpected(f"there is no preview to answer; the bot waits for {_waiting(expects)}")
    if user.confirm:
        return CustomerInput(client_message_id=message_id, confirm=expects.preview.id)
    return CustomerInput(client_message_id=message_id, decline=expects.preview.id)


def _option(choice: int | str, expects: Expects) -> str:
    labels = [option.label for option in expects.options]
    if isinstance(choice, int) and 0 < choice <= len(labels):
        return expects.options[choice - 1].id
    if isinstance(choice, str) and choice in labels:
        return expects.options[labels.index(choice)].id
    raise NotAsExpected(f"there is no choice {choice!r}; the bot offers {labels}")


def newest_code(outbox: Iterable[dict[str, Any]], address: str) -> str:
    """The code last sent to this address; the outbox shows the newest first. Raises NotAsExpected if there is none."""
    codes = [str(entry["code"]) for entry in outbox if address in ("", entry["to"])]
    if not codes:
        raise NotAsExpected(f"no one-time code was sent to {address or 'anyone'}")
    return codes[0]


class Player:
    """Plays cases against one stack. Without `shop` only cases that do not touch it can be played."""

    def __init__(self, client: Client, shop: ShopState | None, *, websocket: bool = False) -> None:
        self._client = client
        self._shop = shop
        self._websocket = websocket

    async def play(self, case: Case) -> Played:
        """Resets the shop, plays every step, and compares the final state. A case stops at its first failure."""
        played, started = Played(case.name, to_change=bool(case.final.made or case.final.writes)), time.monotonic()
        await self._fresh_shop()
        try:
            await self._converse(case, played)
        except (NotAsExpected, Refused, Unreachable) as exc:
            played.failures.append(str(exc))
        except TimeoutError:
            played.failures.append("a turn had no end within its deadline")
        if self._shop is not None:
            await self._look_at(case, played, self._shop)
        played.seconds = time.monotonic() - started
        return played

    async def _fresh_shop(self) -> None:
        if self._shop is not None:
            await self._shop.reset()

    async def _converse(self, case: Case, played: Played) -> None:
        token = await self._client.demo_token(case.customer) if case.customer else None
        conversation = await self._client.create(case.language, token)
        async with open_road(self._client, conversation, websocket=self._websocket) as road:
            run = _Run(self._client, self._shop, road, played)
            for number, step in enumerate(case.steps, 1):
                try:
                    found = await run.step(step)
                except NotAsExpected as exc:
                    found = [str(exc)]
                if found:
                    played.failures += [f"step {number}: {difference}" for difference in found]
                    return

    async def _look_at(self, case: Case, played: Played, shop: ShopState) -> None:
        """Compares the shop's final state, and counts the writes that should not have been."""
        made = await shop.made()
        played.writes = judge_writes(case, made, played.announced)
        played.failures += [f"{count} {kind} write(s)" for kind, count in played.writes.bad.items() if count]
        if not played.failures:
            played.failures += await final_differences(case.final, shop, [action for action, _, _ in made])


class _Run:
    """The state of a case while it is played: what the bot waits for, and the address last written."""

    def __init__(self, client: Client, shop: ShopState | None, road: Road, played: Played) -> None:
        self._client = client
        self._shop = shop
        self._road = road
        self._played = played
        self._expects = Expects()
        self._address = ""

    async def step(self, step: ConversationStep) -> list[str]:
        """Does the step; returns what was not as expected."""
        if step.shop is not None:
            if self._shop is None:
                raise NotAsExpected("the shop behind this stack cannot be reached from here")
            await self._shop.set_status(step.shop.order, step.shop.status)
            return []
        user = step.user if step.user is not None else await self._code()
        answer = await self._turn(user)
        return differences(step.expect, answer)

    async def _code(self) -> str:
        return newest_code(await self._client.get_json("/demo/outbox.json"), self._address)

    async def _turn(self, user: str | Gesture) -> Answer:
        message = input_for(user, self._expects)
        self._say("customer", message.text or _gesture(user))
        for address in EMAIL.findall(message.text or ""):
            self._address = address
        started, before = time.monotonic(), self._expects.preview
        answer = await self._road.turn(message)
        self._played.turn_seconds.append(time.monotonic() - started)
        for act in (act for reply in answer.replies for act in reply.acts):
            asked = before is not None and (before.action, before.target) == (act.action, act.target)
            self._played.announced.append((act.action, act.target, asked))
        self._expects = answer.expects
        for reply in answer.replies:
            self._say("bot", reply.text)
        return answer

    def _say(self, who: str, text: str) -> None:
        self._played.transcript.append((who, text))


def _gesture(user: str | Gesture) -> str:
    if isinstance(user, str):
        return user
    return " ".join(f"{name} {value}" for name, value in user.model_dump(exclude_none=True).items())
