"""Plain lines in and out: a description, a URL or a host a line, without a header."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from socialcls.errors import InputError
from socialcls.messages import Problem
from socialcls.tables.csv import open_lines
from socialcls.tables.encodings import find_bad_byte
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, Table, cut_lines
from socialcls.text.escaping import neutralise_lines

COLUMN = "input"
"""What the column of lines is called in a table."""


class Lines(NamedTuple):
    """Lines of a text, each of them a row, blank ones too."""

    lines: Iterator[str] | list[str]
    n_before: int
    encoding: str

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order."""
        for line, text in enumerate(self.lines, self.n_before + 1):
            byte = find_bad_byte(text)
            problem = Problem("row_bytes", (self.encoding.upper(), byte)) if byte else None
            yield Row(line, [text.rstrip("\r\n")], problem)

    def cut(self, n_rows: int) -> Iterator["Lines"]:
        """Cut the rows into parts, to be sent away."""
        n_before = self.n_before
        for some in cut_lines(iter(self.lines), n_rows):
            yield self._replace(lines=some, n_before=n_before)
            n_before += len(some)


def open_list(source: Source, *, encoding: str = "", n_skipped: int = 0) -> Table:
    """Open a list of lines.

    Raises:
        InputError: it is empty, or there is no such encoding.
    """
    guess, lines = open_lines(source, encoding)
    for _ in range(n_skipped):
        next(lines, None)
    first = next(lines, None)
    if first is None:
        raise InputError(f"{source.name}: empty. A line with a description, a URL or a host is needed.")
    notes = list(source.notes)
    if guess.is_guessed:
        notes.append(f"read as {guess.encoding}, which is a guess; --encoding says otherwise")
    end = first[len(first.rstrip("\r\n")) :] or "\n"

    def chain() -> Iterator[str]:
        yield first
        yield from lines

    body = Lines(chain(), n_skipped, guess.encoding)
    return Table(
        source.name, [COLUMN], body, source.share_read, form="lines", line_end=end, has_mark=bool(guess.n_mark),
        has_lines=True, notes=notes,
    )  # fmt: skip


class LinesWriter(NamedTuple):
    """Writes a line for each row: what is appended to it and not empty, parted by tabs, the category first."""

    line_end: str = "\n"
    has_mark: bool = False
    is_shown: bool = False
    """Whether on a terminal: then control characters are shown and not obeyed."""

    def write_header(self, columns: Sequence[str], appended: Sequence[str], header: str = "") -> str:
        """Write nothing: lines have no header."""
        del columns, appended, header
        return "\ufeff" * self.has_mark

    def write_rows(self, rows: Sequence[Row], appended: Sequence[Sequence[str]]) -> str:
        """Write rows."""
        del rows
        lines = ["\t".join(" ".join(cell.split()) for cell in cells) for cells in appended]
        text = "".join([line + self.line_end for line in lines])
        return neutralise_lines(text) if self.is_shown else text
