"""The design matrix: what training counts in documents, divided by the length factors.

A document's row is D · E, where D holds 1 / F(factor) for each of its distinct keys and E the counts of features in
each key, times their inverse document frequency (`model.linear` has the formula).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from socialcls.features.groups import GROUPS, GROUPS_BY_NAME, Factor, Group, expand_key

Matrix = sp.csr_matrix[np.float64]
Vector = NDArray[np.float64]

MIN_EXAMPLES = {
    "text.words": 3,
    "text.pairs": 3,
    "text.chars": 4,
    "name.chars": 3,
    "url.chars": 3,
    **{group.name: 1 for group in GROUPS if not group.is_rare_better},
}
"""How many examples a feature needs to be learnt, by group; two where nothing is said."""


@dataclass(slots=True)
class Counted:
    """The keys and features of one group in some documents."""

    keys: Matrix
    """Which document has which key, in the order in which they stand there, shape (n_documents, n_keys)."""
    in_keys: Matrix
    """How often each key has each feature, shape (n_keys, n_features)."""
    features: list[str]
    idf: Vector
    """Of each feature; ones until it is known."""

    def select(self, rows: NDArray[np.int_]) -> "Counted":
        """Select some of the documents, and number their keys as if they alone had been counted.

        So the order of every sum is the same, and a fold's fit is equal to the bit wherever it was counted.
        """
        keys = self.keys[rows]
        used, first = np.unique(keys.indices, return_index=True)
        used = used[np.argsort(first)]
        number = np.empty(keys.shape[1], dtype=np.int64)
        number[used] = np.arange(len(used))
        renumbered = sp.csr_matrix((keys.data, number[keys.indices], keys.indptr), (len(rows), len(used)))
        renumbered.sort_indices()
        return Counted(renumbered, self.in_keys[used], self.features, self.idf)


def count_group(group: Group, keys: Sequence[Sequence[str]], features: Sequence[str] | None = None) -> Counted:
    """Count a group's keys in documents, and in the keys the features given, or all there are."""
    ids: dict[str, int] = {}
    starts = np.cumsum([0, *(len(occurring) for occurring in keys)])
    columns = np.array([ids.setdefault(key, len(ids)) for occurring in keys for key in occurring], dtype=np.int64)
    in_documents = sp.csr_matrix((np.ones(len(columns)), columns, starts), (len(keys), len(ids)))
    expanded = [expand_key(group, key) for key in ids]
    known = list(features) if features is not None else sorted({f for listed in expanded for f in listed})
    number = {feature: n for n, feature in enumerate(known)}
    found = [[number[f] for f in listed if f in number] for listed in expanded]
    key_rows = np.repeat(np.arange(len(ids)), [len(listed) for listed in found])
    feature_columns = np.array([n for listed in found for n in listed], dtype=np.int64)
    in_keys = sp.csr_matrix((np.ones(len(feature_columns)), (key_rows, feature_columns)), (len(ids), len(known)))
    return Counted(in_documents, in_keys, known, np.ones(len(known)))


def keep_features(name: str, counted: Counted, examples: NDArray[np.int_]) -> Counted:
    """The features that enough examples have, with their inverse document frequencies."""
    n_examples = len(np.unique(examples))
    to_example = sp.csr_matrix((np.ones(len(examples)), (examples, np.arange(len(examples)))))
    frequency = np.bincount((to_example @ counted.keys @ counted.in_keys).indices, minlength=len(counted.features))
    kept = np.flatnonzero(frequency >= MIN_EXAMPLES.get(name, 2))
    idf = np.ones(len(kept))
    if GROUPS_BY_NAME[name].is_rare_better:
        idf = np.log((1 + n_examples) / (1 + frequency[kept])) + 1
    return Counted(counted.keys, counted.in_keys[:, kept], [counted.features[n] for n in kept], idf)


def assemble(counted: dict[str, Counted]) -> Matrix:
    """The design matrix of all groups, each divided by its length factor."""
    squares: dict[Factor, Vector] = {}
    for group in GROUPS:
        of_group = counted[group.name]
        known = of_group.keys @ (of_group.in_keys @ of_group.idf**2)
        squares[group.factor] = squares.get(group.factor, np.full(len(known), group.factor.smoothing)) + known
    blocks = [
        sp.diags(1 / np.sqrt(squares[group.factor]))
        @ (counted[group.name].keys @ counted[group.name].in_keys)
        @ sp.diags(counted[group.name].idf * group.scale)
        for group in GROUPS
    ]
    return cast("Matrix", sp.hstack(blocks, format="csr"))
