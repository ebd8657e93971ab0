"""The formats of tables: which one a file has, by suffix, first bytes or what the user says; and how it is read.

Every format is one class here, which says in a few lines what its module does. A module is imported when a file of its
format is met.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from socialcls.errors import InputError, OutputError
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, count_known
from socialcls.tables.sources import COMPRESSIONS, STDIO, Source, find_kind, open_source
from socialcls.tables.table import Row, Table


class Reading(NamedTuple):
    """How a table shall be read."""

    encoding: str = ""
    """Found by its bytes when empty."""
    delimiter: str = ""
    """Found by its header when empty."""
    form: str = ""
    """The name of a format; found by suffix and content when empty."""
    sheet: str = ""
    """Of a workbook; the first that holds anything when empty."""
    n_skipped: int = 0
    """Lines above the header that are passed over."""
    has_header: bool = True
    names: ColumnNames = BY_KNOWN_NAMES
    by_host: bool = False
    """Of web pages: whether a row is what those of one host say together."""


AS_FOUND = Reading()


class Writing(NamedTuple):
    """How a table is written: with which columns, after which table."""

    table: Table
    appended: tuple[str, ...]
    numeric: frozenset[str]
    """Those of `appended` that are numbers."""
    is_shown: bool = False
    """Whether on a terminal."""

    @property
    def line_end(self) -> str:
        """What ends a line: that of the table, or what a terminal takes for one."""
        return "\n" if self.is_shown else self.table.line_end

    @property
    def has_mark(self) -> bool:
        """Whether a byte order mark goes before the first line."""
        return self.table.has_mark and not self.is_shown

    @property
    def header(self) -> list[str]:
        """The names of all columns."""
        return [*self.table.columns, *self.appended]

    @property
    def numeric_indices(self) -> frozenset[int]:
        """Which of all columns hold our numbers."""
        n_own = len(self.table.columns)
        return frozenset(n_own + i for i, name in enumerate(self.appended) if name in self.numeric)


class RowWriter(Protocol):
    """Writes rows as text, in whatever process."""

    def write_header(self, columns: Sequence[str], appended: Sequence[str], header: str = "") -> str:
        """Write what stands before the rows."""

    def write_rows(self, rows: Sequence[Row], appended: Sequence[Sequence[str]]) -> str:
        """Write rows, each with the cells that are appended to it."""


class TableFormat(Protocol):
    """A format of tables."""

    @property
    def is_text(self) -> bool:
        """Whether what its writer writes is the file; else it is a journal, of which `convert` makes the file."""

    def open(self, source: Source, reading: Reading) -> Table:
        """Read the header of a file of this format.

        Raises:
            InputError: the file is not of this format, or empty.
            MissingExtraError: what reads it is not installed.
        """

    def make_writer(self, writing: Writing) -> RowWriter:
        """Make what writes rows.

        Raises:
            MissingExtraError: what writes it is not installed.
        """

    def convert(self, journal: Iterable[str], target: Path, writing: Writing) -> list[str]:
        """Make the file of a journal, and say what there is to say about it."""


class _Text:
    """What formats have in common that are text."""

    is_text = True

    def convert(self, journal: Iterable[str], target: Path, writing: Writing) -> list[str]:
        """Refuse: what was written is the file."""
        raise NotImplementedError(target)


class _Csv(_Text):
    def __init__(self, delimiter: str = "") -> None:
        self._delimiter = delimiter

    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.csv import open_csv  # noqa: PLC0415

        table = open_csv(
            source, encoding=reading.encoding, delimiter=reading.delimiter or self._delimiter, names=reading.names,
            n_skipped=reading.n_skipped, has_header=reading.has_header,
        )  # fmt: skip
        table.form = "tsv" if self._delimiter else "csv"
        return table

    def make_writer(self, writing: Writing) -> RowWriter:
        from socialcls.tables.csv import CsvWriter  # noqa: PLC0415

        table = writing.table
        is_csv = table.form in ("csv", "tsv")
        delimiter = self._delimiter or (table.delimiter if table.form == "csv" else ",")
        return CsvWriter(
            delimiter, writing.line_end, writing.has_mark, is_shown=writing.is_shown,
            keeps_rows=is_csv and delimiter == table.delimiter, has_header=bool(table.header) or not is_csv,
        )  # fmt: skip


class _Jsonl(_Text):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.jsonl import open_jsonl  # noqa: PLC0415

        return open_jsonl(source, encoding=reading.encoding)

    def make_writer(self, writing: Writing) -> RowWriter:
        from socialcls.tables.jsonl import JsonlWriter  # noqa: PLC0415

        table, line_end = writing.table, writing.line_end
        if not line_end.endswith("\n"):
            line_end = "\n"  # a line end of old Macs ends no line of JSON Lines
        return JsonlWriter(
            tuple(table.columns), writing.appended, writing.numeric, line_end, writing.has_mark, writing.is_shown
        )  # fmt: skip


class _Lines(_Text):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.lines import open_list  # noqa: PLC0415

        return open_list(source, encoding=reading.encoding, n_skipped=reading.n_skipped)

    def make_writer(self, writing: Writing) -> RowWriter:
        from socialcls.tables.lines import LinesWriter  # noqa: PLC0415

        return LinesWriter(writing.line_end, writing.has_mark, writing.is_shown)


class _Cdx(_Text):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.cdx import open_cdx  # noqa: PLC0415

        return open_cdx(source, encoding=reading.encoding)

    def make_writer(self, writing: Writing) -> RowWriter:
        raise OutputError("CDX has no room for answers. Write another format, for example -o out.csv.")


class _Pages(_Text):
    """Web pages, which are read and not written."""

    def make_writer(self, writing: Writing) -> RowWriter:
        raise OutputError("Web pages are read and not written. Write another format, for example -o out.csv.")


class _Html(_Pages):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.pages import open_page  # noqa: PLC0415

        return open_page(source, by_host=reading.by_host)


class _Warc(_Pages):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.pages import open_warc  # noqa: PLC0415

        return open_warc(source, by_host=reading.by_host)


class _Wacz(_Pages):
    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.pages import open_wacz  # noqa: PLC0415

        return open_wacz(source, by_host=reading.by_host)


class _Xlsx:
    is_text = False

    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.xlsx import open_workbook  # noqa: PLC0415

        return open_workbook(
            source, sheet=reading.sheet, names=reading.names, n_skipped=reading.n_skipped, has_header=reading.has_header
        )

    def make_writer(self, writing: Writing) -> RowWriter:
        from socialcls.tables.journal import JournalWriter  # noqa: PLC0415
        from socialcls.tables.xlsx import check_writer  # noqa: PLC0415

        del writing
        check_writer()
        return JournalWriter()

    def convert(self, journal: Iterable[str], target: Path, writing: Writing) -> list[str]:
        from socialcls.tables.xlsx import write_workbook  # noqa: PLC0415

        return write_workbook(journal, target, writing.header, writing.numeric_indices)


class _Parquet:
    is_text = False

    def open(self, source: Source, reading: Reading) -> Table:
        from socialcls.tables.parquet import open_parquet  # noqa: PLC0415

        del reading
        table = open_parquet(source)
        table.original = source.path if source.is_regular else ""
        return table

    def make_writer(self, writing: Writing) -> RowWriter:
        from socialcls.tables.journal import JournalWriter  # noqa: PLC0415
        from socialcls.tables.parquet import check_writer  # noqa: PLC0415

        check_writer()
        return JournalWriter(keeps_values=False, has_rows=not writing.table.original)

    def convert(self, journal: Iterable[str], target: Path, writing: Writing) -> list[str]:
        from socialcls.tables.parquet import write_parquet  # noqa: PLC0415

        return write_parquet(journal, target, writing.header, writing.numeric_indices, writing.table.original)


FORMATS: Mapping[str, TableFormat] = {
    "csv": _Csv(),
    "tsv": _Csv("\t"),
    "jsonl": _Jsonl(),
    "lines": _Lines(),
    "xlsx": _Xlsx(),
    "parquet": _Parquet(),
    "cdx": _Cdx(),
    "html": _Html(),
    "warc": _Warc(),
    "wacz": _Wacz(),
}
"""By the names that --format takes."""

_SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".jl": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsx", ".xls": "xlsx", ".ods": "xlsx",
    ".parquet": "parquet", ".pq": "parquet", ".cdx": "cdx", ".cdxj": "cdx", ".lines": "lines", ".list": "lines",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".mhtml": "html", ".mht": "html",
    ".warc": "warc", ".wacz": "wacz",
}  # fmt: skip
_READ_ONLY = frozenset([".xls", ".xlsb", ".xlsm", ".ods", ".cdx", ".cdxj", ".warc", ".wacz"]) | {
    suffix for suffix, form in _SUFFIXES.items() if form == "html"
}
_BESIDE = frozenset(["files", "pliki", "dateien", "fichiers", "archivos", "bestanden", "soubory", "arquivos"])
"""What stands behind the name of a page in the name of the folder that browsers save beside it."""
_SEEN_IN_SITES = frozenset([".txt", ".json"])
"""Suffixes of tables that also stand in folders of saved pages, and are none there: robots.txt, manifest.json."""


def check_format(name: str) -> str:
    """Check the name of a format.

    Raises:
        InputError: there is none of that name.
    """
    known = {"json": "jsonl", "ndjson": "jsonl", "txt": "lines", "text": "lines", "excel": "xlsx"}
    found = known.get(name.lower().lstrip("."), name.lower().lstrip("."))
    if found not in FORMATS:
        raise InputError(f"{name}: no such format. Formats are: {', '.join(FORMATS)}.")
    return found


def find_format(path: str) -> str:
    """Find the format that a file's suffix names, whether or not it is compressed; empty when it names none.

    >>> find_format("out.csv.gz"), find_format("Klienci.XLSX"), find_format("list.txt")
    ('csv', 'xlsx', '')
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1], "") if suffixes else ""


