"""Web pages as the rows of a table: saved in files, in a web archive, or one on standard input.

A row is a page, or what the pages of one host say together. Its cells say where it is from; what it says is read by
whatever process classifies it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from socialcls.errors import InputError, MissingExtraError
from socialcls.messages import Problem
from socialcls.pages.markup import MAX_CHARS
from socialcls.pages.saved import SavedPage, pool_by_host, read_saved
from socialcls.tables.columns import Columns
from socialcls.tables.formats import find_page_suffix
from socialcls.tables.sources import STDIO, Source, open_source
from socialcls.tables.table import MAX_CHUNK_CHARS, Row, RowPage, RowsBody, Table

_MHTML = (".mhtml", ".mht")
_MAX_BYTES = 2 * MAX_CHARS


class Pages:
    """Saved pages, each of them a row."""

    def __init__(self, pages: Iterator[SavedPage] | list[SavedPage], n_before: int = 0, *, has_files: bool) -> None:
        self._pages, self._n_before, self._has_files = pages, n_before, has_files

    def read_rows(self) -> Iterator[Row]:
        """Read the pages in order."""
        for n, saved in enumerate(self._pages, self._n_before + 1):
            if saved.problem is not None:
                yield Row(n, [saved.file, saved.url] if self._has_files else [saved.url], saved.problem)
                continue
            page = read_saved(saved)
            url = page.document.url
            yield Row(n, [saved.file, url] if self._has_files else [url], page=RowPage(*page))

    def cut(self, n_rows: int) -> Iterator["Pages"]:
        """Cut them into parts, to be sent away."""
        some: list[SavedPage] = []
        n_before, n_bytes = self._n_before, 0
        for page in self._pages:
            some.append(page)
            n_bytes += len(page.html)
            if len(some) == n_rows or n_bytes > MAX_CHUNK_CHARS:
                yield Pages(some, n_before, has_files=self._has_files)
                n_before, n_bytes, some = n_before + len(some), 0, []
        if some:
            yield Pages(some, n_before, has_files=self._has_files)


def open_files(paths: Sequence[str], name: str, *, by_host: bool = False) -> Table:
    """Open saved pages as one table: each a row, or the pages of a host together.

    Args:
        paths: Of HTML, XHTML or MHTML, packed or not. One that cannot be read is a row with a problem.
        name: What to call them in messages.
        by_host: Whether a row is a host.
    """
    n_read = 0

    def read() -> Iterator[SavedPage]:
        nonlocal n_read
        for path in paths:
            n_read += 1
            yield _read_file(path)

    table = _make_table(read(), name, lambda: n_read / len(paths), has_files=True, by_host=by_host)
    table.notes.append(f"saved pages: {len(paths):,}")
    return table


def open_page(source: Source, *, by_host: bool = False) -> Table:
    """Open one page as a table of one row."""
    page = _read_source(source, "" if source.path == STDIO else source.path)
    return _make_table(iter([page]), source.name, source.share_read, has_files=True, by_host=by_host)


def open_warc(source: Source, *, by_host: bool = False) -> Table:
    """Open a WARC file as a table of its web pages.

    Raises:
        MissingExtraError: what reads it is not installed.
    """
    from socialcls.pages.warc import read_warc  # noqa: PLC0415  (it may need an extra)

    pages = read_warc(source.stream, source.name)
    return _make_table(_begin(pages), source.name, source.share_read, has_files=False, by_host=by_host)


def open_wacz(source: Source, *, by_host: bool = False) -> Table:
    """Open a WACZ package as a table of its web pages.

    Raises:
        InputError: it is on standard input, or no such package.
        MissingExtraError: what reads it is not installed.
    """
    from socialcls.pages.warc import read_wacz  # noqa: PLC0415  (it may need an extra)

    if not source.is_regular:
        raise InputError(f"{source.name}: a WACZ package is read from its end. Name a file, not packed once more.")
    pages = read_wacz(Path(source.path), source.name)
    return _make_table(_begin(pages), source.name, lambda: None, has_files=False, by_host=by_host)


def _begin(pages: Iterator[SavedPage]) -> Iterator[SavedPage]:
    """Read the first page now, to hear at once what is wrong with an archive."""
    first = next(pages, None)
    return pages if first is None else chain([first], pages)


def _make_table(
    pages: Iterator[SavedPage],
    name: str,
    share_read: Callable[[], float | None],
    *,
    has_files: bool,
    by_host: bool,
) -> Table:
    if by_host:
        return Table(
            name, ["url", "pages"], RowsBody(_pool_rows(pages)), share_read, form="html", has_pages=True,
            guessed=Columns(url=(0,)),
        )  # fmt: skip
    columns = ["file", "url"] if has_files else ["url"]
    return Table(
        name, columns, Pages(pages, has_files=has_files), share_read, form="html", has_pages=True,
        guessed=Columns(url=(len(columns) - 1,)),
    )  # fmt: skip


def _pool_rows(pages: Iterable[SavedPage]) -> Iterator[Row]:
    """Make a row of each host, then of each page that could not be read."""
    failed: list[SavedPage] = []

    def read_good() -> Iterator[SavedPage]:
        for page in pages:
            if page.problem is None:
                yield page
            else:
                failed.append(page)

    n = 0
    for n, service in enumerate(pool_by_host(read_good()), 1):
        yield Row(n, [service.page.document.url, str(service.n_pages)], page=RowPage(*service.page))
    for more, page in enumerate(failed, n + 1):
        yield Row(more, [page.url, "1"], page.problem)


def read_file(path: str) -> SavedPage:
    """Read a saved page from its file, packed or not.

    Raises:
        InputError: there is no such file, or it is of a kind that is no page.
        MissingExtraError: what unpacks it is not installed.
    """
    with open_source(path) as source:
        return _read_source(source, path)


def _read_file(path: str) -> SavedPage:
    try:
        return read_file(path)
    except (InputError, MissingExtraError) as error:
        return SavedPage("", b"", file=path, problem=Problem("row_page", (str(error),)))


def _read_source(source: Source, file: str) -> SavedPage:
    if find_page_suffix(source.path) not in _MHTML:
        return SavedPage("", source.stream.read(_MAX_BYTES), file=file)
    from socialcls.pages import mhtml  # noqa: PLC0415  (only where one is met)

    page = mhtml.read_mhtml(source.stream.read(mhtml.MAX_BYTES), file)
    if page is None:
        return SavedPage("", b"", file=file, problem=Problem("row_no_page", (file,)))
    return page
