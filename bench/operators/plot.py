"""`python -m bench.operators.plot`: docs/operators.svg, what every kind costs as rows grow longer."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .records import read
from .subjects import CHECKOUT

TITLES = {"train": "training", "prefill": "reading a prompt", "decode": "decoding at this depth"}
STYLES = ("-", "--", ":", "-.")


def draw() -> None:
    """A panel for each phase, a line for each kind; left alone where there is no matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    from matplotlib import pyplot

    # The same numbers give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "asterism"
    points = _points()
    kinds = sorted({kind for of_phase in points.values() for kind in of_phase})
    figure, panels = pyplot.subplots(1, 3, figsize=(12, 5), sharex=True)
    for axes, (phase, title) in zip(panels, TITLES.items(), strict=True):
        for at, kind in enumerate(kinds):
            speeds = points[phase].get(kind, {})
            lengths = sorted(speeds)
            look = {"color": f"C{at % 10}", "linestyle": STYLES[at // 10], "marker": ".", "label": kind}
            axes.plot(lengths, [speeds[length] for length in lengths], **look)
        axes.set(xscale="log", yscale="log", title=title, xlabel="tokens")
        axes.set_xticks([256, 1024, 4096, 16384], ["256", "1K", "4K", "16K"], minor=False)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("thousand tokens per CPU second")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=6, fontsize="small", frameon=False)
    figure.tight_layout(rect=(0, 0.13, 1, 1))
    figure.savefig(CHECKOUT / "docs" / "operators.svg", metadata={"Date": None})
    pyplot.close(figure)


def _points() -> dict[str, dict[str, dict[int, float]]]:
    """Phase → kind → length → thousand tokens a second."""
    points: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for line in read():
        if line["figure"] == "cell":
            points[line["phase"]][line["kind"]][line["length"]] = line["tokensPerSecond"] / 1000
    return points


if __name__ == "__main__":
    draw()
