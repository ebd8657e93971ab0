"""The linear model: sums by key, scores and exact contributions.

For a label l, a document's score is

    score(l) = intercept(l) + Σ_groups Σ_keys √count(key) · S(key, l) / F(group)
    F(group) = √(smoothing + Σ_keys count(key) · q(key))

where S(key, l) is the sum of the coefficients of the key's features, q(key) the sum of their squared inverse
document frequencies, and unknown features count in neither. S and q depend on nothing but the key, so each is
worked out once and remembered. Everything else (the groups' scales, inverse document frequencies, the
temperature that calibrates) was folded into the coefficients at export.

Sums of many numbers are `math.fsum`: exactly rounded, so the same in every version of Python, where `sum` is not.

What one occurrence of a key contributes is √count · S / (count · F): contributions first, and a score is
their sum, so an explanation is the computation itself.
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import NamedTuple

from socialcls.features import GROUPS, Group, Keys, expand_key
from socialcls.taxonomy import LABELS

N_LABELS = len(LABELS)
ROW = N_LABELS + 1
"""Numbers a feature has: a coefficient for each label, in order of LABELS, then its squared idf."""

Scores = tuple[float, float, float, float]
"""A logit for each label, in the order of LABELS."""

_Sums = tuple[float, float, float, float, float]
"""S for each label, then q."""

_MEMO_SIZE = 200_000  # keys a group; so that a long stream runs in constant memory


class Weighed(NamedTuple):
    """One known key of a group: how often it occurs and what each occurrence contributes to each label."""

    occurrences: int
    each: Scores


@dataclass(frozen=True, slots=True)
class Arrays:
    """A model's numbers, as they stand in its directory."""

    intercepts: Scores
    features: Mapping[str, Sequence[str]]
    """The features of each group, by the group's name."""
    weights: "array[float]"
    """ROW numbers (float32) for each feature, group after group in the order of GROUPS."""


class LinearModel:
    """Scores keys; knows no text and decides nothing."""

    def __init__(self, arrays: Arrays) -> None:
        self.intercepts = arrays.intercepts
        self._groups = []
        offset = 0
        for group in GROUPS:
            features = arrays.features[group.name]
            rows = dict(zip(features, range(offset, offset + ROW * len(features), ROW), strict=True))
            self._groups.append(_GroupSums(group, rows, arrays.weights))
            offset += ROW * len(features)

    def score(self, keys: Keys) -> Scores:
        """The logit of each label."""
        a, b, c, d = self.intercepts
        for group, occurring in zip(self._groups, keys.by_group, strict=True):
            if occurring:
                w, x, y, z = group.add_up(occurring)
                a, b, c, d = a + w, b + x, c + y, d + z
        return a, b, c, d

    def weigh(self, keys: Keys) -> list[dict[str, Weighed]]:
        """What each known key contributes, group by group; with the intercepts it sums to `score(keys)`."""
        return [group.weigh(occurring) for group, occurring in zip(self._groups, keys.by_group, strict=True)]

    def knows(self, group: int, key: str) -> bool:
        """Whether any feature of a key of the group with that index is known."""
        return self._groups[group].sums[key] is not None


class _GroupSums:
    """The sums of one group's keys, remembered."""

    def __init__(self, group: Group, rows: dict[str, int], weights: "array[float]") -> None:
        self.smoothing = group.smoothing
        self.sums = _SumsByKey(group, rows, weights)

    def add_up(self, occurring: Sequence[str]) -> Scores:
        """The group's part of each label's logit."""
        sums = self.sums
        a = b = c = d = 0.0
        squares = self.smoothing
        for key, count in Counter(occurring).items():
            known = sums[key]
            if known is None:
                continue
            w, x, y, z, q = known
            if count == 1:
                a, b, c, d, squares = a + w, b + x, c + y, d + z, squares + q
            else:
                root = sqrt(count)
                a, b, c, d = a + root * w, b + root * x, c + root * y, d + root * z
                squares += count * q
        factor = 1.0 / sqrt(squares)
        return a * factor, b * factor, c * factor, d * factor

    def weigh(self, occurring: Sequence[str]) -> dict[str, Weighed]:
        """The same sum, left apart by key and occurrence."""
        counted = [(key, count, self.sums[key]) for key, count in Counter(occurring).items()]
        known = [(key, count, sums) for key, count, sums in counted if sums is not None]
        factor = 1.0 / sqrt(fsum([self.smoothing, *(count * sums[4] for _, count, sums in known)]))
        weighed = {}
        for key, count, (a, b, c, d, _) in known:
            each = factor / sqrt(count)
            weighed[key] = Weighed(count, (a * each, b * each, c * each, d * each))
        return weighed


class _SumsByKey(dict[str, _Sums | None]):
    """The sums of each key's features; None for a key with no known feature."""

    def __init__(self, group: Group, rows: dict[str, int], weights: "array[float]") -> None:
        super().__init__()
        self._group = group
        self._rows = rows
        self._weights = weights

    def __missing__(self, key: str) -> _Sums | None:
        if len(self) >= _MEMO_SIZE:
            self.clear()
        offsets = [self._rows[feature] for feature in expand_key(self._group, key) if feature in self._rows]
        weights = self._weights
        sums: _Sums | None = None
        if offsets:
            a, b, c, d, q = (fsum(weights[offset + i] for offset in offsets) for i in range(ROW))
            sums = a, b, c, d, q
        self[key] = sums
        return sums