def find_page_suffix(path: str) -> str:
    """Find the suffix of a saved page, whether or not it is compressed; empty when it is none.

    >>> find_page_suffix("Forum.HTML.gz"), find_page_suffix("page.mht"), find_page_suffix("pages.csv")
    ('.html', '.mht', '')
    """
    if find_format(path) != "html":
        return ""
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    return suffixes[-2] if suffixes[-1] in COMPRESSIONS else suffixes[-1]


def find_output_format(path: str, given: str, table_form: str) -> str:
    """Find the format to write: what is given, what the suffix says, else that of the table that was read.

    Raises:
        OutputError: the suffix is of a format that can only be read.
    """
    if given:
        return given
    suffix = Path(path).suffix.lower()
    if path != STDIO and suffix in _READ_ONLY:
        raise OutputError(f"{path}: {suffix} files can be read and not written. Write .xlsx or .csv instead.")
    if path != STDIO and (found := find_format(path)):
        return found
    return table_form if table_form in ("csv", "tsv", "jsonl") else "csv"


@contextmanager
def open_table(path: str, reading: Reading = AS_FOUND, *, encoding: str = "") -> Iterator[Table]:
    """Open a table of any format, or standard input for "-".

    Raises:
        InputError: it is missing, unreadable, empty, or not what it is said to be.
        MissingExtraError: what reads its format is not installed.
    """
    if encoding:
        reading = reading._replace(encoding=encoding)
    if reading.encoding:
        from socialcls.tables.encodings import check_encoding  # noqa: PLC0415

        check_encoding(reading.encoding)
    with open_source(path) as source:
        yield FORMATS[_recognise(source, reading)].open(source, reading)


