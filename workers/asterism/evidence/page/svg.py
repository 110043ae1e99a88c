"""A small canvas: the same numbers give the same file, with no drawing library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

GREY, DARK = "#dddddd", "#333333"
COLOURS = (
    *("#1f618d", "#c0392b", "#117a65", "#d68910", "#7d3c98", "#2e86c1"),
    *("#a04000", "#1e8449", "#b7950b", "#5b2c6f", "#7f8c8d", "#000000"),
)


def short(value: float) -> str:
    """At most one digit after the point."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0" if round(value, 1) == 0 else "-0")


def scale(domain: tuple[float, float], pixels: tuple[float, float]) -> Callable[[float], float]:
    """From numbers to pixels; what lies outside is drawn at the edge."""
    low, high = domain
    wide = (high - low) or 1.0

    def place(value: float) -> float:
        inside = min(max(value, low), high)
        return pixels[0] + (inside - low) / wide * (pixels[1] - pixels[0])

    return place


class Canvas:
    """Shapes are drawn in the order they are asked for."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._size = (width, height)
        self._shapes = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
        self.text(16, 22, title, size=14)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str = GREY, dash: str = ""
    ) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._shapes.append(
            f'<path d="M{short(x1)} {short(y1)}L{short(x2)} {short(y2)}" stroke="{colour}"{dashed}/>'
        )

    def dot(
        self, x: float, y: float, colour: str, label: str = "", radius: float = 4, hollow: bool = False
    ) -> None:
        """A point; its label shows when it is pointed at."""
        fill = f'fill="#ffffff" stroke="{colour}"' if hollow else f'fill="{colour}"'
        title = f"<title>{escape(label)}</title>" if label else ""
        self._shapes.append(
            f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}" {fill}>{title}</circle>'
        )

    def text(
        self, x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", colour: str = DARK
    ) -> None:
        """Words."""
        self._shapes.append(
            f'<text x="{short(x)}" y="{short(y)}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}">{escape(words)}</text>'
        )

    def up(self, x: float, y: float, words: str) -> None:
        """Words from bottom to top, their middle at (x, y)."""
        self._shapes.append(
            f'<text transform="translate({short(x)} {short(y)}) rotate(-90)" text-anchor="middle" '
            f'fill="{DARK}">{escape(words)}</text>'
        )

    def render(self) -> str:
        """The file."""
        width, height = self._size
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">'
        )
        return "\n".join([head, *self._shapes, "</svg>", ""])


def ticks(low: float, high: float, step: float) -> Sequence[float]:
    """Multiples of `step` from low to high."""
    first, last = round(low / step + 0.4999), round(high / step - 0.4999)
    return [at * step for at in range(first, last + 1)]
