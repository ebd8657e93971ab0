"""Work done by several processes, its results in order, with little of it under way at a time.

The processes end with the one that started them, however it ends, and at once when it is interrupted.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from socialcls.errors import OutputError

T = TypeVar("T")
R = TypeVar("R")

_N_AHEAD = 3  # items for each process, finished ones that wait for their turn included: memory stays bounded


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
    workers: list[_Worker] = []
    try:
        while len(workers) < n_jobs:
            workers.append(_Worker(function))
        yield from _share_out(iter(items), workers)
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()


class _Worker:
    """A process, and the pipe that only it and this process use: one that is killed leaves nothing locked.

    Executors of the standard library share one pipe for all results, and wait for ever for the rest of a result whose
    sender was killed.
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.pipe, its_end = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_work, args=(its_end, function), daemon=True)
        self.process.start()
        its_end.close()

    def give(self, item: Any) -> None:  # noqa: ANN401  (whatever the function takes)
        """Give it an item to work on."""
        with self._say_when_ended():
            self.pipe.send(item)

    def take(self) -> tuple[bool, Any]:
        """Take what became of the item: whether the function gave a result, and that or what it raised."""
        with self._say_when_ended():
            answer: tuple[bool, Any] = self.pipe.recv()
            return answer

    @contextlib.contextmanager
    def _say_when_ended(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError) as error:
            message = (
                "A process of the pool was ended from outside, perhaps because memory ran out. "
                "Take fewer with --jobs; with --resume it goes on where it stopped."
            )
            raise OutputError(message) from error


def _share_out(items: Iterator[Any], workers: list[_Worker]) -> Iterator[Any]:
    """Give each process one item at a time, and yield the results in order."""
    idle, busy = list(workers), dict[Any, tuple[_Worker, int]]()  # the busy ones by their pipes
    results: dict[int, tuple[bool, Any]] = {}
    n_read = n_yielded = 0
    ready: list[Any] = []  # one item, read while the processes work
    is_more = True
    while True:
        while is_more and n_read - n_yielded < _N_AHEAD * len(workers) and (idle or not ready):
            if not ready:
                for item in items:
                    ready.append(item)
                    break
                is_more = bool(ready)
            if idle and ready:
                worker = idle.pop()
                worker.give(ready.pop())
                busy[worker.pipe] = worker, n_read
                n_read += 1
        while n_yielded in results:
            is_good, result = results.pop(n_yielded)
            if not is_good:
                raise result
            yield result
            n_yielded += 1
        if not busy and not is_more:
            return
        for pipe in wait(list(busy)) if busy else []:
            worker, n = busy.pop(pipe)
            results[n] = worker.take()
            idle.append(worker)


def _work(pipe: Connection, function: Callable[[Any], Any]) -> None:
    """Work in a process of the pool, until it is ended."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, os.getppid()), daemon=True).start()
    while True:
        item = pipe.recv()
        try:
            answer = True, function(item)
        except Exception as error:  # noqa: BLE001  (raised again where the results are taken)
            answer = False, error
        pipe.send(answer)


def _end_with(sentinel: int, parent_pid: int) -> None:
    """End this process when its parent has: its pipes stay open as long as its siblings live."""
    while not wait([sentinel], timeout=1.0) and os.getppid() == parent_pid:
        pass
    os._exit(1)
