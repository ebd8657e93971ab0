"""The rows of a Spark DataFrame classified where they are, with the model loaded once by each Python worker.

Batches of Arrow go to the workers and come back with the columns of `socialcls batch`; where a cell of its CSV would be
empty, there is null. `docs/cluster.md` says how to run it on many machines.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from socialcls.batch.rows import RowClassifier, list_numbers, name_columns
from socialcls.errors import InputError, MissingExtraError
from socialcls.tables.columns import ColumnNames, Columns, find_columns

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyspark.sql import DataFrame

MISSING = "Spark is not installed. Install it with: pip install 'socialcls[spark]'"
"""What to say when it is not."""


_FRAME = "DataFrame"  # what it is called in messages


def classify_columns(  # noqa: PLR0913  (as many as there are things to choose, all but two by name)
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
    """Add to a DataFrame the columns that `socialcls batch` appends: `category`, `confidence` and the others.

    `confidence` and the probabilities are doubles, rounded to four digits; the rest are strings. A row that cannot be
    classified has an `error` and null for the rest; other rows have no error.

    Args:
        frame: Any DataFrame; null counts as empty.
        model_dir: A model directory, where the driver and the executors have it: a path of theirs, or the name under
            which it was sent along (`--archives my_model.zip#my_model`). None: the model of the package.
        text: The column with the description; found by its name when empty, as `socialcls batch` finds it.
        url: The column with the URL; likewise.
        name: The column with the service's name; likewise.
        language: Of the reasons.
        social_only: Ask only which kind of social media it is.
        prefix: Put before the names of the new columns.

    Raises:
        MissingExtraError: there is no Spark.
        InputError: a column is not there, holds no text, or has the name of a new one; there is no such language.
        ModelError: the model is missing, broken or of another format.
    """
    try:
        from pyspark.sql.types import DoubleType, StringType, StructField, StructType  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    found = find_columns(_FRAME, frame.columns, ColumnNames(text, url, name))
    for place in sorted(found.used):
        if not isinstance(frame.schema[place].dataType, StringType):
            field = frame.schema[place]
            message = f"{_FRAME}: column {field.name!r} is of type {field.dataType.simpleString()}. Cast it to string."
            raise InputError(message)
    make_classifier = partial(_make_classifier, model_dir, language=language, social_only=social_only)
    appended = make_classifier().appended  # and to hear here, not from the workers, what is wrong with the model
    columns = name_columns(_FRAME, frame.columns, appended, prefix, spell=str.lower)
    numbers = list_numbers(appended)
    added = [
        StructField(column, DoubleType() if name in numbers else StringType())
        for column, name in zip(columns[-len(appended) :], appended, strict=True)
    ]
    # Spark looks the columns up by name to hand them over, and trips over dots and names that stand there twice.
    numbered = frame.toDF(*[f"_{i}" for i in range(len(frame.columns))])
    classify = partial(_classify_batches, make_classifier, found)
    return numbered.mapInArrow(classify, StructType([*frame.schema.fields, *added]))


def _make_classifier(model_dir: str | Path | None, *, language: str, social_only: bool) -> RowClassifier:
    classifier = RowClassifier(_find_model(model_dir), language=language, social_only=social_only)
    classifier.load()
    return classifier


def _find_model(model_dir: str | Path | None) -> str | Path | None:
    """The directory itself, or the one of that name among the files that were sent along."""
    if model_dir is None or Path(model_dir).is_dir():
        return model_dir
    from pyspark import SparkFiles  # noqa: PLC0415  (an extra)

    sent = Path(SparkFiles.get(str(model_dir)))
    return sent if sent.is_dir() else model_dir


def _classify_batches(
    make_classifier: Callable[[], RowClassifier], columns: Columns, batches: Iterator["RecordBatch"]
) -> Iterator["RecordBatch"]:
    """What a worker does with its part of the rows."""
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    classifier = make_classifier()
    numbers = list_numbers(classifier.appended)
    fields = [pa.field(name, pa.float64() if name in numbers else pa.string()) for name in classifier.appended]
    for batch in batches:
        blank = [""] * batch.num_rows
        cells = [
            [value or "" for value in column.to_pylist()] if i in columns.used else blank
            for i, column in enumerate(batch.columns)
        ]
        answers = classifier.classify_documents([columns.read_document(row) for row in zip(*cells, strict=True)])
        added = [
            pa.array([_convert(row[i], is_number=field.name in numbers) for row in answers], field.type)
            for i, field in enumerate(fields)
        ]
        schema = pa.schema([*batch.schema, *fields])
        yield pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema)


def _convert(cell: str, *, is_number: bool) -> str | float | None:
    if not cell:
        return None
    return float(cell) if is_number else cell
