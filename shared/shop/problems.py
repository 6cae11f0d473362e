"""What is wrong with a shop's files, said so that an operator can mend it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from shared.errors import ConfigError


@dataclass(frozen=True, order=True)
class ShopProblem:
    """One mistake. `line` counts from 1; `remedy` says what to do about it."""

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}; {self.remedy}"


def refuse(problems: Sequence[ShopProblem]) -> None:
    """Raises ConfigError with the first problem and how many more there are, if there are any."""
    if problems:
        more = f" (and {len(problems) - 1} more: `deskbell check` shows all)" if len(problems) > 1 else ""
        raise ConfigError(f"{problems[0]}{more}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, or None if none comes near."""
    by_folded = {candidate.lower(): candidate for candidate in sorted(known)}
    best = get_close_matches(name.lower(), by_folded, n=1)
    return by_folded[best[0]] if best else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: the nearest known name, else `otherwise`."""
    known = list(known)
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else otherwise
