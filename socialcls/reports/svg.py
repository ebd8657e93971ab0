"""Small plots as SVG that stands inside a page: no script, nothing fetched, colours from the page's own style."""

from collections.abc import Mapping, Sequence
from html import escape

from socialcls.text.escaping import neutralise

_SIZE, _LEFT, _BOTTOM, _TOP, _RIGHT = 320, 46, 40, 12, 12


def draw_lines(  # noqa: PLR0913  (what a plot is made of)
    points: Sequence[tuple[float, float]],
    *,
    x_name: str,
    y_name: str,
    low: float = 0.0,
    diagonal: bool = False,
    dots: bool = False,
) -> str:
    """Draw points of shares from 0 to 1, joined by a line.

    Args:
        points: Each across and up.
        x_name: What goes across.
        y_name: What goes up.
        low: Where the upward axis begins.
        diagonal: Whether to draw where both are equal.
        dots: Whether to mark each point.
    """
    placed = [(_across(x), _up(y, low)) for x, y in points]
    parts = [_draw_axes(x_name, y_name, low)]
    if diagonal:
        start = max(0.0, low)
        parts.append(
            f'<line x1="{_across(start):.1f}" y1="{_up(start, low):.1f}" x2="{_across(1):.1f}" y2="{_up(1, low):.1f}" '
            'class="faint"/>'
        )
    if placed:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" class="line"/>')
    if dots:
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot"><title>{px:.2f}, {py:.2f}</title></circle>'
            for (x, y), (px, py) in zip(placed, points, strict=True)
        ]
    return _frame("".join(parts), _SIZE, f"{y_name} by {x_name}")


def draw_heatmap(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Draw how often each gold label (rows) got each best guess (columns), each row's shares as shades."""
    labels = list(counts)
    cell = max(34, min(72, 380 // max(1, len(labels))))
    left, top = 110, 24
    parts = []
    for i, gold in enumerate(labels):
        total = sum(counts[gold].values())
        y = top + i * cell
        parts.append(f'<text x="{left - 8}" y="{y + cell / 2 + 4:.0f}" text-anchor="end">{_shorten(gold)}</text>')
        parts.append(
            f'<text x="{left + i * cell + cell / 2:.0f}" y="{top - 8}" text-anchor="middle">{_shorten(gold, 9)}</text>'
        )
        for j, guess in enumerate(labels):
            n = counts[gold].get(guess, 0)
            share = n / total if total else 0.0
            kind = "right" if gold == guess else "wrong"
            x = left + j * cell
            title = f"<title>{_escape(gold)} as {_escape(guess)}: {n}</title>"
            parts.append(
                f'<rect x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" class="{kind}" '
                f'fill-opacity="{0.06 + 0.8 * share:.2f}">{title}</rect>'
                f'<text x="{x + cell / 2 - 1:.0f}" y="{y + cell / 2 + 4:.0f}" text-anchor="middle">{n:,}</text>'
            )
    return _frame("".join(parts), left + cell * len(labels) + 8, "confusion", top + cell * len(labels) + 8)


def draw_bars(bars: Sequence[tuple[str, float, float, float]]) -> str:
    """Draw shares with their intervals.

    Args:
        bars: Name, share, and the bounds of its interval.
    """
    left, step, width = 150, 26, 520
    parts = []
    for i, (name, value, low, high) in enumerate(bars):
        y = 8 + i * step
        scale = width - left - 60
        start, end = left + low * scale, left + high * scale
        parts.append(
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{_shorten(name, 20)}</text>'
            f'<rect x="{left}" y="{y}" width="{value * scale:.1f}" height="16" class="right" fill-opacity="0.55"/>'
            f'<line x1="{start:.1f}" y1="{y + 8}" x2="{end:.1f}" y2="{y + 8}" class="line"/>'
            f'<text x="{width - 52}" y="{y + 13}">{value:.3f}</text>'
        )
    return _frame("".join(parts), width, "figures with intervals", 16 + step * len(bars))


def _frame(content: str, width: float, name: str, height: float = _SIZE) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{_escape(name)}" xmlns="http://www.w3.org/2000/svg">{content}</svg>'
    )


def _draw_axes(x_name: str, y_name: str, low: float) -> str:
    parts = []
    for n in range(6):
        share = n / 5
        x, y, value = _across(share), _up(low + (1 - low) * share, low), low + (1 - low) * share
        parts.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_SIZE - _RIGHT}" y2="{y:.1f}" class="grid"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0%}</text>'
            f'<text x="{x:.1f}" y="{_SIZE - _BOTTOM + 16}" text-anchor="middle">{share:.0%}</text>'
        )
    parts.append(
        f'<text x="{(_LEFT + _SIZE - _RIGHT) / 2:.0f}" y="{_SIZE - 6}" text-anchor="middle">{_escape(x_name)}</text>'
        f'<text x="12" y="{_SIZE / 2 - 10:.0f}" transform="rotate(-90 12 {_SIZE / 2 - 10:.0f})" text-anchor="middle">'
        f"{_escape(y_name)}</text>"
    )
    return "".join(parts)


def _across(share: float) -> float:
    return _LEFT + share * (_SIZE - _LEFT - _RIGHT)


def _up(share: float, low: float) -> float:
    return _SIZE - _BOTTOM - max(0.0, share - low) / (1 - low) * (_SIZE - _BOTTOM - _TOP)


def _shorten(name: str, most: int = 14) -> str:
    return _escape(name if len(name) <= most else name[: most - 1] + "…")


def _escape(text: str) -> str:
    return escape(neutralise(text))
