"""The second level: what the features of words, signals, heads, services and parts of URLs say of kinds.

A kind is told under a label that is already decided: its probability is a softmax over the kinds of that label alone.
Its logits are sums over the same things that the label's are, under the same length factors, so whoever has read a
document for its label has read it for its kind. Pairs and n-grams of URLs say nothing of kinds, nor do rare n-grams of
words, which keeps the numbers few.

Only some features of the vocabulary have numbers here. They are told by the numbers of their lines, in order.
"""

import sys
from array import array
from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple, cast

from socialcls.features.weighed import add_columns
from socialcls.types import Label

KindRow = tuple[float, ...]
"""Coefficients of all kinds but the last of each label, label after label; empty where nothing is known."""

LINE_BYTES, NUMBER_BYTES = 4, 2
_ROUNDED_TO: Final = 256.0
_LARGEST: Final = 1e5  # beyond it, as in a damaged model, each has an object of its own


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
        lines = array("I" if array("I").itemsize == LINE_BYTES else "L")
        lines.frombytes(arrays.lines)
        if sys.byteorder == "big":
            lines.byteswap()
        self._places: dict[int, int] = dict(zip(lines, range(len(lines)), strict=True))
        # Words are cached by the hundred thousand, and floats take most of a row. (Compiled, a `float` has no object.)
        self._shared: dict[int, object] = {}
        self.columns: dict[Label, tuple[int, int]] = {}
        """Where in a row the coefficients of each label's kinds stand."""
        start = 0
        for label, kinds in arrays.names.items():
            self.columns[label] = (start, start + len(kinds) - 1)
            start += len(kinds) - 1

    def find_names(self, label: Label) -> tuple[str, ...]:
        """Find the kinds of a label; none where it has none."""
        return self._arrays.names.get(label, ())

    def find_intercepts(self, label: Label) -> list[float]:
        """Find the logits of a label's kinds before anything is read."""
        return self._arrays.intercepts[label]

    def add_up(self, numbers: Sequence[int], group: str) -> KindRow:
        """Add up what features of one group weigh.

        Args:
            numbers: Of their lines.
            group: Its name.

        Returns:
            The sums; empty where none of the features has numbers here.
        """
        scale = self._arrays.scales.get(group, 0.0)
        rows: list[tuple[int, ...]] = []
        if scale:
            for number in numbers:
                place = self._places.get(number)
                if place is not None:
                    rows.append(self._struct.unpack_from(self._arrays.weights, place * self._struct.size))
        if not rows:
            return ()
        return cast("KindRow", tuple([self._share(total * scale) for total in add_columns(rows)]))

    def add(self, row: KindRow, other: KindRow) -> KindRow:
        """Add two rows up."""
        if not row or not other:
            return row or other
        return cast("KindRow", tuple([self._share(a + b) for a, b in zip(row, other, strict=True)]))

    def _share(self, value: float) -> object:
        """Round a coefficient, and take the object that all which are equal share: rows take a third of the memory."""
        scaled = value * _ROUNDED_TO
        if not -_LARGEST < scaled < _LARGEST:
            return value
        rounded = int(scaled + 0.5) if scaled >= 0.0 else int(scaled - 0.5)  # compiled, `round` takes ten times as long
        shared = self._shared.get(rounded)
        if shared is None:
            shared = self._shared[rounded] = rounded / _ROUNDED_TO
        return shared
