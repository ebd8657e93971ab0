"""JSON Lines in and out: one object a line, to which keys are added where it stands; also an array of objects."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from socialcls.errors import InputError
from socialcls.messages import Problem
from socialcls.tables.csv import open_lines
from socialcls.tables.encodings import clean, find_bad_byte
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, RowsBody, Table, cut_lines
from socialcls.text.escaping import neutralise_json

_N_FIRST = 1_000  # objects whose keys are the columns
_FIRST_CHARS = 16_000_000  # of them, or little more
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNREADABLE = "unreadable"


class JsonLines(NamedTuple):
    """Lines of objects, with the keys that are the columns."""

    lines: Iterator[str] | list[str]
    n_before: int
    columns: tuple[str, ...]

    def read_rows(self) -> Iterator[Row]:
        """Read the rows in order; blank lines are none."""
        known = frozenset(self.columns)
        for line, text in enumerate(self.lines, self.n_before + 1):
            if text.strip("\ufeff \t\r\n"):
                yield self._read_row(line, text, known)

    def cut(self, n_rows: int) -> Iterator["JsonLines"]:
        """Cut the rows into parts, to be sent away."""
        n_before = self.n_before
        for some in cut_lines(iter(self.lines), n_rows):
            yield self._replace(lines=some, n_before=n_before)
            n_before += len(some)

    def _read_row(self, line: int, text: str, known: frozenset[str]) -> Row:
        if byte := find_bad_byte(text):
            return self._keep(line, clean(text.strip()), Problem("row_bytes", ("UTF-8", byte)))
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            return self._keep(line, clean(text.strip()), Problem("row_json", (str(error),)))
        if not isinstance(values, dict):
            return self._keep(line, values, Problem("row_no_object"))
        return make_row(line, values, self.columns, known, raw=text)

    def _keep(self, line: int, value: Any, problem: Problem) -> Row:  # noqa: ANN401  (whatever JSON holds)
        """Keep what is no object: in the first cell, or under a key of its own where rows have keys."""
        cells = [say_value(value), *[""] * (len(self.columns) - 1)]
        return Row(line, cells, problem, values=[{_UNREADABLE: value}])


def make_row(line: int, values: dict[str, Any], columns: Sequence[str], known: frozenset[str], raw: str = "") -> Row:
    """Make a row of an object; what is under keys that are no columns is named in its problem, unless it has a text."""
    beyond = [key for key in values if key not in known]
    problem = None
    if beyond:
        said = ", ".join(f"{key}: {say_value(values[key])!r}" for key in beyond)
        problem = Problem("row_keys", (said,))
    cells = [say_value(values.get(column)) for column in columns]
    return Row(line, cells, problem, raw, values=[values])


def say_value(value: Any) -> str:  # noqa: ANN401  (whatever JSON holds)
    """Write a value as a cell.

    >>> say_value(None), say_value(3.0), say_value(True), say_value(["a"])
    ('', '3.0', 'true', '["a"]')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str)


def open_jsonl(source: Source, *, encoding: str = "") -> Table:
    """Read the first objects of a file, for their keys.

    Raises:
        InputError: it is empty, or holds no object.
    """
    guess, lines = open_lines(source, encoding)
    first: list[str] = []
    for line in lines:
        first.append(line)
        if line.strip():
            break
    if not first or not first[-1].strip():
        raise InputError(f"{source.name}: empty. A line with a JSON object is needed.")
    if first[-1].lstrip().startswith("["):
        return _open_array(source, "".join(first) + "".join(lines))
    first += next(cut_lines(lines, _N_FIRST, _FIRST_CHARS), [])
    columns: dict[str, None] = {}
    for line in first:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            columns.update(dict.fromkeys(found))
    if not columns:
        raise InputError(f"{source.name}: no JSON object in its first lines. JSON Lines has one object a line.")
    body = JsonLines(_chain(first, lines), 0, tuple(columns))
    end = first[0][len(first[0].rstrip("\r\n")) :] or "\n"
    return Table(
        source.name, list(columns), body, source.share_read, form="jsonl", line_end=end, has_mark=bool(guess.n_mark),
        notes=list(source.notes),
    )  # fmt: skip


def _open_array(source: Source, text: str) -> Table:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source.name}: not JSON ({error}).") from error
    objects = [value if isinstance(value, dict) else {_UNREADABLE: value} for value in values]
    columns = list(dict.fromkeys(key for value in objects for key in value))
    if not columns:
        raise InputError(f"{source.name}: empty. An array of objects is needed.")
    known = frozenset(columns)
    rows = (make_row(i, value, columns, known) for i, value in enumerate(objects, 1))
    notes = [*source.notes, "an array, not JSON Lines; its items are counted as lines"]
    return Table(source.name, columns, RowsBody(rows), source.share_read, form="jsonl", notes=notes)


def _chain(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


class JsonlWriter(NamedTuple):
    """Writes objects: of JSON Lines as they stood, with keys behind; of other tables made of their cells."""

    columns: tuple[str, ...]
    appended: tuple[str, ...]
    numeric: frozenset[str]
    """Those of `appended` that are numbers."""
    line_end: str = "\n"
    has_mark: bool = False
    is_shown: bool = False
    """Whether on a terminal: then control characters are written as JSON has them."""

    def write_header(self, columns: Sequence[str], appended: Sequence[str], header: str = "") -> str:
        """Write nothing: every object has its keys."""
        del columns, appended, header
        return "\ufeff" * self.has_mark

    def write_rows(self, rows: Sequence[Row], appended: Sequence[Sequence[str]]) -> str:
        """Write rows, each with the values that are appended to it."""
        lines = []
        for row, cells in zip(rows, appended, strict=True):
            ours = {
                name: (float(cell) if cell else None) if name in self.numeric else cell
                for name, cell in zip(self.appended, cells, strict=True)
            }
            if row.values is not None and row.raw.rstrip().endswith("}"):  # a row of CSV may end so too
                bare = row.raw.strip("\ufeff \t\r\n")[:-1].rstrip()
                added = _dump(ours)[1:]
                lines.append(f"{bare}{added}" if bare == "{" else f"{bare}, {added}")
            else:
                lines.append(_dump({**self._find_values(row), **ours}))
        text = "".join([line + self.line_end for line in lines])
        return neutralise_json(text) if self.is_shown else text

    def _find_values(self, row: Row) -> dict[str, Any]:
        if row.values is None:
            return dict(zip(self.columns, row.cells, strict=True))
        if len(row.values) == 1 and isinstance(row.values[0], dict):
            return row.values[0]
        return dict(zip(self.columns, row.values, strict=True))


def _dump(values: dict[str, Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, default=str)
    if text.isascii():
        return text
    return _SURROGATE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    """Write half a character as JSON does; what stands for a byte that could not be decoded is lost."""
    return "\ufffd" if "\udc80" <= match[0] <= "\udcff" else f"\\u{ord(match[0]):04x}"
