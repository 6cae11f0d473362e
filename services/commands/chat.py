"""`deskbell chat`: a conversation with a running Deskbell in the terminal, or line by line from a pipe."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal
from uuid import uuid4

import typer
from rich.console import Console

from services.commands.chat_view import View
from services.commands.client import LOCAL_URL, TURN_DEADLINE_S, Client, Conversation, Refused, Unreachable, open_client
from services.commands.connection import Connection, Frame, open_connection
from shared.contracts.messages import CustomerInput, Expects, Reply
from shared.errors import ConfigError

ReadLine = Callable[[str], Awaitable[str | None]]

CONFIRM_WORDS = frozenset({"confirm", "确认"})
CANCEL_WORDS = frozenset({"cancel", "取消"})


def chat(
    url: Annotated[str, typer.Option(help="Where Deskbell listens.")] = LOCAL_URL,
    language: Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the conversation.")] = None,
    customer: Annotated[str | None, typer.Option(help="Start signed in as this customer of the demo shop.")] = None,
) -> None:
    """Talk with a running Deskbell. Ends with Ctrl-D or an empty pipe."""
    view = View(_console(sys.stdout.isatty()), _console(sys.stderr.isatty(), stderr=True), language or "en")
    try:
        complete = asyncio.run(_chat(url, language, customer, view))
    except KeyboardInterrupt:
        complete = True
    except (Unreachable, Refused) as exc:
        raise ConfigError(_sentence(exc, url, customer)) from exc
    if not complete:
        raise typer.Exit(1)


def interpret(line: str, expects: Expects) -> CustomerInput | None:
    """What the line means where the bot waits as `expects` says; None: a word for a preview that is not there."""
    message_id, word = uuid4().hex, line.strip().lower()
    if expects.preview and word in CONFIRM_WORDS:
        return CustomerInput(client_message_id=message_id, confirm=expects.preview.id)
    if expects.preview and word in CANCEL_WORDS:
        return CustomerInput(client_message_id=message_id, decline=expects.preview.id)
    if word in CONFIRM_WORDS:
        return None
    if expects.options and word.isdecimal() and 0 < int(word) <= len(expects.options):
        return CustomerInput(client_message_id=message_id, choose=expects.options[int(word) - 1].id)
    return CustomerInput(client_message_id=message_id, text=line.strip())


class Chat:
    """The conversation of one terminal. `complete` turns False when a message got no answer."""

    def __init__(self, connection: Connection, view: View, read_line: ReadLine, prompt: bool) -> None:
        self._connection = connection
        self._view = view
        self._read_line = read_line
        self._prompt = prompt
        self._expects = Expects()
        self._settled = asyncio.Event()
        self._closed = False
        self.complete = True

    async def run(self) -> None:
        """One line, one turn, until there are no more lines."""
        async with asyncio.TaskGroup() as owner:
            shower = owner.create_task(self._show())
            while not self._closed and (line := await self._next_line()) is not None:
                if line.strip():
                    await self._turn(line)
            shower.cancel()

    async def _next_line(self) -> str | None:
        return await self._read_line(f"{self._view.word('you')} › " if self._prompt else "")

    async def _turn(self, line: str) -> None:
        message = interpret(line, self._expects)
        if message is None:
            self._view.notice("nothing")
            return
        self._expects = Expects()
        self._settled.clear()
        await self._connection.send(message)
        try:
            async with asyncio.timeout(TURN_DEADLINE_S + 5):
                await self._settled.wait()
        except TimeoutError:
            self._fail("late")

    async def _show(self) -> None:
        while True:
            frame = await self._connection.next()
            self._show_frame(frame)
            if self._connection.settled or self._closed:
                self._settled.set()

    def _show_frame(self, frame: Frame) -> None:
        match frame.type:
            case "reply":
                reply = Reply.model_validate(frame.data["reply"])
                self._expects = reply.expects
                self._view.reply(reply)
            case "agent.message":
                self._view.agent(frame.data["text"])
            case "handoff":
                self._view.notice("ticket", **_ticket(frame))
            case "turn.ended" if frame.data["status"] != "completed":
                self._fail(frame.data["status"])
            case "error":
                self._fail("refused", detail=frame.data.get("detail", frame.data["code"]))
            case "connected" if self._connection.connects > 1:
                self._view.notice("again")
            case "closed":
                self._closed = True
                self._fail("closed")

    def _fail(self, name: str, **values: object) -> None:
        self.complete = False
        self._view.notice(name, **values)


async def _chat(url: str, language: str | None, customer: str | None, view: View) -> bool:
    async with open_client(url) as client:
        conversation = await _start(client, language, customer)
        prompt = sys.stdin.isatty() and sys.stdout.isatty()
        async with open_connection(client, conversation) as connection:
            talk = Chat(connection, view, read_line, prompt)
            await talk.run()
        return talk.complete


async def _start(client: Client, language: str | None, customer: str | None) -> Conversation:
    token = await client.demo_token(customer) if customer else None
    return await client.create(language, token)


async def read_line(prompt: str) -> str | None:
    """The next line of standard input, None at its end. A thread waits for it, so that replies can come meanwhile."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str | None] = loop.create_future()

    def settle(text: str | None) -> None:
        if not line.done():
            line.set_result(text)

    def wait() -> None:
        text = _blocking_line(prompt)
        loop.call_soon_threadsafe(settle, text)

    # A daemon: the program may end while nobody types.
    threading.Thread(target=wait, daemon=True).start()
    return await line


def _blocking_line(prompt: str) -> str | None:
    if prompt:
        import readline  # noqa: F401 - gives input() a line editor

        try:
            return input(prompt)
        except EOFError:
            return None
    # Unbuffered: a buffered reader's lock, held by a waiting thread, makes the interpreter abort at exit.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as raw:
        line = raw.readline()
    return line.decode(errors="replace") if line else None


def _ticket(frame: Frame) -> dict[str, object]:
    return {name: frame.data.get(name, "") for name in ("ticket", "state", "position")}


def _console(terminal: bool, *, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=None if terminal else 100)


def _sentence(exc: Unreachable | Refused, url: str, customer: str | None) -> str:
    if isinstance(exc, Unreachable):
        return f"nothing answers at {url}: start Deskbell with `./deskbell run`, or name its address with --url."
    if customer and exc.status in (403, 404):
        return f"{url} does not sign in {customer}: only a demo stack does, and only its own shop's customers."
    return f"{url} refused the conversation: {exc}."
