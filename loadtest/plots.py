"""The pictures of a report."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen first
from matplotlib.axes import Axes  # noqa: E402

from loadtest.measures import LATENCIES, OUTCOMES, Window, histogram, latencies  # noqa: E402
from loadtest.records import Run  # noqa: E402

COLOURS = {
    "completed": "#2f7d5b",
    "failed": "#c0392b",
    "expired": "#d98324",
    "lost": "#111111",
    "refused": "#7a6ab0",
    "unconfirmed": "#8a8a8a",
}


def draw(directory: Path, run: Run, windows: Sequence[Window]) -> list[str]:
    """Writes the pictures into the folder; returns their file names."""
    pictures: dict[str, Callable[[Axes], None]] = {
        "latency.svg": lambda axes: _latency(axes, windows),
        "percentiles.svg": lambda axes: _percentiles(axes, run),
        "outcomes.svg": lambda axes: _outcomes(axes, windows),
    }
    for name, picture in pictures.items():
        figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
        picture(axes)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(True, alpha=0.25)
        figure.savefig(directory / name, metadata={"Date": None})
        plt.close(figure)
    return list(pictures)


def _latency(axes: Axes, windows: Sequence[Window]) -> None:
    for share, style in ((50, "-"), (90, "--"), (99, ":")):
        _line(axes, windows, "complete", share, style)
    _line(axes, windows, "accept", 99, "-")
    axes.set(xlabel="seconds since the first arrival could come", ylabel="ms from the intended moment")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _line(axes: Axes, windows: Sequence[Window], name: str, share: int, style: str) -> None:
    points = [(window.at, window.percentile_ms(LATENCIES[name], share)) for window in windows]
    drawn = [(at, value) for at, value in points if value is not None]
    if drawn:
        axes.plot(*zip(*drawn, strict=True), style, label=f"{name} p{share}", color=_shade(name, share))


def _shade(name: str, share: int) -> str:
    return "#d98324" if name == "accept" else {50: "#7fb7a0", 90: "#2f7d5b", 99: "#123f2d"}[share]


def _percentiles(axes: Axes, run: Run) -> None:
    """The whole distribution: each tick to the right is ten times rarer."""
    rarest = max(2, sum(turn.ended is not None for turn in run.turns))
    shares = [100 * (1 - 10 ** (-step / 20)) for step in range(int(20 * log10(rarest)) + 1)]
    for name, moment in LATENCIES.items():
        values = latencies(run.turns, moment)
        if values:
            recorded = histogram(values)
            curve = [recorded.get_value_at_percentile(share) / 1000 for share in shares]
            axes.plot([1 / (1 - share / 100) for share in shares], curve, label=name)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([1, 2, 10, 100, 1000, 10000], ["0", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"])
    axes.set(xlabel="percentile", ylabel="ms from the intended moment")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _outcomes(axes: Axes, windows: Sequence[Window]) -> None:
    counts = [Counter(turn.outcome for turn in window.turns) for window in windows]
    width = (windows[1].at - windows[0].at) if len(windows) > 1 else 1.0
    floor = [0] * len(windows)
    for name in OUTCOMES:
        heights = [count[name] for count in counts]
        if any(heights):
            axes.bar([w.at for w in windows], heights, width * 0.9, floor, label=name, color=COLOURS.get(name))
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
    axes.set(xlabel="seconds since the first arrival could come", ylabel=f"messages in {width:.0f} s")
    axes.legend(frameon=False)
