"""Files against models: pydantic's findings, told with their lines and in an operator's words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.source import Place, Source

T = TypeVar("T")


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A file and what it says; `value` is None if it has problems that keep it from being understood."""

    source: Source
    value: T | None


def validate(source: Source, kind: Any) -> Any:
    """The source's data as `kind`, or None after adding what is wrong to the source's problems."""
    if source.data is None:
        if not source.problems:
            source.problems.append(ShopProblem(source.file, 1, "the file is empty", "fill or remove it"))
        return None
    try:
        return TypeAdapter(kind).validate_python(source.data)
    except ValidationError as exc:
        source.problems.extend(_problem(source, kind, error) for error in exc.errors(include_url=False))
        return None


def _problem(source: Source, kind: Any, error: ErrorDetails) -> ShopProblem:
    tell = _TELLERS.get(error["type"], _tell_other)
    message, remedy = tell(error, kind)
    return source.problem(_place(error["loc"]), message, remedy)


def _place(loc: tuple[int | str, ...]) -> Place:
    return tuple(part for part in loc if part != "[key]")


def _name(error: ErrorDetails) -> str:
    words = [part for part in _place(error["loc"]) if isinstance(part, str)]
    return words[-1] if words else "the file"


def _tell_unknown_key(error: ErrorDetails, kind: Any) -> tuple[str, str]:
    *around, key = error["loc"]
    known = keys_at(kind, tuple(around))
    return f"unknown key `{key}`", did_you_mean(str(key), known, f"remove it, or use one of: {', '.join(known)}")


def _tell_missing(error: ErrorDetails, _: Any) -> tuple[str, str]:
    return f"`{_name(error)}` is missing", "add it"


def _tell_no_text(error: ErrorDetails, _: Any) -> tuple[str, str]:
    if error["input"] is None:
        return f"`{_name(error)}` has no value", "write one; a text with a comma or a colon in it needs quotes"
    scalar = isinstance(error["input"], int | float) or hasattr(error["input"], "isoformat")
    return f"`{_name(error)}` is not a text", "put it in quotes" if scalar else "write a text here"


def _tell_no_list(error: ErrorDetails, _: Any) -> tuple[str, str]:
    return f"`{_name(error)}` is not a list", "begin each entry with a dash, or put them in brackets"


def _tell_no_member(error: ErrorDetails, _: Any) -> tuple[str, str]:
    known = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
    remedy = did_you_mean(str(error["input"]), known, f"use one of: {', '.join(known)}")
    if error["loc"][-1] == "[key]":
        return f"unknown key `{error['input']}`", remedy
    return f"`{error['input']}` is not possible for `{_name(error)}`", remedy


def _tell_own(error: ErrorDetails, _: Any) -> tuple[str, str]:
    message, _, remedy = str(error["ctx"]["error"]).partition("; ")
    return message, remedy or "change it"


def _tell_other(error: ErrorDetails, _: Any) -> tuple[str, str]:
    text = error["msg"]
    return f"`{_name(error)}` is wrong: {text[:1].lower()}{text[1:]}", "change it"


_Teller = Callable[[ErrorDetails, Any], tuple[str, str]]
_TELLERS: Mapping[str, _Teller] = {
    "extra_forbidden": _tell_unknown_key,
    "missing": _tell_missing,
    "string_type": _tell_no_text,
    "tuple_type": _tell_no_list,
    "literal_error": _tell_no_member,
    "value_error": _tell_own,
}


def keys_at(kind: Any, loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at `loc` within `kind` knows; none if there is no model there."""
    for part in loc:
        kind = _inner(_model_or_container(kind), part)
    model = _model_or_container(kind)
    if not _is_model(model):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_or_container(kind: Any) -> Any:
    """`kind` without Annotated, and of a union the member that has an inside."""
    if get_origin(kind) is Annotated:
        return _model_or_container(get_args(kind)[0])
    if get_origin(kind) in (Union, type(int | str)):
        members = [_model_or_container(member) for member in get_args(kind)]
        return next((member for member in members if _is_model(member) or get_origin(member)), members[0])
    return kind


def _inner(kind: Any, part: int | str) -> Any:
    if _is_model(kind):
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        # A part that is no field is the tag of a union's member: the model is already reached.
        return fields[str(part)].annotation if part in fields else kind
    arguments = get_args(kind)
    if not arguments:
        return kind
    return arguments[1] if get_origin(kind) is dict else arguments[0]
