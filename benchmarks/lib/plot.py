"""A small line plot as SVG text: two axes by powers of ten or evenly, one or more lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 36, 48
COLOURS = ("#1f5fa8", "#b3541e", "#3b7d3b", "#7a4b94")

Line = tuple[str, Sequence[tuple[float, float]]]


def _ticks(low: float, high: float) -> list[float]:
    """Round values from 0 to `high`: five or so."""
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9) / 4))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= 5.5)
    return [low + i * step for i in range(int((high - low) / step) + 1)]


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e3 else f"{value:g}"


def svg(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """The plot of `lines` (name, points); x by powers of ten, y evenly from nought."""
    points = [point for _, line in lines for point in line]
    lowest = math.log10(min(x for x, _ in points))
    highest = max(math.log10(max(x for x, _ in points)), lowest + 1e-9)
    top = max(y for _, y in points) * 1.08 or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        part = (math.log10(x) - lowest) / (highest - lowest)
        return (
            LEFT + part * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM),
        )

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
    ]
    for y in _ticks(0.0, top):
        _, at = place(10**lowest, y)
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_short(y)}</text>')
    for x in sorted({x for x, _ in points}):
        at, base = place(x, 0.0)
        out.append(
            f'<text x="{at:.1f}" y="{base + 16:.1f}" text-anchor="middle">{_short(x)}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>')
    out.append(f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">')
    out.append(f"{escape(up)}</text>")
    for i, (name, line) in enumerate(lines):
        colour = COLOURS[i % len(COLOURS)]
        placed = [place(x, y) for x, y in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        out.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        at = LEFT + 110 * i
        out.append(f'<text x="{at}" y="{TOP - 2}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*out, "</svg>", ""])
