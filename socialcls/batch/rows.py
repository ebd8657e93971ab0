"""Rows classified: their own cells, then what is said of them.

The work is one function from columns to columns, `RowClassifier.classify_columns`: it can be pickled, so that a pool of
processes, Spark, Ray or Dask may call it wherever the rows are (see `spark`). They hand over a classifier with every
few rows; a process keeps the model, with the sums of all the words it has met, from one to the next.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from socialcls.batch.summary import PAGE_READ, PAGE_SHELL, Tally, tally_rows
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.errors import InputError, SocialClsError
from socialcls.explain.sentence import ReasonWriter
from socialcls.messages import load_messages
from socialcls.model.persistence import DEFAULT_MODEL_DIR
from socialcls.tables.columns import Columns, is_blank
from socialcls.tables.formats import RowWriter
from socialcls.tables.table import Row, RowPage, read_row
from socialcls.types import UNSURE, Document, Label

_SHARES = [f"{share / 10_000:.4f}" for share in range(10_001)]
_MAX_REMEMBERED = 10_000  # documents whose cells are kept, in case they come again
_MAX_REMEMBERED_CHARS = 1_000  # of each; longer ones seldom do
_MAX_SAID_CHARS = 160


def name_appended(labels: Sequence[Label]) -> tuple[str, ...]:
    """Name the columns that a classified row gains.

    >>> name_appended(["blog", "other"])
    ('category', 'confidence', 'best_guess', 'p_blog', 'p_other', 'kind', 'p_kind', 'reason', 'error')
    """
    shares = (f"p_{label}" for label in labels)
    return ("category", "confidence", "best_guess", *shares, "kind", "p_kind", "reason", "error")


def list_numbers(appended: Sequence[str]) -> list[str]:
    """List those of the appended columns that are numbers."""
    return [name for name in appended if name in ("confidence", HOST_ROWS) or name.startswith("p_")]


HOST_ROWS = "host_rows"
"""The column that says of how many rows of one host an answer was made."""


class ClassifiedRows(NamedTuple):
    """Some rows as they go out."""

    texts: dict[str, str]
    """What is written, by the file that it goes to: "" where there is one."""
    tally: Tally


class Plan(NamedTuple):
    """What is made of the rows of one table."""

    columns: Columns
    writer: RowWriter
    kept: tuple[int, ...]
    """Which of the cells of `RowClassifier.appended` are written, in this order."""
    language: str = "en"
    split_at: int | None = None
    """The cell of `appended` that says to which file a row goes; None where there is one file."""


class Wishes(NamedTuple):
    """How documents shall be answered."""

    language: str = "en"
    """Of the reasons and errors."""
    social_only: bool = False
    """Whether to ask only which kind of social media it is."""
    min_confidence: float | None = None
    """The confidence that an answer needs; None for the thresholds of the model."""
    renamed: tuple[tuple[Label, str], ...] = ()
    """Other words for labels, and for `unsure`."""

    def rename(self, label: str) -> str:
        """Find the word to write for a label."""
        return dict(self.renamed).get(label, label)


class RowClassifier:
    """Classifies rows into cells: what is said of a row, as text.

    It is pickled as its settings; a process that receives one loads the model when it first needs it, once.
    """

    def __init__(
        self,
        model_dir: str | Path | None = None,
        *,
        language: str = "en",
        social_only: bool = False,
        min_confidence: float | None = None,
        renamed: Mapping[Label, str] | None = None,
    ) -> None:
        """Say how rows shall be classified; the model is loaded later.

        Args:
            model_dir: A model directory; the model that comes with the package when None.
            language: Of the reasons and errors.
            social_only: Ask only which kind of social media it is.
            min_confidence: The confidence that an answer needs, instead of the thresholds of the model; at 0 nothing
                is unsure.
            renamed: Other words for labels.
        """
        wishes = Wishes(language, social_only, min_confidence, tuple((renamed or {}).items()))
        self._settings = (None if model_dir is None else str(model_dir), wishes)
        self._model: _LoadedModel | None = None

    def __getstate__(self) -> tuple[str | None, Wishes]:
        return self._settings

    def __setstate__(self, settings: tuple[str | None, Wishes]) -> None:
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
        return name_appended([self._settings[1].rename(label) for label in self.labels])

    @property
    def _loaded(self) -> "_LoadedModel":
        loaded = self._model
        if loaded is None:
            model_dir, wishes = self._settings
            directory = DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)
            card = directory / "card.json"
            written_ns = card.stat().st_mtime_ns if card.is_file() else 0
            loaded = self._model = _load_once(directory, written_ns, wishes)
        return loaded

    def classify_documents(self, documents: Sequence[Document]) -> list[tuple[str, ...]]:
        """Classify each document into the cells of `appended`; all empty but the last where it cannot be classified."""
        loaded = self._loaded
        return [loaded.classify(document) for document in documents]

    def classify_rows(self, rows: Sequence[Row], plan: Plan) -> ClassifiedRows:
        """Classify rows: one of the wrong shape is passed on with its problem, one without any value as it is."""
        loaded = self._loaded
        blank = ("",) * len(self.appended)
        documents: list[Document | Exception] = []
        cells = []
        pages: list[RowPage] = []
        for row in rows:
            document, page = _read(row, plan.columns)
            documents.append(document)
            if page is not None:
                pages.append(page)
            if row.problem is not None:
                cells.append((*blank[:-1], row.problem.say(plan.language)))
            elif isinstance(document, Exception):
                cells.append((*blank[:-1], loaded.say_bug(document)))
            elif document.is_blank and is_blank(row.cells):
                cells.append(blank)
            else:
                cells.append(self.classify_with_page(document, page))
        written = write_rows(rows, documents, cells, plan)
        written.tally.pages.update(map(name_outcome, pages))
        return written

    def classify_with_page(self, document: Document, page: RowPage | None) -> tuple[str, ...]:
        """Classify a document of which a page is a part, and say what must be said of that page."""
        cells = self._loaded.classify(document)
        return cells if page is None else self._loaded.add_notes(cells, page)

    def classify_columns(self, columns: Mapping[str, Sequence[str | None]]) -> dict[str, list[str]]:
        """The columns of `appended` for columns called `text`, `url` and `name`, of which some may be missing.

        >>> RowClassifier().classify_columns({"text": ["Forum for beekeepers", None]})["category"]
        ['community', '']
        """
        n_rows = max((len(values) for values in columns.values()), default=0)
        given = [columns.get(field) or [None] * n_rows for field in ("text", "url", "name")]
        cells = self.classify_documents(
            [Document(text or "", url or "", name or "") for text, url, name in zip(*given, strict=True)]
        )
        return {name: [row[i] for row in cells] for i, name in enumerate(self.appended)}


def _read(row: Row, columns: Columns) -> tuple[Document | Exception, RowPage | None]:
    """Read a row's document; a bug of ours in it is no end of a file."""
    try:
        return read_row(row, columns)
    except Exception as error:  # noqa: BLE001
        return error, None


