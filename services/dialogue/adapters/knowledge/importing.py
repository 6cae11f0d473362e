"""Foreign files brought into SQL: what did not change costs nothing, and a run that was cut off goes on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.dialogue.adapters.knowledge.documents import Document, Reference
from services.dialogue.adapters.knowledge.formats import READERS, Bad, Render, read_file
from services.dialogue.adapters.knowledge.lexical import Tokenizer
from services.dialogue.adapters.knowledge.making import MADE_BY, make
from services.dialogue.adapters.knowledge.store import Known, SqlDocuments
from shared.errors import ConfigError
from shared.vectors import Embeds

TOGETHER = 100_000
"""Characters of documents that are embedded and kept at once: some seconds' work, so that little is lost by a kill."""
Progress = Callable[[int, int], None]
"""Called with how many of how many documents are done."""


@dataclass
class Outcome:
    """What an import did, in numbers of documents."""

    imported: int = 0
    unchanged: int = 0
    bad: list[Bad] = field(default_factory=list)


@dataclass(frozen=True)
class Importer:
    """Imports into one shop's documents."""

    documents: SqlDocuments
    tokenizer: Tokenizer
    embedder: Embeds

    async def run(self, sources: Sequence[Path], render: Render, progress: Progress) -> Outcome:
        """Imports these files and folders. Raises ConfigError for a source that does not exist, Transient."""
        known = {one.reference: one for one in await self.documents.documents()}
        outcome = Outcome()
        todo = list(_to_do(_read(sources, render, outcome), known, outcome))
        await self.documents.remove(_in_another_language(todo, known))
        done = 0
        for some in _batches(todo):
            await self.documents.put(await make(some, self.tokenizer, self.embedder), MADE_BY)
            done += len(some)
            outcome.imported += len(some)
            progress(done, len(todo))
        return outcome


def files_of(sources: Iterable[Path]) -> Iterator[Path]:
    """The files that can be read, in order; a file that is named must be of a known kind. Raises ConfigError."""
    for source in sources:
        if source.is_dir():
            found = sorted(path for path in source.rglob("*") if path.suffix.casefold() in READERS and path.is_file())
            yield from (path for path in found if not path.name.startswith("."))
        elif not source.exists():
            raise ConfigError(f"there is no file or folder {source}")
        elif source.suffix.casefold() not in READERS:
            raise ConfigError(f"{source} cannot be imported; use {', '.join(sorted(READERS))}")
        else:
            yield source


def _read(sources: Sequence[Path], render: Render, outcome: Outcome) -> Iterator[Document]:
    """The good documents of all sources, each id once."""
    first: dict[Reference, Path] = {}
    for path in dict.fromkeys(files_of(sources)):
        for found in read_file(path, render):
            if isinstance(found, Bad):
                outcome.bad.append(found)
            elif found.reference in first:
                earlier = first[found.reference]
                told = f"the id {found.id!r} is taken by {earlier}; give one of them another id, or another file name"
                outcome.bad.append(Bad(str(path), told))
            else:
                first[found.reference] = path
                yield found


def _to_do(documents: Iterable[Document], known: dict[Reference, Known], outcome: Outcome) -> Iterator[Document]:
    for document in documents:
        there = known.get(document.reference)
        if there is not None and there.origin != "import":
            told = f"the id {document.id!r} is that of one of the shop's own pages or products; choose another id"
            outcome.bad.append(Bad(document.source, told))
        elif there is not None and there.checksum == document.checksum and there.made_by == MADE_BY:
            outcome.unchanged += 1
        else:
            yield document


def _in_another_language(todo: Sequence[Document], known: dict[Reference, Known]) -> list[Reference]:
    """What a document was before its language changed: the same id from the same source."""
    coming = {document.reference for document in todo}
    sources = {(document.id, document.source) for document in todo}
    return [
        one.reference
        for one in known.values()
        if one.origin == "import" and (one.id, one.source) in sources and one.reference not in coming
    ]


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    some: list[Document] = []
    size = 0
    for document in documents:
        some.append(document)
        size += sum(len(section.text) for section in document.sections)
        if size >= TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some
