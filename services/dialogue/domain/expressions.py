"""The expressions of flows: sandboxed, compiled once, and aware of the names that they use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, meta, nodes
from jinja2.environment import TemplateExpression
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.dialogue.domain.actions.base import PROGRESS
from shared.errors import ConfigError, DeskbellError


class FlowError(DeskbellError):
    """A flow cannot go on: it loops, or an expression in it fails."""


def is_until(status: object, last: object) -> bool:
    """Whether an order of this status has not gone past the status `last`."""
    if not (status in PROGRESS and last in PROGRESS):
        return False
    return PROGRESS.index(str(status)) <= PROGRESS.index(str(last))


def days_since(moment: datetime, today: date) -> int:
    """Calendar days from a moment, on its own clock, to a day."""
    return (today - moment.date()).days


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=ChainableUndefined)
    # Responses use money and date, which the generator knows; here only their names count.
    environment.filters.update(number=Decimal, money=str, date=str, until=is_until, days_since=days_since)
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True)
class Expression:
    """A compiled expression. `names` are the values that it wants."""

    source: str
    names: frozenset[str]
    _compiled: TemplateExpression

    def value(self, values: Mapping[str, Any]) -> Any:
        """The expression's value, None where a name is unknown. Raises FlowError."""
        try:
            return self._compiled(**values)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as exc:
            raise FlowError(f"`{self.source}` failed: {type(exc).__name__}") from exc


def compile_expression(source: str) -> Expression:
    """The expression, ready to be asked. Raises ConfigError when it is no expression."""
    try:
        names = frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse("{{ " + source + " }}")))
        return Expression(source, names, _ENVIRONMENT.compile_expression(source))
    except TemplateError as exc:
        raise ConfigError(f"`{source}` is no expression: {exc}") from exc


def facts_in(templates: Iterable[str], of: Iterable[str]) -> frozenset[str]:
    """The facts that these templates look at of these names, such as `customer.tier`; a bare name counts, too."""
    found: set[str] = set()
    for text in templates:
        tree = _ENVIRONMENT.parse(text)
        names = {node.name for node in tree.find_all(nodes.Name)} & set(of)
        looks = [node for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name)]
        paths = {f"{node.node.name}.{node.attr}" for node in looks if node.node.name in names}  # type: ignore[attr-defined]
        found |= paths | {name for name in names if not any(path.startswith(f"{name}.") for path in paths)}
    return frozenset(found)


def names_in(templates: Iterable[str]) -> frozenset[str]:
    """The values that these templates want."""
    try:
        return frozenset().union(*(meta.find_undeclared_variables(_ENVIRONMENT.parse(text)) for text in templates))
    except TemplateError as exc:
        raise ConfigError(f"a response is no template: {exc}") from exc
