"""Parquet in and out (pyarrow), in memory that does not grow with the table; one from Parquet keeps its types."""

import io
import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from socialcls.errors import InputError, MissingExtraError
from socialcls.tables.journal import clean_value, read_journal, say_typed
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, RowsBody, Table

MISSING = "Parquet files need an extra. Install it with: pip install 'socialcls[parquet]'"
"""What to say when it is not there."""

_BATCH_ROWS = 1_000
_BATCH_BYTES = 4_000_000
_GROUP_ROWS = 5_000  # of what is written, at most
_GROUP_BYTES = 16_000_000
_BUFFER_BYTES = 1 << 18


def _import() -> tuple[Any, Any]:
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own keeps 50 MB where 10 are in use
    try:
        import pyarrow  # noqa: PLC0415  (an extra)
        import pyarrow.parquet as parquet  # noqa: PLC0415, PLR0402
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    return pyarrow, parquet


def check_writer() -> None:
    """Check that Parquet can be written.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    _import()


def open_parquet(source: Source) -> Table:
    """Read the schema of a file.

    Raises:
        InputError: it is not Parquet.
        MissingExtraError: pyarrow is not installed.
    """
    pa, parquet = _import()
    try:
        where = source.path if source.is_regular else io.BytesIO(source.stream.read())
        file = _open(parquet, where)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source.name}: not readable as Parquet ({_say(error)}).") from error
    columns = list(file.schema_arrow.names)
    n_rows = file.metadata.num_rows
    n_read = [0]

    def read() -> Iterator[Row]:
        line = 0
        try:
            for batch in file.iter_batches(_find_batch_rows(file.metadata, _BATCH_ROWS, _BATCH_BYTES)):
                for values in zip(*[_list_values(column) for column in batch.columns], strict=True):
                    line += 1
                    n_read[0] = line
                    yield Row(line, [say_typed(value) for value in values], values=values)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{source.name}: not readable as Parquet ({_say(error)}).") from error

    return Table(
        source.name, columns, RowsBody(read()), lambda: n_read[0] / n_rows if n_rows else None, form="parquet",
        notes=list(source.notes),
    )  # fmt: skip


def write_parquet(
    lines: Iterable[str], target: Path, header: Sequence[str], numeric: frozenset[int], original: str = ""
) -> list[str]:
    """Write a journal as Parquet.

    Args:
        lines: The journal.
        target: A new file.
        header: The names of all columns.
        numeric: Which of the columns hold numbers that were written as text.
        original: A Parquet file whose columns, in its types, stand before those of the journal; none when empty.

    Returns:
        What there is to say about it.
    """
    pa, parquet = _import()
    rows = read_journal(lines)
    file = _open(parquet, original) if original else None
    n_own = len(file.schema_arrow.names) if file else 0
    fields = list(file.schema_arrow) if file else []
    fields += [
        pa.field(clean_value(name), pa.float64() if i in numeric else pa.string())
        for i, name in enumerate(header)
        if i >= n_own
    ]
    schema = pa.schema(fields, file.schema_arrow.metadata if file else None)

    def make(some: list[list[Any]]) -> list[Any]:
        return [
            (_make_numbers if i + n_own in numeric else _make_texts)(pa, [row[i] for row in some])
            for i in range(len(header) - n_own)
        ]

    with parquet.ParquetWriter(target, schema) as writer:
        if file:
            for batch in file.iter_batches(_find_batch_rows(file.metadata, _GROUP_ROWS, _GROUP_BYTES)):
                some = list(islice(rows, batch.num_rows))
                writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *make(some)], schema=schema))
        else:
            while some := _take_group(rows):
                writer.write_batch(pa.RecordBatch.from_arrays(make(some), schema=schema))
    return []


def _open(parquet: Any, where: Any) -> Any:  # noqa: ANN401  (of a package without types)
    """Open a file so that its row groups are read bit by bit; else one of 200 MB takes as much memory."""
    return parquet.ParquetFile(where, pre_buffer=False, buffer_size=_BUFFER_BYTES)


def _find_batch_rows(metadata: Any, most_rows: int, most_bytes: int) -> int:  # noqa: ANN401
    """Find how many rows of a file take about so many bytes, and are not more than so many."""
    n_bytes: int = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    n_rows: int = metadata.num_rows
    return max(1, min(most_rows, n_rows * most_bytes // max(1, n_bytes)))


def _take_group(rows: Iterator[list[Any]]) -> list[list[Any]]:
    some: list[list[Any]] = []
    n_chars = 0
    while len(some) < _GROUP_ROWS and n_chars < _GROUP_BYTES and (row := next(rows, None)) is not None:
        some.append(row)
        n_chars += sum(len(value) for value in row if isinstance(value, str))
    return some


def _make_texts(pa: Any, values: Sequence[Any]) -> Any:  # noqa: ANN401
    """Make a column of texts of its buffers, since `pyarrow.array` imports pandas where it is, which is 70 MB."""
    encoded = [clean_value(say_typed(value)).encode() for value in values]
    ends = array("i", accumulate(map(len, encoded), initial=0))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _make_numbers(pa: Any, values: Sequence[str]) -> Any:  # noqa: ANN401
    """Make a column of numbers, in which an empty text is none."""
    numbers = array("d", [float(value) if value != "" else 0.0 for value in values])
    bits = int("".join("01"[value != ""] for value in reversed(values)) or "0", 2)
    there = bits.to_bytes((len(values) + 7) // 8, "little")
    return pa.Array.from_buffers(pa.float64(), len(numbers), [pa.py_buffer(there), pa.py_buffer(numbers)])


def _list_values(column: Any) -> list[Any]:  # noqa: ANN401  (of a package without types)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # dates that Python has not
        return [str(value) for value in column]
    return values


def _say(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0].rstrip(".")
