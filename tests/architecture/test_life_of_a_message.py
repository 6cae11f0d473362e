"""The README's life of a message names files and what stands in them; both must be there."""

import ast
import re

import pytest

from shared.config import ROOT

NAMED = re.compile(r"`([\w/]+\.(?:py|lua))::([\w.]+)`")
FEWEST = 8


def life_of_a_message() -> str:
    text = (ROOT / "README.md").read_text()
    _, _, after = text.partition("\n## Life of a message\n")
    return after.partition("\n## ")[0]


def python_names(source: str) -> set[str]:
    """Functions and classes of a module, methods as `Class.method`."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if hasattr(part, "name")}
    return names


def script_names(source: str) -> set[str]:
    """A Lua script is one act; its first line names it."""
    return set(re.findall(r"\A-- ([A-Z]+):", source))


def test_every_step_names_its_place() -> None:
    steps = re.findall(r"^\d+\. .*(?:\n {3}.*)*", life_of_a_message(), flags=re.MULTILINE)
    assert len(steps) >= FEWEST
    assert [step for step in steps if not NAMED.search(step)] == []


@pytest.mark.parametrize(("path", "name"), NAMED.findall(life_of_a_message()))
def test_what_is_named_is_there(path: str, name: str) -> None:
    source = (ROOT / path).read_text()
    assert name in (python_names if path.endswith(".py") else script_names)(source)
