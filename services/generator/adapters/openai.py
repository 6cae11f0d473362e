"""A model behind an OpenAI-compatible server."""

from collections.abc import AsyncGenerator

from services.generator.domain.prompt import Prompt
from services.generator.ports import Limits, NoAnswer
from shared.llm import ChatMessage, ChatRequest, Deadlines, LlmClient, LlmError


class OpenAiModel:
    """Port `LanguageModel`: one chat completion a reply, asked again only as long as no token has come."""

    name = "server"

    def __init__(self, client: LlmClient) -> None:
        self._client = client

    async def stream(self, prompt: Prompt, limits: Limits) -> AsyncGenerator[str, None]:
        """See the port."""
        messages = (ChatMessage("system", prompt.system), ChatMessage("user", prompt.user))
        request = ChatRequest(messages, limits.max_tokens)
        finish = "stop"
        try:
            async with self._client.chat(request, _deadlines(limits)) as chunks:
                async for chunk in chunks:
                    finish = chunk.finish or finish
                    if chunk.text:
                        yield chunk.text
        except LlmError as exc:
            raise NoAnswer(exc.kind, exc.retry_after_s) from exc
        if finish != "stop":
            # Cut off by its own limit, or it called a tool that nobody offered.
            raise NoAnswer("length" if finish == "length" else "broken")


def _deadlines(limits: Limits) -> Deadlines:
    return Deadlines(limits.first_token_s, limits.token_s, limits.total_s)
