"""Deciding by scores."""

from hypothesis import given
from hypothesis import strategies as st

from socialcls.model.decision import rank


@given(st.lists(st.sampled_from([float("-inf"), -1.0, 0.0, 0.5, 2.0]), min_size=4, max_size=4))
def test_of_equal_scores_the_first_wins(scores):
    """The best and the second are those of a stable sort."""
    assert rank(scores) == tuple(sorted(range(4), key=scores.__getitem__, reverse=True)[:2])
