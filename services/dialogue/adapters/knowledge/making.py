"""Documents made ready to be searched: cut, their words found, embedded."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace

import numpy as np

from services.dialogue.adapters.knowledge.cutting import cut
from services.dialogue.adapters.knowledge.documents import CUT_VERSION, Document, Piece
from services.dialogue.adapters.knowledge.lexical import LEXICON, Tokenizer
from services.dialogue.adapters.knowledge.store import Made
from shared.encoder import DIMENSIONS, ENCODER, Key, Kind, Vectors
from shared.vectors import Embeds, VectorFile

BATCH = 32
MADE_BY = f"{ENCODER}/{CUT_VERSION}/{LEXICON}"
"""Names what the vectors and words of a passage depend on, besides its text."""


def keys_of(document: Document, piece: Piece) -> list[Key]:
    """What is embedded of a passage: itself, its title, questions with the first, sentences of the shop's own pages."""
    # A title is as short as a question: embedded alike, they lie nearer.
    keys: list[Key] = [("passage", f"{piece.title}\n{piece.text}"), ("query", piece.title)]
    asks: list[Key] = [("query", ask) for ask in document.asks if piece.leads]
    return keys + asks + [("passage", sentence) for sentence in piece.sentences if document.origin == "page"]


async def embed_documents(documents: Sequence[Document], file: VectorFile, embedder: Embeds) -> Vectors:
    """All vectors of documents of the shop's own, into the file. Raises Transient."""
    keys = (key for document in documents for piece in cut(document) for key in keys_of(document, piece))
    return await file.embed(list(dict.fromkeys(keys)), embedder)


async def make(
    documents: Sequence[Document], tokenizer: Tokenizer, embedder: Embeds, file: VectorFile | None = None
) -> list[tuple[Document, list[Made]]]:
    """The passages of these documents. `file` keeps vectors from one start to the next. Raises Transient."""
    cuts = [(document, cut(document)) for document in documents]
    keys = [key for document, pieces in cuts for piece in pieces for key in keys_of(document, piece)]
    rows = await file.embed(keys, embedder) if file is not None else await _embedded(keys, embedder)
    halves, at, made = rows.astype(np.float16), 0, []
    for document, pieces in cuts:
        passages = []
        for piece in pieces:
            count = len(keys_of(document, piece))
            asks = document.asks if piece.leads else ()
            words = tuple(tokenizer.words("\n".join((piece.title, piece.text, *asks))))
            passages.append(Made(piece, words, halves[at : at + count], len(asks)))
            at += count
        made.append((document, passages))
    return made


def rows_of(made: Iterable[tuple[Document, Sequence[Made]]]) -> list[SimpleNamespace]:
    """These passages as `SqlDocuments.everything` would give them, for an index without a database."""
    return [
        SimpleNamespace(
            document=document.id, language=document.language, title=passage.piece.title, text=passage.piece.text,
            leads=passage.piece.leads, asks=passage.asks, source=document.source, origin=document.origin,
            valid_from=document.valid_from, valid_until=document.valid_until, words=passage.words,
            vectors=passage.vectors.tobytes(),
        ) for document, passages in made for passage in passages
    ]  # fmt: skip


async def _embedded(keys: Sequence[Key], embedder: Embeds) -> Vectors:
    """One row for each key; each text is embedded once, long ones beside long ones, so that batches waste little."""
    rows: dict[Key, Vectors] = {}
    kinds: tuple[Kind, ...] = ("query", "passage")
    for kind in kinds:
        texts = sorted({text for of, text in keys if of == kind}, key=len)
        for at in range(0, len(texts), BATCH):
            some = texts[at : at + BATCH]
            found = await embedder.embed(some, kind)
            rows |= {(kind, text): row for text, row in zip(some, found, strict=True)}
    return np.stack([rows[key] for key in keys]) if rows else np.empty((0, DIMENSIONS), np.float32)
