"""`deskbell predict nlu`: JSON Lines in, JSON Lines out."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.config import Settings

if TYPE_CHECKING:
    from services.nlu.adapters.opening import OpenModel

MOST_AT_ONCE = 64
Line = tuple[int, bytes]


def predict_nlu(model: Annotated[Path, typer.Option(help="the model's folder")]) -> None:
    """Reads texts as JSON Lines, {"text": ...} each; writes what they ask for. A wrong line is told and left out."""
    wrong = asyncio.run(_predict(model))
    if wrong:
        typer.echo(f"{wrong} line{'s' if wrong > 1 else ''} could not be read", err=True)
        raise typer.Exit(1)


async def _predict(folder: Path) -> int:
    from services.nlu.adapters.opening import open_model
    from services.nlu.adapters.reading import Mistake, parse_language, parse_line

    wrong = 0
    async with open_model(folder, kept=Settings().var / "encoder") as model:
        async for lines in _batches():
            rows = []
            for number, line in lines:
                try:
                    row = parse_line(line)
                    rows.append((row["text"], parse_language(row)))
                except Mistake as exc:
                    wrong += 1
                    typer.echo(f"line {number}: {exc}", err=True)
            for read in await predictions(model, rows):
                sys.stdout.write(json.dumps(read, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return wrong


async def predictions(model: "OpenModel", rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What the model reads in each text; `rows` are texts and their languages."""
    guesses = await model.guesses([text for text, _ in rows])
    return [
        {
            "text": text,
            "intent": guess.intent,
            "confidence": guess.confidence,
            "entities": [{"start": s.start, "end": s.end, "type": s.type} for s in model.mentions(text)],
            "language": language,
        }
        for (text, language), guess in zip(rows, guesses, strict=True)
    ]


async def _batches() -> AsyncIterator[list[Line]]:
    """What has come on standard input: a pipe that waits for each answer gets it, a file goes in large batches."""
    from services.nlu.adapters.reading import numbered

    lines: SimpleQueue[Line | None] = SimpleQueue()

    def read() -> None:
        for line in numbered(sys.stdin.buffer):
            lines.put(line)
        lines.put(None)

    # A daemon: a terminal that never closes must not keep the program from ending.
    Thread(target=read, daemon=True).start()
    last = False
    while not last:
        batch: list[Line] = []
        line = await asyncio.to_thread(lines.get)
        while line is not None and len(batch) < MOST_AT_ONCE - 1 and not lines.empty():
            batch.append(line)
            line = lines.get()
        last = line is None
        yield batch if line is None else [*batch, line]
