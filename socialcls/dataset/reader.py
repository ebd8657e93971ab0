"""Read, check and split labelled rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from socialcls.errors import DatasetError, InputError, SocialClsError
from socialcls.tables.columns import BY_KNOWN_NAMES, ColumnNames, Columns, find_columns, find_gold
from socialcls.tables.formats import open_table
from socialcls.tables.table import Row, Table
from socialcls.taxonomy.taxonomy import list_kinds, load_taxonomy
from socialcls.text.urls import host_key
from socialcls.types import Example, Label

_HERE = Path(__file__).parent.parent
DEFAULT_DATA_DIR = next(
    (path for path in (_HERE / "default_data", _HERE.parent / "data") if path.is_dir()),
    _HERE / "default_data",
)
"""The rows that the built-in model learnt from: inside an installed wheel, or `data` in a working copy."""

SERVICES_FILE = "services.csv"
"""The table of known services beside the rows (see `dataset.services`); it holds no rows to learn from."""


def find_data_files(paths: Iterable[str]) -> list[str]:
    """The CSV files among the paths, those below a directory included, in the order of their names.

    Raises:
        InputError: a path is missing, or a directory holds no CSV file.
    """
    files: list[str] = []
    for path in paths:
        if not Path(path).is_dir():
            files.append(path)
            continue
        found = sorted(str(file) for file in Path(path).rglob("*.csv") if file.name != SERVICES_FILE)
        if not found:
            raise InputError(f"{path}: no .csv file in this directory.")
        files += found
    return files


def read_examples(paths: Iterable[str], *, names: ColumnNames = BY_KNOWN_NAMES, encoding: str = "") -> list[Example]:
    """Every labelled row of CSV files and of directories of them.

    Raises:
        InputError: a file cannot be read or has no usable column.
        DatasetError: a row is wrong; names file, line, column and value.
    """
    examples = []
    for path in find_data_files(paths):
        with open_table(path, encoding=encoding) as table:
            examples += _read_table(table, names)
    return examples


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


def check_trainable(examples: Sequence[Example], labels: Sequence[Label]) -> None:
    """Check that a model can be made of the examples.

    Raises:
        DatasetError: a label has fewer than two hosts to learn from and be measured on.
    """
    hosts = {label: {group_key(e) for e in examples if e.gold == label} for label in labels}
    for label in labels:
        if not hosts[label]:
            raise DatasetError(f'No rows are labelled "{label}". Each of {_list(labels)} needs some.')
        if len(hosts[label]) < 2:
            raise DatasetError(f'All rows labelled "{label}" are of one host. At least two are needed.')


def find_voice(example: Example) -> str:
    """Find the voice that a row is in, by its id: "voice-parish-bulletin-0012" is of "voice-parish-bulletin".

    A voice is somebody who lists services of all labels; its rows stay together when data is split, so that what is
    measured is a source that was never seen. Empty for other rows.
    """
    row_id = example.about.get("id", "")
    return row_id.rpartition("-")[0] if row_id.startswith("voice-") else ""


def group_key(example: Example) -> str:
    """Find what keeps rows together when data is split: their voice, else their host, else the row alone."""
    if voice := find_voice(example):
        return voice
    return host_key(example.document.url) or example.place


def split_by_host(examples: Sequence[Example], n_folds: int, seed: int) -> list[int]:
    """A fold number for each example: all of one host in one fold, labels spread evenly.

    Hosts are dealt out in an order fixed by the seed and their own names, so that adding rows moves few others.

    >>> from socialcls.types import Document
    >>> rows = [Example(Document(url=f"{i}.com"), "blog") for i in range(4)]
    >>> sorted(split_by_host(rows, 2, seed=0))
    [0, 0, 1, 1]
    """
    by_host: dict[str, Counter[Label]] = {}
    for example in examples:
        by_host.setdefault(group_key(example), Counter())[example.gold] += 1
    dealt: dict[str, int] = {}
    filled = [Counter[Label]() for _ in range(n_folds)]
    for host in sorted(by_host, key=lambda host: _shuffle_key(host, seed)):
        labels = by_host[host]
        main = max(sorted(labels), key=lambda label: labels[label])
        fold = min(range(n_folds), key=lambda n: filled[n][main])
        dealt[host] = fold
        filled[fold].update(labels)
    return [dealt[group_key(example)] for example in examples]


def _shuffle_key(host: str, seed: int) -> bytes:
    import hashlib  # noqa: PLC0415  (only splitting needs it)

    return hashlib.blake2b(f"{seed} {host}".encode(), digest_size=8).digest()


def _read_table(table: Table, names: ColumnNames) -> list[Example]:
    gold = find_gold(table.name, table.columns)
    columns = find_columns(table.name, table.columns, names)
    used = {gold, *columns.used}
    rest = [(i, name) for i, name in enumerate(table.columns) if i not in used]
    return [_read_example(table, row, gold, columns, rest) for row in table.body.read_rows()]


def _read_example(table: Table, row: Row, gold: int, columns: Columns, rest: Sequence[tuple[int, str]]) -> Example:
    where = f"{table.name}, line {row.line}"
    if row.problem:
        raise DatasetError(f"{where}: {row.problem}.")
    label = row.cells[gold].strip()
    labels = load_taxonomy().labels
    if label not in labels:
        raise DatasetError(f'{where}: unknown {table.columns[gold]} "{label}". Labels are: {_list(labels)}.')
    about = {name: row.cells[i].strip() for i, name in rest}
    kind = about.get("kind", "")
    kinds = list_kinds().get(label, ())
    if kind and kind not in kinds:
        raise DatasetError(f'{where}: unknown kind "{kind}". Kinds of {label} are: {_list(kinds)}.')
    document = columns.read_document(row.cells)
    if document.is_blank:
        raise DatasetError(f"{where}: nothing to read: text, URL and name are empty.")
    return Example(document, label, about, where)


def _list(values: Iterable[str]) -> str:
    return ", ".join(values)
