"""The sums of the hand-made model, done by eye."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.features.extractor import Reader
from socialcls.features.signals import Pair
from socialcls.model.linear import LinearModel
from socialcls.model.weights import WeighedWord
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import Document
from tests.conftest import NO_HEADS, make_tiny_artifact

_TINY = make_tiny_artifact()
_MODEL = LinearModel(_TINY.arrays)
_READER = Reader(KnowledgeBase.gather(_TINY.taxonomy, heads=NO_HEADS, services=()).open())


def _score(**fields):
    return _MODEL.read(Document(**fields)).scores


def test_nothing_known_scores_the_intercepts():
    """Unknown words add nothing and lengthen nothing."""
    assert _score(text="qwerty") == [0.25, -0.25, -0.25, 0.0]


def test_one_known_word():
    """Its coefficient over the length factor of what is known."""
    assert _score(text="forum qwerty") == pytest.approx([2.25, -0.25, -0.25, 0])


def test_a_repeated_word_counts_once():
    """However it is written."""
    assert _score(text="forum FORUM Forum") == _score(text="forum")


def test_words_and_pairs_share_one_factor():
    """Squares add up under the root; the pair is known in one order only."""
    factor = sqrt(2400 + 100 + 100)
    assert _score(text="forum shop") == pytest.approx([0.25 + 25 / factor, *[-0.25 - 75 / factor] * 2, 0])
    assert _score(text="shop, forum") == pytest.approx([0.25 + 25 / 52, -0.25 - 75 / 52, -0.25 - 23 / 52, 0])


def test_signals_have_a_factor_of_their_own():
    """A signal is not drowned by words, nor by the other factors."""
    assert _score(text="forum threads") == pytest.approx([2.25 + 2 / sqrt(2.5), -0.25, -0.25 - 2 / sqrt(2.5), 0])


def test_fields_do_not_share_a_factor():
    """A part of the URL adds its own."""
    assert _score(text="forum", url="blog.x.pl") == pytest.approx([2.25, 1.75, -0.25, 0])


_PIECES = st.sampled_from(["forum", "Shop", "threads", "qwerty", "post a reply", "shop forum", "https://blog.x.pl/a"])


@given(text=st.lists(_PIECES, max_size=60), url=st.sampled_from(["", "blog.x.pl"]))
def test_contributions_sum_to_the_score(text, url):
    """Intercepts and what each key contributes make the score, whatever is repeated."""
    reading = _MODEL.read(Document(text=" ".join(text), url=url))
    for label, score in enumerate(reading.scores):
        total = _MODEL.intercepts[label] - _MODEL.intercepts[3]
        for contribution in reading.contribute(label, 3):
            assert contribution.find_spans()
            total += contribution.value
        assert total == pytest.approx(score, abs=1e-12)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40))
def test_prediction_reads_the_keys_that_training_counts(pieces):
    """Words, signals and known pairs of a text are those of the reader."""
    text = " ".join(pieces)
    keys = dict(
        zip(
            ("words", "pairs", "chars", "signals"),
            _READER.read(Document(text)).by_group,
            strict=False,
        )
    )
    reading = _MODEL.read(Document(text))
    contributions = reading.contribute(0, 3)
    assert {c.signal for c in contributions if c.signal} == set(keys["signals"])
    found = [contribution.thing for contribution in contributions]
    assert {key.key for key in found if isinstance(key, WeighedWord)} == {"forum", "shop"} & set(keys["words"])
    assert ("shop\tforum" in keys["pairs"]) == any(isinstance(key, Pair) for key in found)
