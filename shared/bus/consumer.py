"""The consumer: the only place that parses, claims, retries, dead-letters and acks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import structlog

from shared.contracts.envelope import Message, decode
from shared.contracts.messages import ReplyCompleted
from shared.contracts.topology import RETRY_DELAYS_S, WorkQueue, queue_of
from shared.errors import Rejected, Transient, Unavailable
from shared.ports import Bus, Claim, Delivery, TurnRef, Turns
from shared.service import Handler, Service
from shared.telemetry import HANDLED, HANDLING_S

RENEW_EVERY_S = 3
HANDLER_TIMEOUT_S = 40
MAX_RETRIES = 12
FINISHING_STAGE = queue_of("gateway").stage
log = structlog.get_logger()


class LeaseLost(Exception):
    """Another worker has the turn; nothing that this one does counts any more."""


class Consumer:
    """Feeds one service from its queue.

    For each delivery, in this order: parse, claim the turn, handle, publish with confirm, pass the
    turn on, ack. A crash anywhere repeats the work; the claim and the stores' fences make that harmless.
    """

    def __init__(self, bus: Bus, turns: Turns, service: Service) -> None:
        self._bus, self._turns, self._service = bus, turns, service
        self._queue: WorkQueue = queue_of(service.name)

    @asynccontextmanager
    async def running(self, stop_within_s: float) -> AsyncIterator[None]:
        """Consumes as long as the block runs, then finishes the work in hand."""
        subscription = await self._bus.consume(self._queue.name, self.on_delivery, self._service.prefetch)
        try:
            yield
        finally:
            await subscription.stop(stop_within_s)

    async def on_delivery(self, delivery: Delivery) -> None:
        """Ends the delivery in exactly one way, whatever the handler does."""
        with HANDLING_S.labels(self._service.name).time():
            try:
                outcome = await self._handle(delivery)
            except Rejected as exc:
                outcome = await self._settle(delivery, delivery.dead_letter(str(exc)), "dead_lettered")
            except (Transient, Unavailable) as exc:
                outcome = await self._settle(delivery, self._retry(delivery, type(exc).__name__), "retried")
            except Exception as exc:  # noqa: BLE001 - one message may not end the loop; its text may hold private words
                log.error("consumer.handler_failed", service=self._service.name, error=type(exc).__name__)
                outcome = await self._settle(delivery, self._retry(delivery, type(exc).__name__), "retried")
        HANDLED.labels(self._service.name, outcome).inc()

    async def _handle(self, delivery: Delivery) -> str:
        message = decode(delivery.body)
        handler = self._service.handles.get(type(message))
        if handler is None:
            raise Rejected(f"{message.type} does not belong in {self._queue.name}")
        if self._queue.stage == FINISHING_STAGE:  # FINISH itself is the guard there
            await self._publish_all(handler, message, Claim("go", 1))
            await delivery.ack()
            return "handled"
        return await self._handle_claimed(delivery, message, handler)

    async def _handle_claimed(self, delivery: Delivery, message: Message, handler: Handler) -> str:
        ref, stage = TurnRef.of(message), self._queue.stage
        claim = await self._turns.touch(ref, stage, redelivered=delivery.redelivered)
        if claim.outcome == "exhausted":
            await self._bus.publish(ReplyCompleted.after(message, status="failed"))
            await delivery.dead_letter(f"{self._service.name} failed {claim.attempt - 1} times")
            return "exhausted"
        if claim.outcome != "go":
            await delivery.ack()
            return claim.outcome
        passed_on = False
        try:
            async with self._lease(ref, claim.attempt):
                await self._publish_all(handler, message, claim)
            await self._turns.pass_on(ref, stage, claim.attempt)
            passed_on = True
        except LeaseLost:
            await delivery.ack()
            return "lease_lost"
        except Rejected:
            await self._bus.publish(ReplyCompleted.after(message, status="failed"))
            raise
        finally:
            # The next attempt, if there has to be one, need not wait for the lease.
            if not passed_on:
                await self._let_go(ref, claim.attempt)
        await delivery.ack()
        return "handled"

    async def _publish_all(self, handler: Handler, message: Message, claim: Claim) -> None:
        try:
            async with asyncio.timeout(HANDLER_TIMEOUT_S):
                async for outgoing in handler(message, claim):
                    await self._bus.publish(outgoing)
        except TimeoutError as exc:
            raise Transient(f"not handled within {HANDLER_TIMEOUT_S} s") from exc

    @asynccontextmanager
    async def _lease(self, ref: TurnRef, attempt: int) -> AsyncIterator[None]:
        """Renews the lease while the block runs; cancels the block when the lease is lost."""
        worker = asyncio.current_task()
        assert worker is not None
        lost = False

        async def renew() -> None:
            nonlocal lost
            while True:
                await asyncio.sleep(RENEW_EVERY_S)
                try:
                    held = await self._turns.renew(ref, self._queue.stage, attempt)
                except Unavailable:
                    continue
                if not held:
                    lost = True
                    worker.cancel()
                    return

        renewal = asyncio.create_task(renew())
        try:
            yield
        except asyncio.CancelledError:
            if not lost:
                raise
            worker.uncancel()
            raise LeaseLost from None
        finally:
            renewal.cancel()

    async def _let_go(self, ref: TurnRef, attempt: int) -> None:
        try:
            await self._turns.release(ref, self._queue.stage, attempt)
        except Unavailable:
            log.info("consumer.lease_left_to_lapse", service=self._service.name)

    async def _retry(self, delivery: Delivery, error: str) -> None:
        if delivery.retries >= MAX_RETRIES:
            await delivery.dead_letter(f"gave up after {MAX_RETRIES} retries: {error}")
            return
        delay_s = RETRY_DELAYS_S[min(delivery.retries, len(RETRY_DELAYS_S) - 1)]
        log.info("consumer.retry", service=self._service.name, error=error, delay_s=delay_s)
        await delivery.retry(delay_s)

    async def _settle(self, delivery: Delivery, ending: Awaitable[None], outcome: str) -> str:
        """Ends a delivery by publishing it elsewhere; when that fails, it goes back to its queue after a while."""
        try:
            await ending
        except Unavailable:
            log.warning("consumer.left_to_redelivery", service=self._service.name)
            await asyncio.sleep(RETRY_DELAYS_S[-1])
            await delivery.requeue()
            return "requeued"
        return outcome
