"""A model of the turn protocol, played against the scripts on a real server by Hypothesis.

Time is moved by rewriting the times that the scripts stored, so that leases lapse and deadlines
pass at any moment without waiting.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from redis.asyncio import Redis

from shared.contracts.messages import CustomerInput, Expects
from shared.ports import Claim, Identity, TurnRef
from shared.store.client import open_redis
from shared.store.conversations import Conversations, IdReused, TooManyWaiting
from shared.store.keys import ConversationKeys
from shared.store.states import DialogueStates
from shared.store.turns import RedisTurns

STAGES = st.sampled_from([1, 2, 3])
NUMBERS = count(1)


@dataclass(frozen=True)
class Worker:
    """Someone who was told `go` once, and may still believe it."""

    ref: TurnRef
    stage: int
    attempt: int
    version: int


@dataclass
class Turn:
    """What the model knows of a turn."""

    token: str
    stage: int = 1
    holder: Worker | None = None
    lapsed: bool = False
    touches: dict[int, int] = field(default_factory=dict)


class TurnMachine(RuleBasedStateMachine):
    """Customers, workers, sweepers and stale survivors of all of them, in any order."""

    state_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.opened = open_redis(self.state_url)
        self.redis: Redis = self.run(self.opened.__aenter__())
        self.conversations, self.turns = Conversations(self.redis), RedisTurns(self.redis)
        self.states = DialogueStates(self.redis)
        self.id = f"c{next(NUMBERS)}"
        self.keys = ConversationKeys(self.id)
        self.sent: list[str] = []
        self.refs: list[TurnRef] = []
        self.workers: list[Worker] = []
        self.ended: list[tuple[int, str]] = []
        self.waiting: list[int] = []
        self.open: Turn | None = None
        self.saves = 0

    def run(self, awaitable: Any) -> Any:
        return self.loop.run_until_complete(awaitable)

    def teardown(self) -> None:
        self.run(self.redis.flushall())
        self.run(self.opened.__aexit__(None, None, None))
        self.loop.close()

    @property
    def seq(self) -> int:
        return len(self.ended) + 1

    @initialize()
    def begin(self) -> None:
        self.run(self.conversations.create(self.id, "en", "digest", Identity(), 3600))

    def started(self, drive: Any) -> None:
        """The next turn began: it must be the right one, under a token never seen."""
        assert drive.ref.turn == self.seq
        assert drive.ref not in self.refs
        assert drive.previous_end == (self.ended[-1][1] if self.ended else None)
        assert drive.input.text == self.sent[drive.ref.turn - 1]
        self.refs.append(drive.ref)
        self.open = Turn(drive.ref.token)

    # --- customers ---

    @rule()
    def accept_new(self) -> None:
        text = f"message {len(self.sent)}"
        sent = CustomerInput(client_message_id=f"m{len(self.sent)}", text=text)
        if len(self.waiting) == 5:
            try:
                self.run(self.conversations.accept(self.id, sent))
            except TooManyWaiting:
                return
            raise AssertionError("a sixth message waits")
        accepted = self.run(self.conversations.accept(self.id, sent))
        self.sent.append(text)
        assert (accepted.seq, accepted.duplicate) == (len(self.sent), False)
        if self.open is None:
            self.started(accepted.drive)
        else:
            assert accepted.drive is None
            self.waiting.append(accepted.seq)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), same=st.booleans())
    def accept_again(self, data: st.DataObject, same: bool) -> None:
        index = data.draw(st.integers(0, len(self.sent) - 1))
        text = self.sent[index] if same else "something else"
        try:
            accepted = self.run(
                self.conversations.accept(self.id, CustomerInput(client_message_id=f"m{index}", text=text))
            )
        except IdReused:
            assert not same
            return
        assert same and (accepted.seq, accepted.duplicate) == (index + 1, True)
        if accepted.drive is not None:
            assert self.open and accepted.drive.ref == TurnRef(self.id, self.seq, self.open.token)

    # --- workers ---

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), stage=STAGES, redelivered=st.booleans())
    def touch(self, data: st.DataObject, stage: int, redelivered: bool) -> None:
        self.touch_turn(data.draw(st.sampled_from(self.refs)), stage, redelivered)

    @precondition(lambda self: self.open)
    @rule(stage=STAGES, times=st.integers(1, 6))
    def one_worker_after_the_other_dies(self, stage: int, times: int) -> None:
        for _ in range(times):
            self.touch_turn(self.refs[-1], stage, redelivered=True)

    def touch_turn(self, ref: TurnRef, stage: int, redelivered: bool) -> None:
        claim: Claim = self.run(self.turns.touch(ref, stage, redelivered=redelivered))
        turn = self.open
        if turn is None or ref.turn != self.seq:
            assert claim.outcome == "finished"
        elif ref.token != turn.token:
            assert claim.outcome == "stale"
        elif stage < turn.stage:
            assert claim.outcome == "passed"
        elif turn.holder and turn.holder.stage == stage and not turn.lapsed and not redelivered:
            assert claim.outcome == "busy"
        else:
            turn.touches[stage] = turn.touches.get(stage, 0) + 1
            assert claim == Claim("go" if turn.touches[stage] <= 5 else "exhausted", turn.touches[stage])
            if claim.outcome == "go":
                turn.holder, turn.stage, turn.lapsed = Worker(ref, stage, claim.attempt, self.saves), stage, False
                self.workers.append(turn.holder)

    def holds(self, worker: Worker) -> bool:
        return self.open is not None and self.open.holder == worker

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), way=st.sampled_from(["renew", "pass_on", "release"]))
    def move(self, data: st.DataObject, way: str) -> None:
        worker = data.draw(st.sampled_from(self.workers))
        answer = self.run(getattr(self.turns, way)(worker.ref, worker.stage, worker.attempt))
        if way != "release":
            assert answer == self.holds(worker)
        if self.open is None or not self.holds(worker):
            return
        self.open.lapsed = False
        if way != "renew":
            self.open.holder = None
            self.open.stage += way == "pass_on"

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def save(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers[-3:]) | st.sampled_from(self.workers))
        answer = self.run(self.states.save(worker.ref, worker.attempt, worker.version, {"by": worker.attempt}))
        if not self.holds(worker) or worker.stage != 2:
            assert answer == "stale"
        elif worker.version != self.saves:
            assert answer == "conflict"
        else:
            assert answer == "saved"
            self.saves += 1

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), status=st.sampled_from(["completed", "failed"]))
    def finish(self, data: st.DataObject, status: str) -> None:
        self.finish_turn(data.draw(st.sampled_from(self.refs)), status)

    def finish_turn(self, ref: TurnRef, status: str) -> None:
        events = [("reply", {"turn": ref.turn}), ("turn.ended", {"turn": ref.turn, "status": status})]
        finished = self.run(self.conversations.finish(ref, status, events, Expects()))  # type: ignore[arg-type]
        turn = self.open
        if turn is None or ref.turn != self.seq or ref.token != turn.token:
            assert finished.outcome in ("repeated", "stale")
            if finished.next is not None:
                assert turn and finished.next.ref == TurnRef(self.id, self.seq, turn.token)
            return
        assert finished.outcome == "finished"
        self.ended.append((ref.turn, status))
        self.open = None
        if self.waiting:
            self.waiting.pop(0)
            self.started(finished.next)
        else:
            assert finished.next is None

    # --- time, and the sweeper ---

    def rewrite(self, **fields: int) -> None:
        self.run(self.redis.hset(f"{self.keys.base}:turn:{self.seq}", mapping=fields))  # type: ignore[arg-type]
        self.run(self.redis.zadd(self.keys.open_turns, {f"{self.id}|{self.seq}": 1}))

    @precondition(lambda self: self.open)
    @rule()
    def lease_lapses(self) -> None:
        assert self.open
        self.rewrite(lease=1)
        self.open.lapsed = True

    @precondition(lambda self: self.open)
    @rule(twice=st.booleans())
    def sweep_in_time(self, twice: bool) -> None:
        """Before the deadline: a working turn is driven again under a new token, a waiting one published again."""
        assert self.open
        self.rewrite(lease=1)
        found = self.run(self.conversations.sweep(self.keys.shard))
        if twice:
            assert not self.run(self.conversations.sweep(self.keys.shard))
        assert [overdue.ref.turn for overdue in found] == [self.seq]
        drive = found[0].drive
        assert drive.input.text == self.sent[self.seq - 1]
        if self.open.holder is None:
            assert (found[0].kind, drive.ref.token) == ("republish", self.open.token)
        else:
            assert found[0].kind == "redrive" and drive.ref not in self.refs
            self.refs.append(drive.ref)
            self.open.token = drive.ref.token
        self.open.stage, self.open.holder = 1, None

    @precondition(lambda self: self.open)
    @rule()
    def deadline_passes(self) -> None:
        assert self.open
        ref = TurnRef(self.id, self.seq, self.open.token)
        self.rewrite(deadline=1)
        assert self.run(self.turns.touch(ref, 3, redelivered=True)).outcome == "stale"
        found = self.run(self.conversations.sweep(self.keys.shard))
        assert [(overdue.kind, overdue.ref) for overdue in found] == [("expire", ref)]
        self.finish_turn(ref, "expired")

    # --- what must always hold ---

    @invariant()
    def books_and_log_agree(self) -> None:
        log = self.run(self.conversations.events(self.id)) or []
        assert [e.data["seq"] for e in log if e.type == "message"] == list(range(1, len(self.sent) + 1))
        assert [(e.data["turn"], e.data["status"]) for e in log if e.type == "turn.ended"] == self.ended
        assert [e.data["turn"] for e in log if e.type == "reply"] == [turn for turn, _ in self.ended]
        assert [int(e.cursor.partition(".")[0]) for e in log] == list(range(1, len(log) + 1))
        assert self.run(self.states.load(self.id)).version == self.saves
        books = self.run(self.redis.hgetall(self.keys.books))
        assert int(books.get("accepted", 0)) == len(self.sent)
        for status in ("completed", "failed", "expired"):
            assert int(books.get(status, 0)) == sum(1 for _, ended in self.ended if ended == status)
        assert len(self.sent) == len(self.ended) + len(self.waiting) + (self.open is not None)
