"""Rows of a format that is no text, written as text until all are there: a line of JSON each."""

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from socialcls.tables.encodings import clean
from socialcls.tables.table import Row

_TAG = "\0type"


class JournalWriter(NamedTuple):
    """Writes rows as lines that `read_journal` reads."""

    keeps_values: bool = True
    """Whether numbers and dates stay what they are."""
    has_rows: bool = True
    """Whether the cells of the input are written; they may be read once more from there."""

    def write_header(self, columns: Sequence[str], appended: Sequence[str], header: str = "") -> str:
        """Write nothing: it is known when the journal is read."""
        del columns, appended, header
        return ""

    def write_rows(self, rows: Sequence[Row], appended: Sequence[Sequence[str]]) -> str:
        """Write rows."""
        lines = []
        for row, cells in zip(rows, appended, strict=True):
            values = row.values if self.keeps_values and row.values is not None else None
            if values is not None and len(values) == 1 and isinstance(values[0], dict):
                values = None  # an object of JSON: its cells are its columns
            own = (row.cells if values is None else values) if self.has_rows else ()
            lines.append(write_line([*own, *cells]))
        return "".join(lines)


def write_line(values: Sequence[Any]) -> str:
    """Write the values of a row."""
    return json.dumps(values, default=_pack) + "\n"


def read_journal(lines: Iterable[str]) -> Iterator[list[Any]]:
    """Read the values of each row."""
    for line in lines:
        yield [_unpack(value) if isinstance(value, dict) else value for value in json.loads(line)]


def say_typed(value: Any) -> str:  # noqa: ANN401  (whatever a cell holds)
    """Write the value of a cell as text.

    >>> say_typed(3.0), say_typed(None), say_typed(datetime.date(2024, 5, 1))
    ('3', '', '2024-05-01')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def clean_value(value: Any) -> Any:  # noqa: ANN401
    """Replace what cannot be encoded in a text."""
    return clean(value) if isinstance(value, str) else value


def _pack(value: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return {_TAG: type(value).__name__, "value": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {_TAG: "timedelta", "value": value.total_seconds()}
    return {_TAG: "str", "value": say_typed(value)}


def _unpack(packed: dict[str, Any]) -> Any:  # noqa: ANN401
    kind, value = packed.get(_TAG), packed.get("value")
    if kind in ("datetime", "date", "time"):
        return getattr(datetime, kind).fromisoformat(value)
    return datetime.timedelta(seconds=value) if kind == "timedelta" and value is not None else value
