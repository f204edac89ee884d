"""The loss chart, as SVG."""

import math
from html import escape

from ...notebook.plot import COLORS
from ..engine.state import CURVES, State

COLOR = dict(zip(CURVES, (COLORS[7], COLORS[6], COLORS[5]), strict=True))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 130, 34, 412, 16, 112
MARKS = 200  # moves to mark, the last ones


def chart(state: State) -> str:
    """Return SVG: losses over steps on a log axis, with a line at each move."""
    points = [(n, *map(_drawable, values)) for n, *values in state.points]
    values = [value for point in points for value in point[1:] if value]
    low = math.floor(math.log10(min(values, default=0.1)))
    high = max(math.ceil(math.log10(max(values, default=1))), low + 1)
    last = max(state.number, 2)

    def x(number: float) -> str:
        return f"{LEFT + (RIGHT - LEFT) * number / last:.1f}"

    def y(value: float) -> str:
        share = (math.log10(value) - low) / (high - low)
        return f"{BOTTOM - (BOTTOM - TOP) * share:.1f}"

    parts, end = [], 0
    for power in range(low, high + 1, 1 + (high - low) // 5):
        parts += [f'<path class="grid" d="M{LEFT} {y(10.0**power)}H{RIGHT}"/>']
        parts += [_text(LEFT - 4, y(10.0**power), _power(power), "tick")]
    for size, steps in state.levels:
        if end == 0 or end < state.number:
            parts += [f'<path class="grid" d="M{x(end)} {TOP}V{BOTTOM}"/>']
            at = min(float(x(end)) + 3, RIGHT - 36)
            parts += [_text(at, BOTTOM - 4, f"{size} px", "level")]
        end += steps
    for move in state.moves[-MARKS:]:
        what = ", ".join(f"{k}: {v}" for k, v in move.items() if k != "step")
        what = f"<title>{escape(what or 'gone back')}</title>"
        line = f"M{x(move['step'])} {TOP - 3}V{BOTTOM}"
        parts += [f'<path class="move" d="{line}">{what}</path>']
    for index, (name, color) in enumerate(COLOR.items(), 1):
        line = " ".join(f"{x(p[0])},{y(p[index])}" for p in points if p[index])
        at = 90 * index - 55
        parts += [f'<polyline points="{line}" stroke="{color}"/>']
        parts += [f'<path d="M{at} 6h14" stroke="{color}" stroke-width="3"/>']
        parts += [_text(at + 18, 10, name, "key")]
    parts += [_text(RIGHT, HEIGHT - 4, f"step {state.number}", "end")]
    now = zip(CURVES, state.points[-1][1:] if points else (), strict=False)
    alt = ", ".join(f"{name} {value:.3g}" for name, value in now) or "no steps yet"
    return (
        f'<svg class="nst-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="losses: {alt}">{"".join(parts)}</svg>'
    )


def _drawable(value: float) -> float | None:
    """Return ``value``, or None if a log axis cannot show it."""
    return value if math.isfinite(value) and value > 0 else None


def _power(power: int) -> str:
    return f"{10.0**power:g}" if abs(power) < 4 else f"1e{power}"


def _text(x: float | str, y: float | str, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{text}</text>'
