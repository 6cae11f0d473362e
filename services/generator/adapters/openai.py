"""A model behind an OpenAI-compatible server."""

import asyncio

from services.generator.domain.prompt import Prompt
from services.generator.ports import NoAnswer, Written
from shared.llm import Breaker, ChatMessage, ChatRequest, Deadlines, LlmClient, LlmError

MOST_TOKENS = 300
LIMITS = Deadlines()


class OpenAiModel:
    """Asks the server unless it keeps failing."""

    def __init__(self, client: LlmClient, breaker: Breaker | None = None, limits: Deadlines = LIMITS) -> None:
        self._client = client
        self._breaker = breaker or Breaker()
        self._limits = limits

    async def write(self, prompt: Prompt, within_s: float) -> Written:
        """See the port. A server that is resting after failures counts as `resting`."""
        now = asyncio.get_running_loop().time
        if not self._breaker.lets(now()):
            raise NoAnswer("resting")
        messages = (ChatMessage("system", prompt.task), ChatMessage("user", prompt.asked))
        limits = Deadlines(self._limits.first_token_s, self._limits.token_s, min(self._limits.total_s, within_s))
        try:
            reply = await self._client.complete(ChatRequest(messages, MOST_TOKENS), limits)
        except LlmError as exc:
            self._breaker.failed(now(), exc.retry_after_s)
            raise NoAnswer(exc.kind) from exc
        self._breaker.succeeded()
        return Written(reply.text, whole=reply.finish == "stop")