def _recognise(source: Source, reading: Reading) -> str:
    """Find the format of a file that is open."""
    by_name = "" if source.path == STDIO else _SUFFIXES.get(source.suffix, "")
    kind = find_kind(source.sample)
    said = reading.form or by_name
    if kind == "zip" and said == "wacz":
        return said
    if kind == "zip":
        raise InputError(f"{source.name}: a ZIP archive, and not a table. Unpack it first.")
    if kind:
        if said != kind and source.path != STDIO:
            names = {"xlsx": "a workbook of Excel", "parquet": "a Parquet file"}
            source.notes.append(f"{names[kind]}, although its name or --format does not say so; read as such")
        return kind
    if not said and source.sample.startswith(b"WARC/"):
        return "warc"
    if said in ("xlsx", "parquet"):
        if not source.sample:
            raise InputError(f"{source.name}: empty.")
        if reading.form:
            raise InputError(f"{source.name}: not {said}: it does not begin as such a file does. Leave out --format.")
        source.notes.append(f"a text, although its name ends in {source.suffix}; read as such")
        said = ""
    return said or _recognise_text(source, reading)


def _recognise_text(source: Source, reading: Reading) -> str:
    """Tell a table from JSON Lines, an index and a plain list, where the name does not say."""
    from socialcls.tables.encodings import find_encoding  # noqa: PLC0415

    guess = find_encoding(source.sample, reading.encoding, is_whole=source.is_whole)
    text = source.sample[guess.n_mark :].decode(guess.encoding, "replace")
    lines = [line for line in text.splitlines()[:100] if line.strip()]
    if not lines:
        return "csv"
    if lines[0].lstrip().lower().startswith(("<!doctype html", "<html")):
        return "html"
    if lines[0].lstrip().startswith(("{", "[{")) or lines[0].strip() == "[":
        return "jsonl"
    if lines[0].startswith(" CDX "):
        return "cdx"
    if reading.delimiter or not reading.has_header or reading.n_skipped or reading.names != BY_KNOWN_NAMES:
        return "csv"
    from socialcls.text.urls import looks_like_url  # noqa: PLC0415

    is_list = source.suffix in (".txt", ".text", ".md") or all(looks_like_url(line.strip()) for line in lines)
    return "lines" if is_list and not any(_looks_like_header(line) for line in lines[:20]) else "csv"


