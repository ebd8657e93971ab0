"""What the features of keys weigh: looked up in a model's vocabulary, added up by key, and remembered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from struct import Struct
from typing import NamedTuple

from socialcls.features import GROUPS_BY_NAME, expand_key
from socialcls.records import Field
from socialcls.signals import NOTHING, Entries, Entry, Pair, Sums, Word, look_up, parse_entry
from socialcls.text import MAX_REMEMBERED
from socialcls.vocabulary import Lines, Vocabulary

ROW = Struct("<4f")
"""What a feature has, little-endian float32: a coefficient for each label but the last, then its squared idf."""

SIGNAL_WORDS, SIGNAL_URL_PARTS = "signals.words", "signals.url_parts"
"""Sections of the vocabulary that hold the signals' entries, behind those of the groups of features."""

Scores = tuple[float, float, float, float]
"""A logit for each label, in the order of LABELS; the last is 0."""

Direction = tuple[float, float, float]
"""What each label but the last counts in a margin: 1 for the one label, -1 for the other."""

LOOKUPS_BEFORE_DICTIONARY = 10_000
"""In one section; then a dictionary of it has paid for itself (the ski rental: at most twice the least cost)."""


class Arrays(NamedTuple):
    """A model's numbers, as they stand in its directory."""

    intercepts: Scores
    lines: Lines
    """The features of each group, then the signals' entries."""
    weights: bytes
    """A ROW for each feature, by the number of its line."""


class Weights:
    """The numbers of a model, by feature and by key."""

    def __init__(self, arrays: Arrays) -> None:
        self.vocabulary = Vocabulary(arrays.lines)
        self.rows = arrays.weights
        self._n_lookups: Counter[str] = Counter()
        self._sums: dict[str, dict[str, Sums]] = {}

    def look_up(self, number: int) -> Sums:
        """The numbers of one feature, by the number of its line."""
        sums: Sums = ROW.unpack_from(self.rows, number * ROW.size)
        return sums

    def add_up(self, group: str, key: str) -> Sums | None:
        """The sums of a key's features; None when none is known."""
        features = expand_key(GROUPS_BY_NAME[group], key)
        if group in self._sums:
            find = self._sums[group].get
            known = [sums for feature in features if (sums := find(feature))]
        else:
            self._count_lookups(group, len(features))
            numbers = [self.vocabulary.find(group, feature) for feature in features]
            known = [self.look_up(number) for number in numbers if number is not None]
        return _add_up(known) if known else None

    def list_features(self, group: str, key: str) -> list[tuple[str, Sums]]:
        """The known features of a key with what each weighs."""
        found = [(f, self.vocabulary.find(group, f)) for f in expand_key(GROUPS_BY_NAME[group], key)]
        return [(feature, self.look_up(number)) for feature, number in found if number is not None]

    def _count_lookups(self, group: str, n: int) -> None:
        self._n_lookups[group] += n
        if self._n_lookups[group] > LOOKUPS_BEFORE_DICTIONARY:
            numbers = self.vocabulary.number_lines(group)
            self._sums[group] = {feature: self.look_up(number) for feature, number in numbers.items()}


class SumsByKey(dict[str, Sums]):
    """The sums of the keys of one group, remembered."""

    def __init__(self, weights: Weights, group: str) -> None:
        super().__init__()
        self._weights = weights
        self._group = group

    def __missing__(self, key: str) -> Sums:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        sums = self[key] = self._weights.add_up(self._group, key) or NOTHING
        return sums


class StoredEntries:
    """The signals' entries of a model, looked up in its vocabulary."""

    def __init__(self, vocabulary: Vocabulary, section: str) -> None:
        self._vocabulary = vocabulary
        self._section = section
        self._n_lookups = 0
        self._filed: dict[str, list[Entry]] = {}

    def get(self, filed_under: str, /) -> Sequence[Entry] | None:
        """The entries filed there."""
        if self._filed:
            return self._filed.get(filed_under)
        self._n_lookups += 1
        if self._n_lookups > LOOKUPS_BEFORE_DICTIONARY:
            self._filed = self.list_all()
        return [parse_entry(found.value) for found in self._vocabulary.find_all(self._section, filed_under)]

    def list_all(self) -> dict[str, list[Entry]]:
        """All entries by where they are filed."""
        filed: dict[str, list[Entry]] = {}
        for line in self._vocabulary.list_section(self._section):
            place, _, value = line.partition("\t")
            filed.setdefault(place, []).append(parse_entry(value))
        return filed


class WeighedWord(Word):
    """A folded word with all that it brings: what it weighs, shows and may open."""

    __slots__ = ("is_known", "sums")

    def __init__(self, key: str, entries: Entries, field: Field, weights: Weights) -> None:
        super().__init__(key, look_up(key, entries))
        whole = weights.add_up(f"{field}.words", key)
        ngrams = weights.add_up(f"{field}.chars", key)
        self.is_known = whole is not None
        """Whether the model knows the word as a whole, not by its n-grams alone."""
        self.sums: Sums = _add_up([sums for sums in (whole, ngrams) if sums is not None])
        """Of the word and its n-grams."""
        if self.is_known:
            found = weights.vocabulary.find_all(f"{field}.pairs", key)
            if found:
                self.pairs = {pair.value: Pair(weights.look_up(pair.number)) for pair in found}


def divide(smoothing: float, all_sums: Iterable[Sums]) -> tuple[float, float, float, float]:
    """The scores of some keys under one length factor, for all labels but the last, and one over the factor."""
    a = b = c = squares = 0.0
    for u, v, w, q in all_sums:
        a, b, c, squares = a + u, b + v, c + w, squares + q
    scale = 1.0 / sqrt(smoothing + squares)
    return a * scale, b * scale, c * scale, scale


def point(best: int, runner_up: int) -> Direction:
    """The direction of a margin: that of the label with the one index over the label with the other."""
    a, b, c = (float(i == best) - float(i == runner_up) for i in range(3))
    return a, b, c


def lean(sums: Sums, direction: Direction) -> float:
    """How much a key adds to a margin, not divided by its length factor."""
    a, b, c, _ = sums
    i, j, k = direction
    return a * i + b * j + c * k


def _add_up(all_sums: Iterable[Sums]) -> Sums:
    a = b = c = q = 0.0
    for u, v, w, r in all_sums:
        a, b, c, q = a + u, b + v, c + w, q + r
    return (a, b, c, q) if q else NOTHING
