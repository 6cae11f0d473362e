"""Rules of what the shop hears and says: examples, responses and pages."""

from collections.abc import Iterator, Mapping
from itertools import permutations

from shared.shop.load import ShopFiles
from shared.shop.marks import unmark
from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.rules.names import Names
from shared.shop.rules.templates import Template, template_problems
from shared.shop.source import Place, Source
from shared.shop.texts import NluFile

PAGE_NAMES = frozenset({"policies", "shop"})


def nlu_problems(files: ShopFiles, _: Names) -> Iterator[ShopProblem]:
    """Examples that stand under two intents of a language, and intents that one language lacks."""
    readable = [(file.source, file.value) for file in files.nlu if file.value is not None]
    intents: dict[str, set[str]] = {}
    first: dict[tuple[str, str], str] = {}
    for source, nlu in readable:
        intents.setdefault(nlu.language, set()).update(nlu.intents)
        for intent, place, example in _examples(nlu):
            other = first.setdefault((nlu.language, example.lower()), intent)
            if other != intent:
                message = f"“{example}” is an example of `{other}` and of `{intent}`"
                yield source.problem(place, message, "keep it under one of them")
    for source, nlu in readable:
        yield from _intents_of_one_language(nlu, source, intents)


def _examples(nlu: NluFile) -> Iterator[tuple[str, Place, str]]:
    for intent, examples in nlu.intents.items():
        for index, example in enumerate(examples):
            yield intent, ("intents", intent, index), unmark(example)[0]


def _intents_of_one_language(nlu: NluFile, source: Source, intents: Mapping[str, set[str]]) -> Iterator[ShopProblem]:
    for language, known in intents.items():
        for intent in sorted(nlu.intents.keys() - known):
            remedy = did_you_mean(intent, known - nlu.intents.keys(), f"write some for {language}")
            yield source.problem(("intents", intent), f"intent `{intent}` has no examples in {language}", remedy)


def response_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Responses that lack a language, and wordings that are no templates."""
    languages = files.profile.value.languages if files.profile.value else ()
    for file in files.responses:
        if languages and file.source.stem not in languages:
            message = f"the shop does not speak `{file.source.stem}`"
            yield file.source.problem((), message, "add the language to shop.yaml or rename the file")
        for name, wordings in (file.value or {}).items():
            for index, wording in enumerate(wordings):
                place = (name, index) if (name, index) in file.source.lines else (name,)
                yield from template_problems(Template(wording, file.source, place), names.trees)
    yield from _responses_of_one_language(files)


def _responses_of_one_language(files: ShopFiles) -> Iterator[ShopProblem]:
    readable = [file.source for file in files.responses if isinstance(file.source.data, dict)]
    names = {source.file: set(map(str, source.data)) for source in readable}
    for source, other in permutations(readable, 2):
        extra = names[other.file] - names[source.file]
        for name in sorted(names[source.file] - names[other.file]):
            remedy = did_you_mean(name, extra, f"add it to {other.file}")
            yield source.problem((name,), f"response `{name}` is missing in {other.stem}", remedy)


def page_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Pages in the wrong folder or language, and bodies that are no templates."""
    for file in files.pages:
        page = file.value
        if page is None:
            continue
        folder = page.source.split("/")[0]
        if "/" in page.source and folder != page.language:
            message = f"the page says language {page.language} and lies in {folder}/"
            yield file.source.problem(("language",), message, "move the file or change the language")
        title = Template(page.title, file.source, ("title",))
        yield from template_problems(title, names.trees, PAGE_NAMES)
        body = Template(page.body, file.source, (), page.body_line)
        yield from template_problems(body, names.trees, PAGE_NAMES)


def page_answer_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Answers of pages that there are not, and wordings that are no templates."""
    source = files.page_answers.source
    stems = {(file.value.language, file.value.stem) for file in files.pages if file.value is not None}
    for language, pages in (files.page_answers.value or {}).items():
        for stem, told in pages.items():
            if (language, stem) not in stems:
                message = f"there is no page `{stem}` in {language}"
                remedy = did_you_mean(stem, {name for _, name in stems}, "write the page, or take its answers out")
                yield source.problem((language, stem), message, remedy)
            for number, answer in enumerate(told):
                for wording in answer.say:
                    template = Template(wording, source, (language, stem, number, "say"))
                    yield from template_problems(template, names.trees, PAGE_NAMES)


def page_question_problems(files: ShopFiles, _: Names) -> Iterator[ShopProblem]:
    """Questions to pages that there are not."""
    stems = {file.value.stem for file in files.pages if file.value is not None}
    for stem in files.page_questions.value or {}:
        if stem not in stems:
            remedy = did_you_mean(stem, stems, "write the page, or take its questions out")
            yield files.page_questions.source.problem((stem,), f"there is no page `{stem}`", remedy)
