"""What is shown on standard error while something takes its time."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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

from socialcls.batch.rows import ClassifiedRows
from socialcls.terminal.console import make_console
from socialcls.terminal.metrics import summarise_batch

_MAX_FAILURES = 3
_QUIET_S = 1.0  # nothing is shown of work that is over before


class RowWatch:
    """Passes the text of rows on, counts what became of them, and shows how it goes."""

    def __init__(
        self, rows: Iterable[ClassifiedRows], share_read: Callable[[], float | None], progress: Progress
    ) -> None:
        self.n_rows = 0
        self.n_failed = 0
        self._first_failures: list[tuple[int, str]] = []
        self._rows = rows
        self._share_read = share_read
        self._counts: Counter[str] = Counter()
        self._progress = progress
        self._started = time.monotonic()

    def __iter__(self) -> Iterator[str]:
        task = self._progress.add_task("Classifying", total=1.0, speed="")
        for some in self._rows:
            self.n_rows += some.counts.total()
            self.n_failed += len(some.failures)
            self._counts += some.counts
            self._first_failures += some.failures[: _MAX_FAILURES - len(self._first_failures)]
            self._show(task)
            yield some.text

    def summarise(self) -> list[str]:
        """What to say at the end: the counts, and the first rows that failed."""
        lines = [summarise_batch(self._counts, self.n_rows, time.monotonic() - self._started)]
        lines += [f"line {line}: {error}" for line, error in self._first_failures]
        if self.n_failed > len(self._first_failures):
            lines.append(f"and {self.n_failed - len(self._first_failures):,} more: see the error column")
        return lines

    def _show(self, task: TaskID) -> None:
        elapsed = time.monotonic() - self._started
        if elapsed > _QUIET_S and not self._progress.live.is_started:
            self._progress.start()
        speed = f"{self.n_rows:,} rows · {self.n_rows / elapsed:,.0f} rows/s"
        self._progress.update(task, completed=self._share_read(), speed=speed)


@contextmanager
def watch_rows(rows: Iterable[ClassifiedRows], share_read: Callable[[], float | None]) -> Iterator[RowWatch]:
    """Watch classified rows go by; on a terminal, show progress once it takes over a second.

    Args:
        rows: What is watched.
        share_read: How much of the input has been read, 0 to 1; None where its size is not known.
    """
    console = make_console(stderr=True)
    known = share_read() is not None
    bar = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(compact=True)) if known else (TimeElapsedColumn(),)
    columns = (SpinnerColumn(), TextColumn("{task.fields[speed]}"), *bar)
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    try:
        yield RowWatch(rows, share_read, progress)
    finally:
        progress.stop()


@contextmanager
def watch_steps() -> Iterator[Callable[[str], None]]:
    """Show the step that is under way: a spinner on a terminal, a line for each step elsewhere."""
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda step: console.print(f"{step} …")
        return
    with _spin(console) as show:
        yield show


@contextmanager
def _spin(console: Console) -> Iterator[Callable[[str], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        running: list[TaskID] = []

        def finish() -> None:
            for task in running[-1:]:
                progress.update(task, completed=1)

        def begin(step: str) -> None:
            finish()
            running.append(progress.add_task(step, total=1))

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
