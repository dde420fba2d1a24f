"""Draws bars and lines as SVG that takes its colours from the page's style sheet (pure).

Plotting libraries write colours, fonts and scripts into the picture, which neither follow a dark page nor
pass its Content-Security-Policy.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 480, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 14, 26
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
GAP = 0.2
"""Of a bar's place that stays free beside it."""
LABELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Numbers along the days; None where there is none."""

    name: str
    values: Sequence[float | None]
    look: str
    """Names its colour: the class ``look-<look>`` of the style sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From 0 to ``top``, in steps."""

    top: float
    steps: int
    unit: str

    def height(self, value: float) -> float:
        """How far above the ground a value is drawn."""
        return INNER_HEIGHT * min(value, self.top) / self.top

    def word(self, value: float) -> str:
        """A value as it is shown."""
        if self.unit == "%":
            return f"{value:.0%}"
        return f"{value:,.10g}{self.unit}" if self.unit else f"{value:,.0f}"


def bars(labels: Sequence[str], series: Sequence[Series], title: str) -> str:
    """Stacked bars of counts, one for each label."""
    sums = [sum(one.values[place] or 0 for one in series) for place in range(len(labels))]
    scale = scale_to(max(sums, default=0), whole=True)
    width = INNER_WIDTH / max(len(labels), 1)
    parts = []
    for place, label in enumerate(labels):
        ground = float(TOP + INNER_HEIGHT)
        for one in series:
            if value := one.values[place]:
                tall = scale.height(value)
                ground -= tall
                about = f"{label}: {one.name} {scale.word(value)}"
                box = (LEFT + (place + GAP / 2) * width, ground, width * (1 - GAP), tall)
                parts.append(_bar(box, one, about))
    return _drawn(title, [*_grid(scale), *parts, *_dates(labels)])


def lines(labels: Sequence[str], series: Sequence[Series], title: str, *, unit: str = "") -> str:
    """Lines through the values; days without one are passed over. ``unit`` ``%`` for shares from 0 to 1."""
    known = [value for one in series for value in one.values if value is not None]
    scale = Scale(top=1.0, steps=4, unit="%") if unit == "%" else scale_to(max(known, default=0), unit=unit)
    parts = []
    for one in series:
        points = [
            (
                LEFT + (place + 0.5) * INNER_WIDTH / len(labels),
                TOP + INNER_HEIGHT - scale.height(value),
                place,
            )
            for place, value in enumerate(one.values)
            if value is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        parts.append(f'<polyline class="line look-{escape(one.look)}" points="{path}"/>')
        parts += [
            _dot(x, y, one, f"{labels[at]}: {one.name} {scale.word(one.values[at] or 0)}")
            for x, y, at in points
        ]
    return _drawn(title, [*_grid(scale), *parts, *_dates(labels)])


def scale_to(most: float, *, unit: str = "", whole: bool = False) -> Scale:
    """A scale with round steps that holds ``most``."""
    step = next(step for step in _round_steps(whole=whole) if step * 5 >= most)
    steps = max(1, math.ceil(most / step))
    return Scale(top=step * steps, steps=steps, unit=unit)


def _round_steps(*, whole: bool) -> Iterator[float]:
    for power in itertools.count(0 if whole else -1):
        for digit in (1.0, 2.0, 5.0):
            yield digit * 10.0**power


def _bar(box: tuple[float, float, float, float], series: Series, about: str) -> str:
    x, y, width, height = box
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="bar look-{escape(series.look)}" {shape}><title>{escape(about)}</title></rect>'


def _dot(x: float, y: float, series: Series, about: str) -> str:
    shape = f'cx="{x:.1f}" cy="{y:.1f}" r="2.4"'
    return f'<circle class="dot look-{escape(series.look)}" {shape}><title>{escape(about)}</title></circle>'


def _grid(scale: Scale) -> Sequence[str]:
    parts = []
    for step in range(scale.steps + 1):
        value = scale.top * step / scale.steps
        y = TOP + INNER_HEIGHT - scale.height(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(scale.word(value))}</text>'
        )
    return parts


def _dates(labels: Sequence[str]) -> Sequence[str]:
    """A few of the labels below the bars, the first and the last among them."""
    if not labels:
        return []
    last = len(labels) - 1
    shown = sorted({round(last * part / (LABELS - 1)) for part in range(LABELS)})
    parts = []
    for place in shown:
        x = LEFT + (place + 0.5) * INNER_WIDTH / len(labels)
        anchor = "end" if place == last and last else "start" if place == 0 and last else "middle"
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(labels[place])}</text>'
        )
    return parts


def _drawn(title: str, parts: Sequence[str]) -> str:
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    return f"{head}{''.join(parts)}</svg>"
