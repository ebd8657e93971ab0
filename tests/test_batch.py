"""Rows in, the same rows out, in order, with the answer."""

import pickle

import pytest

from socialcls.artifact import save_artifact
from socialcls.batch import APPENDED, RowClassifier, classify_table, name_columns
from socialcls.columns import find_columns
from socialcls.errors import InputError
from socialcls.tables import open_table


@pytest.fixture
def tiny_dir(tiny_artifact, tmp_path):
    """The hand-made model in a directory."""
    save_artifact(tiny_artifact, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def classify(tiny_dir, tmp_path):
    """Classify the text of a CSV file with the hand-made model."""

    def run(content, *, n_jobs=1, **options):
        path = tmp_path / "in.csv"
        path.write_text(content, encoding="utf-8")
        with open_table(str(path)) as table:
            columns = find_columns(table.name, table.columns)
            chunks = list(classify_table(table, columns, RowClassifier(tiny_dir, **options), n_jobs=n_jobs))
        return [row for chunk in chunks for row in chunk.cells], [f for chunk in chunks for f in chunk.failures]

    return run


def test_rows_pass_through_in_order_with_their_answer(classify):
    """Unknown columns included; the appended cells have the order of APPENDED."""
    rows, failures = classify("id,opis,extra\n7,forum forum forum,ą\n8,shop shop,\n")
    assert [row[:3] for row in rows] == [["7", "forum forum forum", "ą"], ["8", "shop shop", ""]]
    first = dict(zip(APPENDED, rows[0][3:], strict=True))
    assert first["category"] == first["best_guess"] == "community"
    assert float(first["confidence"]) == float(first["p_community"])
    assert sum(float(first[f"p_{label}"]) for label in ("community", "blog", "platform", "other")) == pytest.approx(
        1, abs=2e-4
    )
    assert "forum" in first["reason"]
    assert first["error"] == ""
    assert failures == []


def test_a_failed_row_is_kept_with_its_error(classify):
    """Blank and ragged rows have no category, an error with their line, and all their cells."""
    rows, failures = classify("opis,url\n ,\nforum\nforum,x.pl\n")
    assert [row[2] for row in rows] == ["", "", "community"]
    assert [len(row) for row in rows] == [2 + len(APPENDED)] * 3
    assert [line for line, _ in failures] == [2, 3]
    assert (
        rows[0][-1] == failures[0][1] == "Nothing to read: text, URL and name are empty. Give a description or a URL."
    )
    assert rows[1][-1] == "1 cells where the header has 2"


def test_reasons_come_in_the_language_asked_for(classify):
    """Polish for pl."""
    assert "słowo „forum”" in classify("opis\nto forum\n", language="pl")[0][0][-2]


def test_two_processes_say_the_same_in_the_same_order(classify):
    """Whatever the number of processes, with failures in place."""
    content = "id,opis\n" + "".join(f"{i},{text}\n" for i in range(900) for text in ("forum", "shop x", "", "a b"))
    assert classify(content, n_jobs=2) == classify(content)


def test_a_row_classifier_travels_as_its_settings(tiny_dir):
    """Pickled small, also after it has loaded its model; it answers the same where it arrives."""
    classifier = RowClassifier(tiny_dir, language="pl")
    columns: dict[str, list[str | None]] = {"text": ["a forum", None, "shop x"], "url": ["", "", "blog.x.pl"]}
    said = classifier.classify_columns(columns)
    pickled = pickle.dumps(classifier)
    assert len(pickled) < 500
    assert pickle.loads(pickled).classify_columns(columns) == said  # noqa: S301  (our own)
    assert list(said) == list(APPENDED)
    assert said["category"] == ["community", "", "unsure"]


def test_columns_may_be_missing_or_empty(tiny_dir):
    """A URL alone will do, and no rows are no rows."""
    classifier = RowClassifier(tiny_dir)
    assert classifier.classify_columns({"url": ["blog.x.pl"]})["best_guess"] == ["blog"]
    assert classifier.classify_columns({"text": []})["category"] == []


def test_a_taken_column_name_is_an_error():
    """With the way out; a prefix makes it free."""
    with pytest.raises(InputError, match=r"in\.csv: there is a column 'category' already.*--prefix"):
        name_columns("in.csv", ["opis", "category"], "")
    assert name_columns("in.csv", ["opis", "category"], "predicted_")[2] == "predicted_category"


def test_names_may_be_the_same_in_another_spelling():
    """Where capitals do not count, `Category` takes the name of `category`."""
    assert "category" in name_columns("in.csv", ["opis", "Category"], "")
    with pytest.raises(InputError, match="there is a column 'Category' already"):
        name_columns("in.csv", ["opis", "Category"], "", spell=str.lower)


def test_a_process_keeps_the_model_from_one_classifier_to_the_next(tiny_dir, tiny_artifact):
    """Until the directory is written anew: then it is read anew."""
    forum: dict[str, list[str | None]] = {"text": ["a forum"]}
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["community"]
    (tiny_dir / "weights.bin").write_bytes(b"not read again")
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["community"]
    arrays = tiny_artifact.arrays._replace(intercepts=(0.0, 0.0, 9.0, 0.0))
    save_artifact(tiny_artifact._replace(arrays=arrays), tiny_dir)
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["platform"]
