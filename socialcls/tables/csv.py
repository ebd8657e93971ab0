"""CSV and its kin, in and out: cells parted by commas, semicolons, tabs or bars.

The `csv` module does the reading; here is what surrounds it: lines above the header, the delimiter, rows of the wrong
length, quotes that are never closed. A row that comes in goes out as it stood, to the byte, with cells behind it.
Rows travel between processes as the text that they are, in and out, since text is quick to send (decision 0014).
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, cast

from socialcls.errors import InputError
from socialcls.messages import Problem
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, count_known, guess_columns
from socialcls.tables.encodings import KEEP, Guess, find_bad_byte, find_encoding
from socialcls.tables.sources import Source
from socialcls.tables.table import MAX_CHUNK_CHARS, Row, Table, cut_lines
from socialcls.text.escaping import neutralise

DELIMITERS = ",;\t|"

_MAX_CELL_CHARS = (1 << 31) - 1  # csv's own limit of 131,072 is less than one long page
MAX_LINE_CHARS = 16_000_000
"""Of a line that is read whole; a quote that is open for longer is a mistake."""
_MAX_HEADER_LINES = 60  # above it, at most
_N_COMPARED = 20  # rows under a header, that say what parts them
_MAX_COMPARED_CHARS = 20_000
_SEP_LINE = re.compile(r'"?sep=(.|\t)"?\s*', re.IGNORECASE)


class Excerpt(NamedTuple):
    """Whole rows of a table as they stand in the file, with all that is needed to read them."""

    lines: Iterator[str] | list[str]
    """With their ends; a list in what `cut` gives."""
    n_before: int
    """How many lines stand before them."""
    delimiter: str
    width: int
    """How many cells the table's header has."""
    encoding: str = "utf-8"

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order; blank lines are none, but under a single column."""
        width, encoding = self.width, self.encoding
        for line, cells, taken, is_closed in _read_lines(iter(self.lines), self.n_before, self.delimiter):
            if not cells and width > 1:
                continue  # a blank line
            raw = taken[0] if len(taken) == 1 else "".join(taken)
            n = len(cells)
            problem = None
            if n > width == 1 and '"' not in raw:  # commas in the only column are a part of its text
                cells[:], raw = [raw.rstrip("\r\n")], ""
            elif n > width:
                beyond = cells[width:]
                del cells[width:]
                if any(cell.strip() for cell in beyond):
                    problem = Problem("row_long", (str(n), str(width), ", ".join(map(repr, beyond))))
                raw = ""
            elif n < width:
                cells.extend([""] * (width - n))
                raw = _widen(raw, self.delimiter * (width - n))
            if not is_closed:
                problem, raw = Problem("row_quote", (str(line),)), ""
            if not raw.isascii() and (byte := find_bad_byte(raw)):
                problem = Problem("row_bytes", (encoding.upper(), byte))
            yield Row(line, cells, problem, raw)

    def cut(self, n_rows: int) -> Iterator["Excerpt"]:
        """Cut the rows into parts with all their lines at hand, to be sent away."""
        some: list[str] = []
        n_before = last = self.n_before
        n = n_chars = 0
        for _, _, taken, _ in _read_lines(iter(self.lines), self.n_before, self.delimiter):
            some += taken
            last += len(taken)
            n += 1
            n_chars += sum(map(len, taken))
            if n == n_rows or n_chars > MAX_CHUNK_CHARS:
                yield self._replace(lines=some, n_before=n_before)
                some, n_before, n, n_chars = [], last, 0, 0
        if some:
            yield self._replace(lines=some, n_before=n_before)


class _Feed:
    """Hands lines to a reader, knows which it took, and takes back those that it should not have."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self._n_chars = 0
        self.taken: list[str] = []
        self.has_stopped = False
        """Whether the reader was refused a line in the middle of a row: at the end, or because it took too much."""

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._n_chars > MAX_LINE_CHARS and self.taken:
            self.has_stopped = True
            raise StopIteration
        if self._returned:
            line = self._returned.popleft()
        else:
            following = next(self._lines, None)
            if following is None:
                self.has_stopped = True
                raise StopIteration
            line = following
        self.taken.append(line)
        self._n_chars += len(line)
        return line

    def finish_row(self) -> list[str]:
        """Name the lines of the row that was read, and begin the next."""
        taken, self.taken, self._n_chars, self.has_stopped = self.taken, [], 0, False
        return taken

    def give_back(self, lines: Sequence[str]) -> None:
        """Take lines back, to hand them out once more."""
        self._returned.extendleft(reversed(lines))


