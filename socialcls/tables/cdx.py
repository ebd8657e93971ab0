"""CDX in: the index of a web archive, whose first line says what its columns are, by letters; or CDXJ."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from socialcls.errors import InputError
from socialcls.messages import Problem
from socialcls.tables.csv import open_lines
from socialcls.tables.encodings import find_bad_byte
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, Table, cut_lines

# http://archive.org/web/researcher/cdx_legend.php
_LETTERS = {
    "A": "canonized_url", "B": "news_group", "C": "rulespace_category", "D": "compressed_dat_file_offset",
    "F": "canonized_frame", "M": "meta_tags", "N": "urlkey", "S": "length", "V": "offset", "a": "original",
    "b": "timestamp", "c": "old_style_checksum", "d": "uncompressed_dat_file_offset", "e": "ip", "g": "filename",
    "h": "original_host", "i": "original_ip", "k": "digest", "m": "mimetype", "n": "arc_document_length",
    "o": "port", "r": "redirect", "s": "statuscode", "t": "page_title", "v": "uncompressed_arc_file_offset",
}  # fmt: skip
_USUAL = {
    7: "urlkey timestamp original mimetype statuscode digest length",
    9: "urlkey timestamp original mimetype statuscode digest redirect offset filename",
    10: "urlkey timestamp original mimetype statuscode digest redirect offset filename length",
    11: "urlkey timestamp original mimetype statuscode digest redirect metatags length offset filename",
}


class Captures(NamedTuple):
    """Lines of an index."""

    lines: Iterator[str] | list[str]
    n_before: int
    columns: tuple[str, ...]
    is_json: bool

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order; blank lines are none."""
        for line, text in enumerate(self.lines, self.n_before + 1):
            if text.strip():
                yield self._read_row(line, text.strip())

    def cut(self, n_rows: int) -> Iterator["Captures"]:
        """Cut the rows into parts, to be sent away."""
        n_before = self.n_before
        for some in cut_lines(iter(self.lines), n_rows):
            yield self._replace(lines=some, n_before=n_before)
            n_before += len(some)

    def _read_row(self, line: int, text: str) -> Row:
        width = len(self.columns)
        byte = find_bad_byte(text)
        problem = Problem("row_bytes", ("UTF-8", byte)) if byte else None
        if self.is_json:
            key, time, said = (*text.split(" ", 2), "", "")[:3]
            try:
                values = json.loads(said)
                cells = [key, time, *(str(values.get(name, "")) for name in self.columns[2:])]
            except (ValueError, AttributeError, RecursionError) as error:
                return Row(line, [text, *[""] * (width - 1)], problem or Problem("row_json", (str(error),)))
            return Row(line, cells, problem)
        cells = text.split(" ")
        if len(cells) > width:
            beyond = ", ".join(map(repr, cells[width:]))
            problem = problem or Problem("row_long", (str(len(cells)), str(width), beyond))
        return Row(line, [*cells[:width], *[""] * (width - len(cells))], problem)


def open_cdx(source: Source, *, encoding: str = "") -> Table:
    """Read the first line of an index.

    Raises:
        InputError: it is empty, or it is no index.
    """
    _, lines = open_lines(source, encoding)
    first = next(lines, "")
    is_json, n_before = False, 0
    kept = [first]
    if first.strip().startswith("CDX"):
        columns = [_LETTERS.get(letter, letter) for letter in first.split()[1:]]
        kept, n_before = [], 1
    elif first.rstrip().endswith("}") and " {" in first:
        is_json = True
        try:
            columns = ["urlkey", "timestamp", *json.loads(first[first.index(" {") :])]
        except ValueError as error:
            raise InputError(f"{source.name}: not CDXJ ({error}).") from error
    elif (n := len(first.split())) in _USUAL:
        columns = _USUAL[n].split()
    else:
        raise InputError(f"{source.name}: not CDX: its first line is neither a legend nor a capture.")

    def chain() -> Iterator[str]:
        yield from kept
        yield from lines

    body = Captures(chain(), n_before, tuple(columns), is_json)
    return Table(source.name, columns, body, source.share_read, form="cdx", notes=list(source.notes))
