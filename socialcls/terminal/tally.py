"""What became of the rows of a table, shown at its end."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from socialcls.batch.summary import PAGE_READ, PAGE_SHELL, Tally
from socialcls.terminal.console import COLOURS, NARROW, WIDE, draw_bar, show_text
from socialcls.types import UNSURE

_MAX_SHOWN = 3


def summarise_tally(tally: Tally, seconds: float) -> str:
    """Say in one line how many rows became what.

    >>> from collections import Counter
    >>> summarise_tally(Tally(Counter({"blog": 2, "": 1})), 0.5)
    '3 rows in 0.5 s: 2 blog, 1 failed'
    """
    answers = tally.answers
    parts = [f"{n:,} {name}" for name, n in sorted(answers.items(), key=lambda item: item[0] == UNSURE)]
    if tally.n_failed:
        parts.append(f"{tally.n_failed:,} failed")
    if tally.n_blank:
        parts.append(f"{tally.n_blank:,} empty")
    return f"{tally.n_rows:,} rows in {seconds:.1f} s: {', '.join(parts) or 'none'}"


def summarise_pages(tally: Tally) -> str:
    """Say in one line what became of the pages that were read with the rows.

    >>> from collections import Counter
    >>> summarise_pages(Tally(pages=Counter({"read": 7, "shell": 1, "not_found": 2})))
    '8 read, 1 of them made by scripts; 2 could not be had: 2 not found'
    """
    pages = tally.pages
    said = f"{pages[PAGE_READ] + pages[PAGE_SHELL]:,} read"
    if pages[PAGE_SHELL]:
        said += f", {pages[PAGE_SHELL]:,} of them made by scripts"
    failures = [(n, word) for word, n in pages.items() if word not in (PAGE_READ, PAGE_SHELL) and n]
    if failures:
        words = [
            f"{n:,} {word.replace('_', ' ')}" for n, word in sorted(failures, key=lambda pair: (-pair[0], pair[1]))
        ]
        said += f"; {tally.n_pages_missing:,} could not be had: {', '.join(words)}"
    return said


def list_failures(tally: Tally) -> list[str]:
    """List the first rows that failed, and say how many more there are."""
    lines = [f"line {line}: {error}" for line, error in tally.failures[:_MAX_SHOWN]]
    if tally.n_failed > len(lines):
        lines.append(f"and {tally.n_failed - len(lines):,} more: see the error column")
    return lines


def render_tally(tally: Tally, width: int) -> RenderableType:
    """Show the categories with bars, the share that is unsure, and the least certain rows."""
    answers = tally.answers
    n_rows = sum(answers.values())
    bars = Table.grid(padding=(0, 1))
    for name, n in answers.items():
        cells: list[RenderableType] = [show_text(name)]
        if width >= NARROW:
            cells.append(draw_bar(n / n_rows, 30, COLOURS[name]))
        bars.add_row(*cells, Text(f"{n:,}"), Text(f"{n / n_rows:.1%}"))
    parts: list[RenderableType] = [bars]
    if tally.doubtful and width >= NARROW:
        doubts = Table(
            title="least certain", title_justify="left", width=min(width, WIDE), box=None, padding=(0, 1), expand=False
        )
        for name in ("line", "best guess", "input"):
            doubts.add_column(name, justify="right" if name == "line" else "left", no_wrap=True)
        for doubt in tally.doubtful[:_MAX_SHOWN]:
            guess = show_text(f"{doubt.best_guess} {doubt.confidence:.0%}", COLOURS[doubt.best_guess])
            doubts.add_row(f"{doubt.line:,}", guess, show_text(doubt.said))
        parts += [Text(), doubts]
    return Group(*parts)