def name_outcome(page: RowPage) -> str:
    """Name what became of a page, as tallies count it.

    >>> from socialcls.messages import Problem
    >>> name_outcome(RowPage()), name_outcome(RowPage(problem=Problem("fetch_not_found", ("x.pl",))))
    ('read', 'not_found')
    """
    if page.problem is not None:
        return page.problem.key.removeprefix("fetch_")
    return PAGE_SHELL if page.is_shell else PAGE_READ


def write_rows(
    rows: Sequence[Row],
    documents: Sequence[Document | Exception],
    cells: Sequence[tuple[str, ...]],
    plan: Plan,
    added: Sequence[tuple[str, ...]] | None = None,
) -> ClassifiedRows:
    """Write rows with their answers, and count them.

    Args:
        rows: The rows.
        documents: What was read of each.
        cells: What is said of each: the cells of `RowClassifier.appended`.
        plan: How it is written.
        added: More cells for each row, behind those that are kept.
    """
    said = [_shorten(document) if isinstance(document, Document) else "" for document in documents]
    reasons, errors = [row[-2] for row in cells], [row[-1] for row in cells]
    tally = tally_rows(
        [row.line for row in rows], said, [row[0] for row in cells], [row[1] for row in cells],
        [row[2] for row in cells], reasons, errors,
    )  # fmt: skip
    kept = plan.kept
    written = [tuple([row[i] for i in kept]) for row in cells]
    if added is not None:
        written = [ours + more for ours, more in zip(written, added, strict=True)]
    if plan.split_at is None:
        return ClassifiedRows({"": plan.writer.write_rows(rows, written)}, tally)
    texts = {}
    keys = [make_file_word(row[plan.split_at]) or ("error" if row[-1] else "empty") for row in cells]
    for key in dict.fromkeys(keys):
        of_key = [i for i, other in enumerate(keys) if other == key]
        texts[key] = plan.writer.write_rows([rows[i] for i in of_key], [written[i] for i in of_key])
    return ClassifiedRows(texts, tally)


