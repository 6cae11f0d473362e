"""One-time codes by e-mail. Sent in the background: how long a mail takes must not tell who has an account."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import structlog
from prometheus_client import Counter
from pydantic import SecretStr

from services.dialogue.domain.shop import Customer
from services.dialogue.ports import Wording
from shared.errors import ConfigError

SUBJECT, TEXT = "code_mail_subject", "code_mail_text"
PORTS = {"smtp": 587, "smtps": 465}
WAITING = 200
TRIES, REST_S, TIMEOUT_S = 3, 2.0, 10.0
CODES = Counter("deskbell_codes_total", "One-time codes by e-mail, by how they ended", ["end"])
log = structlog.get_logger()


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in. Without TLS only on this machine itself."""

    host: str
    port: int
    sender: str
    tls_from_start: bool
    user: str = ""
    password: SecretStr = SecretStr("")

    @property
    def local(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def hand_in(self, mail: EmailMessage) -> None:
        """Sends one mail; waits for the server. Raises OSError, smtplib.SMTPException."""
        trusted = ssl.create_default_context()
        if self.tls_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=trusted)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        with server:
            server.ehlo_or_helo_if_needed()
            if not self.tls_from_start and (not self.local or server.has_extn("starttls")):
                server.starttls(context=trusted)
            if self.user:
                server.login(self.user, self.password.get_secret_value())
            server.send_message(mail)


class SmtpCodes:
    """Port `CodeSender`. `deliver` runs as long as the service."""

    def __init__(self, server: MailServer, wording: Wording, minutes: int) -> None:
        self._server = server
        self._wording = wording
        self._minutes = minutes
        self._queue: asyncio.Queue[EmailMessage] = asyncio.Queue(WAITING)

    async def send(self, customer: Customer, code: str, language: str) -> None:
        """Takes the code on; whether it arrives is never told, so nobody learns from it."""
        try:
            self._queue.put_nowait(self._mail(customer.email, code, language))
        except (asyncio.QueueFull, MessageError, ValueError) as exc:
            CODES.labels("dropped").inc()
            log.error("dialogue.code_dropped", reason=type(exc).__name__)

    async def deliver(self) -> None:
        """Sends what waits, one after another."""
        while True:
            mail = await self._queue.get()
            CODES.labels("sent" if await self._delivered(mail) else "failed").inc()

    async def _delivered(self, mail: EmailMessage) -> bool:
        for left in reversed(range(TRIES)):
            try:
                await asyncio.to_thread(self._server.hand_in, mail)
            except (OSError, smtplib.SMTPException) as exc:
                # What the server says may name the address.
                log.warning("dialogue.code_not_sent", reason=type(exc).__name__, tries_left=left)
                if left:
                    await asyncio.sleep(REST_S)
            else:
                return True
        return False

    def _mail(self, address: str, code: str, language: str) -> EmailMessage:
        known = {"code": code, "minutes": self._minutes}
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self._server.sender, address
        mail["Subject"] = self._wording.say(SUBJECT, language, known)
        mail["Message-ID"] = make_msgid(domain="deskbell.invalid")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self._wording.say(TEXT, language, known))
        return mail


def parse_mail_server(url: str, sender: str | None) -> MailServer:
    """Reads `smtp://user:password@host:587` (STARTTLS) or `smtps://...`. Raises ConfigError without repeating it."""
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port or PORTS.get(parts.scheme, 0), parts.hostname or ""
    except ValueError:
        port, host = 0, ""
    if not (port and host) or parts.scheme not in PORTS or parts.path.strip("/") or parts.query:
        raise ConfigError("DESKBELL_SMTP_URL is no mail server; write smtp://USER:PASSWORD@HOST:587 or smtps://...")
    if not sender or "@" not in sender or not sender.isprintable():
        raise ConfigError("DESKBELL_SMTP_FROM is no address; write the one that mails with codes come from")
    user, password = unquote(parts.username or ""), SecretStr(unquote(parts.password or ""))
    return MailServer(host, port, sender, parts.scheme == "smtps", user, password)
