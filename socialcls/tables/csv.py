"""CSV in and out: rows with their line numbers, in any common encoding, written whole or not at all.

The `csv` module does the reading; here is what surrounds it: a byte order mark, the semicolons and tabs of
spreadsheets, rows of the wrong length, bytes that are not the encoding, and a result file that appears only
when it is complete. Rows travel between processes as the text that they are, in and out, since text is quick to send.
"""

import codecs
import csv
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice, tee
from pathlib import Path
from typing import IO, NamedTuple, TextIO

from socialcls.errors import InputError, OutputError
from socialcls.text.escaping import neutralise

STDIO = "-"
"""The path that means standard input or output."""

_MAX_CELL_CHARS = 100_000_000  # csv's own limit of 131,072 is less than one long page
_DELIMITERS = ",;\t|"
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Row(NamedTuple):
    """One row of a table, as wide as its header."""

    line: int
    """The line of the file on which the row ends, counted from 1."""
    cells: list[str]
    """One for each column; short rows are filled with empty cells."""
    problem: str = ""
    """What is wrong with the row's shape; empty when nothing is."""


class Excerpt(NamedTuple):
    """Whole rows of a table as they stand in the file, with all that is needed to read them."""

    lines: Iterable[str]
    """With their ends; a list in what `cut` gives."""
    n_before: int
    """How many lines stand before them."""
    delimiter: str
    width: int
    """How many cells the table's header has."""

    def read_rows(self) -> Iterator[Row]:
        """The rows, in order; blank lines are none."""
        csv.field_size_limit(_MAX_CELL_CHARS)
        reader = csv.reader(self.lines, delimiter=self.delimiter)
        n_before, width = self.n_before, self.width
        for read in reader:
            cells = read
            if not cells:
                if width > 1:
                    continue  # a blank line
                cells = [""]
            problem = ""
            if len(cells) > width:
                lost = ", ".join(repr(cell) for cell in cells[width:])
                problem = f"{len(cells)} cells where the header has {width}; beyond it: {lost}"
                cells = cells[:width]
            elif len(cells) < width:
                problem = f"{len(cells)} cells where the header has {width}"
                cells = cells + [""] * (width - len(cells))
            yield Row(n_before + reader.line_num, cells, problem)

    def cut(self, n_rows: int) -> Iterator["Excerpt"]:
        """The same rows, at most so many at a time, with all their lines at hand, to be sent away."""
        lines, kept = tee(self.lines)
        reader = csv.reader(lines, delimiter=self.delimiter)  # takes no line before it needs it: so it finds row ends
        n_cut = 0
        while deque(islice(reader, n_rows), maxlen=1):
            yield self._replace(lines=list(islice(kept, reader.line_num - n_cut)), n_before=self.n_before + n_cut)
            n_cut = reader.line_num


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows under it, read as they are asked for."""

    name: str
    """What to call it in messages: the file's path, or "standard input"."""
    columns: list[str]
    delimiter: str
    body: Excerpt
    """All that stands under the header; it can be read once."""
    share_read: Callable[[], float | None]
    """How much of it has been read, 0 to 1; None where its size is not known."""


class RowFormat(NamedTuple):
    """How rows are written: as RFC 4180 says, lines ending in a line feed.

    By ourselves, as the writer of the `csv` module leaves a lone carriage return unquoted before Python 3.13, so that
    its row breaks in two when it is read; and takes twice as long, a tenth of all the time of a table (decision 0014).
    """

    delimiter: str = ","
    is_shown: bool = False
    """Whether on a terminal: then control characters are shown and not obeyed."""

    def format_rows(self, rows: Iterable[list[str]]) -> str:
        r"""The text of some rows.

        >>> RowFormat(";").format_rows([["a", "b;c"], ["1", ""]])
        'a;"b;c"\n1;\n'
        """
        shown = ([neutralise(cell) for cell in row] for row in rows) if self.is_shown else rows
        part = self.delimiter
        lines = [
            part.join([_quote(c) if part in c or '"' in c or "\n" in c or "\r" in c else c for c in row])
            for row in shown
        ]
        return "".join([f"{line}\n" if line else '""\n' for line in lines])  # one empty cell is no blank line


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


