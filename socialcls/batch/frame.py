"""A pandas DataFrame classified in one line. pandas itself is not imported: whoever has a frame has pandas."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from socialcls.batch.rows import RowClassifier, name_columns
from socialcls.tables.columns import ColumnNames, find_columns

if TYPE_CHECKING:
    from pandas import DataFrame

_FRAME = "DataFrame"  # what it is called in messages


def classify_frame(  # noqa: PLR0913  (as many as there are things to choose, all but two by name)
    frame: "DataFrame",
    model_dir: str | Path | None = None,
    *,
    text: str = "",
    url: str = "",
    name: str = "",
    language: str = "en",
    social_only: bool = False,
    prefix: str = "",
) -> "DataFrame":
    """Add to a pandas DataFrame the columns that `socialcls batch` appends: `category`, `confidence` and the others.

    NaN, None and NA count as empty, a number as its digits. `confidence` and the probabilities are floats, rounded to
    four digits; the rest are strings. A row that cannot be classified says why in `error` and has no value elsewhere;
    other rows have none in `error`.

        import pandas
        from socialcls import classify_frame

        classified = classify_frame(pandas.read_csv("services.csv"))
        classified["category"].value_counts()

    Args:
        frame: Any DataFrame; it is left as it is.
        model_dir: A model directory; None: the model of the package.
        text: The column with the description; found by its name when empty, as `socialcls batch` finds it.
        url: The column with the URL; likewise.
        name: The column with the service's name; likewise.
        language: Of the reasons.
        social_only: Ask only which of the social media it is.
        prefix: Put before the names of the new columns.

    Returns:
        A new frame with the same index and rows: all columns of the old one, then the new ones.

    Raises:
        InputError: A column is not there or has the name of a new one; there is no such language.
        ModelError: The model is missing, broken or of another format.
    """
    classifier = RowClassifier(model_dir, language=language, social_only=social_only)
    classifier.load()
    own = [str(column) for column in frame.columns]
    columns = find_columns(_FRAME, own, ColumnNames(text, url, name))
    named = name_columns(_FRAME, own, classifier.appended, prefix)[len(own) :]
    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    answers = classifier.classify_documents(
        [columns.read_document(row) for row in cells.itertuples(index=False, name=None)]
    )
    classified = frame.copy()
    for i, (column, new) in enumerate(zip(classifier.appended, named, strict=True)):
        classified[new] = [_convert(answer[i], is_number=_is_number(column)) for answer in answers]
    return classified


def _is_number(column: str) -> bool:
    return column == "confidence" or column.startswith("p_")


def _convert(cell: str, *, is_number: bool) -> Any:  # noqa: ANN401  (what a frame holds)
    if is_number:
        return float(cell or "nan")
    return cell or None
