"""The sums of the hand-made model, done by eye."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.features import GROUPS, Reader
from socialcls.model import LinearModel
from socialcls.records import Document
from tests.conftest import make_tiny_artifact

_ARTIFACT = make_tiny_artifact()
_MODEL = LinearModel(_ARTIFACT.arrays)
_READER = Reader(_ARTIFACT.taxonomy.signals)
_SMOOTHING = {group.name: group.smoothing for group in GROUPS}


def _score(**fields):
    return _MODEL.score(_READER.read(Document(**fields)))


def test_nothing_known_scores_the_intercepts():
    """Unknown words add nothing and lengthen nothing."""
    assert _score(text="qwerty") == (0.5, 0.0, 0.0, 0.25)


def test_one_known_word():
    """Its coefficient over the length factor of what is known."""
    factor = sqrt(_SMOOTHING["text.words"] + 4)
    assert _score(text="forum qwerty") == pytest.approx((0.5 + 2 / factor, 0, 0, 0.25))


def test_a_repeated_word_counts_by_the_root():
    """Three times the word: √3 times the sum, three times the square under the factor."""
    factor = sqrt(_SMOOTHING["text.words"] + 3 * 4)
    assert _score(text="forum FORUM Forum") == pytest.approx((0.5 + sqrt(3) * 2 / factor, 0, 0, 0.25))


def test_two_words_share_one_factor():
    """Squares add up under the root."""
    factor = sqrt(_SMOOTHING["text.words"] + 4 + 9)
    assert _score(text="forum shop") == pytest.approx((0.5 + 2 / factor, 0, 0, 0.25 + 3 / factor))


def test_groups_do_not_share_a_factor():
    """A part of the URL adds its own."""
    words, parts = sqrt(_SMOOTHING["text.words"] + 9), sqrt(_SMOOTHING["url.parts"] + 1)
    assert _score(text="shop", url="blog.x.pl") == pytest.approx((0.5, 4 / parts, 0, 0.25 + 3 / words))


@given(st.lists(st.sampled_from(["forum", "shop", "threads", "qwerty", "post a reply"]), max_size=12))
def test_contributions_sum_to_the_score(words):
    """Intercepts and what each occurrence contributes make the score."""
    keys = _READER.read(Document(text=" ".join(words), url="blog.x.pl"))
    total = list(_MODEL.intercepts)
    for group in _MODEL.weigh(keys):
        for count, contribution in group.values():
            total = [t + count * c for t, c in zip(total, contribution, strict=True)]
    assert total == pytest.approx(_MODEL.score(keys), abs=1e-12)
