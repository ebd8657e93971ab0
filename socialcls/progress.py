"""What is shown on standard error while something takes its time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from socialcls.batch import ClassifiedRow
from socialcls.drawing import make_console
from socialcls.figures import summarise_batch

_ROWS_BETWEEN_UPDATES = 500
_QUIET_S = 1.0  # nothing is shown of work that is over before


class RowWatch:
    """Passes rows on, counts what became of them, and shows how it goes."""

    def __init__(self, rows: Iterator[ClassifiedRow], progress: Progress) -> None:
        self.n_rows = 0
        self.n_failed = 0
        self._first_failures: list[ClassifiedRow] = []
        self._rows = rows
        self._counts: Counter[str] = Counter()
        self._progress = progress
        self._started = time.monotonic()

    def __iter__(self) -> Iterator[ClassifiedRow]:
        task = self._progress.add_task("Classifying", total=None, speed="")
        for row in self._rows:
            self.n_rows += 1
            self._counts[row.category or "failed"] += 1
            if row.category is None:
                self.n_failed += 1
                self._first_failures += [row] if len(self._first_failures) < 3 else []
            if self.n_rows % _ROWS_BETWEEN_UPDATES == 0:
                self._show(task)
            yield row

    def summarise(self) -> list[str]:
        """What to say at the end: the counts, and the first rows that failed."""
        lines = [summarise_batch(self._counts, self.n_rows, time.monotonic() - self._started)]
        lines += [f"line {row.line}: {row.error}" for row in self._first_failures]
        if self.n_failed > len(self._first_failures):
            lines.append(f"and {self.n_failed - len(self._first_failures):,} more: see the error column")
        return lines

    def _show(self, task: TaskID) -> None:
        elapsed = time.monotonic() - self._started
        if elapsed > _QUIET_S and not self._progress.live.is_started:
            self._progress.start()
        speed = f"{self.n_rows:,} rows · {self.n_rows / elapsed:,.0f} rows/s"
        self._progress.update(task, completed=self.n_rows, speed=speed)


@contextmanager
def watch_rows(rows: Iterator[ClassifiedRow]) -> Iterator[RowWatch]:
    """Watch classified rows go by; on a terminal, show progress once it takes over a second."""
    console = make_console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.fields[speed]}"), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    try:
        yield RowWatch(rows, progress)
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
