"""An evaluation as a person reads it, and its curves as an SVG drawing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, TextIO

from rich.text import Text

from dedup.system.escaping import printable
from dedup.views.tables import Row, print_table
from dedup.views.terminal_tables import console

if TYPE_CHECKING:  # heavy, and needed for types only
    from dedup.results.evaluation import CurvePoint, Evaluation, JudgedLabel

#: Mistakes of each kind that are listed.
MISTAKES_LISTED = 20

#: Cells of a bar in the table of thresholds.
BAR_CELLS = 20

#: Size of the drawing, and of each of its two charts, in pixels.
DRAWING = (920, 400)
CHART = (380, 280)

_MARGIN_LEFT, _MARGIN_TOP = 60, 50
_COLOURS = {"precision": "#0e5e63", "recall": "#a83f22"}


def print_evaluation(evaluation: Evaluation, file: TextIO) -> None:
    """Print the figures, the worst mistakes, and precision and recall over thresholds."""
    out = console(file)
    out.print(Text(_summary(evaluation)))
    if evaluation.unknown:
        named = ", ".join(printable(name, 60) for name in evaluation.unknown[:5])
        out.print(
            Text(f"{len(evaluation.unknown)} ids of the labels are not in the inputs: {named} ...")
        )
    for title, judged in (
        ("Removed, but the labels say that both should be kept, highest containment first:",
         evaluation.wrong),
        ("Kept, but the labels say that one should be removed, highest containment first:",
         evaluation.missed),
    ):  # fmt: skip
        if judged:
            out.print(Text(f"\n{title}"))
            _print_mistakes(judged, file)
    for name, points in evaluation.curves.items():
        out.print(Text(f"\nIf only pairs with at least this {name} were removed:"))
        rows = [_curve_row(point) for point in points]
        names = ("threshold", "removed", "precision", "recall", "precision and recall as bars")
        print_table(names, lambda rows=rows: rows, len(rows), file, "thresholds")  # type: ignore[misc]


def _summary(evaluation: Evaluation) -> str:
    def percent(value: float | None) -> str:
        return "none" if value is None else f"{value:.1%}"

    return (
        f"{evaluation.labels} labelled pairs. {evaluation.should_be_removed} should be removed; "
        f"{evaluation.removed} are removed, {evaluation.agreed} of them rightly.\n"
        f"precision {percent(evaluation.precision)}  recall {percent(evaluation.recall)}  "
        f"F1 {percent(evaluation.f1)}"
    )


def _print_mistakes(judged: list[JudgedLabel], file: TextIO) -> None:
    def rows() -> Iterator[Row]:
        for one in judged[:MISTAKES_LISTED]:
            scores = (f"{value:.2f}" for value in (one.jaccard, one.containment))
            yield one.relation, *scores, one.rule, printable(one.a, 60), printable(one.b, 60)

    names = ("relation", "jaccard", "containment", "rule", "a", "b")
    print_table(names, rows, min(len(judged), MISTAKES_LISTED), file, "mistakes")
    if len(judged) > MISTAKES_LISTED:
        rest = len(judged) - MISTAKES_LISTED
        console(file).print(f"… and {rest} more mistakes; --format json has all")


def _curve_row(point: CurvePoint) -> Row:
    figures = ["" if one is None else f"{one:.3f}" for one in (point.precision, point.recall)]
    bars = "  ".join(map(_bar, (point.precision, point.recall)))
    return f"{point.threshold:.2f}", str(point.removed), *figures, bars


def _bar(value: float | None) -> str:
    cells = round((value or 0) * BAR_CELLS)
    return "█" * cells + "·" * (BAR_CELLS - cells)


def evaluation_svg(evaluation: Evaluation) -> str:
    """Precision and recall over thresholds of Jaccard and containment, as an SVG drawing."""
    charts = [
        _chart(name, points, _MARGIN_LEFT + number * (CHART[0] + 80))
        for number, (name, points) in enumerate(evaluation.curves.items())
    ]
    width, height = DRAWING
    legend = "".join(
        f'<text x="{_MARGIN_LEFT + 120 * number}" y="22" fill="{colour}">{name}</text>'
        for number, (name, colour) in enumerate(_COLOURS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n{legend}\n'
        + "\n".join(charts)
        + "\n</svg>\n"
    )


def _chart(name: str, points: list[CurvePoint], left: int) -> str:
    width, height = CHART

    def x(value: float) -> float:
        return round(left + value * width, 1)

    def y(value: float) -> float:
        return round(_MARGIN_TOP + (1 - value) * height, 1)

    parts = [f'<text x="{left}" y="{y(0) + 40}">least {escape(name)} of a removal</text>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{x(0)} {y(tick)}H{x(1)}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(tick) + 4}" text-anchor="end">{tick:g}</text>')
        parts.append(f'<text x="{x(tick)}" y="{y(0) + 18}" text-anchor="middle">{tick:g}</text>')
    for measure, colour in _COLOURS.items():
        line = " ".join(
            f"{x(point.threshold)},{y(value)}"
            for point in points
            if (value := getattr(point, measure)) is not None
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return "\n".join(parts)
