import asyncio
import io
import sys

import pytest
from rich.console import Console

from services.commands.chat import Chat, interpret
from services.commands.chat_view import View, printable
from services.commands.client import open_client
from services.commands.connection import open_connection
from shared.contracts.messages import Expects, Option, PreviewShown
from tests.stub_gateway import StubGateway, serve

PREVIEW = PreviewShown(id="p1", action="cancel_order", target="MB10001", effect="refund", expires_at="")
CONFIRMATION = Expects(kind="confirmation", preview=PREVIEW)
CHOICE = Expects(kind="choice", options=(Option(id="a", label="A"), Option(id="b", label="B")))


@pytest.fixture
async def stub():
    gateway = StubGateway()
    async with serve(gateway.app) as gateway.url:
        yield gateway


async def transcript(stub: StubGateway, lines: list[str], language: str = "en") -> tuple[str, str, bool]:
    out, err, rest = io.StringIO(), io.StringIO(), iter(lines)
    view = View(Console(file=out, width=100), Console(file=err, width=100), language)

    async def read_line(_: str) -> str | None:
        return next(rest, None)

    async with (
        asyncio.timeout(10),
        open_client(stub.url) as client,
        open_connection(client, await client.create(language)) as connection,
    ):
        talk = Chat(connection, view, read_line, prompt=False)
        await talk.run()
    return out.getvalue(), err.getvalue(), talk.complete


async def test_an_order_is_chosen_by_number_previewed_and_cancelled_on_confirm(stub: StubGateway) -> None:
    out, err, complete = await transcript(stub, ["please cancel it", "2", "confirm"])
    assert "  2. MB10002" in out
    assert "Refund 10 EUR" in out
    assert "Receipt R1 · MB10002" in out
    assert "Type confirm to go ahead" in err
    assert (complete, stub.statuses["MB10002"]) == (True, "cancelled")


async def test_cancel_at_a_preview_declines_it(stub: StubGateway) -> None:
    await transcript(stub, ["请取消订单", "1", "取消"], "zh")
    assert stub.receipts == 0
    assert list(stub.talks["c1"].ids.values())[-1][1]["decline"] == "p-MB10001"


async def test_a_source_is_named(stub: StubGateway) -> None:
    out, _, _ = await transcript(stub, ["what about returns?"])
    assert "Source: Returns" in out


async def test_a_lost_connection_is_told_and_survived(stub: StubGateway) -> None:
    stub.faults.cut_after_accept = 1
    out, err, complete = await transcript(stub, ["hello"])
    assert out == "bot › You said: hello.\n  Source: Returns\n"
    assert "Connected again." in err
    assert complete


async def test_a_refusal_is_told_and_makes_the_chat_incomplete(stub: StubGateway) -> None:
    stub.faults.refuse = [(429, "too_many_waiting")]
    _, err, complete = await transcript(stub, ["hello"])
    assert "Not taken: too_many_waiting" in err
    assert not complete


@pytest.mark.parametrize(
    ("line", "expects", "field", "value"),
    [
        ("confirm", CONFIRMATION, "confirm", "p1"),
        ("确认", CONFIRMATION, "confirm", "p1"),
        ("Cancel", CONFIRMATION, "decline", "p1"),
        ("yes", CONFIRMATION, "text", "yes"),
        ("2", CHOICE, "choose", "b"),
        ("3", CHOICE, "text", "3"),
        ("0", CHOICE, "text", "0"),
        ("cancel", Expects(), "text", "cancel"),
        ("2", Expects(), "text", "2"),
    ],
)
def test_a_line_means_what_the_bot_waits_for(line: str, expects: Expects, field: str, value: str) -> None:
    message = interpret(line, expects)
    assert message is not None
    assert message.model_dump(exclude_defaults=True, exclude={"client_message_id"}) == {field: value}


def test_confirm_without_a_preview_is_not_sent() -> None:
    assert interpret("confirm", CHOICE) is None


def test_control_characters_never_reach_the_terminal() -> None:
    assert printable("a\x1b[2Jb\x07\nc\u202e") == "a[2Jb\nc"


async def run_command(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.cli", "chat", *arguments, **pipes)
    async with asyncio.timeout(30):
        out, err = await process.communicate(stdin)
    return process.returncode, out.decode(), err.decode()


async def test_a_pipe_is_one_line_a_turn(stub: StubGateway) -> None:
    code, out, _ = await run_command(
        "--url", stub.url, "--customer", "C003", stdin=b"where is my order?\ncancel it\n1\n"
    )
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("bot › ")] == [
        "bot › You said: where is my order?.",
        "bot › You said: cancel it.",
        "bot › You said: cancel_preview.",
    ]


async def test_where_nothing_listens_one_sentence_says_so(unused_tcp_port: int) -> None:
    code, out, err = await run_command("--url", f"http://127.0.0.1:{unused_tcp_port}", stdin=b"hello\n")
    assert (code, out) == (1, "")
    assert err.startswith("deskbell: nothing answers at http://127.0.0.1") and err.count("\n") == 1
