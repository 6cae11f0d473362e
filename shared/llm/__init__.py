"""A language model behind any OpenAI-compatible server: settings, streamed answers under deadlines, a breaker."""

from shared.llm.breaker import Breaker
from shared.llm.client import Deadlines, LlmClient, LlmReply, open_llm
from shared.llm.events import LlmChunk, LlmError, LlmUsage
from shared.llm.settings import LlmFields, LlmServer
from shared.llm.tokens import tokens_about
from shared.llm.wire import ChatMessage, ChatRequest

__all__ = [
    "Breaker",
    "ChatMessage",
    "ChatRequest",
    "Deadlines",
    "LlmChunk",
    "LlmClient",
    "LlmError",
    "LlmFields",
    "LlmReply",
    "LlmServer",
    "LlmUsage",
    "open_llm",
    "tokens_about",
]
