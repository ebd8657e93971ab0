"""A row that brings out a bug of ours: named with its file and line where rows are labelled, and no end of a batch.

In this process, since the bug is put in here.
"""

import csv

import pytest
from typer.testing import CliRunner

from socialcls.classifier import Classifier
from socialcls.commands import batch, evaluate
from socialcls.commands import train as train_command
from socialcls.dataset.reader import read_examples
from socialcls.features.extractor import Reader
from socialcls.model.linear import LinearModel
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.pipeline import train
from socialcls.training.settings import Settings
from tests.conftest import LABELS

_NOTE = "This was raised while reading {}, line 4. Please report it."


@pytest.fixture
def rows_path(tmp_path):
    """Two rows of each label, on hosts of their own; that on line 4 is the bad one."""
    path = tmp_path / "rows.csv"
    rows = [(f"{label} {n}", f"{label}{n}.pl", label) for n in (1, 2) for label in LABELS]
    rows[2] = ("kaboom", "", rows[2][2])
    rows.append(("platform 3", "platform3.pl", "platform"))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "url", "gold"), *rows])
    return path


@pytest.fixture
def method(request, monkeypatch):
    """A method that has a bug, which one word brings out."""
    original = request.param
    owner = {"Classifier": Classifier, "LinearModel": LinearModel, "Reader": Reader}[
        original.__qualname__.split(".")[0]
    ]

    def stumble(self, document, **options):
        if "kaboom" in document.text:
            raise ZeroDivisionError("float division by zero")
        return original(self, document, **options)

    monkeypatch.setattr(owner, original.__name__, stumble)
    return original


def _run(app, *arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("method", [Classifier.classify, LinearModel.read], indirect=True)
@pytest.mark.usefixtures("method")
def test_batch_goes_on(rows_path, tmp_path):
    """The row says that the fault is ours; the others are answered; the summary names its line."""
    result = _run(batch.app, rows_path, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    said = "internal error: ZeroDivisionError: float division by zero. Please report it."
    assert f"line 4: {said}" in result.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9
    assert [i for i, row in enumerate(rows) if row["error"]] == [2]
    assert (rows[2]["category"], rows[2]["error"]) == ("", said)
    assert all(row["category"] for row in rows if not row["error"])


@pytest.mark.parametrize("method", [Classifier.classify, LinearModel.read], indirect=True)
@pytest.mark.usefixtures("method")
def test_evaluate_names_the_row(rows_path):
    """Figures of fewer rows than were given would be wrong: it ends, with file and line beside the traceback."""
    result = _run(evaluate.app, rows_path, "--json")
    assert isinstance(result.exception, ZeroDivisionError)
    assert result.exception.__notes__ == [_NOTE.format(rows_path)]


@pytest.mark.parametrize("method", [LinearModel.read, Reader.read], indirect=True)
@pytest.mark.usefixtures("method")
def test_train_names_the_row(rows_path):
    """Likewise, whether the bug is in reading for the fit or in scoring what was held out."""
    examples = read_examples([str(rows_path)])
    with pytest.raises(ZeroDivisionError) as caught:
        train(examples, load_taxonomy(), Settings(n_folds=2, n_jobs=1))  # other processes would not have the bug
    assert caught.value.__notes__ == [_NOTE.format(rows_path)]


@pytest.mark.parametrize("method", [Reader.read], indirect=True)
@pytest.mark.usefixtures("method")
def test_a_training_that_fails_leaves_no_model(rows_path, tmp_path):
    """Nor a directory."""
    result = _run(train_command.app, rows_path, "-o", tmp_path / "mine")
    assert isinstance(result.exception, ZeroDivisionError)
    assert not (tmp_path / "mine").exists()
