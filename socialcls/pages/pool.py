"""Fetch many pages at the same time: bounded in memory, in order, one request at a time for each host."""

import heapq
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator

from socialcls.messages import Problem
from socialcls.pages.fetch import FetchedDocument, Fetcher, FetchSettings
from socialcls.text.urls import read_url
from socialcls.types import Document

WINDOW = 2_048
"""Addresses taken in that were not yet given out: what is held in memory at most, some kilobytes each.

One that is waited for holds up those behind it when so many are done: with 512, one host in a hundred that drips for
half a minute let no more than 17 pages a second through.
"""


def fetch_documents(urls: Iterable[str], settings: FetchSettings | None = None) -> Iterator[FetchedDocument]:
    """Fetch pages and read them as documents, in the order of their addresses.

    No more than `WINDOW` addresses are taken in ahead. A page that cannot be had is a document of its URL with an
    error; nothing that a server does ends the stream.

    Args:
        urls: Web addresses or bare hosts; for an empty one nobody is asked, and its document is blank.
        settings: How; `n_workers` hosts are asked at the same time.
    """
    settings = settings or FetchSettings()
    pool = _Pool(settings)
    pending: deque[_Job] = deque()
    try:
        for url in urls:
            pending.append(pool.submit(url))
            while pending and (len(pending) >= WINDOW or pending[0].is_done.is_set()):
                yield pending.popleft().wait()
        while pending:
            yield pending.popleft().wait()
    finally:
        pool.stop()


class _Job:
    """One page to be fetched."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_done = threading.Event()
        self.fetched = FetchedDocument(url, Document(url=url))

    def wait(self) -> FetchedDocument:
        """Wait for the page."""
        self.is_done.wait()
        return self.fetched


class _Pool:
    """Threads that take the next page of whichever host may be asked."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._fetcher = Fetcher(settings)
        self._changed = threading.Condition()
        self._queues: dict[str, deque[_Job]] = {}
        """Of each host that has pages waiting, or is being asked."""
        self._due: list[tuple[float, int, str]] = []
        """When each host that is not being asked may be asked next, as a heap."""
        self._n = 0
        self._is_stopped = False
        self._threads: list[threading.Thread] = []

    def submit(self, url: str) -> _Job:
        """Take in an address."""
        job = _Job(url)
        if not url:
            job.is_done.set()
            return job
        host = read_url(url).host
        with self._changed:
            queue = self._queues.get(host)
            if queue is None:
                self._queues[host] = deque([job])
                self._push(host, 0.0)
            else:
                queue.append(job)
        if len(self._threads) < self._settings.n_workers:
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()
        return job

    def stop(self) -> None:
        """Let the threads end after what they are doing."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def _push(self, host: str, due: float) -> None:
        self._n += 1
        heapq.heappush(self._due, (due, self._n, host))
        self._changed.notify()

    def _work(self) -> None:
        while (host := self._take_host()) is not None:
            with self._changed:
                job = self._queues[host].popleft()
            try:
                job.fetched = self._fetcher.fetch(job.url)
            except Exception as error:  # noqa: BLE001  (a bug in one page is an error of that page)
                problem = Problem("row_bug", (f"{type(error).__name__}: {error}",))
                job.fetched = FetchedDocument(job.url, Document(url=job.url), problem)
            job.is_done.set()
            with self._changed:
                if self._queues[host]:
                    self._push(host, self._fetcher.find_free_time(host))  # at once where the cache had the page
                else:
                    del self._queues[host]

    def _take_host(self) -> str | None:
        """Wait for a host that may be asked; None when there is nothing more to do."""
        with self._changed:
            while not self._is_stopped:
                wait_s = None
                if self._due:
                    wait_s = self._due[0][0] - time.monotonic()
                    if wait_s <= 0:
                        return heapq.heappop(self._due)[2]
                self._changed.wait(wait_s)
            return None