def _looks_like_header(line: str) -> bool:
    """Whether a line has known names of columns, and nothing that reads like a sentence."""
    from socialcls.tables.csv import DELIMITERS  # noqa: PLC0415

    return any(
        count_known([cell.strip(' "') for cell in line.split(delimiter)])[0] > 0
        for delimiter in DELIMITERS
        if delimiter in line or line.strip(' "\ufeff')
    )


def is_terminal(path: str) -> bool:
    """Whether what is written to a path is shown on a terminal, also where it is named as a device."""
    if path == STDIO:
        return sys.stdout.isatty()
    try:
        if not stat.S_ISCHR(Path(path).stat().st_mode):
            return False
        device = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except (OSError, ValueError):
        return False
    try:
        return os.isatty(device)
    finally:
        os.close(device)


def list_tables(path: str) -> list[tuple[str, str]]:
    """List the tables that an argument means: a file, those that a pattern fits, those below a folder.

    Returns:
        Each with the name that its output has in a folder.

    Raises:
        InputError: it means none.
    """
    if path == STDIO:
        return [(path, path)]
    place = Path(path)
    if place.is_dir():
        found = [
            file
            for file in _list_files(place)
            if find_format(file.name) not in ("", "html") or file.suffix.lower() == ".txt"
        ]
        pages = list_pages(path)
        if pages:
            found = [file for file in found if file.suffix.lower() not in _SEEN_IN_SITES]
        if not found and not pages:
            message = f"{path}: neither tables nor pages in this folder. They end in: {' '.join(sorted(_SUFFIXES))}."
            raise InputError(message)
        return [(str(file), str(file.relative_to(place))) for file in found]
    if not place.exists() and any(c in path for c in "*?["):
        import glob  # noqa: PLC0415  (only where a pattern is)

        matched = sorted(file for file in glob.glob(path, recursive=True) if Path(file).is_file())  # noqa: PTH207
        if not matched:
            raise InputError(f"{path}: no file fits this pattern.")
        return [(file, Path(file).name) for file in matched]
    return [(path, place.name)]


def list_pages(path: str) -> list[str]:
    """List the saved pages below a folder, without what browsers save beside a page, in a folder of its name."""
    place = Path(path)
    files = [file for file in _list_files(place) if find_page_suffix(file.name)]
    stems = {(file.parent, file.name[: file.name.lower().rindex(find_page_suffix(file.name))]) for file in files}

    def is_beside(folder: Path) -> bool:
        stem, _, word = folder.name.rpartition("_")
        return word.lower() in _BESIDE and (folder.parent, stem) in stems

    return [str(file) for file in files if not any(map(is_beside, file.parents))]


def _list_files(place: Path) -> list[Path]:
    """List the files below a folder in order, without hidden ones."""
    return [
        file
        for file in sorted(place.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(place).parts)
    ]
