"""Workbooks of Excel and OpenDocument in (python-calamine), of Excel out (XlsxWriter)."""

import contextlib
import datetime
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from socialcls.errors import InputError, MissingExtraError, OutputError
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, count_known, guess_columns, list_names
from socialcls.tables.files import make_scratch_dir, name_errors
from socialcls.tables.journal import clean_value, read_journal, say_typed, write_line
from socialcls.tables.sources import Source
from socialcls.tables.table import Row, RowsBody, Table

MISSING = "Excel files need an extra. Install it with: pip install 'socialcls[excel]'"
"""What to say when it is not there."""

MAX_ROWS = 1_048_576
"""Of a sheet of Excel, the header included."""

_MAX_CELL_CHARS = 32_767
_MAX_LINKS = 65_530
_MAX_LINK_CHARS = 2_079
_MAX_HEADER_LINES = 60
_MANY_ROWS = 10_000
_CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  (of every workbook: the same rows make the same bytes)


def open_workbook(
    source: Source,
    *,
    sheet: str = "",
    names: ColumnNames = BY_KNOWN_NAMES,
    n_skipped: int = 0,
    has_header: bool = True,
) -> Table:
    """Read the header of a sheet: of the one that is named, or the first that holds anything.

    Raises:
        InputError: it is no workbook, has no such sheet, or the sheet is empty.
        MissingExtraError: python-calamine is not installed.
    """
    try:
        import python_calamine  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    import io  # noqa: PLC0415

    with _name_faults(source.name, python_calamine):
        book = (
            python_calamine.CalamineWorkbook.from_path(source.path)
            if source.is_regular
            else python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.stream.read()))
        )
        if not book.sheet_names:
            raise InputError(f"{source.name}: empty: a workbook without a sheet.")
        if sheet and sheet not in book.sheet_names:
            raise InputError(f"{source.name}: no sheet {sheet!r}. Sheets are: {list_names(book.sheet_names)}.")
        notes = list(source.notes)
        chosen, rows = _choose_sheet(book, sheet)
    if len(book.sheet_names) > 1:
        others = [name for name in book.sheet_names if name != chosen]
        notes.append(f"sheet {chosen!r} is read, not {list_names(others)}; --sheet says otherwise")
    n_rows = rows.height if rows is not None else 0
    values = _iterate(rows)
    del book, rows
    if n_rows > _MANY_ROWS:
        values = _spool(values)
    for _ in range(n_skipped):
        next(values, None)
    head = list(islice(values, _MAX_HEADER_LINES))
    if not any(any(value not in (None, "") for value in row) for row in head):
        raise InputError(f"{source.name}: empty: nothing in the first rows of sheet {chosen!r}.")
    start = _find_header(head, names) if has_header else 0
    guessed = None
    if has_header:
        columns = [say_typed(value).strip() for value in head[start]]
        above = sum(any(value not in (None, "") for value in row) for row in head[:start])
        if above:
            notes.append(f"skipped {above} row{'s' * (above > 1)} above the header (row {start + 1 + n_skipped})")
        start += 1
    else:
        columns = [str(i) for i in range(1, len(head[0]) + 1)]
        guessed = guess_columns([[say_typed(value) for value in row] for row in head])
    n_read = [0]

    def read() -> Iterator[Row]:
        line = n_skipped + start
        for found in _chain(head[start:], values):
            line += 1
            n_read[0] = line
            yield Row(line, [say_typed(value) for value in found], values=found)

    return Table(
        source.name, columns, RowsBody(read()), lambda: min(1.0, n_read[0] / n_rows) if n_rows else None,
        form="xlsx", notes=notes, guessed=guessed,
    )  # fmt: skip


@contextlib.contextmanager
def _name_faults(name: str, calamine: Any) -> Iterator[None]:  # noqa: ANN401  (a package without types)
    """Say of a workbook that cannot be read what it is called, and why."""
    try:
        yield
    except calamine.PasswordError as error:
        raise InputError(f"{name}: protected by a password. Save it without one.") from error
    except (calamine.CalamineError, OSError) as error:
        raise InputError(f"{name}: not readable as a workbook ({error}).") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust, which is no Exception and can be imported from nowhere
            raise
        raise InputError(f"{name}: not readable as a workbook: damaged or cut off.") from error


def _choose_sheet(book: Any, sheet: str) -> tuple[str, Any]:  # noqa: ANN401  (of a package without types)
    for name in [sheet] if sheet else book.sheet_names:
        found = book.get_sheet_by_name(name)
        if found.height:
            return name, found
    return sheet or book.sheet_names[0], None


