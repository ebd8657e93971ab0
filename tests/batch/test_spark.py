"""Rows classified by Spark are what `batch` makes of them."""

import csv
import multiprocessing
import os
import shutil
import sys
from itertools import islice

import pytest
from typer.testing import CliRunner

from socialcls.batch.rows import RowClassifier, name_appended
from socialcls.batch.runner import Job, Watcher, classify_file
from socialcls.batch.spark import classify_columns
from socialcls.commands.spark_job import app
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError, MissingExtraError, ModelError, OutputError
from socialcls.model.persistence import save_artifact
from socialcls.tables.formats import Reading, open_table
from tests.conftest import LABELS, ROOT

APPENDED = name_appended(LABELS)

pytestmark = [  # of pyspark 3.5, which compares versions with distutils and leaves closing its sockets to the collector
    pytest.mark.filterwarnings("ignore:distutils Version classes are deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="session")
def spark():
    """A session on two cores, with the interpreter of the tests."""
    pytest.importorskip("pyspark", reason="pip install 'socialcls[spark]' to test with Spark")
    pytest.importorskip("pyarrow", reason="pip install 'socialcls[spark]' to test with Spark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark needs Java: apt-get install openjdk-17-jre-headless")
    from pyspark.sql import SparkSession  # noqa: PLC0415  (an extra)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture(scope="module")
def rows():
    """Some hundred rows of the corpus, with nulls, blanks and odd ones among them."""
    examples = islice(read_examples([str(ROOT / "data")]), 0, None, 60)
    documents = [(e.document.text or None, e.document.url, e.document.name or None) for e in examples]
    odd = [
        (None, None, None),
        ("", " ", "\n"),
        ("🐝\x00\u202e <b>", None, None),
        ("x" * 1_000_001, "", ""),
        ("słowo", "", ""),
    ]
    return documents[:150] + odd + documents[150:]


@pytest.fixture
def tiny_dir(tiny_artifact, tmp_path):
    """The hand-made model in a directory."""
    save_artifact(tiny_artifact, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.mark.parametrize("options", [{}, {"language": "pl", "social_only": True}])
def test_spark_says_what_batch_says_of_every_row(spark, rows, options):
    """In order, with numbers as doubles, and null where the CSV would have an empty cell."""
    frame = spark.createDataFrame(rows, "Opis string, adres string, NAME string")
    said = classify_columns(frame, prefix="p:", **options)
    texts, urls, names = zip(*rows, strict=True)
    expected = RowClassifier(**options).classify_columns({"text": texts, "url": urls, "name": names})
    collected = said.collect()
    assert said.columns == ["Opis", "adres", "NAME", *[f"p:{name}" for name in APPENDED]]
    assert [tuple(row[:3]) for row in collected] == rows
    for i, (name, cells) in enumerate(expected.items(), start=3):
        assert [_write(row[i]) for row in collected] == cells, name
    assert dict(said.dtypes)["p:confidence"] == dict(said.dtypes)["p:p_blog"] == "double"
    assert {dtype for name, dtype in said.dtypes if "confidence" not in name and "p:p_" not in name} == {"string"}
    assert sum(row["p:error"] is not None for row in collected) == 3


def test_other_columns_pass_through_whatever_they_hold(spark):
    """Nested, dated, exact, absent; under a name with a dot, and under one that stands there twice."""
    frame = spark.sql(
        "SELECT 7 AS id, 'Forum for cats' AS `a.text`, timestamp'2024-02-29 12:00:00' AS seen, 1.20BD AS price, "
        "array(struct(map('k', 1.5) AS m)) AS nested, cast('b' AS binary) AS raw, NULL AS nothing, 8 AS id"
    )
    said = classify_columns(frame, text="A.Text")
    assert [field.simpleString() for field in said.schema.fields[:8]] == [f.simpleString() for f in frame.schema.fields]
    (before,), (after,) = frame.collect(), said.collect()
    assert tuple(after)[:8] == tuple(before)
    assert after["category"] == "community"


def test_no_rows_are_no_rows(spark):
    """With all their columns."""
    said = classify_columns(spark.createDataFrame([], "text string"))
    assert (said.count(), len(said.columns)) == (0, 1 + len(APPENDED))


def test_a_model_that_was_sent_along_is_found_by_its_name(spark, tiny_dir, tmp_path):
    """And a directory by its path; what is neither is an error at once."""
    archive = shutil.make_archive(str(tmp_path / "sent"), "zip", tiny_dir)
    spark.sparkContext.addArchive(f"{archive}#sent_model")
    frame = spark.createDataFrame([("a forum",), ("shop x",)], "text string")
    by_name, by_path = (classify_columns(frame, model).collect() for model in ("sent_model", tiny_dir))
    assert by_name == by_path
    assert [row["category"] for row in by_name] == RowClassifier(tiny_dir).classify_columns(
        {"text": ["a forum", "shop x"]}
    )["category"]
    with pytest.raises(ModelError, match="nowhere: not a model"):
        classify_columns(frame, "nowhere")


@pytest.mark.parametrize(
    ("schema", "options", "message"),
    [
        ("a string, b string", {}, "DataFrame: no column to read among: a, b"),
        ("a string", {"text": "b"}, "DataFrame: no column 'b' among: a"),
        ("text string, Category string", {}, "DataFrame: there is a column 'Category' already"),
        ("text string, p_error string", {"prefix": "P_"}, "DataFrame: there is a column 'p_error' already"),
        ("text array<string>", {}, "column 'text' is of type array<string>. Cast it to string"),
        ("text string", {"language": "xx"}, 'No language "xx"'),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(spark, schema, options, message):
    """With the name of the column and the way out."""
    with pytest.raises(InputError, match=message.replace("<", ".")):
        classify_columns(spark.createDataFrame([], schema), **options)


def test_csv_and_parquet_go_round_through_the_command(spark, run, rows, tmp_path):
    """What comes out as CSV is what `batch` writes, cells with quotes, line breaks and spaces around them included."""
    given = [["1 ", ' Forum "for"\ncats,\n', "", "ą"], ["2", "", "", ""]]
    given += [[str(i), text, url or "", ""] for i, (text, url, _) in enumerate(rows) if text and len(text) < 1000]
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([["id", "opis", "url", "Name"], *given])
    said = run(tmp_path / "in.csv", tmp_path / "one.parquet", "--lang", "pl")
    assert f"{len(given)} rows in " in said
    assert ", 1 failed" in said
    run(tmp_path / "one.parquet", tmp_path / "two", "--format", "parquet", "--prefix", "again.", "--lang", "pl")
    run(tmp_path / "in.csv", tmp_path / "three.csv", "--lang", "pl")
    for row in spark.read.parquet(str(tmp_path / "two")).collect():
        assert [row[f"again.{name}"] for name in APPENDED] == [row[name] for name in APPENDED]
    (part,) = (tmp_path / "three.csv").glob("*.csv")
    job = Job(str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), Reading(), language="pl")
    classify_file(job, RowClassifier(language="pl"), Watcher(lambda _: None, lambda *_: None))
    with open_table(str(tmp_path / "out.csv")) as table, open_table(str(part)) as written:
        assert written.columns == table.columns
        assert [row.cells for row in written.body.read_rows()] == [row.cells for row in table.body.read_rows()]


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["nowhere.csv", "out.csv"], InputError, r"nowhere\.csv: cannot be read as csv \(Path does not exist: .*\)\.$"),
        (["in.csv", "in.csv"], OutputError, r"in\.csv: cannot be written \(.* already exists.*\)\.$"),
        (["in.csv", "out.csv"], InputError, r"in\.csv: no rows, so there is nothing to classify"),
        (["in.csv", "out"], InputError, "out: its ending says neither parquet nor csv"),
        (["in.csv", "out", "--format", "orc"], InputError, "orc: no such format. Formats are: parquet, csv"),
    ],
)
def test_the_command_names_what_is_wrong(run, tmp_path, arguments, error, message):
    """In a sentence, and leaves the input alone."""
    (tmp_path / "in.csv").write_text("text\n")
    paths = [str(tmp_path / argument) if "." in argument else argument for argument in arguments]
    with pytest.raises(error, match=message):
        run(*paths)
    assert (tmp_path / "in.csv").read_text() == "text\n"


def test_without_spark_the_extra_is_named(monkeypatch):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "pyspark.sql.types", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'socialcls\[spark\]'"):
        classify_columns(None)  # type: ignore[arg-type, unused-ignore]


def test_any_engine_that_maps_batches_of_columns_may_call_a_row_classifier(tiny_dir):
    """As Ray's `map_batches` and Dask's `map_partitions` do: in fresh processes, batch by batch, pickled each time."""
    batches: list[dict[str, list[str | None]]] = [
        {"text": ["a forum", None], "url": [None, "blog.x.pl"]},
        {"text": ["shop x", "post a reply"], "url": ["", ""]},
        {"text": [], "url": []},
    ] * 3
    classify = RowClassifier(tiny_dir, language="pl").classify_columns
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(classify, batches, chunksize=1) == [classify(batch) for batch in batches]


@pytest.fixture
def run():
    """Run the command in this process; give what it said, let its errors through."""

    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def _write(value):
    """As `batch` writes it."""
    return "" if value is None else value if isinstance(value, str) else f"{value:.4f}"