def _read_lines(
    lines: Iterator[str], n_before: int, delimiter: str
) -> Iterator[tuple[int, list[str], list[str], bool]]:
    """Read rows: for each its line, its cells, its lines, and whether all its quotes are closed.

    Where a quote is never closed, or where its end is no end of a cell, on a later line, only its own line is the row;
    the lines behind it are rows of their own.
    """
    csv.field_size_limit(_MAX_CELL_CHARS)
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        cells = next(reader, None)
        is_doubtful = feed.has_stopped or len(feed.taken) > 1
        taken = feed.finish_row()
        if cells is None:
            return
        is_closed = True
        if is_doubtful and not _is_sound(taken, delimiter):
            is_closed = False
            feed.give_back(taken[1:])
            taken = taken[:1]
            cells = _read_open(taken[0], delimiter)
        yield n_before + 1, cells, taken, is_closed
        n_before += len(taken)


def _is_sound(lines: list[str], delimiter: str) -> bool:
    if not any('"' in line for line in lines):
        return True
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        # what stands behind a closing quote is tolerated in one line, and a sign of a lost quote in several
        return len(lines) == 1 and not _is_open(lines[0], delimiter)
    return True


def _is_open(line: str, delimiter: str) -> bool:
    """Whether a line ends inside quotes."""
    probe = "\0end"
    return len(list(csv.reader([line, probe], delimiter=delimiter))) == 1


def _read_open(line: str, delimiter: str) -> list[str]:
    """Read the cells of a line whose last quote is open."""
    cells = next(csv.reader([line], delimiter=delimiter), [])
    return [*cells[:-1], cells[-1].rstrip("\r\n")] if cells else [line.rstrip("\r\n")]


def _widen(raw: str, added: str) -> str:
    bare = raw.rstrip("\r\n")
    return bare + added + raw[len(bare) :]


def open_csv(  # noqa: PLR0913  (as many as there are things to know)
    source: Source,
    *,
    encoding: str = "",
    delimiter: str = "",
    names: ColumnNames = BY_KNOWN_NAMES,
    n_skipped: int = 0,
    has_header: bool = True,
) -> Table:
    """Read the header of a CSV file.

    Raises:
        InputError: it is empty, or there is no such encoding.
    """
    guess, lines = open_lines(source, encoding)
    notes = list(source.notes)
    if guess.is_guessed:
        notes.append(f"read as {guess.encoding}, which is a guess; --encoding says otherwise")
    for _ in range(n_skipped):
        next(lines, None)
    head = next(cut_lines(lines, _MAX_HEADER_LINES + _N_COMPARED), [])
    start = 0
    start = _skip_blank(head, start)
    if start < len(head) and (separator := _SEP_LINE.fullmatch(head[start])):  # Excel's own way to name it
        delimiter = delimiter or separator[1]
        start = _skip_blank(head, start + 1)
    if start == len(head):
        raise InputError(f"{source.name}: empty. {'A table with a header line' if has_header else 'A row'} is needed.")
    guessed = None
    line_end = head[start]
    line_end = line_end[len(line_end.rstrip("\r\n")) :] or "\n"
    if not has_header:
        delimiter = delimiter or _choose_delimiter(head[start:], names)[0]
        rows = list(csv.reader(head[start : start + _N_COMPARED], delimiter=delimiter))
        width = max(map(len, rows))
        guessed = guess_columns(rows)
        columns = [str(i) for i in range(1, width + 1)]
        n_lines = start
    else:
        first = start
        if not n_skipped:
            start = _find_header(head, start, delimiter, names)
        delimiter = delimiter or _choose_delimiter(head[start:], names)[0]
        if start > first:
            above = [line for line in head[first:start] if line.strip()]
            notes.append(f"skipped {len(above)} line{'s' * (len(above) > 1)} above the header (line {start + 1})")
        _, columns, taken, _ = next(_read_lines(iter(head[start:]), 0, delimiter))
        n_lines = start + len(taken)
        columns = [column.strip() for column in columns]
    header = "".join(head[start:n_lines]) if has_header else ""
    n_before = n_skipped + n_lines
    body = Excerpt(_chain(head[n_lines:], lines), n_before, delimiter, len(columns), guess.encoding)
    return Table(
        source.name, columns, body, source.share_read,
        header=header, delimiter=delimiter, line_end=line_end, has_mark=bool(guess.n_mark), notes=notes,
        guessed=guessed,
    )  # fmt: skip


def open_lines(source: Source, encoding: str = "") -> tuple[Guess, Iterator[str]]:
    """Open the lines of a text, with their ends; a byte order mark is not among them.

    A line of more than MAX_LINE_CHARS falls into several, so that memory is bounded whatever the file is.

    Raises:
        InputError: there is no such encoding.
    """
    guess = find_encoding(
        source.sample, encoding, is_whole=source.is_whole, is_utf8=None if encoding else source.is_utf8()
    )
    source.stream.read(guess.n_mark)
    text = io.TextIOWrapper(cast("io.BufferedReader", source.stream), encoding=guess.encoding, errors=KEEP, newline="")
    return guess, iter(partial(text.readline, MAX_LINE_CHARS), "")


