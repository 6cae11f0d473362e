"""Roads to the bot that are not ours: real curl, and a terminal with a person's fingers."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.journey_script import Journey, body
from tests.harness.program import missing
from tests.harness.stack import ROOT, Stack

Reply = dict[str, Any]
ANSWER_WITHIN_S = 60
RECEIPT = re.compile(r"R-[0-9A-Z]{8}")
TERMINAL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")


def same(text: str) -> str:
    """A text without what differs from run to run: receipts have numbers of their own."""
    return RECEIPT.sub("R-", text)


def gist(reply: Reply) -> dict[str, Any]:
    """What a reply must be on every road."""
    expects = reply["expects"]
    return {
        "text": same(reply["text"]), "language": reply["language"], "turn": reply["turn"], "by": reply["by"],
        "components": [component["type"] for component in reply["components"]],
        "expects": (expects["kind"], expects["slot"], expects["options"]),
        "preview": expects["preview"] and {name: expects["preview"][name] for name in ("action", "target", "effect")},
        "acts": [(act["action"], act["target"]) for act in reply["acts"]],
    }  # fmt: skip


class Curl:
    """The public REST interface by the curl program."""

    def __init__(self, url: str) -> None:
        self.url, self.program = url, shutil.which("curl") or missing("curl")
        self.conversation, self.token = "", ""

    def call(self, path: str, sent: Any = None) -> tuple[int, Any]:
        """Status and document of a POST of `sent`, or of a GET."""
        command = [self.program, "-sS", "--noproxy", "*", "-m", str(ANSWER_WITHIN_S), "-w", "\n%{http_code}"]
        command += ["-H", f"Authorization: Bearer {self.token}"] if self.token else []
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(sent)] if sent is not None else []
        done = subprocess.run([*command, self.url + path], capture_output=True, text=True, check=True)
        document, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(document)

    def begin(self, language: str) -> None:
        status, opened = self.call("/v1/conversations", {"language": language})
        assert status == 201 and set(opened) == {"conversation_id", "token", "expires_at"}
        self.conversation, self.token = opened["conversation_id"], opened["token"]

    def say(self, message: dict[str, Any]) -> tuple[int, Any]:
        return self.call(f"/v1/conversations/{self.conversation}/messages?wait_s=20", message)

    def code(self, email: str) -> str:
        _, letters = self.call("/demo/outbox.json")
        return next(str(letter["code"]) for letter in letters if letter["to"] == email)

    def play(self, journey: Journey) -> list[list[Reply]]:
        """The whole journey; returns the replies of each turn."""
        self.begin(journey.language)
        told: list[list[Reply]] = []
        for number, turn in enumerate(journey.turns, 1):
            last = told[-1][-1] if told else {}
            message = body(turn.says, f"m-{number}", last, self.code(journey.email) if number == 3 else "")
            status, answer = self.say(message)
            assert (status, answer["seq"], answer["status"]) == (200, number, "completed"), answer
            told.append(answer["replies"])
        return told


class Terminal:
    """`deskbell chat`, written to and read from."""

    def __init__(self, read: int, write: int, prompt: str) -> None:
        self._read, self._write, self._prompt = read, write, prompt
        self._raw, self._seen = b"", 0

    @property
    def shown(self) -> str:
        """All that has been shown, without the marks that move and colour."""
        return TERMINAL.sub("", self._raw.decode(errors="ignore"))

    def type(self, line: str) -> None:
        self.read_until(self._prompt)
        os.write(self._write, f"{line}\n".encode())

    def leave(self) -> None:
        """Ctrl-D at a prompt; the end of a pipe."""
        self.read_until(self._prompt)
        if self._prompt:
            os.write(self._write, b"\x04")
        else:
            os.close(self._write)

    def read_until(self, text: str) -> None:
        """Reads on until `text` stands after what was last waited for."""
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while (found := self.shown.find(text, self._seen)) < 0:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{text!r} was not shown:\n{self.shown}"
            part = os.read(self._read, 65_536)
            assert part, f"ended before {text!r} was shown:\n{self.shown}"
            self._raw += part
        self._seen = found + len(text)


@contextmanager
def chatting(stack: Stack, language: str, *, as_terminal: bool) -> Iterator[Terminal]:
    """`deskbell chat` at a pseudo-terminal, or between two pipes."""
    command = [sys.executable, "-m", "services.cli", "chat", "--url", stack.url, "--language", language]
    env = {**os.environ, **stack.env, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    ours_in, theirs_in, ours_out, theirs_out = _ends(as_terminal)
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=theirs_in, stdout=theirs_out, stderr=theirs_out)
    for end in {theirs_in, theirs_out}:
        os.close(end)
    try:
        terminal = Terminal(ours_out, ours_in, {"en": "you › ", "zh": "您 › "}[language] if as_terminal else "")
        yield terminal
        terminal.leave()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours_out)


def _ends(as_terminal: bool) -> tuple[int, int, int, int]:
    """Our and their end of the input, our and their end of the output."""
    if as_terminal:
        ours, theirs = os.openpty()
        return ours, theirs, ours, theirs
    (their_input, our_input), (our_output, their_output) = os.pipe(), os.pipe()
    return our_input, their_input, our_output, their_output
