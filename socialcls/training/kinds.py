"""Fit the second level: for each label a regression of its own on the rows of that label, over the same design matrix.

Pairs, n-grams of URLs and rare n-grams of words are left out: nine tenths of the features are theirs, and kinds shall
stay small beside the labels. N-grams that forty examples have bring five points of macro-F1 to `other` and nine to
`blog` on text alone: inflected words are known by them, and words never seen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from socialcls.dataset.splits import group_key
from socialcls.features.groups import GROUPS, Group
from socialcls.model.kinds import NO_KINDS, KindArrays
from socialcls.training.fit import Fit
from socialcls.training.matrix import Matrix, Vector
from socialcls.training.settings import Settings
from socialcls.types import Example, Label

KIND_GROUPS = frozenset(group.name for group in GROUPS if not group.name.endswith((".pairs", "url.chars")))
"""The groups of features that say something of kinds."""

MIN_KIND_HOSTS = 8
"""Hosts that a kind needs to be learnt."""

MIN_KIND_EXAMPLES, MIN_NGRAM_EXAMPLES = 6, 40
"""Examples of a label that a feature needs, and an n-gram, to say something of its kinds, fewer where there are few in
all; one where features do not weigh by rarity."""

_LARGEST = 32_000


@dataclass(frozen=True, slots=True)
class KindFit:
    """Fitted regressions of kinds."""

    names: dict[Label, tuple[str, ...]]
    coefficients: dict[Label, Vector]
    """Of each label, shape (n_features of the fit, n_kinds - 1), relative to the last kind."""
    intercepts: dict[Label, list[float]]


def list_learnable_kinds(
    examples: Sequence[Example], labels: Sequence[Label], order: Mapping[Label, Sequence[str]]
) -> dict[Label, tuple[str, ...]]:
    """List the kinds that enough hosts have, of labels with at least two of them; in the order of the taxonomy."""
    hosts: dict[Label, dict[str, set[str]]] = {label: {} for label in labels}
    for example in examples:
        if kind := example.about.get("kind", ""):
            hosts[example.gold].setdefault(kind, set()).add(group_key(example))
    listed: dict[Label, tuple[str, ...]] = {}
    for label in labels:
        known = list(order.get(label, ()))
        kinds = [kind for kind, found in hosts[label].items() if len(found) >= MIN_KIND_HOSTS and kind.isprintable()]
        kinds.sort(key=lambda kind: (known.index(kind) if kind in known else len(known), kind))
        if len(kinds) > 1:
            listed[label] = tuple(kinds)
    return listed


def fit_kinds(
    fitted: Fit,
    examples: Sequence[Example],
    kinds: Mapping[Label, tuple[str, ...]],
    settings: Settings,
) -> KindFit:
    """Fit the kinds of each label on what is shown of its rows.

    Args:
        fitted: The fit of the labels, whose design matrix is used again.
        examples: All of them.
        kinds: Those to learn, by label.
        settings: Of the run.
    """
    columns = np.concatenate([np.full(len(fitted.features[group.name]), group.name in KIND_GROUPS) for group in GROUPS])
    most_needed = np.concatenate([np.full(len(fitted.features[group.name]), _count_needed(group)) for group in GROUPS])
    names: dict[Label, tuple[str, ...]] = {}
    coefficients: dict[Label, Vector] = {}
    intercepts: dict[Label, list[float]] = {}
    for label, of_label in kinds.items():
        rows, gold = _list_rows(examples, fitted.index, label, of_label)
        index = fitted.index[np.array(rows, dtype=np.int64)]
        matrix = fitted.matrix[rows] if rows else fitted.matrix[:0]
        needed = np.minimum(most_needed, max(2, len(np.unique(index)) // 50))
        kept = np.flatnonzero(columns & (_count_examples(matrix, index) >= needed))
        if len(set(gold)) < len(of_label) or not len(kept):
            continue
        frequency = Counter(gold)
        weights = [(len(gold) / len(of_label) / frequency[kind]) ** settings.kind_balance for kind in gold]
        estimator = LogisticRegression(C=settings.kind_strength, solver="newton-cg", tol=settings.kind_tolerance)
        with threadpool_limits(1):  # as in `fit`
            estimator.fit(matrix[:, kept], gold, sample_weight=weights)
        found, bias = estimator.coef_, estimator.intercept_
        if len(of_label) == 2:
            found, bias = np.vstack([-found, found]) / 2, np.hstack([-bias, bias]) / 2
        order = [list(estimator.classes_).index(kind) for kind in of_label]
        relative = np.zeros((len(columns), len(of_label) - 1))
        relative[kept] = (found[order[:-1]] - found[order[-1]]).T
        names[label], coefficients[label] = of_label, relative
        intercepts[label] = [float(value) for value in bias[order] - bias[order[-1]]]
    return KindFit(names, coefficients, intercepts)


def _count_needed(group: Group) -> int:
    """Count the examples that a feature of a group needs where there are many."""
    if not group.is_rare_better:
        return 0
    return MIN_NGRAM_EXAMPLES if group.ngram_lengths else MIN_KIND_EXAMPLES


def export_kinds(fit: KindFit, fitted: Fit, lines: Sequence[int]) -> KindArrays:
    """Export regressions of kinds as small integers.

    Args:
        fit: What was fitted.
        fitted: The fit of the labels.
        lines: For each feature of it the number of its line in the vocabulary.
    """
    if not fit.names:
        return NO_KINDS
    numbers = np.hstack([fit.coefficients[label] for label in fit.names]) * fitted.idf[:, None]
    scales, start = {}, 0
    for group in GROUPS:
        end = start + len(fitted.features[group.name])
        of_group = numbers[start:end] * group.scale
        largest = float(np.abs(of_group).max(initial=0.0))
        if group.name in KIND_GROUPS:
            scales[group.name] = largest / _LARGEST if largest else 1.0
            numbers[start:end] = of_group / scales[group.name]
        start = end
    integers = np.rint(numbers).astype("<i2")
    used = np.flatnonzero(integers.any(axis=1))
    at = np.array(lines, dtype="<u4")[used]
    order = np.argsort(at)
    return KindArrays(fit.names, fit.intercepts, scales, at[order].tobytes(), integers[used[order]].tobytes())


def _list_rows(
    examples: Sequence[Example], index: NDArray[np.int_], label: Label, kinds: Sequence[str]
) -> tuple[list[int], list[str]]:
    """List what is shown of the rows of some kinds, and the kind of each."""
    rows, gold = [], []
    for row, i in enumerate(index):
        example = examples[i]
        kind = example.about.get("kind", "")
        if example.gold == label and kind in kinds:
            rows.append(row)
            gold.append(kind)
    return rows, gold


def _count_examples(matrix: Matrix, index: NDArray[np.int_]) -> NDArray[np.int64]:
    """Count in how many examples each feature stands."""
    if not len(index):
        return np.zeros(matrix.shape[1], dtype=np.int64)
    to_example = sp.csr_matrix((np.ones(len(index)), (index, np.arange(len(index)))))
    return np.bincount((to_example @ matrix).indices, minlength=matrix.shape[1])