def _chain(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _skip_blank(lines: list[str], start: int) -> int:
    while start < len(lines) and not lines[start].strip().strip("\ufeff\0 "):
        start += 1
    return start


def _find_header(head: list[str], start: int, delimiter: str, names: ColumnNames) -> int:
    """Find the line of the header: the first whose cells are known names of columns, else the first that there is."""
    weak = None
    for i in range(start, min(len(head), start + _MAX_HEADER_LINES)):
        if not head[i].strip():
            continue
        found = delimiter or _choose_delimiter(head[i:], names)[0]
        cells = next(csv.reader(head[i : i + _N_COMPARED], delimiter=found), [])
        n_exact, n_similar = count_known(cells, names)
        if n_exact or (n_similar and len(cells) > 1):
            return i
        if n_similar and weak is None:
            weak = i
    return start if weak is None else weak


def _choose_delimiter(lines: list[str], names: ColumnNames) -> tuple[str, int]:
    """Choose what parts the cells of a header: what yields known names and rows of the same length."""
    best, best_score = ",", (-1.0,) * 5
    lines = [line for i, line in enumerate(lines) if not i or len(line) < _MAX_COMPARED_CHARS]
    for delimiter in DELIMITERS:
        rows = list(islice(csv.reader(lines[: _N_COMPARED + 1], delimiter=delimiter), _N_COMPARED))
        header, below = rows[0] if rows else [], [row for row in rows[1:] if row]
        if len(header) < 2:
            continue
        n_exact, n_similar = count_known(header, names)
        alike = sum(len(row) == len(header) for row in below) / len(below) if below else 0.0
        has_quotes = any('"' in cell for cell in header)
        score = (float(n_exact > 0), float(not has_quotes), alike, float(n_exact + n_similar), float(len(header)))
        if score > best_score:
            best, best_score = delimiter, score
    return best, int(best_score[3])


class CsvWriter(NamedTuple):
    """How rows are written: as they stood, with cells behind; else as RFC 4180 says.

    By ourselves, as the writer of the `csv` module leaves a lone carriage return unquoted before Python 3.13, so that
    its row breaks in two when it is read; and takes twice as long, a tenth of all the time of a table (decision 0014).
    """

    delimiter: str = ","
    line_end: str = "\n"
    has_mark: bool = False
    is_shown: bool = False
    """Whether on a terminal: then control characters are shown and not obeyed."""
    keeps_rows: bool = True
    """Whether rows of the input may stand as they are: it is CSV with the same delimiter."""
    has_header: bool = True

    def write_header(self, columns: Sequence[str], appended: Sequence[str], header: str = "") -> str:
        """Write the names of the columns of the input, then those that are appended."""
        if not self.has_header:
            return "\ufeff" * self.has_mark
        row = Row(1, list(columns), raw=header)
        return "\ufeff" * self.has_mark + self.write_rows([row], [tuple(appended)])

    def write_rows(self, rows: Sequence[Row], appended: Sequence[Sequence[str]]) -> str:
        r"""Write rows, each with the cells that are appended to it.

        >>> CsvWriter(";").write_rows([Row(2, ["a", "b;c"]), Row(3, ["x"], raw='"x"\r\n')], [["1"], [""]])
        'a;"b;c";1\n"x";\r\n'
        """
        part, end = self.delimiter, self.line_end
        lines = []
        for row, cells in zip(rows, appended, strict=True):
            ours = part.join([self._quote(_defuse(neutralise(c) if self.is_shown else c)) for c in cells])
            raw = row.raw
            if raw and self.keeps_rows and not self.is_shown:
                bare = raw.rstrip("\r\n")
                lines.append(f"{bare}{part}{ours}{raw[len(bare) :] or end}" if cells else f"{bare}{end}")
                continue
            own = [self._quote(neutralise(c) if self.is_shown else c) for c in row.cells]
            line = part.join([*own, ours] if cells else own)
            lines.append(f"{line}{end}" if line else f'""{end}')  # one empty cell is no blank line
        return "".join(lines)

    def _quote(self, cell: str) -> str:
        if self.delimiter in cell or '"' in cell or "\n" in cell or "\r" in cell:
            return '"' + cell.replace('"', '""') + '"'
        return cell


def _defuse(cell: str) -> str:
    """Keep a cell of ours from being read as a formula by a spreadsheet."""
    return "'" + cell if cell[:1] in _FORMULA else cell


_FORMULA = frozenset("=+-@\t\r")
