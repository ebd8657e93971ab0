"""Read labelled rows: every file, all that is wrong in them at once."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from socialcls.dataset.labels import OTHER_TOOLS, LabelReader, find_label_column, fold_label, gather_spellings
from socialcls.errors import DatasetError, InputError, SocialClsError
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, Columns, find_columns
from socialcls.tables.formats import open_table
from socialcls.tables.table import Row, Table
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.types import UNSURE, Example, Label

_HERE = Path(__file__).parent.parent
DEFAULT_DATA_DIR = next(
    (path for path in (_HERE / "default_data", _HERE.parent / "data") if path.is_dir()),
    _HERE / "default_data",
)
"""The rows that the built-in model learnt from: inside an installed wheel, or `data` in a working copy."""

SERVICES_FILE = "services.csv"
"""The table of known services beside the rows (see `dataset.services`); it holds no rows to learn from."""

DATA_SUFFIXES = (".csv", ".tsv")
"""Of the files that are read in a directory, in capitals too; a file that is named itself may have any."""

_MAX_FAULTS = 10
_MAX_LINES = 5


def _say_nothing(notice: str) -> None:
    del notice


def find_data_files(paths: Iterable[str], notify: Callable[[str], None] = _say_nothing) -> list[str]:
    """Find the tables among the paths, those below a directory included, in the order of their names.

    Files and directories whose names begin with a dot (`._x.csv`, `.ipynb_checkpoints`) are left out.

    Args:
        paths: Files, and directories of them.
        notify: Called with a sentence about what was left out.

    Raises:
        InputError: a directory holds no table.
    """
    files: list[str] = []
    for path in paths:
        directory = Path(path)
        if not directory.is_dir():
            files.append(path)
            continue
        tables = sorted(
            file for file in directory.rglob("*") if file.suffix.lower() in DATA_SUFFIXES and file.is_file()
        )
        stray = [file for file in tables if any(part.startswith(".") for part in file.relative_to(directory).parts)]
        if stray:
            notify(f"{path}: left out {_list_some([str(file.relative_to(directory)) for file in stray])}.")
        found = [str(file) for file in tables if file not in stray and file.name != SERVICES_FILE]
        if not found:
            raise InputError(f"{path}: no {DATA_SUFFIXES[0]} file in this directory.")
        files += found
    return files


def read_examples(  # noqa: PLR0913  (as many as there are things to know)
    paths: Iterable[str],
    *,
    names: ColumnNames = BY_KNOWN_NAMES,
    encoding: str = "",
    labels: Sequence[Label] | None = None,
    renamed: Mapping[str, Label] | None = None,
    label_column: str = "",
    notify: Callable[[str], None] = _say_nothing,
) -> list[Example]:
    """Read every labelled row of tables and of directories of them.

    Args:
        paths: Files, and directories of them.
        names: Columns that the user named.
        encoding: Of the files.
        labels: Those that may stand there; this version's when None, any when empty.
        renamed: What other words mean, folded (`labels.parse_renames`).
        label_column: Where the labels stand; found by its name when empty.
        notify: Called with a sentence about what was left out or understood.

    Raises:
        InputError: a file cannot be read or has no usable column.
        DatasetError: rows are wrong; names file, line, column and value, of the first ten faults.
    """
    known = load_taxonomy().labels if labels is None else tuple(labels)
    examples: list[Example] = []
    faults: list[_Fault] = []
    for path in find_data_files(paths, notify):
        with open_table(path, encoding=encoding) as table:
            index, is_of_other_tool = find_label_column(table.name, table.columns, label_column)
            meanings = dict(renamed or {})
            if is_of_other_tool:
                notify(f"{table.name}: labels ← {table.columns[index]}, in the words of another tool.")
                meanings = {**{word: label for word, label in OTHER_TOOLS.items() if label in known}, **meanings}
            read = _TableReader(table, find_columns(table.name, table.columns, names), index, known, meanings)
            examples += read.read_rows(faults)
    if faults:
        raise DatasetError(*_describe_faults(faults, known))
    if known:
        return examples
    spelt = gather_spellings(example.gold for example in examples)
    return [example._replace(gold=spelt[fold_label(example.gold)]) for example in examples]


class _Fault(NamedTuple):
    """What is wrong with a row."""

    table: str
    line: int
    said: str
    """All but the place."""
    label: str | None = None
    """What stands where a label should, if that is what is wrong."""


class _TableReader:
    """Reads the rows of one table."""

    def __init__(
        self, table: Table, columns: Columns, gold: int, labels: tuple[Label, ...], renamed: Mapping[str, Label]
    ) -> None:
        self._table, self._columns, self._gold = table, columns, gold
        self._labels = LabelReader(labels, renamed)
        used = {gold, *columns.used}
        counts = Counter(table.columns)  # of two columns of one name nobody can say which is meant
        self._rest = [(i, name) for i, name in enumerate(table.columns) if i not in used and counts[name] == 1]

    def read_rows(self, faults: list[_Fault]) -> list[Example]:
        """Read all rows; what is wrong with some is added to the faults."""
        examples = []
        for row in self._table.body.read_rows():
            if not any(cell.strip() for cell in row.cells):
                continue  # spreadsheets leave empty rows at the end
            read = self._read_row(row)
            if isinstance(read, Example):
                examples.append(read)
            else:
                faults.append(read)
        return examples

    def _read_row(self, row: Row) -> Example | _Fault:
        name = self._table.name
        if row.problem:
            return _Fault(name, row.line, str(row.problem).removesuffix(".") + ".")
        written = row.cells[self._gold].strip()
        label = self._labels.read(written)
        if label is None:
            column = self._table.columns[self._gold]
            meant = self._labels.suggest(written)
            likely = f' Did you mean "{meant}"?' if meant else ""
            return _Fault(name, row.line, f'unknown {column} "{" ".join(written.split())}".{likely}', written)
        document = self._columns.read_document(row.cells)
        if document.is_blank:
            return _Fault(name, row.line, "nothing to read: text, URL and name are empty.")
        about = {column: row.cells[i].strip() for i, column in self._rest}
        return Example(document, label, about, f"{name}, line {row.line}")


def _describe_faults(faults: Sequence[_Fault], labels: Sequence[Label]) -> tuple[str, ...]:
    """Describe faults in lines, those of one kind in a file together: the first ten, and how many more."""
    lines: dict[tuple[str, str], list[int]] = {}
    for fault in faults:
        lines.setdefault((fault.table, fault.said), []).append(fault.line)
    said = [f"{table}, {_name_lines(at)}: {what}" for (table, what), at in lines.items()]
    written = list(dict.fromkeys(fault.label for fault in faults if fault.label is not None))
    help_ = _say_what_to_do(written, labels) if written else ""
    if len(said) == 1:
        return (f"{said[0]} {help_}".strip(),)
    more = [f"and {len(said) - _MAX_FAULTS} more"] if len(said) > _MAX_FAULTS else []
    return (f"{len(faults):,} rows are wrong:", *said[:_MAX_FAULTS], *more, *([help_] if help_ else []))


def _say_what_to_do(written: Sequence[str], labels: Sequence[Label]) -> str:
    if not labels:
        return f'A label is a word, and not "{UNSURE}".'
    reader = LabelReader(tuple(labels))
    pairs = [f"{word}={reader.suggest(word) or 'LABEL'}" for word in written if word][:_MAX_LINES]
    asked = f" Say what other words mean, for example: --map {shlex.quote(','.join(pairs))}." if pairs else ""
    return f"Labels are: {', '.join(labels)}.{asked}"


def _name_lines(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]}"
    more = f" and {len(lines) - _MAX_LINES} more" if len(lines) > _MAX_LINES else ""
    return "lines " + ", ".join(str(line) for line in lines[:_MAX_LINES]) + more


def _list_some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


@contextmanager
def name_place(example: Example) -> Iterator[None]:
    """Say where an example stands in whatever is raised while it is read: file and line.

    An error for users becomes one of labelled data; anything else is a bug of ours: its traceback gets a note.

    Raises:
        DatasetError: the example cannot be read; names file and line.
    """
    try:
        yield
    except SocialClsError as error:
        raise DatasetError(f"{example.place}: {error}" if example.place else str(error)) from error
    except Exception as error:
        error.add_note(f"This was raised while reading {example.place or 'an example'}. Please report it.")
        raise
