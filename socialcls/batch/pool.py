"""Work done by several processes, its results in order, with little of it under way at a time.

The processes end with the one that started them, however it ends, and at once when it is interrupted.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from socialcls.errors import OutputError

T = TypeVar("T")
R = TypeVar("R")

_N_AHEAD = 3  # for each process: it always has something to do, and memory does not grow with the input

_function: Callable[[Any], Any] | None = None  # in a process of a pool: what it was started for


def map_in_order(function: Callable[[T], R], items: Iterable[T], n_jobs: int) -> Iterator[R]:
    """Apply a function to each item, in this process or in several.

    Args:
        function: It can be pickled, as can items and results; it is sent once to each process.
        items: Taken as they are needed.
        n_jobs: How many processes.

    Raises:
        OutputError: a process was ended from outside.
    """
    if n_jobs == 1:
        yield from map(function, items)
        return
    pool = ProcessPoolExecutor(n_jobs, initializer=_begin, initargs=(function,))
    under_way: deque[Future[R]] = deque()
    is_done = False
    try:
        for item in items:
            under_way.append(pool.submit(_apply, item))
            if len(under_way) >= _N_AHEAD * n_jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
        is_done = True
    except BrokenProcessPool as error:
        message = (
            "A process of the pool was ended from outside, perhaps because memory ran out. "
            "Take fewer with --jobs; with --resume it goes on where it stopped."
        )
        raise OutputError(message) from error
    finally:
        if not is_done:
            for future in under_way:
                future.cancel()
            for process in multiprocessing.active_children():
                with contextlib.suppress(OSError, ValueError):
                    process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(function: Callable[[Any], Any]) -> None:
    """Begin in a process of the pool."""
    global _function  # noqa: PLW0603  (what a pool's initialiser can leave behind)
    _function = function
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, os.getppid()), daemon=True).start()


def _end_with(sentinel: int, parent_pid: int) -> None:
    """End this process when its parent has: its pipes stay open as long as its siblings live."""
    from multiprocessing.connection import wait  # noqa: PLC0415  (only in a process of a pool)

    while not wait([sentinel], timeout=1.0) and os.getppid() == parent_pid:
        pass
    os._exit(1)


def _apply(item: Any) -> Any:  # noqa: ANN401  (whatever the function takes and gives)
    if _function is None:
        raise RuntimeError("the process was not begun")
    return _function(item)
