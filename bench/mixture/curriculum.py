"""Slow probes trained on their hard form alone or with a third of the tokens easy."""

from __future__ import annotations

from .runs import lines, table


def curricula() -> str:
    runs = [run for run in lines("curricula.jsonl") if run["status"] == "scored"]
    if not runs:
        return "No run yet."
    found = {(run["probe"], run["architecture"], run["mixture"]): run for run in runs}
    rows = []
    for probe, name in dict.fromkeys((run["probe"], run["architecture"]) for run in runs):
        pair = [found.get((probe, name, mixture)) for mixture in ("hard", "a third easy")]
        if pair[0] is None or pair[1] is None:
            continue
        cells = [f"{run['value']:.3f} ({run['low']:.3f} to {run['high']:.3f})" for run in pair if run]
        rows.append([f"{probe}, {name}", *cells, f"{pair[1]['value'] - pair[0]['value']:+.3f}"])
    if not rows:
        return "No whole pair yet."
    pays = [float(row[-1]) for row in rows]
    said = (
        f"In {sum(gain > 0.02 for gain in pays)} of {len(pays)} pairs the easy third gains more than .02, "
        f"in {sum(gain < -0.02 for gain in pays)} it costs more than .02."
    )
    head = ["probe, net", "hard only", "a third easy", "difference"]
    return f"{table(head, rows)}\n\n{said} Intervals are those of the rows, without training noise."
