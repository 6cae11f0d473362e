"""`deskbell knowledge`: what the shop knows, brought in, searched, listed, removed and checked."""

import asyncio
import csv
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services import runner
from services.stack import find_stack
from shared.config import Settings
from shared.errors import ConfigError
from shared.telemetry import configure_logging

if TYPE_CHECKING:
    from services.dialogue.adapters.knowledge.importing import Outcome
    from services.dialogue.adapters.knowledge.live import LiveKnowledge
    from services.dialogue.adapters.knowledge.store import SqlDocuments

knowledge_app = typer.Typer(help="The pages that questions are answered from.", no_args_is_help=True)
ShopDir = Annotated[Path | None, typer.Option("--shop", help="the shop's folder")]
SHOWN = ("document", "title", "passage", "score", "language", "source")


@knowledge_app.command("import")
def import_(
    sources: Annotated[list[Path], typer.Argument(help="Markdown, FAQ CSV, JSON, HTML or PDF: files or folders")],
    shop: ShopDir = None,
) -> None:
    """Brings files in. Only what changed costs time, and a run that was stopped goes on where it was."""
    try:
        outcome = asyncio.run(_import(_settings(shop), sources))
    except KeyboardInterrupt:
        raise ConfigError("stopped; what was imported so far is kept, the same command goes on from there") from None
    for bad in outcome.bad:
        typer.echo(f"deskbell: {bad}", err=True)
    typer.echo(f"{outcome.imported} imported, {outcome.unchanged} unchanged, {len(outcome.bad)} bad")
    raise typer.Exit(1 if outcome.bad else 0)


@knowledge_app.command()
def search(
    question: Annotated[str, typer.Argument(help="what a customer asks")],
    top: Annotated[int, typer.Option(min=1, max=100, help="at most so many documents")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    language: Annotated[str, typer.Option(help="only documents in this language: en or zh")] = "",
    shop: ShopDir = None,
) -> None:
    """The documents that answer a question, best first."""
    if language not in ("", "en", "zh"):
        raise ConfigError(f"there is no language {language!r}; write en or zh")

    async def searching() -> None:
        from services.dialogue.adapters.knowledge.documents import language_of

        async with _knowledge(_settings(shop)) as knowledge:
            hits = await knowledge.search(question, language_of(question), top, language)
        if as_json:
            found = [{name: getattr(hit, name) for name in SHOWN} for hit in hits]
            typer.echo(orjson.dumps({"results": found}, option=orjson.OPT_INDENT_2).decode())
            return
        for hit in hits:
            typer.echo(f"{hit.score:.2f}  {hit.document}  {hit.title}  ({hit.language}, {hit.source})\n  {hit.answer}")

    asyncio.run(searching())


@knowledge_app.command("list")
def list_(shop: ShopDir = None) -> None:
    """One line a document: id, language, origin, passages, valid from and until, source, title."""

    async def listing() -> None:
        async with _documents(_settings(shop)) as documents:
            for one in await documents.documents():
                days = (str(day or "") for day in (one.valid_from, one.valid_until))
                fields = (one.id, one.language, one.origin, str(one.passages), *days, one.source, one.title)
                typer.echo("\t".join(fields))

    asyncio.run(listing())


@knowledge_app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="ids of imported documents; `list` shows them")], shop: ShopDir = None
) -> None:
    """Forgets imported documents. The shop's own pages and products go with their files."""

    async def removing() -> None:
        async with _documents(_settings(shop)) as documents:
            known = [one for one in await documents.documents() if one.id in ids]
            for id_ in ids:
                origins = {one.origin for one in known if one.id == id_}
                if not origins:
                    raise ConfigError(f"there is no document {id_!r}; `deskbell knowledge list` shows them")
                if "import" not in origins:
                    raise ConfigError(f"{id_!r} is one of the shop's own; remove it from the shop's folder")
            gone = [one.reference for one in known if one.origin == "import"]
            await documents.remove(gone)
        typer.echo(f"{len(gone)} removed")

    asyncio.run(removing())


@knowledge_app.command()
def check(shop: ShopDir = None) -> None:
    """Documents that say the same twice, and sentences that agree but for their numbers; exit code 1 if any."""

    async def checking() -> int:
        from services.dialogue.adapters.knowledge.checking import doubts

        found = 0
        async with _knowledge(_settings(shop)) as knowledge:
            for found, doubt in enumerate(doubts(knowledge.index), 1):  # noqa: B007 - counted
                one, other = (f"{entry.document} ({entry.source})" for entry in (doubt.one, doubt.other))
                typer.echo(f"{doubt.kind}: {one} and {other}\n  {doubt.says}\n  {doubt.other_says}")
        return found

    found = asyncio.run(checking())
    typer.echo(f"{found} found" if found else "no duplicates, no contradictions", err=True)
    raise typer.Exit(1 if found else 0)


