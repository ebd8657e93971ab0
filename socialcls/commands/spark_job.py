"""The command `socialcls-spark`, and the script that `spark-submit` takes: Parquet or CSV in, classified out."""

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from socialcls.commands.app import run
from socialcls.commands.options import (
    LanguageOption,
    ModelOption,
    NameColumn,
    PrefixOption,
    SocialOption,
    TextColumn,
    UrlColumn,
    make_app,
    show_examples,
    tell,
)
from socialcls.errors import InputError, MissingExtraError, OutputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Observation, SparkSession

_FORMATS = ("parquet", "csv")
# As Python and spreadsheets write it: a quote is doubled, a cell may hold line breaks, spaces are part of it.
_CSV = {
    "header": "true",
    "multiLine": "true",
    "quote": '"',
    "escape": '"',
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
}
_FAILED = "failed"

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls-spark services.parquet classified.parquet",
        "socialcls-spark 's3a://crawl/*.csv' s3a://out/services --format csv",
        "spark-submit --master yarn spark_job.py hdfs:///in.parquet hdfs:///out.parquet",
    )
)
def classify(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="Parquet or CSV with a header: any path of Spark's.")],
    output: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="A directory that is not there yet: one file a task.")
    ],
    *,
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="parquet or csv, of both. [default: each by its ending]")
    ] = "",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    prefix: PrefixOption = "",
    model: ModelOption = None,
    lang: LanguageOption = "",
    social_only: SocialOption = False,
) -> None:
    """Classify every row of a Parquet or CSV file with Spark, on this machine or on a cluster.

    The columns are those of `socialcls batch`, with null where its cells are empty. One CSV file is one task: of much,
    give Spark many, or Parquet. The master is what spark-submit says; all cores of this machine otherwise.
    """
    from socialcls.batch.spark import classify_columns
    from socialcls.messages import find_language
    from socialcls.terminal.metrics import summarise_batch

    read_as, write_as = find_format(source, form), find_format(output, form)
    with _open_session() as session:
        started = time.monotonic()
        frame = _read_frame(session, source, read_as)
        classified = classify_columns(
            frame,
            model,
            text=text_column,
            url=url_column,
            name=name_column,
            language=lang or find_language(),
            social_only=social_only,
            prefix=prefix,
        )
        appended = [column.removeprefix(prefix) for column in classified.columns[len(frame.columns) :]]
        counted, counts = _count_categories(classified, appended, prefix)
        _write_frame(_spell_numbers(counted, appended, prefix) if write_as == "csv" else counted, output, write_as)
        found = Counter({"" if answer == _FAILED else answer: n for answer, n in counts.get.items()})
    n_rows = found.total()
    tell(summarise_batch(found, n_rows, time.monotonic() - started))
    if not n_rows:
        raise InputError(f"{source}: no rows, so there is nothing to classify.")


def find_format(path: str, given: str = "") -> str:
    """The format of a file: what is given, or what its ending says.

    >>> find_format("s3a://crawl/2024/*.csv.gz")
    'csv'

    Raises:
        InputError: neither says one that is known.
    """
    if given:
        if given.lower() not in _FORMATS:
            raise InputError(f"{given}: no such format. Formats are: {', '.join(_FORMATS)}.")
        return given.lower()
    endings = path.rstrip("/").rsplit("/", 1)[-1].lower().split(".")[1:]
    found = next((ending for ending in endings[::-1] if ending in _FORMATS), None)
    if found is None:
        raise InputError(f"{path}: its ending says neither parquet nor csv. Say which, for example --format parquet.")
    return found


@contextmanager
def _open_session() -> "Iterator[SparkSession]":
    """The session there is, or a new one that ends with the work."""
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        from socialcls.batch.spark import MISSING

        raise MissingExtraError(MISSING) from error
    running = SparkSession.getActiveSession()
    try:
        session = running or SparkSession.builder.appName("socialcls").getOrCreate()
    except PySparkRuntimeError as error:
        message = (
            "Spark cannot start Java. Install Java 17, for example with: apt-get install openjdk-17-jre-headless, "
            "or set JAVA_HOME."
        )
        raise MissingExtraError(message) from error
    context = session.sparkContext
    if str(context.master).startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable  # Spark takes the first python3 on the path, which may lack this package
    try:
        yield session
    finally:
        if running is None:
            session.stop()


def _read_frame(session: "SparkSession", source: str, form: str) -> "DataFrame":
    from pyspark.errors import AnalysisException

    try:
        return session.read.csv(source, **_CSV) if form == "csv" else session.read.parquet(source)
    except AnalysisException as error:
        raise InputError(f"{source}: cannot be read as {form} ({_say(error)}).") from error


def _write_frame(frame: "DataFrame", output: str, form: str) -> None:
    from pyspark.errors import AnalysisException

    options = _CSV if form == "csv" else {}
    try:
        frame.write.save(output, format=form, **options)
    except AnalysisException as error:
        raise OutputError(f"{output}: cannot be written ({_say(error)}).") from error


def _count_categories(
    classified: "DataFrame", appended: Sequence[str], prefix: str
) -> tuple["DataFrame", "Observation"]:
    """The same rows, and how many became what, counted while they pass."""
    from pyspark.sql import Observation
    from pyspark.sql.functions import col, count, when

    from socialcls.types import UNSURE

    counts = Observation("rows by category")
    category = col(_quote(f"{prefix}category"))
    labels = [name.removeprefix("p_") for name in appended if name.startswith("p_")]
    counted = [count(when(category == answer, 1)).alias(answer) for answer in (*labels, UNSURE)]
    return classified.observe(counts, *counted, count(when(category.isNull(), 1)).alias(_FAILED)), counts


def _spell_numbers(classified: "DataFrame", appended: Sequence[str], prefix: str) -> "DataFrame":
    """The same rows with 0.0002 as `batch` writes it; Spark would write 2.0E-4."""
    from pyspark.sql.functions import col

    from socialcls.batch.rows import list_numbers

    names = [prefix + name for name in list_numbers(appended)]
    return classified.withColumns({name: col(_quote(name)).cast("decimal(5,4)") for name in names})


def _quote(column: str) -> str:
    return f"`{column.replace('`', '``')}`"


def _say(error: Exception) -> str:
    """Spark's first line, without the codes around it."""
    return re.sub(r"^\[[A-Z_.]+\] |\.?( SQLSTATE: \w+)?$", "", str(error).split("\n")[0])


def main() -> NoReturn:
    """Run the command."""
    run(app)


if __name__ == "__main__":
    main()
