"""Evaluation: intervals, breakdowns, comparison, what is wrong most confidently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from socialcls.dataset.evaluation import (
    Judged,
    describe_comparison,
    describe_evaluation,
    list_errors,
    read_column,
)
from socialcls.dataset.metrics import (
    Outcome,
    bin_confidences,
    compare_guesses,
    estimate_kappa,
    estimate_share,
    trace_coverage,
)
from socialcls.errors import InputError
from socialcls.reports.evaluation import compose_evaluation
from socialcls.types import UNSURE, Document, Example

_LABELS = ("blog", "other")


def _judge(gold, guess, confidence, *, text="a b", category="", **about):
    outcome = Outcome(gold, guess, confidence, category or guess)
    example = Example(Document(text, f"{len(text)}{gold}.pl"), gold, about, "x.csv, line 2")
    return Judged(example, outcome, "a reason", about.get("kind", ""), about.get("kind", ""), True, False)


_ROWS = [
    _judge("blog", "blog", 0.9, language="pl", kind="personal"),
    _judge("blog", "other", 0.95, text="<script>" * 3, language="en", kind="company"),
    _judge("other", "other", 0.6, category=UNSURE, language="pl"),
    _judge("other", "blog", 0.5, text="w " * 50, category=UNSURE, language="en"),
]


@given(st.integers(0, 60), st.integers(1, 60))
def test_intervals_are_wilsons(right, n):
    """Against scipy's."""
    right = min(right, n)
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert estimate_share(right, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_test_of_two_models_is_mcnemars(ones, others):
    """Exact: a binomial test of the rows on which they differ."""
    n = min(len(ones), len(others))
    pairs = list(zip(ones[:n], others[:n], strict=True))
    better, worse, p_value = compare_guesses(
        [Outcome("a", "a" if one else "b", 1, "a") for one, _ in pairs],
        [Outcome("a", "a" if other else "b", 1, "a") for _, other in pairs],
    )
    assert (better, worse) == (pairs.count((True, False)), pairs.count((False, True)))
    assert p_value == pytest.approx(binomtest(better, better + worse).pvalue if better + worse else 1.0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30))
def test_kappa_is_scikit_learns(pairs):
    """Where it is defined."""
    ones, others = [a for a, _ in pairs], [b for _, b in pairs]
    if len(set(ones) | set(others)) > 1:
        assert estimate_kappa(ones, others) == pytest.approx(cohen_kappa_score(ones, others))


def test_curves_end_with_all_rows():
    """Coverage from the most confident to all; bins hold every row."""
    outcomes = [row.outcome for row in _ROWS]
    assert trace_coverage(outcomes) == [(0.25, 0.0), (0.5, 0.5), (0.75, 2 / 3), (1.0, 0.5)]
    assert sum(b.n for b in bin_confidences(outcomes)) == 4


def test_an_evaluation_says_what_there_is():
    """Figures by column whatever its capitals, by length and host; kinds; and nothing of no answers."""
    described = describe_evaluation(_ROWS, _LABELS, ["LANGUAGE", "length", "known_host"])
    assert described["accuracy"] == 0.5
    assert described["by"]["language"]["pl"]["accuracy"] == 1
    assert list(described["by"]["length"]) == ["1–5 words", "41–100 words"]
    assert list(described["by"]["known_host"]) == ["unknown"]
    assert described["kinds"]["blog"]["n_examples"] == 2
    assert described["intervals"]["macro_f1"][0] <= described["macro_f1"] <= described["intervals"]["macro_f1"][1]
    assert describe_evaluation(_ROWS[2:], _LABELS)["accuracy_answered"] is None
    with pytest.raises(InputError, match="No column 'nope'"):
        read_column([row.example for row in _ROWS], "nope", lambda i: False)


def test_the_wrong_rows_begin_with_the_most_confident():
    """With what was said and why."""
    wrong = list_errors(_ROWS)
    assert [(row["confidence"], row["answered"]) for row in wrong] == [("0.9500", "yes"), ("0.5000", "")]
    assert wrong[0]["reason"] == "a reason"


def test_two_models_are_compared_row_by_row():
    """Which rows changed, and to what."""
    better = [row._replace(outcome=row.outcome.__class__(row.outcome.gold, row.outcome.gold, 1, "x")) for row in _ROWS]
    compared = describe_comparison(better, _ROWS)
    assert (compared["better"], compared["worse"], len(compared["changed"])) == (2, 0, 2)


def test_the_page_escapes_what_comes_from_rows():
    """And has its plots, a table of what is wrong, and nothing that is fetched or run."""
    described = describe_evaluation(_ROWS, _LABELS, ["language"])
    described["compare"] = describe_comparison(_ROWS, _ROWS)
    page = compose_evaluation(described, list_errors(_ROWS), title="<b>", notes=["beware & mind"])
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 5
    assert "beware &amp; mind" in page
