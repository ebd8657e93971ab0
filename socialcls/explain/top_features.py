"""Rank what a model has learnt: the features that pull most to each label, group by group.

The coefficients of a model are relative to the last label, so that what pulls away from that label would look like
pulling to all others. For people they are centred: a feature's weight for a label is its coefficient less the mean over
all labels. Differences between labels, and so everything that is decided, are the same.

The unit is that of the coefficients: logits (not yet calibrated) times the length factor of the group. Divided by the
factor that a document has (see `model`), a weight is what the feature adds there to the label's logit above the mean.
Weights of groups that share a factor can be compared; a word's pull is that of the word and of its n-grams together.
"""

from collections.abc import Sequence
from heapq import nlargest
from typing import NamedTuple

from socialcls.features.groups import GROUPS
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import Artifact
from socialcls.types import Label

_LEAST = 0.05
"""Of a weight; less is nothing beside the tens and hundreds of words."""


class Pull(NamedTuple):
    """A feature with its weight for a label."""

    weight: float
    """Always above 0."""
    feature: str
    """As it stands in the vocabulary: a folded word, a pair with a tab, an n-gram with `<` and `>` at the ends of its
    word, the id of a signal, `sub=forum`."""


def rank_features(
    artifact: Artifact, labels: Sequence[Label] = (), n_features: int = 10
) -> dict[Label, dict[str, tuple[Pull, ...]]]:
    """Rank the features that pull most to each label.

    Args:
        artifact: Of the model.
        labels: Those that are asked for; all when empty.
        n_features: How many of each group, at most.

    Returns:
        By label, then by group (in the order of GROUPS, without groups in which nothing pulls there): the strongest
        first.
    """
    weights = LinearModel(artifact.arrays).weights
    known = artifact.card.labels
    ranked: dict[Label, dict[str, tuple[Pull, ...]]] = {label: {} for label in labels or known}
    for group in GROUPS:
        rows = weights.groups[group.name].list_rows()
        means = [sum(row[:-1]) / len(known) for row in rows.values()]
        for label, of_label_by_group in ranked.items():
            i = known.index(label)
            of_label = [row[i] - mean for row, mean in zip(rows.values(), means, strict=True)]
            strongest = nlargest(n_features, zip(of_label, rows, strict=True))
            if pulls := tuple(Pull(*pair) for pair in strongest if pair[0] >= _LEAST):
                of_label_by_group[group.name] = pulls
    return ranked
