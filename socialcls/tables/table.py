"""What a table is, whatever file it came from: a header, and rows that are read as they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, Protocol

from socialcls.messages import Problem
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, Columns, find_columns
from socialcls.types import Document

MAX_CHUNK_CHARS = 1_000_000
"""Of the rows that are handed on together; a row of more is handed on alone."""


class Row(NamedTuple):
    """One row of a table, as wide as its header."""

    line: int
    """Where it begins: the line of the file, counted from 1 as an editor does."""
    cells: list[str]
    """One for each column, as text; short rows are filled with empty cells."""
    problem: Problem | None = None
    raw: str = ""
    """As it stands in the file, with its line end; empty where it cannot be written back so."""
    values: Sequence[Any] | None = None
    """The same as `cells` with numbers and dates as such, of formats that have them."""
    page: "RowPage | None" = None
    """The page of the row, where there is one that does not stand in its cells."""


class RowPage(NamedTuple):
    """A web page that is read together with a row."""

    document: Document = Document()
    """Blank when it could not be had."""
    is_shell: bool = False
    """Whether it has hardly any text because scripts would make it."""
    problem: Problem | None = None
    """Why it could not be had; None when it could. The row is classified all the same."""


def read_row(row: Row, columns: Columns) -> tuple[Document, RowPage | None]:
    """Read the document of a row: its own cells, then the page that stands in them or comes with it."""
    own, page = columns.read_own(row.cells), row.page
    if page is None and columns.html and (read := columns.read_page(row.cells)) is not None:
        page = RowPage(*read)
    return join_page(own, page), page


def join_page(own: Document, page: RowPage | None) -> Document:
    """Join what a row says with its page, if there is one and it could be had."""
    if page is None or page.problem is not None:
        return own
    from socialcls.pages.html import add_page  # noqa: PLC0415  (only rows with pages need it)

    return add_page(own, page.document)


class Body(Protocol):
    """The rows under a header. They can be read once."""

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order."""

    def cut(self, n_rows: int) -> Iterator["Body"]:
        """Cut them into parts of at most so many rows, and of MAX_CHUNK_CHARS, which can be pickled."""


class RowsBody:
    """Rows that are made by the process that reads the file."""

    def __init__(self, rows: Iterator[Row] | list[Row]) -> None:
        self._rows = rows

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order."""
        return iter(self._rows)

    def cut(self, n_rows: int) -> Iterator["RowsBody"]:
        """Cut them into parts."""
        some: list[Row] = []
        n_chars = 0
        for row in self._rows:
            some.append(row)
            n_chars += sum(map(len, row.cells))
            if len(some) == n_rows or n_chars > MAX_CHUNK_CHARS:
                yield RowsBody(some)
                some, n_chars = [], 0
        if some:
            yield RowsBody(some)


@dataclass(slots=True)
class Table:
    """A header and the rows under it."""

    name: str
    """What to call it in messages: the file's path, or "standard input"."""
    columns: list[str]
    body: Body
    share_read: Callable[[], float | None]
    """How much of it has been read, 0 to 1; None where its size is not known."""
    form: str = "csv"
    """The name of its format."""
    header: str = ""
    """The header as it stands in the file, with its line end; empty where there is none."""
    delimiter: str = ","
    line_end: str = "\n"
    has_mark: bool = False
    """Whether it began with a byte order mark, which Excel needs."""
    has_pages: bool = False
    """Whether its rows are web pages, or services made of them."""
    has_lines: bool = False
    """Whether its one column holds descriptions and URLs, as they come."""
    guessed: Columns | None = None
    """What the columns hold by what stands in them, where they have no names."""
    original: str = ""
    """The file, where it is to be read once more for what stands in it as it is (Parquet)."""
    notes: list[str] = field(default_factory=list)
    """What there is to say about how it was read."""

    def find_columns(self, given: ColumnNames = BY_KNOWN_NAMES) -> Columns:
        """Find what the columns hold.

        Raises:
            InputError: a column that is asked for is not there, or there is none to read.
        """
        if self.has_lines:
            return Columns(text=(0,), is_mixed=True)
        if self.guessed is not None and given == BY_KNOWN_NAMES:
            return self.guessed
        return find_columns(self.name, self.columns, given)


def cut_lines(lines: Iterator[str], n_lines: int, n_chars_at_most: int = MAX_CHUNK_CHARS) -> Iterator[list[str]]:
    """Cut lines into parts of at most so many, which end with the line that makes them so long."""
    while some := list(islice(lines, 1)):
        n_chars = len(some[0])
        while len(some) < n_lines and n_chars < n_chars_at_most and (line := next(lines, None)) is not None:
            some.append(line)
            n_chars += len(line)
        yield some
