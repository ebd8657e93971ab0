"""Rows in, the same rows out, in order, with the answer."""

import csv
import pickle
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcls.batch.pool import map_in_order
from socialcls.batch.rows import Plan, RowClassifier, name_appended, name_columns
from socialcls.batch.runner import _classify_part
from socialcls.batch.summary import Tally
from socialcls.classifier import Classifier
from socialcls.errors import InputError
from socialcls.model.persistence import save_artifact
from socialcls.tables.csv import CsvWriter
from socialcls.tables.formats import Reading, open_table
from tests.conftest import LABELS

APPENDED = name_appended(LABELS)


@pytest.fixture
def tiny_dir(tiny_artifact, tmp_path):
    """The hand-made model in a directory."""
    save_artifact(tiny_artifact, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def classify(tiny_dir, tmp_path):
    """Classify the text of a CSV file with the hand-made model."""

    def run(content, *, n_jobs=1, n_rows=1_000, **options):
        path = tmp_path / "in.csv"
        path.write_text(content, encoding="utf-8", newline="")
        classifier = RowClassifier(tiny_dir, **options)
        tally, texts = Tally(), []
        with open_table(str(path), Reading(form="csv")) as table:
            language = options.get("language", "en")
            plan = Plan(table.find_columns(), CsvWriter(), tuple(range(len(APPENDED))), language)
            function = _Part(classifier, plan)
            for result in map_in_order(function, table.body.cut(n_rows), n_jobs):
                tally.add(result.tally)
                texts += result.texts.values()
        rows = list(csv.reader(StringIO("".join(texts), newline="")))
        assert tally.n_rows == len(rows)
        return rows, tally

    return run


class _Part:
    """Classifies a part, in whatever process."""

    def __init__(self, classifier, plan):
        self.classifier, self.plan = classifier, plan

    def __call__(self, part):
        return _classify_part(self.classifier, self.plan, part)


def test_rows_pass_through_in_order_with_their_answer(classify):
    """Unknown columns included; the appended cells have the order of APPENDED."""
    rows, tally = classify("id,opis,extra\n7,forum forum forum,ą\n8,shop shop,\n")
    assert [row[:3] for row in rows] == [["7", "forum forum forum", "ą"], ["8", "shop shop", ""]]
    first = dict(zip(APPENDED, rows[0][3:], strict=True))
    assert first["category"] == first["best_guess"] == "community"
    assert float(first["confidence"]) == float(first["p_community"])
    assert sum(float(first[f"p_{label}"]) for label in ("community", "blog", "platform", "other")) == pytest.approx(
        1, abs=2e-4
    )
    assert "forum" in first["reason"]
    assert first["error"] == ""
    assert tally.failures == []


def test_a_failed_row_is_kept_with_its_error(classify):
    """Rows without a text and ragged ones have no category, an error with their line, and all their cells."""
    rows, tally = classify("opis,id\n ,7\na forum\nforum,x,y\n,\n")
    assert [row[2] for row in rows] == ["", "community", "", ""]
    assert [len(row) for row in rows] == [2 + len(APPENDED)] * 4
    assert [line for line, _ in tally.failures] == [2, 4]
    assert rows[0][-1] == tally.failures[0][1]
    assert rows[0][-1] == "Nothing to read: text, URL and name are empty. Give a description or a URL."
    assert rows[2][-1] == "3 cells where the header has 2; beyond it: 'y'"
    assert rows[3] == [""] * len(rows[3])
    assert (tally.n_failed, tally.n_blank, tally.answers) == (2, 1, {"community": 1})


def test_errors_come_in_the_language_asked_for(classify):
    """Those of a row's shape, and those of its content."""
    rows, _ = classify("opis,id\n ,7\na,b,c\n", language="pl")
    assert rows[0][-1].startswith("Nie ma czego czytać")
    assert rows[1][-1] == "3 komórek, a nagłówek ma 2; ponad to: 'c'"


def test_a_bug_of_ours_stays_in_its_row(classify, monkeypatch):
    """The rows around it are classified."""
    sound = Classifier.classify

    def break_down(self, document, **options):
        if "bug" in document.text:
            raise ZeroDivisionError("of ours")
        return sound(self, document, **options)

    monkeypatch.setattr(Classifier, "classify", break_down)
    rows, tally = classify("opis\na forum\na bug\na forum\n")
    assert [row[1] for row in rows] == ["community", "", "community"]
    assert rows[1][-1] == "internal error: ZeroDivisionError: of ours. Please report it."
    assert tally.failures == [(3, rows[1][-1])]


def test_cells_come_out_as_the_csv_module_reads_them(classify):
    """Line breaks of every kind, quotes, blank lines; what fails is on the line where its row begins."""
    content = 'opis,x\r\n"forum\n""1""",a "b"\r\n\r\n\r,"c\r\nd"\n\n"never\nclosed'
    rows, tally = classify(content)
    assert [row[:2] for row in rows] == [['forum\n"1"', 'a "b"'], ["", "c\r\nd"], ["never", ""], ["closed", ""]]
    assert [row[2] for row in rows][:3] == ["community", "", ""]
    assert [line for line, _ in tally.failures] == [6, 9]


def test_an_answer_needs_the_confidence_asked_for(classify):
    """Instead of what the model asks for; at nought nothing is unsure."""
    assert [row[1] for row in classify("opis\na forum\nshop x\n", min_confidence=1.0)[0]] == ["unsure", "unsure"]
    assert "unsure" not in [row[1] for row in classify("opis\na forum\nx y\n", min_confidence=0.0)[0]]


def test_labels_have_other_words(classify):
    """In the answer and the best guess."""
    rows, tally = classify("opis\na forum\n", renamed={"community": "forum!"})
    assert (rows[0][1], rows[0][3]) == ("forum!", "forum!")
    assert tally.answers == {"forum!": 1}


def test_reasons_come_in_the_language_asked_for(classify):
    """Polish for pl."""
    assert "słowo „forum”" in classify("opis\nto forum\n", language="pl")[0][0][-2]


def test_two_processes_say_the_same_in_the_same_order(classify):
    """Whatever the number of processes, with failures in place."""
    texts = ("forum", "shop x", "", "a b", '"a\r\n""blog"", x"', 'a "b', "x,y", '"never closed until the end\n')
    content = "id,opis\n" + "".join(f"{i},{text}\n\n" for i in range(900) for text in texts[:-1]) + "x," + texts[-1]
    assert classify(content, n_jobs=2) == classify(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)  # files are written anew
@given(st.text('",\n\r xą', max_size=60), st.integers(1, 5))
def test_parts_say_together_what_the_whole_says(classify, content, n_rows):
    """However the rows are cut to be sent to processes: the same text and counts."""
    assert classify("opis,url\n" + content, n_rows=n_rows) == classify("opis,url\n" + content)


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
        name_columns("in.csv", ["opis", "category"], APPENDED, "")
    assert name_columns("in.csv", ["opis", "category"], APPENDED, "predicted_")[2] == "predicted_category"


def test_names_may_be_the_same_in_another_spelling():
    """Where capitals do not count, `Category` takes the name of `category`."""
    assert "category" in name_columns("in.csv", ["opis", "Category"], APPENDED, "")
    with pytest.raises(InputError, match="there is a column 'Category' already"):
        name_columns("in.csv", ["opis", "Category"], APPENDED, "", spell=str.lower)


def test_a_process_keeps_the_model_from_one_classifier_to_the_next(tiny_dir, tiny_artifact):
    """Until the directory is written anew: then it is read anew."""
    forum: dict[str, list[str | None]] = {"text": ["a forum"]}
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["community"]
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["community"]
    arrays = tiny_artifact.arrays._replace(intercepts=(0.0, 0.0, 9.0, 0.0))
    save_artifact(tiny_artifact._replace(arrays=arrays), tiny_dir)
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["platform"]
