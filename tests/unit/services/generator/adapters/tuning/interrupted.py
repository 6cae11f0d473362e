"""Teaches the toy model and stands still in the middle, for a test to kill it there.

python -m tests.unit.services.generator.adapters.tuning.interrupted MODEL WORK OUT STEP
"""

import signal
import sys
from pathlib import Path

from services.generator.adapters.tuning.tuning import teach
from tests.unit.services.generator.adapters.toys import toy_pairs
from tests.unit.services.generator.adapters.tuning.toy_options import toy_options


def main(model: str, work: str, out: str, step: str) -> None:
    """Says "stopped" when it stands still."""

    def tell(phase: str, done: int, of: int, note: str = "") -> None:
        if done == int(step):
            print("stopped", flush=True)  # noqa: T201
            signal.pause()

    teach(toy_pairs(), Path(out), toy_options(Path(work), model), tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
