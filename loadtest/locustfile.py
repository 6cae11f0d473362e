"""Customers over WebSocket for Locust: `python -m locust -f loadtest/locustfile.py --host http://127.0.0.1:8000`.

Locust is a closed loop: when the stack stalls, its customers wait, and the worst moments are sampled least. Use it to
watch a stack under a crowd; take figures from `./deskbell load`, which plays the same conversations open-loop.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from random import Random
from typing import Any

from locust import HttpUser, between, task
from websocket import WebSocket, WebSocketException, create_connection

from loadtest.scenarios import LOAD_CUSTOMERS, SCENARIOS, Play, Scenario, choose_scenario
from shared.contracts.messages import CustomerInput, Expects, Reply

LONGEST_TURN_S = 50


class TurnFailed(Exception):
    """A message was refused, or its turn ended as failed or expired."""


class Shopper(HttpUser):
    """One customer after another: opens a conversation, plays a scenario, leaves."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        self.random = Random()
        self.tokens: dict[str, str] = {}

    @task
    def visit(self) -> None:
        """One visit, as the open-loop generator plays it."""
        scenario = choose_scenario(SCENARIOS, self.random)
        token = self._conversation(scenario)
        if token is None:
            return
        try:
            with self._connection(token) as wire:
                self._play(wire, Play(scenario, self.random))
        except (TurnFailed, WebSocketException, OSError):
            # Reported where it happened; the next visit starts anew.
            return

    def _conversation(self, scenario: Scenario) -> str | None:
        body: dict[str, str] = {"language": scenario.language}
        if scenario.signed_in:
            body["customer_token"] = self._customer_token(self.random.choice(LOAD_CUSTOMERS))
        with self.client.post("/v1/conversations", json=body, catch_response=True) as response:
            if response.status_code == 201:
                return str(response.json()["token"])
            response.failure(f"status {response.status_code}")
            return None

    def _customer_token(self, customer: str) -> str:
        if customer not in self.tokens:
            response = self.client.post("/demo/token", json={"customer": customer})
            response.raise_for_status()
            self.tokens[customer] = response.json()["token"]
        return self.tokens[customer]

    @contextmanager
    def _connection(self, token: str) -> Iterator[WebSocket]:
        url = f"ws{str(self.host).rstrip('/').removeprefix('http')}/v1/ws"
        with self._timed("connect"):
            wire = create_connection(url, subprotocols=["deskbell.v1"], timeout=LONGEST_TURN_S)
            wire.send(json.dumps({"type": "hello", "token": token}))
        try:
            yield wire
        finally:
            wire.close()

    def _play(self, wire: WebSocket, play: Play) -> None:
        expects = Expects()
        while (message := play.next(expects)) is not None:
            expects = self._turn(wire, message)
            time.sleep(self.random.uniform(1, 3))

    def _turn(self, wire: WebSocket, message: CustomerInput) -> Expects:
        body = message.model_dump(exclude_none=True, exclude_defaults=True)
        kind = next((kind for kind in ("confirm", "decline", "choose") if kind in body), "message")
        with self._timed("turn"):
            with self._timed("accepted"):
                wire.send(json.dumps({"type": kind, **body}))
                seq, early = _accepted(wire, message.client_message_id)
            return _ended(wire, seq, early)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        """Tells Locust how long the block took, or why it failed."""
        started, failure = time.perf_counter(), None
        try:
            yield
        except (TurnFailed, WebSocketException, OSError) as exc:
            failure = exc
            raise
        finally:
            self.environment.events.request.fire(
                request_type="WS",
                name=name,
                response_time=1000 * (time.perf_counter() - started),
                response_length=0,
                exception=failure,
                context={},
            )


def _frames(wire: WebSocket) -> Iterator[dict[str, Any]]:
    while raw := wire.recv():
        frame = json.loads(raw)
        if frame["type"] == "error":
            raise TurnFailed(frame["code"])
        yield frame
    raise TurnFailed("connection closed")


def _accepted(wire: WebSocket, client_message_id: str) -> tuple[int, list[dict[str, Any]]]:
    """The number of the message, and the frames that came ahead of it."""
    early: list[dict[str, Any]] = []
    for frame in _frames(wire):
        if frame["type"] == "accepted" and frame["client_message_id"] == client_message_id:
            return frame["seq"], early
        early.append(frame)
    raise TurnFailed("connection closed")


def _ended(wire: WebSocket, seq: int, early: list[dict[str, Any]]) -> Expects:
    """Waits for the end of the turn; what the bot waits for then."""
    expects = Expects()
    for frame in chain(early, _frames(wire)):
        if frame["type"] == "reply" and frame["reply"]["turn"] == seq:
            expects = Reply.model_validate(frame["reply"]).expects
        elif frame["type"] == "turn.ended" and frame["turn"] == seq:
            if frame["status"] != "completed":
                raise TurnFailed(frame["status"])
            return expects
    raise TurnFailed("connection closed")
