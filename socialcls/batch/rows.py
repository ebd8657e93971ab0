"""A stream of rows classified in order, in constant memory, by one process or by several.

The work is one function from columns to columns, `RowClassifier.classify_columns`: it can be pickled, so that a pool of
processes, Spark, Ray or Dask may call it wherever the rows are (see `spark`). They hand over a classifier with every
few rows; a process keeps the model, with the sums of all the words it has met, from one to the next.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from socialcls.classifier import Classifier
from socialcls.errors import InputError, SocialClsError
from socialcls.explain.sentence import ReasonWriter
from socialcls.model.persistence import DEFAULT_MODEL_DIR
from socialcls.tables.columns import Columns
from socialcls.tables.csv import PLAIN, Excerpt, Row, RowFormat, Table
from socialcls.types import Document, Label

_CHUNK_ROWS = 1_000  # handed to a process at once: large against the cost of handing over, small against memory
_SHARES = [f"{share / 10_000:.4f}" for share in range(10_001)]


def name_appended(labels: Sequence[Label]) -> tuple[str, ...]:
    """Name the columns that a classified row gains.

    >>> name_appended(["blog", "other"])
    ('category', 'confidence', 'best_guess', 'p_blog', 'p_other', 'kind', 'p_kind', 'reason', 'error')
    """
    shares = (f"p_{label}" for label in labels)
    return ("category", "confidence", "best_guess", *shares, "kind", "p_kind", "reason", "error")


class ClassifiedRows(NamedTuple):
    """Some rows as they go out."""

    text: str
    """CSV: of each row all its own cells, then those of `appended`."""
    counts: Counter[str]
    """How many rows became what; "" counts those that failed."""
    failures: list[tuple[int, str]]
    """Of each row that could not be classified the line of the input and why."""


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
        self._model: _LoadedModel | None = None

    def __getstate__(self) -> tuple[str | None, str, bool]:
        return self._settings

    def __setstate__(self, settings: tuple[str | None, str, bool]) -> None:
        self._settings = settings
        self._model = None

    def load(self) -> None:
        """Load the model now, to hear at once if there is none; what takes long waits until it is needed.

        Raises:
            ModelError: it is missing, broken or of another format.
            InputError: there is no such language.
        """
        _ = self._loaded

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of the model."""
        return self._loaded.labels

    @property
    def appended(self) -> tuple[str, ...]:
        """The names of the columns that a row gains."""
        return name_appended(self.labels)

    @property
    def _loaded(self) -> "_LoadedModel":
        loaded = self._model
        if loaded is None:
            model_dir, language, social_only = self._settings
            directory = DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)
            card = directory / "card.json"
            written_ns = card.stat().st_mtime_ns if card.is_file() else 0
            loaded = self._model = _load_once(directory, written_ns, language, social_only=social_only)
        return loaded

    def classify_documents(self, documents: Sequence[Document]) -> list[tuple[str, ...]]:
        """Classify each document into the cells of `appended`; all empty but the last where it cannot be classified."""
        loaded = self._loaded
        return [loaded.classify(document) for document in documents]

    def classify_rows(self, rows: Sequence[Row], columns: Columns, form: RowFormat) -> ClassifiedRows:
        """Each row's own cells, then those of `appended`; a row of the wrong shape is passed on with its problem."""
        read = columns.read_document
        loaded = self._loaded
        n_appended = len(self.appended)
        blanks = [""] * (n_appended - 1)
        cells = [
            [*row.cells, *blanks, row.problem] if row.problem else [*row.cells, *loaded.classify(read(row.cells))]
            for row in rows
        ]
        counts = Counter([row[-n_appended] for row in cells])
        failures = [(row.line, out[-1]) for row, out in zip(rows, cells, strict=True) if out[-1]]
        return ClassifiedRows(form.format_rows(cells), counts, failures)

    def classify_columns(self, columns: Mapping[str, Sequence[str | None]]) -> dict[str, list[str]]:
        """The columns of `appended` for columns called `text`, `url` and `name`, of which some may be missing.

        >>> RowClassifier().classify_columns({"text": ["Forum for beekeepers", None]})["category"]
        ['community', '']
        """
        n_rows = max((len(values) for values in columns.values()), default=0)
        given = [columns.get(field) or [None] * n_rows for field in Document._fields]
        cells = self.classify_documents(
            [Document(*(value or "" for value in values)) for values in zip(*given, strict=True)]
        )
        return {name: [row[i] for row in cells] for i, name in enumerate(self.appended)}


