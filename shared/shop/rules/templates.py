"""Rules of templates and expressions: they parse, and look only into what is there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.shop.flows import FILTERS as EXPRESSION_FILTERS
from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.source import Place, Source

FILTERS = ("money", "date", "number")
"""The filters that Deskbell adds to Jinja's own."""

_METHODS = frozenset({"items", "keys", "values", "get"})


@dataclass(frozen=True)
class Template:
    """A template where it stands; a page has its own lines, a text in YAML has the line of its key."""

    text: str
    source: Source
    place: Place
    first_line: int | None = None
    in_flow: bool = False

    @property
    def environment(self) -> ImmutableSandboxedEnvironment:
        """What it may use: expressions of flows know filters that texts lack."""
        return _EXPRESSIONS if self.in_flow else _TEXTS

    def problem(self, line: int, message: str, remedy: str) -> ShopProblem:
        if self.first_line is None:
            return self.source.problem(self.place, message, remedy)
        return ShopProblem(self.source.file, self.first_line + line - 1, message, remedy)


def _environment(*filters: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment()
    environment.filters.update(dict.fromkeys((*FILTERS, *filters), str))
    return environment


_TEXTS, _EXPRESSIONS = _environment(), _environment(*EXPRESSION_FILTERS)


def template_problems(
    template: Template, trees: Mapping[str, Any], names: frozenset[str] | None = None
) -> Iterator[ShopProblem]:
    """What is wrong with a text with `{{ }}` in it. `names`, if given, are all that it may use."""
    try:
        tree = template.environment.parse(template.text)
    except TemplateSyntaxError as exc:
        yield template.problem(exc.lineno, f"not a template: {exc.message}", "mend the part in braces")
        return
    yield from _name_problems(template, tree, names)
    yield from _filter_problems(template, tree)
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        yield from _path_problem(template, node, trees)


def expression_problems(template: Template, trees: Mapping[str, Any], names: frozenset[str]) -> Iterator[ShopProblem]:
    """What is wrong with an expression such as `order.status != "pending"`."""
    try:
        _EXPRESSIONS.compile_expression(template.text)
    except TemplateSyntaxError as exc:
        message = f"`{template.text}` is no expression: {exc.message}"
        yield template.problem(exc.lineno, message, "write one such as `order.status == 'pending'`")
        return
    inside = Template("{{ " + template.text + " }}", template.source, template.place, in_flow=True)
    yield from template_problems(inside, trees, names)


def _name_problems(template: Template, tree: nodes.Template, names: frozenset[str] | None) -> Iterator[ShopProblem]:
    if names is None:
        return
    for name in sorted(meta.find_undeclared_variables(tree) - names):
        remedy = did_you_mean(name, names, f"there is: {', '.join(sorted(names))}")
        yield template.problem(_line_of(tree, name), f"`{name}` is not known here", remedy)


def _line_of(tree: nodes.Template, name: str) -> int:
    return next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)


def _filter_problems(template: Template, tree: nodes.Template) -> Iterator[ShopProblem]:
    known = template.environment
    kinds = ((nodes.Filter, "filter", known.filters), (nodes.Test, "test", known.tests))
    for node_type, kind, names in kinds:
        for node in tree.find_all(node_type):
            name = getattr(node, "name", "")
            if name not in names:
                yield template.problem(
                    node.lineno, f"there is no {kind} `{name}`", did_you_mean(name, names, "drop it")
                )


def _path_problem(template: Template, node: nodes.Node, trees: Mapping[str, Any]) -> Iterator[ShopProblem]:
    path = _path(node)
    if path is None or path[0] not in trees:
        return
    *around, key = path
    inside: Any = trees
    for part in around:
        inside = inside.get(part) if isinstance(inside, dict | Mapping) else None
    if isinstance(inside, Mapping) and inside and key not in inside and key not in _METHODS:
        kind = "policy" if path[0] == "policies" else "value"
        remedy = did_you_mean(key, inside, f"`{'.'.join(around)}` has: {', '.join(inside)}")
        yield template.problem(node.lineno, f"there is no {kind} `{'.'.join(path)}`", remedy)


def _path(node: nodes.Node) -> tuple[str, ...] | None:
    """`a.b["c"]` as its names, or None if it is not that plain."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        around, key = _path(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        around, key = _path(node.node), node.arg.value
    else:
        return None
    return None if around is None else (*around, key)