PLAIN = RowFormat()
"""As to any file, with commas."""


def choose_format(path: str, delimiter: str) -> RowFormat:
    """How rows are written to a file, or to standard output for "-"."""
    return RowFormat(delimiter, is_shown=path == STDIO and sys.stdout.isatty())


@contextmanager
def open_table(path: str, *, encoding: str = "", delimiter: str = "") -> Iterator[Table]:
    """Open a CSV file, or standard input for "-".

    Args:
        path: The file.
        encoding: Its encoding; UTF-8 when empty, unless a byte order mark says otherwise.
        delimiter: What parts its cells; found in its first line when empty.

    Raises:
        InputError: it is missing, unreadable, empty, or not in that encoding.
    """
    name = "standard input" if path == STDIO else path
    with _open_text(path, name, encoding) as stream:
        try:
            yield _read_table(stream, name, delimiter)
        except UnicodeDecodeError as error:
            message = (
                f"{name}: not {error.encoding.upper()} (byte 0x{error.object[error.start]:02x}). "
                "Say what it is, for example --encoding cp1250."
            )
            raise InputError(message) from error
        except csv.Error as error:
            raise InputError(f"{name}: not readable as CSV ({error}).") from error


def _open_text(path: str, name: str, encoding: str) -> AbstractContextManager[TextIO]:
    try:
        if path == STDIO:
            sys.stdin.reconfigure(encoding=encoding or "utf-8-sig", errors="strict", newline="")  # type: ignore[union-attr]
            return nullcontext(sys.stdin)
        file = Path(path)
        if not encoding:
            with file.open("rb") as start:
                first = start.read(3)
            marked = [known for mark, known in _BYTE_ORDER_MARKS.items() if first.startswith(mark)]
            encoding = marked[0] if marked else "utf-8"
        return file.open(encoding=encoding, newline="")
    except FileNotFoundError as error:
        raise InputError(f"{name}: no such file.") from error
    except LookupError as error:
        raise InputError(f"{encoding}: no such encoding. Try utf-8, cp1250 or iso8859-2.") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror}).") from error


def _read_table(stream: TextIO, name: str, delimiter: str) -> Table:
    csv.field_size_limit(_MAX_CELL_CHARS)
    header_line = ""
    while not header_line.strip():
        header_line = stream.readline()
        if not header_line:
            raise InputError(f"{name}: empty. A CSV file with a header line is needed.")
    delimiter = delimiter or max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(chain([header_line], stream), delimiter=delimiter)
    columns = [column.strip() for column in next(reader)]
    body = Excerpt(stream, reader.line_num, delimiter, len(columns))
    return Table(name, columns, delimiter, body, lambda: _share_read(stream))


def _share_read(stream: TextIO) -> float | None:
    if not stream.seekable():
        return None
    size = os.fstat(stream.fileno()).st_size
    return min(1.0, stream.buffer.tell() / size) if size else None


def write_table(path: str, columns: list[str], texts: Iterable[str], form: RowFormat = PLAIN) -> None:
    """Write a CSV file, or standard output for "-".

    A file is written beside its target and put in its place when complete, so that a failure leaves what was
    there before.

    Args:
        path: The file.
        columns: Its header.
        texts: Its rows, some at a time, as `form` formats them.
        form: How rows are written.

    Raises:
        OutputError: it cannot be written.
    """
    with nullcontext(sys.stdout) if path == STDIO else replace_file(Path(path)) as stream:
        stream.write(form.format_rows([columns]))
        for text in texts:
            stream.write(text)


@contextmanager
def replace_file(path: Path) -> Iterator[IO[str]]:
    """Open a UTF-8 file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from error
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
        part.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_read_umask())
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)


def _read_umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
