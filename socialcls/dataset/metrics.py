"""Compare gold and predicted labels.

Standard measures (Manning et al. 2008, ch. 8; Guo et al. 2017 for the calibration error), written out because
they are a few sums and `evaluate` must start without scikit-learn; a test compares them with scikit-learn's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from socialcls.types import UNSURE, Answer, Label

_N_BINS = 10


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
    bins: list[list[Outcome]] = [[] for _ in range(_N_BINS)]
    for outcome in outcomes:
        bins[min(int(outcome.confidence * _N_BINS), _N_BINS - 1)].append(outcome)
    gaps = (abs(fsum(o.confidence for o in b) - sum(o.gold == o.best_guess for o in b)) for b in bins)
    return _ratio(fsum(gaps), len(outcomes))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
