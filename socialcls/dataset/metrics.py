"""Compare gold and predicted labels.

Standard measures (Manning et al. 2008, ch. 8; Guo et al. 2017 for the calibration error), written out because
they are a few sums and `evaluate` must start without scikit-learn; a test compares them with scikit-learn's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, erfc, fsum, sqrt
from typing import NamedTuple

from socialcls.types import UNSURE, Answer, Label

_N_BINS = 10
_Z = 1.959964  # of the normal distribution, for 95 %
_MOST_EXACT = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was true and what was said of one example."""

    gold: Label
    best_guess: Label
    confidence: float
    """Of the best guess, 0 to 1."""
    category: Answer
    """The answer given: the best guess or `unsure`."""


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How one label fared, by best guess; each figure from 0 to 1."""

    precision: float
    """0 when the label was never guessed."""
    recall: float
    f1: float
    support: int
    """How many examples have this gold label."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model does on labelled examples."""

    n_examples: int
    labels: dict[Label, LabelFigures]
    macro_f1: float
    """Mean F1 of the labels that occur as gold."""
    accuracy: float
    """Share of right best guesses."""
    coverage: float
    """Share of examples that were answered rather than `unsure`."""
    accuracy_answered: float
    """Share of right ones among the answered; 1 when none was answered."""
    calibration_error: float
    """Expected calibration error of the best guess over ten bins of equal width."""
    confusion: dict[Label, dict[Label, int]]
    """How many examples of a gold label got which best guess."""


def measure(outcomes: Sequence[Outcome], labels: Sequence[Label] = ()) -> Figures:
    """Measure some outcomes.

    Args:
        outcomes: What was true and what was said.
        labels: All there are, in order; those that occur when empty.

    >>> figures = measure([Outcome("blog", "blog", 0.9, "blog"), Outcome("other", "blog", 0.4, "unsure")])
    >>> figures.labels["blog"].precision, figures.coverage, figures.accuracy_answered
    (0.5, 0.5, 1.0)
    """
    n = len(outcomes)
    known = labels or list(dict.fromkeys([o.gold for o in outcomes] + [o.best_guess for o in outcomes]))
    pairs = Counter((o.gold, o.best_guess) for o in outcomes)
    by_label = {label: _measure_label(pairs, label) for label in known}
    occurring = [figures.f1 for figures in by_label.values() if figures.support]
    answered = [o for o in outcomes if o.category != UNSURE]
    right_answered = sum(o.category == o.gold for o in answered)
    return Figures(
        n_examples=n,
        labels=by_label,
        macro_f1=_ratio(fsum(occurring), len(occurring)),
        accuracy=_ratio(sum(o.gold == o.best_guess for o in outcomes), n),
        coverage=_ratio(len(answered), n),
        accuracy_answered=_ratio(right_answered, len(answered)) if answered else 1.0,
        calibration_error=_measure_calibration(outcomes),
        confusion={gold: {guess: pairs[gold, guess] for guess in known} for gold in known},
    )


class Interval(NamedTuple):
    """Between what a share lies, nineteen times in twenty."""

    low: float
    high: float


def estimate_share(right: float, n: float) -> Interval:
    """Estimate a share of independent trials: Wilson's score interval (Wilson 1927), 95 %.

    >>> [round(bound, 3) for bound in estimate_share(8, 10)]
    [0.49, 0.943]
    """
    if not n:
        return Interval(0.0, 1.0)
    z2 = _Z * _Z
    middle = (right + z2 / 2) / (n + z2)
    half = _Z / (n + z2) * sqrt(right * (n - right) / n + z2 / 4)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def estimate_accuracy(outcomes: Sequence[Outcome]) -> Interval:
    """Estimate the share of right best guesses."""
    return estimate_share(sum(o.gold == o.best_guess for o in outcomes), len(outcomes))


def compare_guesses(ones: Sequence[Outcome], others: Sequence[Outcome]) -> tuple[int, int, float]:
    """Compare the best guesses of two models on the same examples: McNemar's exact test (McNemar 1947).

    Returns:
        How many only the one has right, how many only the other, and how probable a division at least as uneven
        would be if neither were better.

    >>> right, wrong = Outcome("blog", "blog", 1, "blog"), Outcome("blog", "other", 1, "other")
    >>> compare_guesses([right] * 6, [wrong] * 6)
    (6, 0, 0.03125)
    """
    pairs = [(a.gold == a.best_guess, b.gold == b.best_guess) for a, b in zip(ones, others, strict=True)]
    better, worse = pairs.count((True, False)), pairs.count((False, True))
    n, few = better + worse, min(better, worse)
    if not n:
        return 0, 0, 1.0
    if n > _MOST_EXACT:  # the normal distribution with the correction of Edwards 1948
        return better, worse, erfc((abs(better - worse) - 1) / sqrt(2 * n))
    return better, worse, min(1.0, 2 * sum(comb(n, k) for k in range(few + 1)) / 2**n)


def trace_coverage(outcomes: Sequence[Outcome], most: int = 50) -> list[tuple[float, float]]:
    """Trace how many of the answers are right when only the most confident are given.

    Returns:
        Share answered and share of those that are right, at most so many points, from few answers to all.
    """
    ranked = sorted(outcomes, key=lambda o: -o.confidence)
    step = max(1, len(ranked) // most)
    points, right = [], 0
    for i, outcome in enumerate(ranked, start=1):
        right += outcome.gold == outcome.best_guess
        if i % step == 0 or i == len(ranked):
            points.append((i / len(ranked), right / i))
    return points


class Bin(NamedTuple):
    """Best guesses of about one confidence."""

    n: int
    confidence: float
    """Mean of theirs."""
    accuracy: float


def bin_confidences(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Put best guesses into ten bins by confidence, those that are not empty: what a reliability diagram shows."""
    bins: list[list[Outcome]] = [[] for _ in range(_N_BINS)]
    for outcome in outcomes:
        bins[min(int(outcome.confidence * _N_BINS), _N_BINS - 1)].append(outcome)
    return [
        Bin(len(b), fsum(o.confidence for o in b) / len(b), sum(o.gold == o.best_guess for o in b) / len(b))
        for b in bins
        if b
    ]


def estimate_kappa(ones: Sequence[Label], others: Sequence[Label]) -> float:
    """Estimate how far two people agree beyond chance: Cohen's kappa (Cohen 1960); 1 when both say one thing only.

    >>> round(estimate_kappa(["a", "a", "b", "b"], ["a", "b", "b", "b"]), 2)
    0.5
    """
    n = len(ones)
    agreed = sum(a == b for a, b in zip(ones, others, strict=True)) / n
    first, second = Counter(ones), Counter(others)
    by_chance = sum(first[label] * second[label] for label in first) / (n * n)
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def _measure_label(pairs: Counter[tuple[Label, Label]], label: Label) -> LabelFigures:
    right = pairs[label, label]
    guessed = sum(n for (_, guess), n in pairs.items() if guess == label)
    support = sum(n for (gold, _), n in pairs.items() if gold == label)
    return LabelFigures(
        precision=_ratio(right, guessed),
        recall=_ratio(right, support),
        f1=_ratio(2 * right, guessed + support),
        support=support,
    )


def _measure_calibration(outcomes: Sequence[Outcome]) -> float:
    gaps = (b.n * abs(b.confidence - b.accuracy) for b in bin_confidences(outcomes))
    return _ratio(fsum(gaps), len(outcomes))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
