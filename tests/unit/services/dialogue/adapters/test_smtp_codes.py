"""Codes by e-mail, handed in to a mail server that is really there."""

import asyncio
import email
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.dialogue.adapters import smtp_codes
from services.dialogue.adapters.smtp_codes import SmtpCodes, parse_mail_server
from services.dialogue.domain.shop import Customer
from services.dialogue.ports import CodeSender
from services.dialogue.service import wording
from shared.errors import ConfigError
from shared.shop import load_shop
from tests.harness.program import free_port
from tests.harness.waiting import eventually

EMMA = Customer(id="C002", name="Emma Fischer", email="emma.fischer@example.com")
SAYS = wording(load_shop(Path("shops/demo")))


class Mailbox:
    """What arrived; the first `refusals` mails are turned away."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refusals = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try later"
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@asynccontextmanager
async def sending(port: int) -> AsyncIterator[SmtpCodes]:
    server = parse_mail_server(f"smtp://127.0.0.1:{port}", "care@maplebird.example")
    codes: SmtpCodes = SmtpCodes(server, SAYS, 10)
    as_port: CodeSender = codes
    assert as_port is codes
    task = asyncio.create_task(codes.deliver())
    try:
        yield codes
    finally:
        task.cancel()


async def arrived(box: Mailbox, count: int = 1) -> list[Any]:
    async def enough() -> bool:
        return len(box.mails) >= count

    await eventually(enough)
    return box.mails


def ended(end: str) -> float:
    return REGISTRY.get_sample_value("deskbell_codes_total", {"end": end}) or 0.0


async def test_a_code_arrives_in_the_customers_language(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    async with sending(port) as codes:
        await codes.send(EMMA, "482913", "en")
        await codes.send(EMMA, "705518", "zh")
        english, chinese = await arrived(box, 2)
    assert (english["To"], english["From"]) == ("emma.fischer@example.com", "care@maplebird.example")
    assert "482913" in english["Subject"] and "valid for 10 minutes" in english.get_content()
    assert "705518" in chinese["Subject"] and "10 分钟内有效" in chinese.get_content()
    assert english["Auto-Submitted"] == "auto-generated"


async def test_a_server_that_refuses_is_tried_again(
    mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_codes, "REST_S", 0.01)
    box, port = mailbox
    box.refusals = smtp_codes.TRIES - 1
    async with sending(port) as codes:
        await codes.send(EMMA, "482913", "en")
        await arrived(box)


async def test_a_server_that_is_away_fails_in_the_background_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp_codes, "REST_S", 0.01)
    before = ended("failed")
    with capture_logs() as logs:
        async with sending(free_port()) as codes:
            async with asyncio.timeout(0.5):
                await codes.send(EMMA, "482913", "en")

            async def failed() -> bool:
                return ended("failed") > before

            await eventually(failed)
    assert logs and not any(word in str(logs) for word in ("482913", "emma", "example.com"))


@pytest.mark.parametrize("address", ["a@example.com\r\nBcc: b@example.com", "a@example.com\nX: y"])
async def test_an_address_cannot_add_a_header(address: str, mailbox: tuple[Mailbox, int]) -> None:
    before = ended("dropped")
    async with sending(mailbox[1]) as codes:
        await codes.send(EMMA.model_copy(update={"email": address}), "482913", "en")
    assert ended("dropped") == before + 1


async def test_too_many_waiting_mails_are_dropped_without_a_word() -> None:
    before = ended("dropped")
    server = parse_mail_server("smtp://127.0.0.1:1", "care@maplebird.example")
    codes = SmtpCodes(server, SAYS, 10)
    for _ in range(smtp_codes.WAITING + 3):
        await codes.send(EMMA, "482913", "en")
    assert ended("dropped") == before + 3


def test_the_setting_is_read() -> None:
    server = parse_mail_server("smtp://bot:p%40ss@mail.example", "care@maplebird.example")
    assert (server.host, server.port, server.user, server.password.get_secret_value()) == (
        "mail.example", 587, "bot", "p@ss",
    )  # fmt: skip
    assert (server.tls_from_start, server.local, "p@ss" in repr(server)) == (False, False, False)
    assert parse_mail_server("smtps://mail.example", "a@b").port == 465


@pytest.mark.parametrize(
    ("url", "sender", "told"),
    [
        ("mail.example", "a@b", "DESKBELL_SMTP_URL"),
        ("http://bot:secret@mail.example:25", "a@b", "DESKBELL_SMTP_URL"),
        ("smtp://bot:secret@mail.example:port", "a@b", "DESKBELL_SMTP_URL"),
        ("smtp://bot:secret@mail.example", None, "DESKBELL_SMTP_FROM"),
        ("smtp://bot:secret@mail.example", "nobody", "DESKBELL_SMTP_FROM"),
        ("smtp://bot:secret@mail.example", "a@b\r\nBcc: c@d", "DESKBELL_SMTP_FROM"),
    ],
)
def test_a_wrong_setting_is_one_sentence(url: str, sender: str | None, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as raised:
        parse_mail_server(url, sender)
    assert "secret" not in str(raised.value) and "\n" not in str(raised.value)


async def test_without_tls_nothing_goes_to_another_machine(
    mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_codes.MailServer, "local", property(lambda _: False))
    monkeypatch.setattr(smtp_codes, "REST_S", 0.01)
    before = ended("failed")
    async with sending(mailbox[1]) as codes:
        await codes.send(EMMA, "482913", "en")

        async def failed() -> bool:
            return ended("failed") > before

        await eventually(failed)
    assert mailbox[0].mails == []
