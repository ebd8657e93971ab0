"""What batch says of a row is what each document alone is told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import socialcls.model.weights
import socialcls.text.lexicon
from socialcls.batch.rows import RowClassifier, name_appended
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError
from socialcls.explain.sentence import ReasonWriter
from socialcls.model.persistence import save_artifact
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


def _say_alone(classifier, writer, document, *, social_only):
    """What is said of one document by itself, as cells."""
    try:
        prediction = classifier.classify(document, social_only=social_only)
    except InputError as error:
        return (*[""] * (len(APPENDED) - 1), str(error))
    shares = [f"{prediction.probabilities[label]:.4f}" for label in LABELS]
    reason = writer.write(prediction)
    return (prediction.category, f"{prediction.confidence:.4f}", prediction.best_guess, *shares, reason, "")


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
