"""Many documents at once, and each alone: one answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcls.batch import arrays, blocks, pieces
from socialcls.batch.blocks import BlockClassifier, cut_blocks
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError
from socialcls.explain.sentence import ReasonWriter
from socialcls.taxonomy.taxonomy import LABELS
from socialcls.types import Document
from tests.conftest import ROOT, make_tiny_artifact

_TINY = Classifier(make_tiny_artifact())
_PIECES = st.sampled_from(
    ["forum", "Shop,", "(threads)", "wątki", "post a reply", "shop  forum", "forum/shop", "–", "#c", "e\u0301"]
)
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=4)), max_size=30).map(" ".join)
_DOCUMENTS = st.builds(
    Document, text=_TEXTS, url=st.sampled_from(["", " ", "blog.x.pl", "x.pl/viewtopic"]), name=_TEXTS
)


def _say_alone(classifier, writer, document, *, social_only):
    """What is said of one document by itself, in the order of `_say_together`."""
    try:
        prediction = classifier.classify(document, social_only=social_only)
    except InputError as error:
        return str(error)
    probabilities = [prediction.probabilities[label] for label in LABELS]
    is_sure = not prediction.is_unsure
    return (prediction.best_guess, is_sure, prediction.confidence, probabilities, writer.write(prediction))


def _say_together(block_classifier, documents):
    answers = block_classifier.classify(documents)
    rows = zip(
        answers.best_guess,
        answers.are_sure.tolist(),
        answers.confidence.tolist(),
        answers.probabilities.tolist(),
        answers.reason,
        strict=True,
    )
    return [error or row for error, row in zip(answers.error, rows, strict=True)]


def _check(classifier, documents, *, language="en", social_only=False):
    writer = ReasonWriter(classifier.taxonomy, language)
    block_classifier = BlockClassifier(classifier, writer, social_only=social_only)
    for _ in range(2):  # the second time, all words are remembered
        together = _say_together(block_classifier, documents)
        for document, said in zip(documents, together, strict=True):
            assert said == _say_alone(classifier, writer, document, social_only=social_only), document


@given(documents=st.lists(_DOCUMENTS, min_size=1, max_size=8), social_only=st.booleans())
def test_a_block_says_to_the_last_bit_what_each_document_alone_is_told(documents, social_only):
    """Numbers, sentences and errors, whatever stands in the fields."""
    _check(_TINY, documents, social_only=social_only)


@pytest.mark.parametrize(("language", "social_only"), [("en", False), ("pl", True)])
def test_so_does_the_model_that_comes_with_the_package(default, language, social_only):
    """Rows of the corpus of all styles and languages, with URLs, names and pages."""
    documents = [example.document for example in read_examples([str(ROOT / "data")])[::23]][: arrays.MAX_DOCUMENTS]
    _check(default, documents, language=language, social_only=social_only)


@settings(max_examples=20)
@given(blocks_of_documents=st.lists(st.lists(_DOCUMENTS, min_size=1, max_size=4), min_size=2, max_size=6))
def test_what_is_forgotten_is_learnt_again(blocks_of_documents):
    """Numbers of words are given anew when too many are known; no answer changes."""
    block_classifier = BlockClassifier(_TINY, ReasonWriter(_TINY.taxonomy, "en"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "MAX_WORDS", 6)
        patch.setattr(arrays, "MAX_PIECES", 8)
        patch.setattr(pieces, "MAX_PHRASES", 2)
        for documents in blocks_of_documents:
            fresh = BlockClassifier(_TINY, ReasonWriter(_TINY.taxonomy, "en"))
            assert _say_together(block_classifier, documents) == _say_together(fresh, documents)


def test_errors_are_said_of_the_document_alone(default):
    """A blank one and one that is far too long, between others."""
    documents = [
        Document("Forum for beekeepers"),
        Document(" "),
        Document("x" * (MAX_CHARS + 1)),
        Document(url="a.com"),
    ]
    answers = BlockClassifier(default, ReasonWriter(default.taxonomy, "en")).classify(documents)
    assert [bool(error) for error in answers.error] == [False, True, True, False]
    assert answers.best_guess[0] == "community"


@given(st.lists(st.integers(0, 9), max_size=30))
def test_blocks_are_small_and_together_are_all(lengths):
    """No block has too many documents, or too many characters before its last one."""
    documents = [Document("x" * length) for length in lengths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "MAX_CHARS", 10)
        patch.setattr(blocks, "MAX_DOCUMENTS", 4)
        slices = list(cut_blocks(documents))
    assert [document for part in slices for document in documents[part]] == documents
    for part in slices:
        assert len(documents[part]) <= 4
        assert sum(len(document.text) for document in documents[part][:-1]) <= 10
