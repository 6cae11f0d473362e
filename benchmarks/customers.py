"""Customers with open WebSockets who send a message, wait for the end of its turn, and send the next."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.crowd import Turn
from services.commands.client import Conversation

SUBPROTOCOL = Subprotocol("deskbell.v1")
TURN_WITHIN_S = 50
OPEN_WITHIN_S = 30

# Every text is new to the encoder's cache, and the demo shop answers each in one turn.
QUESTIONS = (
    "Can I pay {number} euros with PayPal?",
    "What does shipping cost for an order of {number} yuan?",
    "Can I still return shoes after {number} days?",
    "Can you gift wrap an order of {number} yuan?",
    "How long is the warranty on headphones for {number} yuan?",
    "可以用支付宝付{number}元吗？",
    "{number}元的订单运费多少钱？",
    "收到{number}天后还可以退货吗？",
    "{number}元的订单可以礼品包装吗？",
    "{number}元的耳机保修多久？",
)


def same_text() -> Iterator[str]:
    """A greeting, for ever."""
    while True:
        yield "Hello"


def varied_texts() -> Iterator[str]:
    """Questions in two languages, none twice."""
    for number in count(100):
        # Shifted each time, so that no customer always asks the same.
        yield from (
            QUESTIONS[(number + place) % len(QUESTIONS)].format(number=number) for place in range(len(QUESTIONS))
        )


class Customer:
    """One conversation and its open WebSocket; one message is under way at a time."""

    def __init__(self, wire: ClientConnection, texts: Iterator[str], told: Counter[str]) -> None:
        self._wire, self._texts, self._told = wire, texts, told

    async def turn(self) -> None:
        """From a message to the end of its turn. Raises RuntimeError for any end but `completed`."""
        message = {"type": "message", "client_message_id": uuid4().hex, "text": next(self._texts)}
        async with asyncio.timeout(TURN_WITHIN_S):
            await self._wire.send(json.dumps(message))
            ended = await self._until("turn.ended")
        if ended["status"] != "completed":
            raise RuntimeError(f"a turn ended as {ended['status']}: {ended['responses']}")
        self._told.update(ended["responses"] or ["(silent)"])

    async def greet(self, token: str) -> None:
        """Says hello and waits until the conversation is open."""
        await self._wire.send(json.dumps({"type": "hello", "token": token}))
        await self._until("ready")

    async def _until(self, kind: str) -> dict[str, Any]:
        async for raw in self._wire:
            frame: dict[str, Any] = json.loads(raw)
            if frame["type"] == kind:
                return frame
            if frame["type"] == "error":
                raise RuntimeError(f"the gateway refused: {frame['code']}")
        raise RuntimeError(f"the gateway closed the connection: {self._wire.close_code}")


@asynccontextmanager
async def open_customers(
    url: str, texts: Iterator[str], told: Counter[str], customers: int
) -> AsyncIterator[list[Turn]]:
    """So many customers with open connections; `told` counts the responses that they hear."""
    async with AsyncExitStack() as stack, httpx.AsyncClient(base_url=url, timeout=OPEN_WITHIN_S) as http:
        crowd = [await stack.enter_async_context(_open(http, texts, told)) for _ in range(customers)]
        yield [customer.turn for customer in crowd]


@asynccontextmanager
async def _open(http: httpx.AsyncClient, texts: Iterator[str], told: Counter[str]) -> AsyncIterator[Customer]:
    opened = Conversation(**(await http.post("/v1/conversations", json={"language": "en"})).raise_for_status().json())
    address = f"ws{str(http.base_url).removeprefix('http').rstrip('/')}/v1/ws"
    async with connect(address, subprotocols=[SUBPROTOCOL], compression=None, proxy=None) as wire:
        customer = Customer(wire, texts, told)
        async with asyncio.timeout(OPEN_WITHIN_S):
            await customer.greet(opened.token)
        yield customer