@knowledge_app.command()
def gaps(
    export: Annotated[Path | None, typer.Option(help="write a draft FAQ (CSV) to fill in and import")] = None,
    shop: ShopDir = None,
) -> None:
    """Questions that nothing answered, gathered and counted, the most frequent first."""

    async def gathering() -> None:
        from services.dialogue.adapters.knowledge.gaps import clusters

        async with _knowledge(_settings(shop)) as knowledge:
            found = await knowledge.documents.gaps.all()
            found = clusters(found, await knowledge.embed([gap.question for gap in found]))
        if export is not None:
            with export.open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(("question", "answer", "language", "times"))
                rows.writerows((gap.question, "", gap.language, gap.times) for gap in found)
            typer.echo(f"{len(found)} questions in {export}; fill in the answers and import it", err=True)
            return
        for gap in found:
            typer.echo(f"{gap.times}\t{gap.language}\t{' | '.join((gap.question, *gap.others))}")

    asyncio.run(gathering())


@knowledge_app.command()
def answer(
    question: Annotated[str, typer.Argument(help="as customers ask it")],
    text: Annotated[str, typer.Argument(help="the answer")],
    id_: Annotated[str, typer.Option("--id", help="the document's id; without it one is made of the question")] = "",
    shop: ShopDir = None,
) -> None:
    """Adds an answer, and shows which of the unanswered questions it now covers."""

    async def answering() -> None:
        from services.dialogue.adapters.knowledge.answering import add_answer

        async with _knowledge(_settings(shop)) as knowledge:
            document, covered = await add_answer(knowledge, question, text, id_)
        typer.echo(f"added as {document}", err=True)
        for gap in covered:
            typer.echo(f"{gap.times}\t{gap.language}\t{gap.question}")

    asyncio.run(answering())


async def _import(settings: Settings, sources: list[Path]) -> "Outcome":
    from services.dialogue.adapters.knowledge.importing import Importer, files_of
    from services.dialogue.adapters.knowledge.lexical import Tokenizer
    from services.dialogue.adapters.knowledge.shop_documents import renderer
    from shared.encoder import open_encoder
    from shared.shop import load_shop

    render = renderer(load_shop(settings.shop_dir))
    if not list(files_of(sources)):
        raise ConfigError("there is nothing to import in these folders")
    tokenizer = await asyncio.to_thread(Tokenizer, settings.var / "cache")
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with AsyncExitStack() as stack:
        documents = await stack.enter_async_context(_documents(settings))
        encoder = await stack.enter_async_context(open_encoder(cache_size=64, timeout_s=300))
        bar = stack.enter_context(Progress(*columns, console=Console(stderr=True)))
        task = bar.add_task("import", total=None)
        importer = Importer(documents, tokenizer, encoder)
        return await importer.run(sources, render, lambda done, of: bar.update(task, completed=done, total=of))


@asynccontextmanager
async def _knowledge(settings: Settings) -> "AsyncIterator[LiveKnowledge]":
    from services.dialogue.adapters.knowledge.live import Home, open_knowledge
    from shared.encoder import open_encoder
    from shared.store.client import open_redis

    runner.make_dir(runner.state_dir(settings))
    async with AsyncExitStack() as stack:
        url = _cache_url(settings)
        cache = await stack.enter_async_context(open_redis(url)) if url else None
        encoder = await stack.enter_async_context(open_encoder(timeout_s=120))
        home = Home(settings.shop_dir, settings.var, runner.database_url(settings), cache)
        yield await stack.enter_async_context(open_knowledge(home, encoder))


@asynccontextmanager
async def _documents(settings: Settings) -> "AsyncIterator[SqlDocuments]":
    from services.dialogue.adapters.knowledge.store import open_documents

    runner.make_dir(runner.state_dir(settings))
    async with open_documents(runner.database_url(settings)) as documents:
        yield documents


def _cache_url(settings: Settings) -> str | None:
    """The cache of a running stack, or the configured one; without either a search does without."""
    if (stack := find_stack(runner.state_dir(settings))) is not None:
        return stack.state_url
    configured = settings.cache_url or settings.state_url
    return configured.get_secret_value() if configured else None


def _settings(shop: Path | None) -> Settings:
    configure_logging("warning", json=False)
    settings = Settings() if shop is None else Settings(shop_dir=shop)
    if not (settings.shop_dir / "shop.yaml").is_file():
        raise ConfigError(f"{settings.shop_dir} is no shop folder: it has no shop.yaml")
    return settings
