"""Rows in, the same rows out, in order, with the answer."""

import csv
import pickle
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import socialcls.model.weights
import socialcls.text.lexicon
from socialcls.batch.pool import map_in_order
from socialcls.batch.rows import Plan, RowClassifier, name_appended, name_columns
from socialcls.batch.runner import _classify_part
from socialcls.batch.summary import Tally
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError
from socialcls.explain.sentence import ReasonWriter
from socialcls.model.persistence import save_artifact
from socialcls.tables.csv import CsvWriter
from socialcls.tables.formats import Reading, open_table
from socialcls.types import Document
from tests.conftest import LABELS, ROOT, make_tiny_artifact

APPENDED = name_appended(LABELS)


_TINY = Classifier(make_tiny_artifact())
_PIECES = st.sampled_from(
    ["forum", "Shop,", "(threads)", "wątki", "post a reply", "shop  forum", "forum/shop", "–", "#c", "e\u0301"]
)
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=4)), max_size=30).map(" ".join)
_DOCUMENTS = st.builds(
    Document, text=_TEXTS, url=st.sampled_from(["", " ", "blog.x.pl", "x.pl/viewtopic"]), name=_TEXTS
)


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
    (arrays_path,) = tiny_dir.glob("arrays-*.bin")
    arrays_path.write_bytes(b"not read again")
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["community"]
    arrays = tiny_artifact.arrays._replace(intercepts=[0.0, 0.0, 9.0, 0.0])
    save_artifact(tiny_artifact._replace(arrays=arrays), tiny_dir)
    assert RowClassifier(tiny_dir).classify_columns(forum)["category"] == ["platform"]


def _say_alone(classifier, writer, document, *, social_only):
    """What is said of one document by itself, as cells."""
    try:
        prediction = classifier.classify(document, social_only=social_only)
    except InputError as error:
        return (*[""] * (len(APPENDED) - 1), str(error))
    shares = [f"{prediction.probabilities[label]:.4f}" for label in LABELS]
    reason = writer.write(prediction)
    kind = (prediction.kind or "", "" if prediction.p_kind is None else f"{prediction.p_kind:.4f}")
    return (prediction.category, f"{prediction.confidence:.4f}", prediction.best_guess, *shares, *kind, reason, "")


def _check(rows, classifier, documents, *, language="en", social_only=False):
    writer = ReasonWriter(classifier.taxonomy, language)
    for _ in range(2):  # the second time, all words are cached
        for document, cells in zip(documents, rows.classify_documents(documents), strict=True):
            assert cells == _say_alone(classifier, writer, document, social_only=social_only), document


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the directory stays as it is
@given(documents=st.lists(_DOCUMENTS, min_size=1, max_size=8), social_only=st.booleans())
def test_rows_say_what_each_document_alone_is_told(tiny_dir, documents, social_only):
    """Numbers, sentences and errors, whatever stands in the fields."""
    _check(RowClassifier(tiny_dir, social_only=social_only), _TINY, documents, social_only=social_only)


@pytest.mark.parametrize(("language", "social_only"), [("en", False), ("pl", True)])
def test_so_do_those_of_the_model_that_comes_with_the_package(default, language, social_only):
    """Rows of the corpus of all styles and languages, with URLs, names and pages."""
    documents = [example.document for example in read_examples([str(ROOT / "data")])[::23]]
    rows = RowClassifier(language=language, social_only=social_only)
    _check(rows, default, documents, language=language, social_only=social_only)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(chunks=st.lists(st.lists(_DOCUMENTS, min_size=1, max_size=4), min_size=2, max_size=6))
def test_what_is_evicted_is_worked_out_again(tiny_artifact, chunks):
    """Caches may overflow after any row; no answer changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socialcls.text.lexicon, "MAX_PIECES", 4)
        patch.setattr(socialcls.model.weights, "MAX_KEYS", 2)
        classifier = Classifier(tiny_artifact)
        writer = ReasonWriter(classifier.taxonomy, "en")
        for documents in chunks:
            for document in documents:
                fresh = Classifier(tiny_artifact)
                assert _say_alone(classifier, writer, document, social_only=False) == _say_alone(
                    fresh, writer, document, social_only=False
                )


def test_errors_are_said_of_the_document_alone(default):
    """A blank one and one that is far too long, between others."""
    documents = [
        Document("Forum for beekeepers"),
        Document(" "),
        Document("x" * (MAX_CHARS + 1)),
        Document(url="a.com"),
    ]
    answers = RowClassifier().classify_documents(documents)
    assert [bool(cells[-1]) for cells in answers] == [False, True, True, False]
    assert answers[0][2] == default.classify(documents[0]).best_guess == "community"


@pytest.fixture
def stumble(monkeypatch):
    """Let the classifier have a bug that one word brings out."""
    classify = Classifier.classify

    def classify_or_stumble(self, text="", **options):
        if "kaboom" in text.text:
            raise ZeroDivisionError("float division by zero")
        return classify(self, text, **options)

    monkeypatch.setattr(Classifier, "classify", classify_or_stumble)


@pytest.mark.usefixtures("stumble")
def test_a_bug_in_one_row_is_the_error_of_that_row(classify):
    """The rows around it are answered; the row says that the fault is ours, and is counted as failed."""
    rows, tally = classify("id,opis\n1,a forum forum\n2,a kaboom\n3,a forum\n")
    assert [row[:2] for row in rows] == [["1", "a forum forum"], ["2", "a kaboom"], ["3", "a forum"]]
    assert [row[4] for row in rows] == ["community", "", "community"]
    said = "internal error: ZeroDivisionError: float division by zero. Please report it."
    assert rows[1][2:] == [*[""] * (len(APPENDED) - 1), said]
    assert tally.failures == [(3, said)]
