"""Parquet in and out (pyarrow), by row group; a table that came from Parquet keeps its types."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from socialcls.errors import InputError, MissingExtraError
from socialcls.tables.journal import clean_value, read_journal, say_typed
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, RowsBody, Table

MISSING = "Parquet files need an extra. Install it with: pip install 'socialcls[parquet]'"
"""What to say when it is not there."""

_BATCH_ROWS = 1_000
_GROUP_ROWS = 20_000  # of what is written, at most


def _import() -> tuple[Any, Any]:
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
        file = parquet.ParquetFile(where)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source.name}: not readable as Parquet ({_say(error)}).") from error
    columns = list(file.schema_arrow.names)
    n_rows = file.metadata.num_rows
    n_read = [0]

    def read() -> Iterator[Row]:
        line = 0
        try:
            for batch in file.iter_batches(_BATCH_ROWS):
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
    file = parquet.ParquetFile(original) if original else None
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
            pa.array([_convert(row[i], is_number=i + n_own in numeric) for row in some], fields[i + n_own].type)
            for i in range(len(header) - n_own)
        ]

    with parquet.ParquetWriter(target, schema) as writer:
        if file:
            for batch in file.iter_batches(_GROUP_ROWS):
                some = list(islice(rows, batch.num_rows))
                writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *make(some)], schema=schema))
        else:
            while some := list(islice(rows, _GROUP_ROWS)):
                writer.write_batch(pa.RecordBatch.from_arrays(make(some), schema=schema))
    return []


def _convert(value: Any, *, is_number: bool) -> Any:  # noqa: ANN401
    if is_number:
        return float(value) if value != "" else None
    return clean_value(say_typed(value))


def _list_values(column: Any) -> list[Any]:  # noqa: ANN401  (of a package without types)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # dates that Python has not
        return [str(value) for value in column]
    return values


def _say(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0].rstrip(".")
