"""The pictures of a report on understanding."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402 - the backend must be chosen first
from matplotlib.axes import Axes  # noqa: E402

MOST_INTENTS = 24
"""A matrix of more is not readable; these are the ones that are confused most."""
GREEN, ORANGE, GREY = "#2f7d5b", "#d98324", "#8a8a8a"
Document = Mapping[str, Any]


class Picture(Protocol):
    """Draws its part of the document."""

    def __call__(self, axes: Axes, document: Document) -> None: ...


def draw(directory: Path, document: Document) -> list[str]:
    """Writes those pictures for which there are figures into the folder; returns their file names."""
    wanted: list[tuple[str, bool, tuple[float, float], Picture]] = [
        ("reliability", bool(document["reliability"]), (7, 4.2), _reliability),
        ("confusion", bool(document["confusions"]), (9, 8), _confusion),
        ("learning_curve", bool(_curve(document)), (7, 3.6), _learning_curve),
        ("worst_intents", bool(document["by_intent"]), (9, 4.5), _worst_intents),
    ]
    made = []
    # Names of intents may be in any script; what this machine's fonts lack is drawn as boxes, which is no error.
    with plt.rc_context({"svg.fonttype": "none"}):
        for name, possible, size, picture in wanted:
            if possible:
                _save(directory / f"{name}.svg", size, partial(picture, document=document))
                made.append(f"{name}.svg")
    return made


def _save(path: Path, size: tuple[float, float], picture: Callable[[Axes], None]) -> None:
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    picture(axes)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _reliability(axes: Axes, document: Document) -> None:
    points = document["reliability"]
    axes.plot([0, 1], [0, 1], "--", color=GREY, label="perfect")
    confidence, accuracy = [p["confidence"] for p in points], [p["accuracy"] for p in points]
    axes.plot(confidence, accuracy, "o-", color=GREEN, label="this model")
    for point in points:
        axes.annotate(str(point["texts"]), (point["confidence"], point["accuracy"]), (4, -12), fontsize=8,
                      textcoords="offset points", color=GREY)  # fmt: skip
    axes.set(xlabel="confidence (beside each point: texts)", ylabel="right", xlim=(0, 1.02), ylim=(0, 1.05))
    axes.set_title(f"Reliability, calibration error {document['ece']:.3f}", fontsize=11)
    axes.grid(True, alpha=0.25)
    axes.legend(frameon=False)


def _confusion(axes: Axes, document: Document) -> None:
    names = _most_confused(document)
    place = {name: number for number, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    for right, found, count in document["confusions"]:
        if right in place and found in place:
            counts[place[right]][place[found]] = count
    top = max(max(row) for row in counts) or 1
    axes.imshow(counts, cmap="Oranges", vmin=0, vmax=top * 1.3)
    for row, values in enumerate(counts):
        for column, value in enumerate(values):
            if value:
                axes.text(column, row, str(value), ha="center", va="center", fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="found", ylabel="right")
    axes.set_title(f"Confusions among the {len(names)} intents that are confused most", fontsize=11)


def _most_confused(document: Document) -> list[str]:
    weight: Counter[str] = Counter()
    for right, found, count in document["confusions"]:
        weight[right] += count
        weight[found] += count
    return sorted(name for name, _ in weight.most_common(MOST_INTENTS))


def _curve(document: Document) -> list[list[float]]:
    curve: list[list[float]] = document.get("learning_curve") or document.get("model", {}).get("learning_curve") or []
    return curve


def _learning_curve(axes: Axes, document: Document) -> None:
    sizes, accuracy = zip(*_curve(document), strict=True)
    axes.plot(sizes, [100 * value for value in accuracy], "o-", color=GREEN)
    axes.set(xlabel="training examples", ylabel="accuracy in scope, %", xlim=(0, max(sizes) * 1.05))
    axes.set_title("Learning curve: a held-out third of the training data", fontsize=11)
    axes.grid(True, alpha=0.25)


def _worst_intents(axes: Axes, document: Document) -> None:
    scored = [
        (name, row["f1"]) for name, row in document["by_intent"].items() if row["texts"] and row["f1"] is not None
    ]
    worst = sorted(scored, key=lambda item: (item[1], item[0]))[:MOST_INTENTS][::-1]
    axes.barh([name for name, _ in worst], [100 * f1 for _, f1 in worst], color=ORANGE)
    axes.tick_params(axis="y", labelsize=8)
    axes.set(xlabel="F1, %", xlim=(0, 100))
    axes.set_title("The intents understood worst", fontsize=11)
