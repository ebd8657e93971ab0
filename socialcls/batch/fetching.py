"""Rows with the pages that their URLs lead to: fetched ahead, handed on in order."""

from collections import deque
from collections.abc import Iterable, Iterator

from socialcls.pages.fetch import FetchedDocument, FetchSettings
from socialcls.pages.pool import fetch_documents
from socialcls.tables.columns import Columns
from socialcls.tables.table import Body, Row, RowPage, RowsBody


def fetch_parts(parts: Iterable[Body], columns: Columns, settings: FetchSettings) -> Iterator[RowsBody]:
    """Fetch the pages of rows, part by part, in order.

    As many rows are held as `pages.pool` takes in ahead, and a part. A row without a URL has no page.
    """
    rows: deque[Row] = deque()
    sizes: deque[int] = deque()

    def list_urls() -> Iterator[str]:
        for part in parts:
            some = list(part.read_rows())
            rows.extend(some)
            sizes.append(len(some))
            yield from (_find_url(row, columns) for row in some)

    done: list[Row] = []
    for fetched in fetch_documents(list_urls(), settings):
        done.append(rows.popleft()._replace(page=make_row_page(fetched)))
        if len(done) == sizes[0]:
            sizes.popleft()
            yield RowsBody(done)
            done = []


def make_row_page(fetched: FetchedDocument) -> RowPage | None:
    """Make the page of a row; None where nothing was asked for."""
    if not fetched.url:
        return None
    return RowPage(fetched.document, fetched.is_shell, fetched.problem)


def _find_url(row: Row, columns: Columns) -> str:
    """Find what to fetch for a row; empty for one that cannot be read, or has no URL."""
    if row.problem is not None:
        return ""
    try:
        return columns.read_own(row.cells).url.strip()
    except Exception:  # noqa: BLE001  (it is said where the row is classified)
        return ""
