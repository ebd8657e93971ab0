"""Two words in a row as one number, and which of many such numbers are known."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = TypeVar("Numbers", int, Ints)

_CODE_BITS = 32  # the first of the two words stands above them, the second below
_SECOND = (1 << _CODE_BITS) - 1
_FILTER_BITS = 17
# Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4): the top bits of a product by 2**64 / golden ratio.
_MULTIPLIER, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - _FILTER_BITS)


def join_words(first: Numbers, second: Numbers) -> Numbers:
    """The code of two words by their numbers, or those of many.

    >>> split_codes(join_words(np.array([7, 8]), np.array([2, 3])))
    (array([7, 8]), array([2, 3]))
    """
    return (first << _CODE_BITS) | second


def split_codes(codes: Ints) -> tuple[Ints, Ints]:
    """The first words and the second ones."""
    return codes >> _CODE_BITS, codes & _SECOND


class Codes:
    """Known codes, each with a row: its place among them in order.

    They are found by bisection. Nearly all that is sought is unknown, and most of that is ruled out at once by a table
    with a place for each hash (a Bloom filter with one hash function).

    >>> Codes([30, 10]).find(np.array([10, 20, 30]))
    (array([0, 2]), array([0, 1]))
    """

    def __init__(self, codes: Iterable[int] = ()) -> None:
        self.sorted = np.array(sorted(codes), np.int64)
        """The codes by row."""
        self._may_be_known = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._may_be_known[_hash(self.sorted)] = True

    def add(self, codes: Iterable[int]) -> None:
        """Get to know more codes; rows change."""
        new = np.fromiter(codes, np.int64)
        self.sorted = np.sort(np.concatenate((self.sorted, new)))
        self._may_be_known[_hash(new)] = True

    def find(self, sought: Ints) -> tuple[Ints, Ints]:
        """Which of some codes are known, and the row of each."""
        places = np.flatnonzero(self._may_be_known[_hash(sought)])
        sought = sought[places]
        rows = np.minimum(np.searchsorted(self.sorted, sought), len(self.sorted) - 1)
        are_known = self.sorted[rows] == sought
        return places[are_known], rows[are_known]


def _hash(codes: Ints) -> Ints:
    return ((codes.view(np.uint64) * _MULTIPLIER) >> _SHIFT).view(np.int64)
