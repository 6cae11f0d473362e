"""A second opinion from a language model's server, in time or not at all."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import structlog
from prometheus_client import Counter, Histogram

from services.nlu.domain.masking import FINDERS, Finder, order_finder
from services.nlu.domain.questionnaire import Questionnaire
from services.nlu.domain.second_opinion import Opinion
from shared.errors import Unavailable
from shared.llm import (
    Breaker,
    ChatMessage,
    ChatRequest,
    Deadlines,
    LlmClient,
    LlmError,
    LlmReply,
    LlmServer,
    open_llm,
    tokens_about,
)
from shared.shop import Shop
from shared.store.budget import DailyBudget

log = structlog.get_logger(__name__)
ANSWER_TOKENS = 200
EXAMPLES, LONGEST_EXAMPLE = 2, 80
CODES = Finder("number", re.compile(r"\d{4,}"))
"""One-time codes and the like: nobody outside learns them."""
ASKED = Counter("deskbell_second_opinions_total", "Questions to the language model, by what came of them", ["outcome"])
ASKED_S = Histogram("deskbell_second_opinion_seconds", "Time that a question to the language model took")


@dataclass(frozen=True)
class Limits:
    """Seconds that a question may take, and how many may be in hand at once."""

    timeout_s: float
    concurrency: int


class LlmAdviser:
    """Port `Adviser`. Never raises and never takes longer than its limit."""

    def __init__(self, client: LlmClient, questionnaire: Questionnaire, budget: DailyBudget, limits: Limits):
        self._client = client
        self._questionnaire = questionnaire
        self._system = questionnaire.system()
        self._budget = budget
        self._timeout_s = limits.timeout_s
        self._places = asyncio.Semaphore(limits.concurrency)
        self._breaker = Breaker()
        self._takes_schema = True

    async def ask(self, text: str) -> Opinion | None:
        """What the model makes of a text; None if it is not asked, does not answer in time, or answers nonsense."""
        with ASKED_S.time():
            try:
                async with asyncio.timeout(self._timeout_s):
                    outcome, opinion = await self._if_free(text)
            except TimeoutError:
                self._breaker.failed(monotonic())
                outcome, opinion = "slow", None
        ASKED.labels(outcome).inc()
        return opinion

    async def _if_free(self, text: str) -> tuple[str, Opinion | None]:
        if self._places.locked():
            return "crowded", None
        async with self._places:
            return await self._asked(text)

    async def _asked(self, text: str) -> tuple[str, Opinion | None]:
        messages = (ChatMessage("system", self._system), ChatMessage("user", self._questionnaire.user(text)))
        if not self._breaker.lets(monotonic()):
            return "resting", None
        try:
            taken = await self._budget.take(sum(tokens_about(m.content) for m in messages) + ANSWER_TOKENS)
            if taken is None:
                return "budget", None
            reply = await self._reply(messages)
            if reply.usage:
                await self._budget.settle(taken, reply.usage.total)
        except Unavailable:
            return "no_store", None
        except LlmError as exc:
            self._breaker.failed(monotonic(), exc.retry_after_s)
            log.warning("no second opinion", kind=exc.kind, status=exc.status)
            return exc.kind, None
        return self._judged(reply)

    def _judged(self, reply: LlmReply) -> tuple[str, Opinion | None]:
        opinion = self._questionnaire.parse(reply.text)
        if opinion is None:
            self._breaker.failed(monotonic())
            return "nonsense", None
        self._breaker.succeeded()
        return "answered" if opinion.intent else "undecided", opinion

    async def _reply(self, messages: tuple[ChatMessage, ...]) -> LlmReply:
        """With the schema where the server takes it; one that refuses it once is not asked with it again."""
        if self._takes_schema:
            try:
                return await self._complete(messages, with_schema=True)
            except LlmError as exc:
                if exc.status not in (400, 422):
                    raise
        reply = await self._complete(messages, with_schema=False)
        self._takes_schema = False
        return reply

    async def _complete(self, messages: tuple[ChatMessage, ...], *, with_schema: bool) -> LlmReply:
        form = {"name": "reading", "strict": True, "schema": self._questionnaire.schema()}
        response_format = {"type": "json_schema", "json_schema": form} if with_schema else None
        request = ChatRequest(messages, ANSWER_TOKENS, response_format=response_format)
        # The whole question has one deadline, which stands around this.
        return await self._client.complete(request, Deadlines(*[self._timeout_s] * 3))


@asynccontextmanager
async def open_adviser(server: LlmServer, shop: Shop, budget: DailyBudget, limits: Limits) -> AsyncIterator[LlmAdviser]:
    """Lends an adviser for this shop; it connects when it is first asked."""
    async with open_llm(server) as client:
        yield LlmAdviser(client, questionnaire_of(shop), budget, limits)


def questionnaire_of(shop: Shop) -> Questionnaire:
    """The shop's intents: what the flow that one starts says of itself, and its shortest examples."""
    flows = {intent: flow.description for flow in shop.flows.values() for intent in flow.starts_on}
    names = sorted({intent for by_intent in shop.nlu.values() for intent in by_intent})
    finders = (order_finder(shop.profile.order_number.pattern), *FINDERS, CODES)
    return Questionnaire.of({name: _described(name, flows.get(name), shop) for name in names}, finders)


def _described(intent: str, told: str | None, shop: Shop) -> str:
    examples = [text for by_intent in shop.nlu.values() for text in _plainest(by_intent.get(intent, ()))]
    like = " / ".join(examples)
    return f"{told.rstrip('.')}. Like: {like}" if told else f"like: {like}"


def _plainest(texts: tuple[str, ...]) -> list[str]:
    """Neither the shortest, which leave most open, nor long ones."""
    telling = [text for text in texts if len(text.encode()) >= 12 and len(text) <= LONGEST_EXAMPLE] or list(texts)
    return sorted(telling, key=lambda text: (abs(len(text.encode()) - 36), text))[:EXAMPLES]
