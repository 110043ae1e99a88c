"""The page's figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import mean

from asterism.evidence.page.svg import COLOURS, GREY, Canvas, scale, ticks
from asterism.evidence.statistics.agreement import Tier
from asterism.evidence.statistics.noise import Groups, pooled_sigma
from asterism.evidence.weighing.rule import FULL, LEAST, Weighed

_LINE = 22
_EDGES = (0.1, 150.0)


def families(title: str, groups: Mapping[str, Groups]) -> str:
    """A row for each family: every architecture's mean, a bar of ± σ at the row's left."""
    names = list(dict.fromkeys(name for each in groups.values() for name in each))
    height = 80 + _LINE * max(len(groups), len(names))
    canvas = Canvas(760, height, title)
    low = min([0.0, *(mean(values) for each in groups.values() for values in each.values())])
    x = scale((low, 1), (130, 600))
    for value in ticks(low, 1, 0.2):
        canvas.line((x(value), 40), (x(value), 50 + _LINE * len(groups)))
        canvas.text(x(value), 66 + _LINE * len(groups), f"{value:.1f}", anchor="middle")
    for at, (family, each) in enumerate(groups.items()):
        y = 54 + _LINE * at
        canvas.text(122, y + 4, family, anchor="end")
        sigma = pooled_sigma(each)
        if sigma is not None:
            middle = mean(mean(values) for values in each.values())
            canvas.line((x(middle - sigma), y + 8), (x(middle + sigma), y + 8), "#000000")
        for name, values in each.items():
            colour = COLOURS[names.index(name) % len(COLOURS)]
            canvas.dot(x(mean(values)), y, colour, f"{name} {mean(values):.2f}, n = {len(values)}")
    for at, name in enumerate(names):
        canvas.dot(622, 50 + _LINE * at, COLOURS[at % len(COLOURS)])
        canvas.text(632, 54 + _LINE * at, name)
    return canvas.render()


def signal_to_noise(title: str, tasks: Sequence[Weighed]) -> str:
    """Tasks from the clearest down, with intervals; hollow where they weigh nothing; without flat ones."""
    known = [(task, task.signal) for task in tasks if task.signal is not None and not task.flat]
    known.sort(key=lambda each: (-each[1].ratio, each[0].id))
    step = 14
    canvas = Canvas(760, 90 + step * len(known), title)
    place = scale((math.log(_EDGES[0]), math.log(_EDGES[1])), (190, 720))

    def x(ratio: float) -> float:
        return place(math.log(max(ratio, _EDGES[0])))

    for value in (0.2, 0.5, LEAST, FULL, 5.0, 10.0, 20.0, 50.0, 100.0):
        colour = "#c0392b" if value in (LEAST, FULL) else GREY
        canvas.line((x(value), 40), (x(value), 46 + step * len(known)), colour)
        canvas.text(x(value), 62 + step * len(known), f"{value:g}", anchor="middle")
    canvas.text(455, 80 + step * len(known), "spread of architectures ÷ σ of seeds", anchor="middle")
    for at, (task, found) in enumerate(known):
        y = 50 + step * at
        colour = "#1f618d" if task.kept else "#999999"
        canvas.text(182, y + 4, task.id, anchor="end", size=10)
        canvas.line((x(found.low), y), (x(found.high), y), colour)
        canvas.dot(x(found.ratio), y, colour, f"{task.id}: {task.reason}", 3, hollow=not task.kept)
    return canvas.render()


def scatter(title: str, sets: Mapping[str, tuple[Sequence[str], Tier, Tier]], axes: tuple[str, str]) -> str:
    """Lower tier across, upper tier up, ± σ of the mean on both; a colour for each set."""
    points = [(below, above) for _, below, above in sets.values()]
    x = scale(_range([below.values.tolist() for below, _ in points]), (80, 560))
    y = scale(_range([above.values.tolist() for _, above in points]), (420, 50))
    canvas = Canvas(760, 480, title)
    for value in ticks(-0.2, 1, 0.05):
        if 80 < x(value) < 560:
            canvas.line((x(value), 50), (x(value), 420))
            canvas.text(x(value), 438, f"{value:.2f}", anchor="middle")
        if 50 < y(value) < 420:
            canvas.line((80, y(value)), (560, y(value)))
            canvas.text(72, y(value) + 4, f"{value:.2f}", anchor="end")
    for at, (name, (names, below, above)) in enumerate(sets.items()):
        colour = COLOURS[at]
        canvas.dot(590, 60 + _LINE * at, colour)
        canvas.text(600, 64 + _LINE * at, f"{name}, n = {len(names)}")
        for index, architecture in enumerate(names):
            here = (x(float(below.values[index])), y(float(above.values[index])))
            for tier, place, horizontal in ((below, x, True), (above, y, False)):
                _whisker(canvas, here, tier, index, place, horizontal, colour)
            canvas.dot(*here, colour, f"{architecture}: {below.values[index]:.3f}, {above.values[index]:.3f}")
    canvas.text(320, 466, axes[0], anchor="middle")
    canvas.up(24, 235, axes[1])
    return canvas.render()


def _whisker(
    canvas: Canvas,
    here: tuple[float, float],
    tier: Tier,
    index: int,
    place: Callable[[float], float],
    horizontal: bool,
    colour: str,
) -> None:
    if tier.sigma is None:
        return
    error = tier.sigma / float(tier.runs[index]) ** 0.5
    value = float(tier.values[index])
    low, high = place(value - error), place(value + error)
    ends = ((low, here[1]), (high, here[1])) if horizontal else ((here[0], low), (here[0], high))
    canvas.line(*ends, colour)


def _range(values: Sequence[Sequence[float]]) -> tuple[float, float]:
    every = [value for each in values for value in each]
    room = max(0.02, 0.1 * (max(every) - min(every)))
    return min(every) - room, max(every) + room
