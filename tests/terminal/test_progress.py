"""Progress where there is no terminal."""

from collections import Counter

import pytest

from socialcls.batch.summary import Tally
from socialcls.terminal import progress


def test_where_there_is_no_terminal_a_line_a_minute_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    """With the rate of this run alone, and what became of the pages."""
    now = [100.0]
    monkeypatch.setattr("socialcls.terminal.progress.time.monotonic", lambda: now[0])
    said: list[str] = []
    with progress.watch_rows(say=said.append) as show:
        for seconds, n_rows in ((0, 400), (30, 430), (60, 460), (90, 490), (120, 1_000)):
            now[0] = 100.0 + seconds
            show(Tally(Counter(blog=n_rows), pages=Counter(read=n_rows - 9, not_found=9)), n_rows / 1_000)
    assert said == [
        "46% · 460 rows · 1.0 rows/s · pages: 451 read; 9 could not be had: 9 not found",
        "100% · 1,000 rows · 5.0 rows/s · pages: 991 read; 9 could not be had: 9 not found",
    ]


@pytest.mark.parametrize("is_quiet", [False, True])
def test_nothing_is_said_of_tables_that_need_no_patience(monkeypatch: pytest.MonkeyPatch, is_quiet: bool):
    """And nothing at all when quiet."""
    said: list[str] = []
    monkeypatch.setattr(progress, "_LINE_S", 0.0)
    with progress.watch_rows(is_quiet=is_quiet, say=said.append if is_quiet else None) as show:
        show(Tally(Counter(blog=3)), 0.5)
    assert said == []
