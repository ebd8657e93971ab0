"""How far a figure would differ on other rows of the same kind: the bootstrap (Efron 1979)."""

from collections.abc import Sequence

import numpy as np

from socialcls.dataset.metrics import Interval, Outcome

N_DRAWS = 2_000


def estimate_macro_f1(outcomes: Sequence[Outcome], seed: int = 0) -> Interval:
    """Estimate between what macro-F1 lies, 95 %: percentiles over samples of as many rows, drawn with replacement.

    Rows of one gold label and one guess are alike, so a sample is a draw from the multinomial distribution over the
    cells of the confusion matrix.

    >>> estimate_macro_f1([Outcome("blog", "blog", 1.0, "blog")] * 5)
    Interval(low=1.0, high=1.0)

    Args:
        outcomes: Of a set, by best guess.
        seed: Of the draws.
    """
    labels = sorted({o.gold for o in outcomes} | {o.best_guess for o in outcomes})
    counts = np.zeros((len(labels), len(labels)))
    for o in outcomes:
        counts[labels.index(o.gold), labels.index(o.best_guess)] += 1
    n = len(outcomes)
    drawn = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=N_DRAWS).reshape(-1, *counts.shape)
    right, support, guessed = drawn.diagonal(axis1=1, axis2=2), drawn.sum(axis=2), drawn.sum(axis=1)
    f1 = 2 * right / np.maximum(guessed + support, 1)
    occurs = support > 0
    macro_f1 = (f1 * occurs).sum(axis=1) / occurs.sum(axis=1)
    low, high = np.percentile(macro_f1, [2.5, 97.5])
    return Interval(float(low), float(high))
