"""Work done by several processes."""

import os
import signal
import threading
import time
from typing import Any

import pytest

from socialcls.batch.pool import map_in_order
from socialcls.errors import OutputError


def _sleep_and_answer(item):
    n, seconds = item
    time.sleep(seconds)
    return n


def _make_long(n):
    return bytes(n)


def _end(n):
    if n == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def _fail(n):
    if n == 5:
        raise ZeroDivisionError("five")
    return n


@pytest.mark.parametrize("n_jobs", [1, 2, 5])
def test_results_come_in_order(n_jobs):
    """However long each takes, and also when there are fewer items than processes."""
    items = [(n, 0.02 * (n % 3)) for n in range(20)]
    assert list(map_in_order(_sleep_and_answer, items, n_jobs)) == list(range(20))
    assert list(map_in_order(_sleep_and_answer, items[:1], n_jobs)) == [0]
    assert list(map_in_order(_sleep_and_answer, [], n_jobs)) == []


def test_little_is_under_way():
    """Items are taken when they are needed."""
    taken: list[int] = []

    def _take():
        for n in range(100):
            taken.append(n)
            yield n, 0.0

    for n, result in enumerate(map_in_order(_sleep_and_answer, _take(), 2)):
        assert result == n
        assert len(taken) <= n + 8


@pytest.mark.parametrize("seconds", [0.0, 0.003, 0.02, 0.1])
def test_it_ends_at_once_in_the_middle_of_a_result(seconds):
    """A process that is ended while it sends leaves nobody waiting for the rest."""
    results: Any = map_in_order(_make_long, iter(lambda: 30_000_000, 0), 2)
    next(results)
    time.sleep(seconds)
    closing = threading.Thread(target=results.close, daemon=True)
    closing.start()
    closing.join(timeout=20)
    assert not closing.is_alive()


def test_a_process_that_is_ended_is_said():
    """With what to do, and nobody waits for it."""
    with pytest.raises(OutputError, match="--jobs"):
        list(map_in_order(_end, range(20), 2))


def test_what_is_raised_there_is_raised_here():
    """As it would be in this process; what came before is there."""
    seen = []
    with pytest.raises(ZeroDivisionError, match="five"):
        for result in map_in_order(_fail, range(20), 2):
            seen.append(result)  # noqa: PERF402  (it is about what was seen before the end)
    assert seen == list(range(5))
