"""Show on standard error how far something is that takes its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from socialcls.batch.summary import Tally
from socialcls.terminal.console import make_console
from socialcls.terminal.tally import summarise_pages
from socialcls.text.escaping import neutralise

_QUIET_S = 1.0  # nothing is shown of work that is over before
_LINE_S = 60.0  # between lines where there is no terminal


@contextmanager
def watch_rows(
    *, is_quiet: bool = False, say: Callable[[str], None] | None = None
) -> Iterator[Callable[[Tally, float | None], None]]:
    """Show how the classification of a table goes, on a terminal, once it takes over a second.

    What is yielded is told of it: what was counted so far, and how much of the input has been read, 0 to 1. What it is
    told first, an earlier run did.

    Args:
        is_quiet: Show nothing.
        say: Is given a line each minute where there is no terminal; None for none.
    """
    console = make_console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[speed]}", markup=False),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[tally]}", markup=False),
    )
    progress = Progress(*columns, console=console, transient=True, disable=is_quiet or not console.is_terminal)
    task = progress.add_task("Classifying", total=None, speed="", tally="")
    started = said_at = time.monotonic()
    n_before: int | None = None

    def show(tally: Tally, share: float | None) -> None:
        nonlocal said_at, n_before
        if n_before is None:
            n_before = tally.n_rows
        now = time.monotonic()
        is_due = say is not None and not is_quiet and now - said_at >= _LINE_S
        if progress.disable and not is_due:
            return
        elapsed = now - started
        rate = (tally.n_rows - n_before) / max(elapsed, 0.001)
        speed = f"{tally.n_rows:,} rows · {rate:,.{0 if rate >= 10 else 1}f} rows/s"
        if progress.disable:
            said_at = now
            if say is not None:
                done = "" if share is None else f"{share:.0%} · "
                say(f"{done}{speed} · pages: {summarise_pages(tally)}")
            return
        if elapsed > _QUIET_S and not progress.live.is_started:
            progress.start()
        progress.update(task, total=1.0 if share is not None else None, completed=share or 0.0, speed=speed)
        told = [f"{name} {n:,}" for name, n in tally.answers.items()]
        if tally.n_pages_missing:
            told.append(f"no page {tally.n_pages_missing:,}")
        progress.update(task, tally=neutralise(" · ".join(told)))

    try:
        yield show
    finally:
        progress.stop()


@contextmanager
def watch_steps() -> Iterator[Callable[[str], None]]:
    """Show the step that is under way: a spinner on a terminal, a line for each step elsewhere."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda step: console.print(neutralise(f"{step} …"))
        return
    with _spin(console) as show:
        yield show


@contextmanager
def _spin(console: Console) -> Iterator[Callable[[str], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        running: list[TaskID] = []

        def finish() -> None:
            for task in running[-1:]:
                progress.update(task, completed=1)

        def begin(step: str) -> None:
            finish()
            running.append(progress.add_task(neutralise(step), total=1))

        yield begin
        finish()


def name_duration(seconds: float) -> str:
    """Name a duration as one would say it.

    >>> name_duration(8), name_duration(70), name_duration(400)
    ('a few seconds', '1 minute', '7 minutes')
    """
    if seconds < 20:
        return "a few seconds"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