class _LoadedModel:
    """A model, and what it takes to say in cells what it answers."""

    def __init__(self, model_dir: Path, language: str, *, social_only: bool) -> None:
        self._classifier, self._social_only = Classifier.load(model_dir), social_only
        self.labels = self._classifier.labels
        self._writer = ReasonWriter(self._classifier.taxonomy, language)
        self._blanks = ("",) * (len(name_appended(self.labels)) - 1)

    def classify(self, document: Document) -> tuple[str, ...]:
        """Classify one document. Whatever goes wrong in it stays in its row (see DESIGN: a bug is no end of a file)."""
        try:
            prediction = self._classifier.classify(document, social_only=self._social_only)
            shares = [_SHARES[round(share * 10_000)] for share in prediction.probabilities.values()]
            confidence = _SHARES[round(prediction.confidence * 10_000)]
            reason = self._writer.write(prediction)
        except SocialClsError as error:
            return (*self._blanks, str(error))
        except Exception as error:  # noqa: BLE001  (a bug of ours must not end a file of a million rows)
            return (*self._blanks, f"internal error: {type(error).__name__}: {error}. Please report it.")
        p_kind = "" if prediction.p_kind is None else _SHARES[round(prediction.p_kind * 10_000)]
        told = (prediction.kind or "", p_kind, reason, "")
        return (prediction.category, confidence, prediction.best_guess, *shares, *told)


@lru_cache(maxsize=2)
def _load_once(model_dir: Path, written_ns: int, language: str, *, social_only: bool) -> _LoadedModel:
    """The model of a directory, the same object until the directory is written anew (decision 0010)."""
    del written_ns
    return _LoadedModel(model_dir, language, social_only=social_only)


def name_columns(
    table_name: str, columns: Sequence[str], new: Sequence[str], prefix: str, *, spell: Callable[[str], str] = str
) -> list[str]:
    """Name the columns of the result.

    Args:
        table_name: What to call the table in messages.
        columns: Its own columns.
        new: The names of the columns that are appended.
        prefix: Put before each new name.
        spell: Names that it spells alike are the same name; by default only equal ones are.

    Raises:
        InputError: a name that would be appended is there already.
    """
    appended = [prefix + name for name in new]
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
    table: Table, columns: Columns, classifier: RowClassifier, form: RowFormat = PLAIN, *, n_jobs: int = 1
) -> Iterator[ClassifiedRows]:
    """Every row of a table in order, classified, some hundreds at a time; the same whatever the number of processes."""
    if n_jobs == 1:
        rows = table.body.read_rows()
        while some := list(islice(rows, _CHUNK_ROWS)):
            yield classifier.classify_rows(some, columns, form)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415  (one process starts without it)

    task = delayed(classify_excerpt)
    tasks = (task(classifier, excerpt, columns, form) for excerpt in table.body.cut(_CHUNK_ROWS))
    yield from Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="3 * n_jobs", batch_size=1)(tasks)


def classify_excerpt(classifier: RowClassifier, excerpt: Excerpt, columns: Columns, form: RowFormat) -> ClassifiedRows:
    """Classify some rows in a process of a pool."""
    look_for_garbage_rarely()
    return classifier.classify_rows(list(excerpt.read_rows()), columns, form)


def look_for_garbage_rarely() -> None:
    """Look for cycles of objects more rarely than Python does by itself, in the whole process.

    Rows make a hundred thousand objects a block, none of them in a cycle, and looking for one took a seventh of the
    time. It is for programs that do nothing else; a library leaves it alone.
    """
    gc.set_threshold(100_000, 20, 100)
