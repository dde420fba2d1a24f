"""Draws bars and lines by pygal, as SVG that takes its colours from the page's style sheet (pure)."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

SIZE = {"width": 480, "height": 210}
MARGINS = {"margin": 4, "margin_left": 22, "margin_right": 24}
"""For the labels at both ends, which the style sheet writes larger than pygal believes."""
LABELS = 4
NOT_DRAWN = ("defs", "title", "#comment")
"""At the top of a picture. pygal brings a style sheet and a script of its own: the page's policy refuses
both, and the page's colours follow a dark screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Numbers along the days; None where there is none."""

    name: str
    values: Sequence[float | None]
    look: str
    """Names its colour: the class ``look-<look>`` of the style sheet."""


def bars(labels: Sequence[str], series: Sequence[Series], title: str) -> str:
    """Stacked bars of counts, one for each label."""

    def whole(value: float) -> str:
        return f"{value:,.0f}" if value == int(value) else ""

    return _drawn("StackedBar", labels, series, title, value_formatter=whole)


def lines(labels: Sequence[str], series: Sequence[Series], title: str, *, unit: str = "") -> str:
    """Lines through the values; days without one are passed over. ``unit`` ``%`` for shares from 0 to 1."""

    def share(value: float) -> str:
        return f"{value:.0%}"

    def measured(value: float) -> str:
        return f"{value:,.10g}{unit}"

    fixed: dict[str, Any] = (
        {"range": (0, 1), "value_formatter": share} if unit == "%" else {"value_formatter": measured}
    )
    return _drawn("Line", labels, series, title, **fixed)


def _drawn(kind: str, labels: Sequence[str], series: Sequence[Series], title: str, **options: Any) -> str:
    chart = getattr(_pygal(), kind)(
        **SIZE, **MARGINS, **options, css=[], js=[], no_prefix=True, show_legend=False, spacing=4,
        x_labels=list(labels), x_labels_major=_some(labels), show_minor_x_labels=False, truncate_label=-1,
        include_x_axis=True, min_scale=2, max_scale=5, dots_size=2.4, no_data_text="Nothing yet",
    )  # fmt: skip
    for one in series:
        chart.add(one.name, list(one.values))
    picture: ET.Element = chart.render_tree()
    _plain(picture)
    for place, one in enumerate(series):
        for group in picture.iter("g"):
            if f"serie-{place}" in group.get("class", "").split():
                group.set("class", f"series look-{one.look}")
                _tell(group, one.name)
    picture.attrib = {
        "class": "chart", "viewBox": picture.attrib["viewBox"], "role": "img", "aria-label": title,
    }  # fmt: skip
    return ET.tostring(picture, encoding="unicode")


def _pygal() -> Any:
    import pygal

    # It leaves a finder of an old kind for its plug-ins, of which Python 3.11 warns at every later import.
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]
    return pygal


def _some(labels: Sequence[str]) -> list[str]:
    """A few of the labels, the first and the last among them."""
    last = len(labels) - 1
    places = {round(last * part / (LABELS - 1)) for part in range(LABELS)} if labels else set()
    return [labels[place] for place in sorted(places)]


def _plain(picture: ET.Element) -> None:
    """Take out what needs a script or brings colours."""
    for parent in list(picture.iter()):
        for part in list(parent):
            name = part.tag if isinstance(part.tag, str) else "#comment"
            not_drawn = parent is picture and name in NOT_DRAWN
            if not_drawn or {"tooltip-overlay", "background"} & {*part.get("class", "").split()}:
                parent.remove(part)


def _tell(group: ET.Element, name: str) -> None:
    """Let each mark of a series say what it stands for, to whoever points at it; of 0 there is no mark."""
    for parent in list(group.iter("g")):
        for mark in list(parent):
            told = {part.get("class", ""): part.text or "" for part in mark.findall("desc")}
            for part in mark.findall("desc"):
                mark.remove(part)
            if mark.get("class") == "bar" and told.get("value") == "0":
                parent.remove(mark)
            elif "value" in told:
                ET.SubElement(mark, "title").text = f"{told.get('x_label', '')}: {name} {told['value']}"
