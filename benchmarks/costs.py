"""What processes take of the machine, as Linux counts it."""

import os
from collections.abc import Mapping
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def memory_mb(pid: int, proc: Path = PROC) -> dict[str, float]:
    """Resident memory, and its proportional share where pages are shared between processes (0 if not told)."""
    kept = {"Rss": 0.0, "Pss": 0.0}
    for line in (proc / str(pid) / "smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        if name in kept:
            kept[name] = round(int(value.split()[0]) / 1024, 1)
    return {"rss": kept["Rss"], "pss": kept["Pss"]}


def cpu_s(pid: int, proc: Path = PROC) -> float:
    """Processor time of the process and its threads so far."""
    # The program's name, in brackets, may hold spaces.
    fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def cpu_of(pids: Mapping[str, int]) -> dict[str, float]:
    """Processor time of each so far."""
    return {name: cpu_s(pid) for name, pid in pids.items()}


def ms_per_turn(before: Mapping[str, float], after: Mapping[str, float], turns: int) -> dict[str, float]:
    """What a turn cost each process between two looks."""
    return {name: round(1000 * (after[name] - before[name]) / turns, 2) for name in before if turns}
