"""Fit scikit-learn's multinomial logistic regression on the views of examples."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from socialcls.errors import DatasetError
from socialcls.features.extractor import Keys
from socialcls.features.groups import GROUPS
from socialcls.model.store import MAX_ARRAYS_BYTES
from socialcls.model.weights import count_row_bytes
from socialcls.taxonomy.taxonomy import list_shares
from socialcls.training.matrix import Counted, Matrix, Vector, assemble, count_group, keep_features
from socialcls.training.settings import Settings
from socialcls.training.views import Shown
from socialcls.types import Example, Label


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted scikit-learn model and the features that its columns stand for."""

    estimator: LogisticRegression
    features: dict[str, list[str]]
    """By group, in the order of the columns."""
    idf: Vector
    """Inverse document frequency of each column."""
    matrix: Matrix
    """The design matrix that it was fitted on."""
    index: NDArray[np.int_]
    """Of the example that each row of the matrix shows."""


def fit(examples: Sequence[Example], shown: Sequence[Shown], settings: Settings) -> Fit:
    """Fit scikit-learn's multinomial logistic regression on the views of the examples.

    Raises:
        DatasetError: a label has nothing to learn from.
    """
    index = np.array([s.index for s in shown])
    return fit_counted(examples, index, count_shown(shown), np.arange(len(index)), settings)


def count_shown(shown: Sequence[Shown]) -> dict[str, Counted]:
    """Count the keys of each group in what is shown; folds select from it instead of counting anew."""
    return {group.name: count_group(group, [s.keys.by_group[i] for s in shown]) for i, group in enumerate(GROUPS)}


def fit_counted(
    examples: Sequence[Example],
    index: NDArray[np.int_],
    counted: Mapping[str, Counted],
    learnt: NDArray[np.int_],
    settings: Settings,
) -> Fit:
    """Fit the regression on some of the views whose keys are counted; the others do not decide which features are kept.

    Args:
        examples: All of them.
        index: Of the example that each view shows.
        counted: The keys of the views, by group.
        learnt: The views to learn from.
        settings: Of the run.

    Raises:
        DatasetError: a label has nothing to learn from.
    """
    index = index[learnt]
    counted = {name: group.select(learnt) for name, group in counted.items()}
    gold = [examples[i].gold for i in index]
    if missing := {example.gold for example in examples} - set(gold):
        raise DatasetError(
            f"Nothing can be read in the rows labelled {', '.join(sorted(missing))}, or in those of all but one host: "
            "no word, no name, no host. Give them descriptions."
        )
    kept = {name: keep_features(name, group, index) for name, group in counted.items()}
    matrix = assemble(kept)
    if not matrix.nnz:
        raise DatasetError(
            "There is nothing to learn: no word, signal or part of an address stands in two rows. Add rows."
        )
    _check_size(kept, len(set(gold)))
    # Newton's method with conjugate gradients (Nocedal & Wright 2006, ch. 7) is there in eight steps. Two hundred
    # of L-BFGS are not: features of one or two examples, as nearly all of URLs are, come last in it.
    estimator = LogisticRegression(C=settings.strength, solver="newton-cg", tol=settings.tolerance)
    weights = np.array([examples[i].weight for i in index]) * weigh_rows(gold, list_shares())
    with threadpool_limits(1):  # the last digits depend on how many threads share a sum
        estimator.fit(matrix, gold, sample_weight=weights)
    features = {name: group.features for name, group in kept.items()}
    return Fit(estimator, features, np.concatenate([group.idf for group in kept.values()]), matrix, index)


def weigh_rows(gold: Sequence[Label], shares: Mapping[Label, float]) -> Vector:
    """Weigh rows so that labels have their shares of what people ask about; all alike where a share is not known.

    >>> weigh_rows(["blog", "blog", "blog", "other"], {"blog": 0.5, "other": 0.5}).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    counts = Counter(gold)
    if set(counts) != set(shares):
        return np.ones(len(gold))
    weights = {label: shares[label] * len(gold) / n for label, n in counts.items()}
    return np.array([weights[label] for label in gold])


def _check_size(kept: Mapping[str, Counted], n_labels: int) -> None:
    """Check before anything is fitted that the model will be small enough to be loaded again.

    Raises:
        DatasetError: it will not.
    """
    n_bytes = sum(
        len(group.features) * count_row_bytes(n_labels) + sum(map(len, group.features)) for group in kept.values()
    )
    if n_bytes > MAX_ARRAYS_BYTES:
        raise DatasetError(
            f"The model would have {n_bytes >> 20} MB, and at most {MAX_ARRAYS_BYTES >> 20} can be loaded again. "
            "Train on fewer rows, or shorten the longest texts."
        )


def make_matrix(fitted: Fit, all_keys: Sequence[Keys]) -> Matrix:
    """The design matrix of documents under the features of a fit, shape (n_documents, n_features)."""
    counted = {}
    start = 0
    for i, group in enumerate(GROUPS):
        features = fitted.features[group.name]
        counted[group.name] = count_group(group, [keys.by_group[i] for keys in all_keys], features)
        counted[group.name].idf = fitted.idf[start : start + len(features)]
        start += len(features)
    return assemble(counted)


def score_keys(fitted: Fit, all_keys: Sequence[Keys], labels: Sequence[Label]) -> Vector:
    """Score documents with scikit-learn: logits in the order of the labels, shape (n_documents, n_labels)."""
    order = [list(fitted.estimator.classes_).index(label) for label in labels]
    scores: Vector = fitted.estimator.decision_function(make_matrix(fitted, all_keys))
    if scores.ndim == 1:  # of two labels it gives the second one's over the first
        scores = np.column_stack([np.zeros(len(scores)), scores])
    return scores[:, order]
