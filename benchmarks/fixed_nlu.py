"""`python -m benchmarks.fixed_nlu`: takes the place of understanding and finds the same intent in every message.

What the road itself costs shows only without the encoder. The rest of the stack does not know the difference.
"""

import asyncio
import signal
from collections.abc import AsyncIterator

import uvloop

from services.commands.run import ready
from services.internal import InternalSettings, serve_internal
from services.runner import open_world
from shared.bus.consumer import Consumer
from shared.config import Settings
from shared.contracts.messages import MessageReceived, MessageUnderstood, Request, Understanding
from shared.ports import Claim
from shared.service import Service
from shared.store.turns import RedisTurns
from shared.telemetry import configure_logging

INTENT = "greeting"
STOP_WITHIN_S = 5


async def understand(message: MessageReceived, claim: Claim) -> AsyncIterator[MessageUnderstood]:
    """One request with the fixed intent."""
    request = Request(intent=INTENT, confidence=0.99, text=message.input.text or "")
    understanding = Understanding(language=message.language, requests=(request,))
    yield MessageUnderstood.after(
        message, input=message.input, understanding=understanding, previous_end=message.previous_end
    )


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    service = Service("nlu", handles={MessageReceived: understand})
    async with open_world(settings) as world, asyncio.TaskGroup() as owner:
        async with Consumer(world.bus, RedisTurns(world.state), service).running(STOP_WITHIN_S):
            internal = owner.create_task(serve_internal(InternalSettings(), lambda: ready(world)))
            await stopping.wait()
        internal.cancel()


if __name__ == "__main__":
    configured = Settings()
    configure_logging(configured.log_level, json=True)
    uvloop.run(serve(configured))
