"""A pandas frame classified in one line is what `batch` makes of its rows."""

import csv

import pytest

from socialcls import classify_frame
from socialcls.batch.rows import RowClassifier, name_appended
from socialcls.errors import InputError, ModelError
from socialcls.types import Document
from tests.conftest import LABELS, ROOT

pandas = pytest.importorskip("pandas", reason="pip install 'socialcls[spark]' to test with pandas")
APPENDED = name_appended(LABELS)


def test_rows_are_those_of_the_command():
    """Column by column; what is empty in a CSV has no value, probabilities are numbers."""
    with (ROOT / "examples" / "services.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    frame = pandas.read_csv(ROOT / "examples" / "services.csv")
    classified = classify_frame(frame, language="pl")
    documents = [Document(row["description"], row["url"], row["name"]) for row in rows]
    for i, cells in enumerate(RowClassifier(language="pl").classify_documents(documents)):
        for name, cell in zip(APPENDED, cells, strict=True):
            value = classified[name][i]
            assert value == (cell if isinstance(value, str) else float(cell)) if cell else pandas.isna(value)
    assert list(classified.columns) == [*frame.columns, *APPENDED]
    pandas.testing.assert_frame_equal(classified[frame.columns], frame)


@pytest.mark.parametrize("blank", [None, float("nan"), pandas.NA, pandas.NaT, "", " "])
def test_what_is_missing_is_empty(blank):
    """Whatever pandas calls it."""
    frame = pandas.DataFrame({"description": ["Discussion forum", blank], "url": [blank, "nk.pl"]}, dtype=object)
    classified = classify_frame(frame)
    assert classified["category"].tolist() == ["community", "platform"]
    assert classified["error"].isna().all()


def test_numbers_and_other_values_are_read_as_they_are_written():
    """They are text like any other; the frame that was given stays as it was."""
    frame = pandas.DataFrame({"Name": [1984, 2], "Opis": pandas.Categorical(["Forum of growers", "A shop"])})
    before = frame.copy()
    expected = [d.category for d in map(_classify, ["1984", "2"], ["Forum of growers", "A shop"])]
    assert classify_frame(frame)["category"].tolist() == expected
    pandas.testing.assert_frame_equal(frame, before)


def _classify(name, text):
    from socialcls import Classifier  # noqa: PLC0415

    return Classifier.load().classify(text, name=name)


def test_the_index_stays_and_an_empty_frame_is_no_error():
    """Answers stand beside their rows, whatever these are called."""
    frame = pandas.DataFrame({"text": ["Discussion forum", ""]}, index=["b", "b"])
    classified = classify_frame(frame, prefix="is_")
    assert classified.index.tolist() == ["b", "b"]
    assert classified["is_category"].tolist()[0] == "community"
    assert classified["is_error"].tolist()[1].startswith("Nothing to read")
    assert classify_frame(frame.iloc[:0]).columns.tolist() == ["text", *APPENDED]


@pytest.mark.parametrize(
    ("columns", "settings", "error", "message"),
    [
        (["a", "b"], {}, InputError, "no column to read among: a, b"),
        (["text", "error"], {}, InputError, "there is a column 'error' already"),
        (["text"], {"url": "home"}, InputError, "no column 'home' among: text"),
        (["text"], {"language": "xx"}, InputError, 'No language "xx"'),
        (["text"], {"model_dir": "nowhere"}, ModelError, "nowhere: not a model"),
    ],
)
def test_what_is_wrong_with_a_frame_or_a_setting_is_said_at_once(columns, settings, error, message):
    """By the names of the columns, before a row is read."""
    with pytest.raises(error, match=message):
        classify_frame(pandas.DataFrame({column: ["x"] for column in columns}), **settings)
