"""A stream of rows classified in order, in constant memory, by one process or by several.

The work is one function from columns to columns, `RowClassifier.classify_columns`: it can be pickled, so that a pool of
processes, Spark, Ray or Dask may call it wherever the rows are (see `spark`). They hand over a classifier with every
few rows; a process keeps the model, with the sums of all the words it has met, from one to the next.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from socialcls.artifact import DEFAULT_MODEL_DIR
from socialcls.blocks import BlockClassifier, cut_blocks
from socialcls.classifier import Classifier
from socialcls.columns import Columns
from socialcls.errors import InputError
from socialcls.reasons import ReasonWriter
from socialcls.records import Document
from socialcls.tables import Row, Table
from socialcls.taxonomy import LABELS, UNSURE

APPENDED = (
    "category",
    "confidence",
    "best_guess",
    *(f"p_{label}" for label in LABELS),
    "reason",
    "error",
)
"""The names of the columns that a classified row gains."""

_CATEGORY = -len(APPENDED)
_CHUNK_ROWS = 1_000  # handed to a process at once: large against the cost of handing over, small against memory
_BLANKS = [""] * (len(APPENDED) - 1)
_SHARES = [f"{share / 10_000:.4f}" for share in range(10_001)]


class ClassifiedRows(NamedTuple):
    """Some rows as they go out."""

    cells: list[list[str]]
    """Of each row all its own cells, then those of APPENDED."""
    failures: list[tuple[int, str]]
    """Of each row that could not be classified the line of the input and why."""

    def count_categories(self) -> Counter[str]:
        """How many rows became what; "" counts those that failed."""
        return Counter([row[_CATEGORY] for row in self.cells])


class RowClassifier:
    """Classifies rows into cells: what is said of a row, as text.

    It is pickled as its settings; a process that receives one loads the model when it first needs it, once.
    """

    def __init__(self, model_dir: str | Path | None = None, *, language: str = "en", social_only: bool = False) -> None:
        """Say how rows shall be classified; the model is loaded later.

        Args:
            model_dir: A model directory; the model that comes with the package when None.
            language: Of the reasons.
            social_only: Ask only which kind of social media it is.
        """
        self._settings = (None if model_dir is None else str(model_dir), language, social_only)

    def __getstate__(self) -> tuple[str | None, str, bool]:
        return self._settings

    def __setstate__(self, settings: tuple[str | None, str, bool]) -> None:
        self._settings = settings

    def load(self) -> None:
        """Load the model now, to hear at once if there is none.

        Raises:
            ModelError: it is missing, broken or of another format.
            InputError: there is no such language.
        """
        _ = self._classifier

    @cached_property
    def _classifier(self) -> BlockClassifier:
        model_dir, language, social_only = self._settings
        directory = DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)
        written_ns = directory.stat().st_mtime_ns if directory.is_dir() else 0
        return _load_once(directory, written_ns, language, social_only=social_only)

    def classify_documents(self, documents: Sequence[Document]) -> list[tuple[str, ...]]:
        """The cells of APPENDED for each document; all empty but the last where one cannot be classified."""
        return [row for block in cut_blocks(documents) for row in self._classify_block(documents[block])]

    def _classify_block(self, documents: Sequence[Document]) -> Iterator[tuple[str, ...]]:
        answers = self._classifier.classify(documents)
        shares = np.rint(answers.probabilities.T * 10_000).astype(np.int64).tolist()
        categories = [
            guess if is_sure else UNSURE
            for guess, is_sure in zip(answers.best_guess, answers.are_sure.tolist(), strict=True)
        ]
        rows = zip(
            categories,
            [_SHARES[share] for share in np.rint(answers.confidence * 10_000).astype(np.int64).tolist()],
            answers.best_guess,
            *[[_SHARES[share] for share in of_label] for of_label in shares],
            answers.reason,
            answers.error,
            strict=True,
        )
        if not any(answers.error):
            return rows
        return ((*_BLANKS, row[-1]) if row[-1] else row for row in rows)

    def classify_rows(self, rows: Sequence[Row], columns: Columns) -> ClassifiedRows:
        """Each row's own cells, then those of APPENDED; a row of the wrong shape is passed on with its problem."""
        read = columns.read_document
        said = self.classify_documents([Document() if row.problem else read(row.cells) for row in rows])
        cells = [
            [*row.cells, *_BLANKS, row.problem] if row.problem else [*row.cells, *answer]
            for row, answer in zip(rows, said, strict=True)
        ]
        return ClassifiedRows(cells, [(row.line, out[-1]) for row, out in zip(rows, cells, strict=True) if out[-1]])

    def classify_columns(self, columns: Mapping[str, Sequence[str | None]]) -> dict[str, list[str]]:
        """The columns of APPENDED for columns called `text`, `url` and `name`, of which some may be missing.

        >>> RowClassifier().classify_columns({"text": ["Forum for beekeepers", None]})["category"]
        ['community', '']
        """
        n_rows = max((len(values) for values in columns.values()), default=0)
        given = [columns.get(field) or [None] * n_rows for field in Document._fields]
        cells = self.classify_documents(
            [Document(*(value or "" for value in values)) for values in zip(*given, strict=True)]
        )
        return {name: [row[i] for row in cells] for i, name in enumerate(APPENDED)}


@lru_cache(maxsize=2)
def _load_once(model_dir: Path, written_ns: int, language: str, *, social_only: bool) -> BlockClassifier:
    """The classifier of a model directory, the same object until the directory is written anew (decision 0010)."""
    del written_ns
    classifier = Classifier.load(model_dir)
    return BlockClassifier(classifier, ReasonWriter(classifier.taxonomy, language), social_only=social_only)


def name_columns(
    table_name: str, columns: Sequence[str], prefix: str, *, spell: Callable[[str], str] = str
) -> list[str]:
    """The header of the result.

    Args:
        table_name: What to call the table in messages.
        columns: Its own columns.
        prefix: Put before each new name.
        spell: Names that it spells alike are the same name; by default only equal ones are.

    Raises:
        InputError: a name that would be appended is there already.
    """
    appended = [prefix + name for name in APPENDED]
    spelt = {spell(name) for name in appended}
    taken = [name for name in columns if spell(name) in spelt]
    if taken:
        message = (
            f"{table_name}: there is a column {taken[0]!r} already. "
            "Put something before the names of the new columns, for example --prefix predicted_."
        )
        raise InputError(message)
    return [*columns, *appended]


def classify_table(
    table: Table, columns: Columns, classifier: RowClassifier, *, n_jobs: int = 1
) -> Iterator[ClassifiedRows]:
    """Every row of a table in order, classified, some hundreds at a time; the same whatever the number of processes."""
    chunks = _cut(table.rows)
    if n_jobs == 1:
        yield from (classifier.classify_rows(chunk, columns) for chunk in chunks)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415  (one process starts without it)

    tasks = (delayed(classifier.classify_rows)(chunk, columns) for chunk in chunks)
    yield from Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="3 * n_jobs", batch_size=1)(tasks)


def _cut(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        yield chunk
