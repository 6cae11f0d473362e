"""Trains the toy encoder and stands still in the middle of an epoch, for a test to kill it there.

python -m tests.unit.services.nlu.adapters.fine_tuning.interrupted ENCODER WORK OUT EPOCH
"""

import signal
import sys
from pathlib import Path

from services.nlu.adapters.fine_tuning.tuning import fine_tune
from tests.unit.services.nlu.adapters.fine_tuning.toys import toy_examples, toy_options


def main(encoder: str, work: str, out: str, epoch: str) -> None:
    """Says "stopped" when it stands still."""

    def tell(phase: str, done: int, of: int, note: str = "") -> None:
        if phase == "epoch" and note.startswith(f"epoch {epoch}"):
            print("stopped", flush=True)  # noqa: T201
            signal.pause()

    fine_tune(toy_examples(300, 1), toy_examples(30, 2), Path(out), toy_options(Path(work), Path(encoder)), tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
