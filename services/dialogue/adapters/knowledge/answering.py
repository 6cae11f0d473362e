"""An answer added by hand, and the past questions that it covers."""

import hashlib

from services.dialogue.adapters.knowledge.documents import Document, Section, language_of
from services.dialogue.adapters.knowledge.gaps import Gap
from services.dialogue.adapters.knowledge.live import LiveKnowledge
from shared.errors import ConfigError


async def add_answer(knowledge: LiveKnowledge, question: str, text: str, id_: str = "") -> tuple[str, list[Gap]]:
    """Keeps the answer as an imported document; gives its id and the gaps that it closes.

    Raises ConfigError where there is nothing to keep, or the id is taken; Transient.
    """
    if not question.strip() or not text.strip():
        raise ConfigError("a question and its answer are needed; neither may be blank")
    name = id_ or f"answer-{hashlib.blake2b(question.strip().casefold().encode(), digest_size=4).hexdigest()}"
    if any(known.id == name and known.origin != "import" for known in await knowledge.documents.documents()):
        raise ConfigError(f"{name!r} is one of the shop's own; choose another id")
    section = Section(text.strip(), question.strip(), whole=True)
    language = language_of(question + text)
    document = Document(name, question.strip(), language, "answer", (section,), asks=(question.strip(),))
    await knowledge.keep([document])
    await knowledge.refresh()
    covered = [gap for gap in await knowledge.documents.gaps.all() if await knowledge.answers(gap, name)]
    await knowledge.documents.gaps.cover(covered, name)
    return name, covered
