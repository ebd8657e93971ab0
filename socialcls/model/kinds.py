"""The second level: what the features of words, signals, heads, services and parts of URLs say of kinds.

A kind is told under a label that is already decided: its probability is a softmax over the kinds of that label alone.
Its logits are sums over the same things that the label's are, under the same length factors, so whoever has read a
document for its label has read it for its kind; n-grams and pairs say nothing of kinds, which keeps the numbers few.

Only some features of the vocabulary have numbers here. They are told by the numbers of their lines, in order.
"""

import sys
from array import array
from bisect import bisect_left
from struct import Struct
from typing import NamedTuple

from socialcls.types import Label

KindRow = tuple[float, ...]
"""Coefficients of all kinds but the last of each label, label after label; empty where nothing is known."""

LINE_BYTES, NUMBER_BYTES = 4, 2


class KindArrays(NamedTuple):
    """The numbers of kinds, as they stand in a model's directory."""

    names: dict[Label, tuple[str, ...]]
    """The kinds of each label that has any, at least two."""
    intercepts: dict[Label, list[float]]
    """A logit for each kind of each label; that of the last is 0."""
    scales: dict[str, float]
    """By group of features: what the integers are multiplied by."""
    lines: bytes
    """For each feature that has numbers, little-endian uint32: the number of its line in the vocabulary, ascending."""
    weights: bytes
    """For each of them, little-endian int16: a coefficient for each kind but the last, label after label."""

    @property
    def n_columns(self) -> int:
        """How many coefficients a feature has."""
        return sum(len(kinds) - 1 for kinds in self.names.values())


NO_KINDS = KindArrays({}, {}, {}, b"", b"")


class KindWeights:
    """What features weigh for kinds, looked up by the numbers of their lines."""

    def __init__(self, arrays: KindArrays) -> None:
        self._arrays = arrays
        self._struct = Struct(f"<{arrays.n_columns}h")
        self._lines = array("I" if array("I").itemsize == LINE_BYTES else "L")
        self._lines.frombytes(arrays.lines)
        if sys.byteorder == "big":
            self._lines.byteswap()
        self.columns: dict[Label, tuple[int, int]] = {}
        """Where in a row the coefficients of each label's kinds stand."""
        start = 0
        for label, kinds in arrays.names.items():
            self.columns[label] = (start, start + len(kinds) - 1)
            start += len(kinds) - 1

    def __bool__(self) -> bool:
        return bool(self._lines)

    def find_names(self, label: Label) -> tuple[str, ...]:
        """Find the kinds of a label; none where it has none."""
        return self._arrays.names.get(label, ())

    def find_intercepts(self, label: Label) -> list[float]:
        """Find the logits of a label's kinds before anything is read."""
        return self._arrays.intercepts[label]

    def find(self, number: int, group: str) -> KindRow:
        """Find what a feature weighs, by the number of its line; empty when it has no numbers here."""
        i = bisect_left(self._lines, number)
        if i == len(self._lines) or self._lines[i] != number:
            return ()
        scale = self._arrays.scales.get(group, 0.0)
        return tuple([value * scale for value in self._struct.unpack_from(self._arrays.weights, i * self._struct.size)])
