"""Export a fit as the plain integers of a model: scales and inverse document frequencies folded in."""

from collections.abc import Collection, Sequence

import numpy as np

from socialcls.features.groups import GROUPS, PAGE_MARKS
from socialcls.model.kinds import NO_KINDS
from socialcls.model.vocabulary import lay_out
from socialcls.model.weights import Arrays
from socialcls.pages.marks import read_mark_weights
from socialcls.training.fit import Fit
from socialcls.training.kinds import KindFit, export_kinds
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.matrix import Vector
from socialcls.types import Label


def export(fitted: Fit, labels: Sequence[Label], knowledge: KnowledgeBase, kind_fit: KindFit | None = None) -> Arrays:
    """Export a fit as plain integers: scales and inverse document frequencies folded in.

    Marks of pages that no example had get the weights that were set by hand; those that were learnt keep theirs.

    Args:
        fitted: The fit of the labels.
        labels: In the order in which they shall be scored.
        knowledge: What the model shall carry.
        kind_fit: The fit of their kinds; without it the model tells none.
    """
    coefficients, intercepts = fitted.estimator.coef_, fitted.estimator.intercept_
    if len(labels) == 2:  # of two labels it keeps the second one's alone
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.hstack([-intercepts, intercepts]) / 2,
        )
    order = [list(fitted.estimator.classes_).index(label) for label in labels]
    relative = (coefficients[order[:-1]] - coefficients[order[-1]]) * fitted.idf
    features = dict(fitted.features)
    rows, scales, start = [], {}, 0
    for group in GROUPS:
        n = len(fitted.features[group.name])
        of_group = relative[:, start : start + n] * group.scale
        squares = fitted.idf[start : start + n] ** 2
        if group.factor is PAGE_MARKS:
            set_by_hand = weigh_marks(labels, but=features[group.name])
            features[group.name] = [*features[group.name], *set_by_hand]
            of_group = np.hstack([of_group, np.array([*set_by_hand.values()]).reshape(-1, len(labels) - 1).T])
            squares = np.hstack([squares, np.zeros(len(set_by_hand))])
        scales[group.name] = (_choose_scale(of_group), _choose_scale(squares))
        numbers = [of_group / scales[group.name][0], squares[None, :] / scales[group.name][1]]
        rows.append(np.rint(np.vstack(numbers)).T.astype("<i4"))
        start += n
    lines, line_order = lay_out({**features, **knowledge.list_lines()})
    weights = np.concatenate(rows)
    relative_intercepts = intercepts[order] - intercepts[order[-1]]
    kinds = NO_KINDS
    if kind_fit is not None:
        at = np.empty(len(weights), dtype=np.int64)
        at[line_order[: len(weights)]] = np.arange(len(weights))
        kinds = export_kinds(kind_fit, fitted, at.tolist())
    return Arrays(
        [float(value) for value in relative_intercepts],
        scales,
        lines,
        weights[line_order[: len(weights)]].tobytes(),
        kinds,
    )


def weigh_marks(labels: Sequence[Label], but: Collection[str] = ()) -> dict[str, list[float]]:
    """List the marks of pages with their coefficients for all labels but the last, as they were set by hand.

    Their squared idf is 0: they do not count towards the length factor, so where no other mark counts there, a mark
    adds exactly its weight. Labels that a weight does not name get nothing.

    Args:
        labels: Of the model, in order.
        but: Ids of marks that have other coefficients.
    """
    return {
        name: [weights.get(label, 0.0) - weights.get(labels[-1], 0.0) for label in labels[:-1]]
        for name, weights in read_mark_weights().items()
        if name not in but and not set(weights).isdisjoint(labels)
    }


def _choose_scale(values: Vector) -> float:
    """Choose the power of two by which the largest value just fits an int32: what is exact in eye's sums stays so."""
    largest = float(np.abs(values).max(initial=0.0))
    return float(2.0 ** (np.ceil(np.log2(largest)) - 30)) if largest else 1.0
