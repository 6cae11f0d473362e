"""The conditions of rules: sandboxed expressions over the facts of an event."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, TemplateError
from jinja2.environment import TemplateExpression
from jinja2.sandbox import ImmutableSandboxedEnvironment

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=ChainableUndefined)


def holds(condition: str | None, values: Mapping[str, Any]) -> bool:
    """Whether the condition holds; one that fails on these values does not."""
    if condition is None:
        return True
    try:
        return bool(_compiled(condition)(**values))
    except (TemplateError, TypeError, ValueError, ArithmeticError):
        return False


@cache
def _compiled(condition: str) -> TemplateExpression:
    return _ENVIRONMENT.compile_expression(condition)
