"""A stream of rows classified in order, in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from socialcls.classifier import Classifier
from socialcls.columns import Columns
from socialcls.errors import InputError
from socialcls.reasons import give_reason
from socialcls.records import Prediction
from socialcls.tables import Row, Table
from socialcls.taxonomy import LABELS, Answer

APPENDED = (
    "category",
    "confidence",
    "best_guess",
    *(f"p_{label}" for label in LABELS),
    "reason",
    "error",
)
"""The names of the columns that a classified row gains."""


@dataclass(frozen=True, slots=True)
class ClassifiedRow:
    """A row as it goes out: all its own cells, then those of APPENDED."""

    line: int
    """Of the input file."""
    cells: list[str]
    category: Answer | None
    """The answer; None when the row failed."""
    error: str
    """Why the row could not be classified; empty when it could."""


def name_columns(table: Table, prefix: str) -> list[str]:
    """The header of the result.

    Raises:
        InputError: a name that would be appended is there already.
    """
    appended = [prefix + name for name in APPENDED]
    taken = [name for name in appended if name in table.columns]
    if taken:
        message = (
            f"{table.name}: there is a column {taken[0]!r} already. "
            "Put something before the names of the new columns, for example --prefix predicted_."
        )
        raise InputError(message)
    return table.columns + appended


def classify_rows(
    table: Table, columns: Columns, classifier: Classifier, *, language: str = "en", social_only: bool = False
) -> Iterator[ClassifiedRow]:
    """Every row of a table in order, classified; a row that cannot be is passed on with its error."""
    for row in table.rows:
        error = row.problem
        if not error:
            try:
                prediction = classifier.classify(columns.read_document(row.cells), social_only=social_only)
            except InputError as failure:
                error = str(failure)
            else:
                reason = give_reason(prediction, classifier.taxonomy, language)
                cells = row.cells + _append(prediction, reason)
                yield ClassifiedRow(row.line, cells, prediction.category, "")
                continue
        yield _fail(row, error)


def _append(prediction: Prediction, reason: str) -> list[str]:
    return [
        prediction.category,
        f"{prediction.confidence:.4f}",
        prediction.best_guess,
        *(f"{prediction.probabilities[label]:.4f}" for label in LABELS),
        reason,
        "",
    ]


def _fail(row: Row, error: str) -> ClassifiedRow:
    return ClassifiedRow(row.line, [*row.cells, *[""] * (len(APPENDED) - 1), error], None, error)
