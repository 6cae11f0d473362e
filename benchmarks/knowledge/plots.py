"""The picture of how a search grows with the catalogue."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen first

LINES = {
    "p50_ms": "half of the searches",
    "p95_ms": "95 of 100",
    "p95_ms_without_graph": "95 of 100, without the graph",
}


def draw_growth(directory: Path, growth: Mapping[str, Mapping[str, Any]], bar_ms: float) -> str:
    """Milliseconds of a search over the number of passages, both logarithmic; returns the file's name."""
    sizes = [int(size.replace(",", "")) for size in growth]
    figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    for name, label in LINES.items():
        axes.plot(sizes, [row[name] for row in growth.values()], marker="o", label=label)
    axes.axhline(bar_ms, color="#c0392b", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="passages", ylabel="ms a search")
    axes.legend()
    figure.savefig(directory / "growth.svg", metadata={"Date": None})
    plt.close(figure)
    return "growth.svg"
