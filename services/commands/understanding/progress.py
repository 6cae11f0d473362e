"""How far a long work is, on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Tell = Callable[..., None]


@contextmanager
def progress_bar() -> Iterator[Tell]:
    """Lends `tell(phase, done, of, note="")`, which shows a line with a bar for each phase."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(phase: str, done: int, of: int, note: str = "") -> None:
            if phase not in tasks:
                tasks[phase] = shown.add_task(phase, total=of, note=note)
            shown.update(tasks[phase], completed=done, total=of, note=note)

        yield tell