def make_file_word(word: str) -> str:
    """Make of the word for a label what may stand in the name of a file.

    >>> make_file_word("Foren / Communitys")
    'Foren _ Communitys'
    """
    return "".join(c if c.isalnum() or c in "-_ " else "_" for c in word)


def _shorten(document: Document) -> str:
    text, url, name = document.text, document.url, document.name
    said = " · ".join([part.strip()[: _MAX_SAID_CHARS * 2] for part in (name, url, text) if part.strip()])
    said = " ".join(said.split())
    return said if len(said) <= _MAX_SAID_CHARS else said[: _MAX_SAID_CHARS - 1] + "…"


class _LoadedModel:
    """A model, and what it takes to say in cells what it answers."""

    def __init__(self, model_dir: Path, wishes: Wishes) -> None:
        self._classifier, self._wishes = Classifier.load(model_dir), wishes
        self.labels = self._classifier.labels
        self._messages = load_messages(wishes.language)
        self._words = {label: wishes.rename(label) for label in (*self.labels, UNSURE)}
        self._writer = ReasonWriter(self._classifier.taxonomy, wishes.language)
        self._blanks = ("",) * (len(name_appended(self.labels)) - 1)
        self._remembered: dict[Document, tuple[str, ...]] = {}

    def classify(self, document: Document) -> tuple[str, ...]:
        """Classify one document, or recall what was said of an equal one."""
        n_chars = len(document.text) + len(document.url) + len(document.name)
        if n_chars > _MAX_REMEMBERED_CHARS:
            return self._classify(document, n_chars)
        cells = self._remembered.get(document)
        if cells is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            cells = self._classify(document, n_chars)
            if not cells[-1]:
                self._remembered[document] = cells
        return cells

    def add_notes(self, cells: tuple[str, ...], page: RowPage) -> tuple[str, ...]:
        """Say in the reason that a page says nothing or could not be had, and in the error why."""
        *before, reason, error = cells
        if page.is_shell and error == self._messages["row_nothing"]:
            return (*before, reason, self._messages["shell"])
        if error or not (page.problem or page.is_shell):
            return cells
        note = self._messages["page_not_had" if page.problem else "shell"]
        return (*before, f"{reason} {note}", page.problem.say(self._wishes.language) if page.problem else "")

    def say_bug(self, error: Exception) -> str:
        """Write what stands in a row in which something of ours went wrong."""
        return self._messages["row_bug"].format(f"{type(error).__name__}: {error}")

    def _classify(self, document: Document, n_chars: int) -> tuple[str, ...]:
        """Classify one document. Whatever goes wrong in it stays in its row (see DESIGN: a bug is no end of a file)."""
        if document.is_blank:
            return (*self._blanks, self._messages["row_nothing"])
        if n_chars > MAX_CHARS:
            return (*self._blanks, self._messages["row_too_long"].format(f"{n_chars:,}", f"{MAX_CHARS:,}"))
        try:
            prediction = self._classifier.classify(document, social_only=self._wishes.social_only)
            if self._wishes.min_confidence is not None:
                is_sure = prediction.confidence >= self._wishes.min_confidence
                prediction = prediction._replace(category=prediction.best_guess if is_sure else UNSURE)
            shares = [_SHARES[round(share * 10_000)] for share in prediction.probabilities.values()]
            confidence = _SHARES[round(prediction.confidence * 10_000)]
            reason = self._writer.write(prediction)
        except SocialClsError as error:
            return (*self._blanks, str(error))
        except Exception as error:  # noqa: BLE001  (a bug of ours must not end a file of a million rows)
            return (*self._blanks, self.say_bug(error))
        words = self._words
        p_kind = "" if prediction.p_kind is None else _SHARES[round(prediction.p_kind * 10_000)]
        told = (prediction.kind or "", p_kind, reason, "")
        return (words[prediction.category], confidence, words[prediction.best_guess], *shares, *told)


@lru_cache(maxsize=2)
def _load_once(model_dir: Path, written_ns: int, wishes: Wishes) -> _LoadedModel:
    """The model of a directory, the same object until the directory is written anew (decision 0010)."""
    del written_ns
    return _LoadedModel(model_dir, wishes)


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


def look_for_garbage_rarely() -> None:
    """Look for cycles of objects more rarely than Python does by itself, in the whole process.

    Rows make a hundred thousand objects a block, none of them in a cycle, and looking for one took a seventh of the
    time. It is for programs that do nothing else; a library leaves it alone.
    """
    gc.set_threshold(100_000, 20, 100)