def _spool(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Move the rows of a long sheet into a temporary file and read them from there, so that none stays in memory."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as stream:
        with name_errors(tempfile.gettempdir()):
            stream.writelines(map(write_line, rows))
            stream.seek(0)
        _return_memory()
        yield from read_journal(stream)


def _return_memory() -> None:
    """Return to the system what has been freed: glibc would keep the texts of a workbook, 50 MB in 200,000 rows."""
    import ctypes  # noqa: PLC0415  (only where it is worth it)

    with contextlib.suppress(OSError, AttributeError, TypeError):  # elsewhere there is no such function
        ctypes.CDLL(None).malloc_trim(0)


def _iterate(sheet: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """Read the rows of a sheet from its very first, whose number a spreadsheet shows."""
    if sheet is None:
        return
    yield from sheet.iter_rows()


def _find_header(head: Sequence[Sequence[Any]], names: ColumnNames) -> int:
    weak = first = None
    for i, row in enumerate(head):
        cells = [say_typed(value) for value in row]
        if not any(cell.strip() for cell in cells):
            continue
        first = i if first is None else first
        n_exact, n_similar = count_known(cells, names)
        if n_exact or (n_similar and sum(bool(cell.strip()) for cell in cells) > 1):
            return i
        if n_similar and weak is None:
            weak = i
    return weak if weak is not None else first or 0


def _chain(first: list[list[Any]], rest: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield from first
    yield from rest


def check_writer() -> None:
    """Check that workbooks can be written.

    Raises:
        MissingExtraError: XlsxWriter is not installed.
    """
    try:
        import xlsxwriter  # noqa: F401, PLC0415  (an extra)
    except ImportError as error:
        raise MissingExtraError(MISSING) from error


def write_workbook(lines: Iterable[str], target: Path, header: Sequence[str], numeric: frozenset[int]) -> list[str]:
    """Write a journal as a workbook: a frozen header, numbers as numbers, addresses as links.

    Args:
        lines: The journal.
        target: A new file.
        header: The names of all columns.
        numeric: Which of the columns hold numbers that were written as text.

    Returns:
        What there is to say about it.

    Raises:
        OutputError: there are more rows than a sheet has.
    """
    with make_scratch_dir(target) as scratch_dir:
        return _write_workbook(lines, target, header, numeric, scratch_dir)


def _write_workbook(
    lines: Iterable[str], target: Path, header: Sequence[str], numeric: frozenset[int], scratch_dir: Path
) -> list[str]:
    import xlsxwriter  # noqa: PLC0415  (an extra)

    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": True, "tmpdir": str(scratch_dir), "remove_timezone": True,
    }  # fmt: skip
    book = xlsxwriter.Workbook(str(target), options)
    n_cut = n_links = 0
    try:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("socialcls")
        bold = book.add_format({"bold": True})
        formats = {
            datetime.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            datetime.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime.time: book.add_format({"num_format": "hh:mm:ss"}),
            datetime.timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
        }
        sheet.freeze_panes(1, 0)
        for i, name in enumerate(header):
            sheet.write_string(0, i, clean_value(name)[:_MAX_CELL_CHARS], bold)
        for n, values in enumerate(read_journal(lines), 1):
            if n >= MAX_ROWS:
                raise OutputError(f"A sheet of Excel holds {MAX_ROWS - 1:,} rows, and there are more. Write CSV.")
            for i, value in enumerate(values):
                if value is None or value == "":
                    continue
                if i in numeric and isinstance(value, str):
                    sheet.write_number(n, i, float(value))
                elif isinstance(value, str):
                    text = clean_value(value)
                    if len(text) > _MAX_CELL_CHARS:
                        text = text[: _MAX_CELL_CHARS - 1] + "…"
                        n_cut += 1
                    is_link = text.startswith(("http://", "https://")) and len(text) <= _MAX_LINK_CHARS
                    if is_link and n_links < _MAX_LINKS and not any(c.isspace() for c in text):
                        n_links += 1
                        sheet.write_url(n, i, text, string=text)
                    else:
                        sheet.write_string(n, i, text)
                elif type(value) in formats:
                    sheet.write_datetime(n, i, value, formats[type(value)])
                elif isinstance(value, bool):
                    sheet.write_boolean(n, i, value)
                elif abs(value) < 1e308:
                    sheet.write_number(n, i, value)
                else:
                    sheet.write_string(n, i, str(value))
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.args[0] if error.args else error
        raise OutputError(f"{target}: cannot be written ({getattr(cause, 'strerror', None) or cause}).") from error
    finally:
        with contextlib.suppress(OSError, AttributeError):
            book.filehandle = None
    if n_cut:
        return [f"{n_cut:,} cells were cut to {_MAX_CELL_CHARS:,} characters, which is all that a cell of Excel holds"]
    return []
