"""Reasons: what a person would call so, each word said once, all of them together the margin."""

import pytest

from socialcls.classifier import Classifier
from socialcls.dataset.services import Service
from socialcls.explain.sentence import ReasonWriter
from socialcls.taxonomy.taxonomy import HeadFacts, HeadTerm
from socialcls.types import Document
from tests.conftest import LABELS, make_artifact

_HEADS = HeadFacts(
    (HeadTerm("en", "cactus market", ("other.shop",)), HeadTerm("en", "blog", ("blog",))),
    (("en", "a", "filler"), ("en", "is", "copula"), ("en", "not", "negation"), ("en", "with", "closer")),
    {"en": "last"},
)
_SERVICES = (Service("tube.pl", ("Tube",), (), "platform", "media"),)
_FEATURES = (
    ("text.words", "cactus", (0.0, 0.0, -60.0, 100.0)),
    ("text.words", "market", (0.0, 0.0, -50.0, 100.0)),
    ("text.words", "thread", (0.0, 0.0, -40.0, 100.0)),
    ("text.words", "shoes", (0.0, 0.0, -30.0, 100.0)),
    ("text.words", "with", (0.0, 0.0, -90.0, 100.0)),
    ("text.words", "cacti", (0.0, 0.0, 20.0, 100.0)),
    ("text.pairs", "with\tshoes", (0.0, 0.0, -80.0, 100.0)),
    ("text.pairs", "with\tcacti", (0.0, 0.0, -70.0, 100.0)),
    ("text.signals", "threads", (0.0, 0.0, -1.0, 1.0)),
    ("text.heads", "is=other.shop", (0.0, 0.0, -1.0, 1.0)),
    ("text.heads", "not=blog", (0.0, 0.0, -1.0, 1.0)),
    ("text.services", "named=platform.media", (0.0, 0.0, 4.0, 1.0)),
    ("url.parts", "site=tube", (0.0, 0.0, 30.0, 25.0)),
    ("url.parts", "domain=tube.pl", (0.0, 0.0, 30.0, 25.0)),
    ("url.parts", "tld=me", (0.0, 0.0, 30.0, 25.0)),
    ("url.services", "known=platform.media", (0.0, 0.0, 4.0, 1.0)),
)


@pytest.fixture(scope="module")
def classifier():
    """A model that holds platforms against all others by a few features of each kind."""
    known: dict[str, dict[str, tuple[float, ...]]] = {}
    for group, feature, row in _FEATURES:
        known.setdefault(group, {})[feature] = row
    return Classifier(make_artifact(LABELS, known, [-9.0, -9.0, 0.0, 0.0], heads=_HEADS, services=_SERVICES))


def _list_reasons(classifier, document):
    prediction = classifier.classify(document)
    total = prediction.bias + sum(reason.contribution for reason in prediction.reasons)
    assert total == pytest.approx(prediction.margin, abs=1e-9)
    return {(reason.signal, reason.words): reason for reason in prediction.reasons}


def test_a_word_and_the_head_that_it_shows_are_one_reason(classifier):
    """It has what both contribute, and the words stand in no other."""
    text = "A cactus market: thread"
    reasons = _list_reasons(classifier, Document(text))
    assert list(reasons) == [("calls_itself", ("cactus market",)), ("threads", ("thread",))]
    parts = classifier.classify(text).evidence
    of_head = sum(part.contribution for part in parts if part.text in {"cactus", "market", "cactus market"})
    assert reasons["calls_itself", ("cactus market",)].contribution == pytest.approx(of_head)


def test_words_that_speak_for_the_other_side_stay_there(classifier):
    """“cacti” is a platform's word and no part of what speaks for others."""
    reasons = _list_reasons(classifier, Document("A cactus market, cacti"))
    assert {words: reason.contribution > 0 for (_, words), reason in reasons.items()} == {
        ("cactus market",): True,
        ("cacti",): False,
    }


def test_a_signal_that_the_same_words_show_is_named_beside_the_first(classifier):
    """Both ids are kept, the words quoted once."""
    known: dict[str, dict[str, tuple[float, ...]]] = {
        "text.signals": {"threads": (0.0, 0.0, -2.0, 1.0)},
        "text.heads": {"is=blog": (0.0, 0.0, -1.0, 1.0)},
    }
    heads = _HEADS._replace(terms=(HeadTerm("en", "thread", ("blog",)),))
    artifact = make_artifact(LABELS, known, [-9.0, -9.0, 0.0, 0.0], heads=heads)
    [reason] = Classifier(artifact).classify("a thread").reasons
    assert (reason.signal, reason.also, reason.words) == ("calls_itself", ("threads",), ("thread",))


def test_function_words_and_short_suffixes_count_and_are_not_telling(classifier):
    """Nor are pairs with one; a pair goes to the reason that quotes its other word, where there is one."""
    reasons = _list_reasons(classifier, Document("x with shoes", "x.me"))
    assert {words: reason.is_telling for (_, words), reason in reasons.items()} == {
        ("with",): False,
        ("shoes",): True,
        ("me",): False,
    }
    assert not _list_reasons(classifier, Document("with cacti"))[None, ("with cacti",)].is_telling


def test_a_site_is_quoted_with_its_suffix(classifier):
    """Its name alone would say the same twice; a known service says it once for all."""
    assert list(_list_reasons(classifier, Document(url="tube.pl"))) == [("known_service", ("tube.pl",))]
    features: dict[str, dict[str, tuple[float, ...]]] = {
        "url.parts": {"site=x": (0.0, 0.0, 30.0, 25.0), "domain=x.pl": (0.0, 0.0, 30.0, 25.0)}
    }
    unknown = Classifier(make_artifact(LABELS, features, [-9.0, -9.0, 0.0, 0.0]))
    assert list(_list_reasons(unknown, Document(url="x.pl"))) == [(None, ("x.pl",))]


@pytest.mark.parametrize(
    ("language", "document", "sentence"),
    [
        ("en", Document("A cactus market"), "Most likely a other: it calls itself “cactus market”."),
        (
            "pl",
            Document("A cactus market"),
            "Najpewniej a other. Przemawia za tym: to, że serwis mówi o sobie „cactus market”.",
        ),
        (
            "en",
            Document("Shoes: thread. A cactus market"),
            "Most likely a other: it calls itself “cactus market”, "
            "threads and replies (“thread”) and the word “Shoes”.",
        ),
        ("en", Document("Not a blog, shoes"), "Most likely a other: it denies being “blog” and the word “shoes”."),
        ("en", Document(url="tube.pl"), "Most likely a platform: the known service tube.pl."),
        ("pl", Document(url="tube.pl"), "Najpewniej a platform. Przemawia za tym: znany serwis tube.pl."),
    ],
)
def test_what_it_calls_itself_and_known_services_come_first(classifier, language, document, sentence):
    """In words of their own, whatever else is stronger."""
    assert ReasonWriter(classifier.taxonomy, language).write(classifier.classify(document)) == sentence
