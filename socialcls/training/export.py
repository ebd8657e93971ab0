"""Export a fit as the plain integers of a model: scales and inverse document frequencies folded in."""

from collections.abc import Sequence

import numpy as np

from socialcls.features.groups import GROUPS
from socialcls.model.kinds import NO_KINDS
from socialcls.model.vocabulary import lay_out
from socialcls.model.weights import Arrays
from socialcls.training.fit import Fit
from socialcls.training.kinds import KindFit, export_kinds
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.matrix import Vector
from socialcls.types import Label


def export(fitted: Fit, labels: Sequence[Label], knowledge: KnowledgeBase, kind_fit: KindFit | None = None) -> Arrays:
    """Export a fit as plain integers: scales and inverse document frequencies folded in.

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
    rows, scales, start = [], {}, 0
    for group in GROUPS:
        n = len(fitted.features[group.name])
        of_group = relative[:, start : start + n] * group.scale
        squares = fitted.idf[start : start + n] ** 2
        scales[group.name] = (_choose_scale(of_group), _choose_scale(squares))
        numbers = [of_group / scales[group.name][0], squares[None, :] / scales[group.name][1]]
        rows.append(np.rint(np.vstack(numbers)).T.astype("<i4"))
        start += n
    lines, line_order = lay_out({**fitted.features, **knowledge.list_lines()})
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


def _choose_scale(values: Vector) -> float:
    """Choose the power of two by which the largest value just fits an int32: what is exact in eye's sums stays so."""
    largest = float(np.abs(values).max(initial=0.0))
    return float(2.0 ** (np.ceil(np.log2(largest)) - 30)) if largest else 1.0
