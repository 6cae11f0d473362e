"""Plays tasks against a stack of their own, wave by wave of customers who share no records, and grades each."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.tasks.customer import Customer, Move
from benchmarks.tasks.goals import Leaves, Task
from benchmarks.tasks.grading import Grade, Layout, Record, by_record, changed_records, grade
from services import runner
from services.commands.client import Client, Refused, Unreachable, open_client
from services.commands.foreign import present_documents, state_now
from services.commands.own_stack import OwnStack, open_own_stack
from services.commands.roads import Answer, RestRoad
from services.gateway.domain.customer_token import development_key, sign
from shared.contracts.messages import CustomerInput, PreviewShown
from shared.shop.formats.base import Documents, Done
from shared.shop.formats.folder import origin_of
from shared.shop.load import Shop, load_shop

AT_ONCE = 3
TOKEN_LIFE_S = 24 * 3600


@dataclass
class Played:
    """One task played: how each goal ended, the grade, and what was said."""

    task: str
    ends: list[str] = field(default_factory=list)
    transcript: list[tuple[str, str]] = field(default_factory=list)
    turns: int = 0
    seconds: float = 0.0
    declined: int = 0
    unconfirmed: int = 0
    trouble: str = ""
    grade: Grade = Grade()

    @property
    def kind(self) -> str:
        """`success`, or the class of the failure: that of the first goal that did not come about."""
        if self.grade.wrong or self.grade.duplicates:
            return "wrong write"
        if self.grade.succeeded:
            return "success"
        if self.trouble:
            return self.trouble
        return next((end.split(":")[0] for end in self.ends if end not in ("done", "answered")), "other state")


@dataclass(frozen=True)
class Found:
    """A whole run. `stray` are changed records of customers who were not in the wave."""

    played: tuple[Played, ...]
    stray: tuple[str, ...]
    seconds: float


def waves(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """The tasks in groups in which no customer comes twice, each as large as can be."""
    left = list(tasks)
    while left:
        customers: set[str] = set()
        wave = [t for t in left if t.card.customer not in customers and not customers.add(t.card.customer)]  # type: ignore[func-returns-value]
        yield wave
        left = [task for task in left if task not in wave]


async def play_all(shop_dir: Path, tasks: Sequence[Task], layout: Layout, noise: str, seed: int) -> Found:
    """Plays and grades every task once, on a stack and a database of its own."""
    started = time.monotonic()
    async with open_stage(shop_dir, layout) as stage:
        played, stray = [], []
        for wave in waves(tasks):
            found, strangers = await stage.play(wave, noise, seed)
            played += found
            stray += strangers
    order = {task.name: place for place, task in enumerate(tasks)}
    return Found(tuple(sorted(played, key=lambda p: order[p.task])), tuple(stray), time.monotonic() - started)


@asynccontextmanager
async def open_stage(shop_dir: Path, layout: Layout) -> AsyncIterator["Stage"]:
    """A stack of this shop, on a free port and a database of its own, as long as the block lasts."""
    async with open_own_stack(shop_dir, "tasks") as stack, open_client(stack.url) as client:
        yield Stage(stack, client, load_shop(shop_dir), layout)


class Stage:
    """A running shop on which waves are played."""

    def __init__(self, stack: OwnStack, client: Client, shop: Shop, layout: Layout) -> None:
        self._stack, self._client, self._shop, self._layout = stack, client, shop, layout
        origin = origin_of(stack.settings.shop_dir)
        self._origin: Documents = origin.documents if origin else {}
        self._before = by_record(layout.state_of(self._origin), layout.record_of)

    async def play(self, wave: Sequence[Task], noise: str, seed: int) -> tuple[list[Played], list[str]]:
        """Resets the shop, plays the wave, and grades it; returns what changed of others' records, too."""
        await self._reset()
        gate = asyncio.Semaphore(AT_ONCE)
        played = await asyncio.gather(*(self._one(task, noise, seed, gate) for task in wave))
        _, documents = await present_documents(self._stack.settings, None)
        done = await self._done()
        now = by_record(self._layout.state_of(documents), self._layout.record_of)
        mine = {task.card.customer for task in wave}
        for task, one in zip(wave, played, strict=True):
            own = task.card.customer
            acts = [act for act in done if act.customer == own]
            one.grade = grade(task, self._of(self._before, own), self._of(now, own), acts)
        others = {r for r in changed_records(self._before, now) if self._owner(r) not in mine}
        return played, ["/".join(record) for record in sorted(others)]

    async def _reset(self) -> None:
        from services.dialogue.adapters.sql_shop import open_sql_shop

        async with open_sql_shop(runner.database_url(self._stack.settings), self._shop) as backend:
            await backend.reset()

    async def _done(self) -> Sequence[Done]:
        _, done = await state_now(self._stack.settings, self._shop)
        return done

    def _of(self, records: Mapping[Record, Leaves], customer: str) -> dict[Record, Leaves]:
        return {record: values for record, values in records.items() if self._owner(record) == customer}

    def _owner(self, record: Record) -> str | None:
        return self._layout.owner_of(record, self._origin)

    async def _one(self, task: Task, noise: str, seed: int, gate: asyncio.Semaphore) -> Played:
        async with gate:
            token = sign(
                development_key(self._shop.name), task.card.customer, self._shop.name, time.time(), TOKEN_LIFE_S
            )
            return await converse(self._client, task, token, Customer(task.card, noise, Random(f"{seed}:{task.name}")))


async def converse(client: Client, task: Task, token: str, customer: Customer) -> Played:
    """The whole conversation of one customer over REST."""
    played, started = Played(task.name), time.monotonic()
    try:
        conversation = await client.create(task.card.language, token)
        road, shown = RestRoad(client, conversation), None
        move = customer.next_wish()
        while move is not None:
            played.transcript.append(("customer", move.shown))
            answer = await road.turn(_input(move, played.turns))
            shown = _note(played, answer, shown if move.confirm else None)
            move = customer.reply(answer)
    except (Refused, Unreachable, TimeoutError) as exc:
        played.trouble = "timeout" if isinstance(exc, TimeoutError) else f"refused by the gateway ({exc})"
    played.ends = [aim.ended or "not reached" for aim in customer.aims]
    played.declined = sum(aim.declined for aim in customer.aims)
    played.seconds = round(time.monotonic() - started, 2)
    return played


def _input(move: Move, turn: int) -> CustomerInput:
    fields: dict[str, Any] = {
        "text": move.text,
        "confirm": move.confirm,
        "decline": move.decline,
        "choose": move.choose,
    }
    return CustomerInput(client_message_id=f"m{turn}", **{name: value for name, value in fields.items() if value})


def _note(played: Played, answer: Answer, before: PreviewShown | None) -> PreviewShown | None:
    """Writes the answer down; an act is unconfirmed unless this turn confirmed a preview of exactly it."""
    played.turns += 1
    asked = (before.action, before.target) if before else None
    acts = [act for reply in answer.replies for act in reply.acts]
    played.unconfirmed += sum((act.action, act.target) != asked for act in acts)
    names = ", ".join(answer.responses)
    for reply in answer.replies:
        played.transcript.append((f"bot ({names})", reply.text))
        names = "..."
    labels = [option.label for option in answer.expects.options]
    if labels:
        played.transcript.append((f"offered for {answer.expects.slot}", " | ".join(labels)))
    return answer.expects.preview
