"""YAML read with the line of every value, so that each mistake can be shown where it stands."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shared.shop.problems import ShopProblem

Place = tuple[str | int, ...]
"""Where a value stands: the keys and indexes that lead to it."""

MAX_DEPTH = 40


class _Loader(yaml.CSafeLoader):
    """Only true and false are booleans: `no` and `on` are words that customers say."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and form that PyYAML asks for
        first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:bool"]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$", re.IGNORECASE), list("tTfF"))


@dataclass
class Source:
    """A file's content, and the line on which each part of it begins."""

    file: str
    stem: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[ShopProblem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, message: str, remedy: str) -> ShopProblem:
        return ShopProblem(self.file, self.line(place), message, remedy)


def read_yaml(path: Path) -> Source:
    """The file's content. What cannot be read is told in `problems`, and `data` is None."""
    source = Source(str(path), path.stem)
    text = read_text(path, source)
    if text is not None:
        parse_yaml(text, source)
    return source


def read_text(path: Path, source: Source) -> str | None:
    """The file's text, or None and a problem in `source`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        source.problems.append(ShopProblem(str(path), line, "the file is not UTF-8", "save it as UTF-8"))
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        source.problems.append(ShopProblem(str(path), 1, f"the file cannot be read: {reason}", "see that it is there"))
    return None


def parse_yaml(text: str, source: Source, first_line: int = 1) -> None:
    """Fills `source` from YAML that begins on `first_line` of its file."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            source.data = _Builder(loader, source, first_line).build(node, ())
    except yaml.MarkedYAMLError as exc:
        source.data = None
        source.problems.append(_syntax_problem(exc, source.file, first_line))
    except (yaml.YAMLError, ValueError) as exc:
        source.data = None
        what = " ".join(str(exc).split())
        source.problems.append(ShopProblem(source.file, first_line, f"not YAML: {what}", "mend the text"))
    finally:
        loader.dispose()


def _syntax_problem(exc: yaml.MarkedYAMLError, file: str, first_line: int) -> ShopProblem:
    mark = exc.problem_mark or exc.context_mark
    line = first_line + (mark.line if mark else 0)
    what = ", ".join(part for part in (exc.problem, exc.context) if part)
    return ShopProblem(file, line, f"not YAML: {what}", "mend the indentation, colon or quote there")


class _Builder:
    """Makes Python values of YAML nodes and notes where each begins."""

    def __init__(self, loader: _Loader, source: Source, first_line: int) -> None:
        self._loader = loader
        self._source = source
        self._first_line = first_line

    def build(self, node: yaml.Node, place: Place) -> Any:
        if len(place) > MAX_DEPTH:
            raise yaml.constructor.ConstructorError(None, None, "nested too deeply", node.start_mark)
        self._source.lines.setdefault(place, self._line(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node)
        except ValueError as exc:
            raise yaml.constructor.ConstructorError(None, None, str(exc), node.start_mark) from exc

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[Any, Any]:
        self._loader.flatten_mapping(node)
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            here = (*place, key)
            if key in found:
                self._twice(key_node, key)
            self._source.lines[here] = self._line(key_node)
            found[key] = self.build(value_node, here)
        return found

    def _key(self, node: yaml.Node) -> Any:
        key = self._loader.construct_object(node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a word", node.start_mark)
        return key

    def _twice(self, node: yaml.Node, key: Any) -> None:
        message = f"`{key}` stands twice in the same mapping"
        self._source.problems.append(
            ShopProblem(self._source.file, self._line(node), message, "keep one, or rename this one")
        )

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self._first_line
