"""Deskbell's public REST interface as a customer's program speaks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from shared.contracts.messages import CustomerInput, Reply, TurnEnd
from shared.errors import DeskbellError, Unavailable
from shared.ports import Event

LOCAL_URL = "http://127.0.0.1:8000"
TURN_DEADLINE_S = 45.0
WAIT_S = 20


class Unreachable(Unavailable):
    """Nothing answers at the address, or the connection broke before the answer came."""


class Refused(DeskbellError):
    """The gateway said no. `code` is the problem's name, `retry_after_s` how long to wait, if it says."""

    def __init__(self, status: int, code: str, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{detail or code} ({status})")
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Conversation:
    """A conversation of ours; the token authorises this one only."""

    conversation_id: str
    token: str
    expires_at: str


@dataclass(frozen=True)
class Turn:
    """How a message fared. `open`: accepted, not ended within the time that was given."""

    seq: int
    status: TurnEnd | Literal["open"]
    replies: tuple[Reply, ...] = ()


def text_message(text: str) -> CustomerInput:
    """A message of this text under an id of its own."""
    return CustomerInput(client_message_id=uuid4().hex, text=text)


def wire_body(message: CustomerInput) -> dict[str, Any]:
    """What REST takes, and a WebSocket frame without its `type`. A request for a person is told by path or type."""
    return message.model_dump(exclude_none=True, exclude_defaults=True, exclude={"handoff"})


def is_loopback(url: str) -> bool:
    """Whether the address names this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Client:
    """REST calls. All raise Unreachable when no answer comes, Refused when the answer is no."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return str(self._http.base_url).rstrip("/")

    async def create(self, language: str | None = None, customer_token: str | None = None) -> Conversation:
        body = {"language": language, "customer_token": customer_token}
        answer = await self._post("/v1/conversations", {key: value for key, value in body.items() if value})
        return Conversation(answer["conversation_id"], answer["token"], str(answer["expires_at"]))

    async def send(self, conversation: Conversation, message: CustomerInput, wait_s: int | None = None) -> Turn:
        """Sends once; waits `wait_s` for the end of the turn where given."""
        path = f"{_path(conversation)}/{'handoff' if message.handoff else 'messages'}"
        answer = await self._post(path, wire_body(message), conversation, wait_s)
        replies = tuple(Reply.model_validate(reply) for reply in answer.get("replies", ()))
        return Turn(int(answer["seq"]), answer.get("status", "open"), replies)

    async def turn(self, conversation: Conversation, message: CustomerInput) -> Turn:
        """Sends and waits for the end, resending under the same id where an answer was lost.

        Raises TimeoutError when the turn has no end within its deadline and a grace of five seconds.
        """
        async with asyncio.timeout(TURN_DEADLINE_S + 5):
            while True:
                try:
                    turn = await self.send(conversation, message, wait_s=WAIT_S)
                except (Unreachable, Refused) as exc:
                    if isinstance(exc, Refused) and exc.status != 503:
                        raise
                    await asyncio.sleep(1)
                else:
                    if turn.status != "open":
                        return turn

    async def identify(self, conversation: Conversation, customer_token: str) -> None:
        await self._post(f"{_path(conversation)}/identity", {"customer_token": customer_token}, conversation)

    async def events(self, conversation: Conversation, after: str | None = None) -> tuple[list[Event], str | None]:
        """One page of the conversation's log after a cursor, and the cursor of the next page."""
        params = {"after": after} if after else {}
        answer = await self._call("GET", f"{_path(conversation)}/events", conversation, params=params)
        return [Event(**event) for event in answer["events"]], answer.get("next")

    async def all_events(self, conversation: Conversation, after: str | None = None) -> AsyncIterator[Event]:
        """The log after a cursor, from the start without one, page by page."""
        events, after = await self.events(conversation, after)
        while events:
            for event in events:
                yield event
            events, after = await self.events(conversation, after or events[-1].cursor)

    async def demo_token(self, customer: str) -> str:
        """The demo shop's signed token for one of its customers; only a demo stack gives it."""
        answer = await self._post("/demo/token", {"customer": customer})
        return str(answer["token"])

    async def get_json(self, path: str) -> Any:
        return await self._call("GET", path)

    async def _post(
        self, path: str, body: dict[str, Any], conversation: Conversation | None = None, wait_s: int | None = None
    ) -> Any:
        params = {} if wait_s is None else {"wait_s": wait_s}
        timeout = httpx.Timeout(10, read=10 + (wait_s or 0))
        return await self._call("POST", path, conversation, json=body, params=params, timeout=timeout)

    async def _call(self, method: str, path: str, conversation: Conversation | None = None, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {conversation.token}"} if conversation else {}
        try:
            response = await self._http.request(method, path, headers=headers, **request)
        except httpx.TransportError as exc:
            raise Unreachable(f"{self.url} does not answer ({type(exc).__name__})") from exc
        return _document(response)


def _path(conversation: Conversation) -> str:
    return f"/v1/conversations/{conversation.conversation_id}"


def _document(response: httpx.Response) -> Any:
    try:
        document = response.json()
    except ValueError:
        document = {}
    if response.is_success:
        return document
    problem = document if isinstance(document, dict) else {}
    code = str(problem.get("code") or str(problem.get("type", "")).rpartition("/")[2] or response.reason_phrase)
    raise Refused(response.status_code, code, str(problem.get("detail") or problem.get("title") or ""), _wait(response))


def _wait(response: httpx.Response) -> float | None:
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None


@asynccontextmanager
async def open_client(url: str) -> AsyncIterator[Client]:
    """A client of the stack at `url`. Opens no connection before the first call."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    # A proxy from the environment must not come between us and our own machine.
    async with httpx.AsyncClient(base_url=url, timeout=10, limits=limits, trust_env=not is_loopback(url)) as http:
        yield Client(http)
