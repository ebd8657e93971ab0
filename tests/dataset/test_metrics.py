"""Figures, against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from socialcls.dataset.metrics import Outcome, measure
from tests.conftest import LABELS

_LABELS = st.sampled_from(LABELS)


@given(st.lists(st.tuples(_LABELS, _LABELS, st.floats(0, 1)), min_size=1))
def test_figures_are_those_of_scikit_learn(drawn):
    """Precision, recall, F1, macro-F1 and accuracy agree."""
    outcomes = [Outcome(gold, guess, confidence, guess) for gold, guess, confidence in drawn]
    gold, guesses = [o.gold for o in outcomes], [o.best_guess for o in outcomes]
    figures = measure(outcomes, LABELS)
    expected = precision_recall_fscore_support(gold, guesses, labels=LABELS, zero_division=0)
    measured = [(f.precision, f.recall, f.f1, f.support) for f in figures.labels.values()]
    assert np.array(measured) == pytest.approx(np.array(expected).T)
    assert figures.accuracy == pytest.approx(accuracy_score(gold, guesses))
    present = sorted(set(gold))
    macro = f1_score(gold, guesses, labels=present, average="macro", zero_division=0)
    assert figures.macro_f1 == pytest.approx(macro)


def test_calibration_error_by_eye():
    """Two bins: ten at 0.95 with eight right, ten at 0.55 with all right: (10·0.15 + 10·0.45) / 20."""
    sure = [Outcome("blog", "blog" if i < 8 else "other", 0.95, "blog") for i in range(10)]
    unsure = [Outcome("blog", "blog", 0.55, "unsure") for _ in range(10)]
    figures = measure(sure + unsure)
    assert figures.calibration_error == pytest.approx(0.3)
    assert figures.coverage == 0.5


def test_nothing_answered_and_nothing_given():
    """No answer is no wrong answer; no example is no figure."""
    assert measure([Outcome("blog", "other", 0.4, "unsure")]).accuracy_answered == 1
    assert measure([]).macro_f1 == 0
