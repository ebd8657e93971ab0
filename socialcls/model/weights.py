"""What the features of keys weigh: looked up in a model's vocabulary, added up by key, and remembered."""

from collections.abc import Iterable, Sequence
from math import sqrt
from struct import Struct
from typing import NamedTuple

from socialcls.features.extractor import GROUPS_BY_NAME, Group, expand_key
from socialcls.features.signals import NOTHING, Entry, Known, Pair, Sums, Word, look_up, parse_entry
from socialcls.model.vocabulary import Bytes, Lines, Vocabulary
from socialcls.types import Field

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

MAX_KEYS = 50_000
"""Of one group, whose sums are remembered; then all are forgotten, so that a long stream runs in constant memory."""


class Arrays(NamedTuple):
    """A model's numbers, as they stand in its directory."""

    intercepts: Scores
    lines: Lines
    """The features of each group, then the signals' entries."""
    weights: Bytes
    """A ROW for each feature, by the number of its line."""


class Weights:
    """The numbers of a model, by feature and by key."""

    def __init__(self, arrays: Arrays) -> None:
        self.vocabulary = vocabulary = Vocabulary(arrays.lines)
        self.rows = arrays.weights
        self.groups = {name: GroupWeights(group, vocabulary, self.rows) for name, group in GROUPS_BY_NAME.items()}
        """What the keys of each group weigh, by its name."""

    def look_up(self, number: int) -> Sums:
        """The numbers of one feature, by the number of its line."""
        return _read_row(self.rows, number)


class GroupWeights:
    """What the keys of one group weigh."""

    def __init__(self, group: Group, vocabulary: Vocabulary, rows: Bytes) -> None:
        self._group, self._vocabulary, self._rows = group, vocabulary, rows
        self._n_lookups = 0
        self._known: dict[str, Known] = {}

    def add_up(self, key: str) -> Sums:
        """The sums of a key's features; NOTHING when none is known."""
        a = b = c = squares = 0.0
        for known in self._find(expand_key(self._group, key)):
            if known is not None:
                u, v, w, q = known.sums
                a, b, c, squares = a + u, b + v, c + w, squares + q
        return (a, b, c, squares) if squares else NOTHING

    def list_features(self, key: str) -> list[tuple[str, Sums]]:
        """The known features of a key with what each weighs."""
        features = expand_key(self._group, key)
        found = zip(features, self._find(features), strict=True)
        return [(feature, known.sums) for feature, known in found if known is not None]

    def find_pairs(self, first: str) -> dict[str, Pair]:
        """The known pairs that a word begins, by the second word, where the group is one of pairs."""
        found = self._vocabulary.find_all(self._group.name, first)
        return {pair.value: Pair(_read_row(self._rows, pair.number)) for pair in found}

    def _find(self, features: Sequence[str]) -> list[Known | None]:
        """Each feature as far as it is known."""
        if not self._known:
            self._n_lookups += len(features)
            if self._n_lookups <= LOOKUPS_BEFORE_DICTIONARY:
                return [self._find_in_vocabulary(feature) for feature in features]
            numbers = self._vocabulary.number_lines(self._group.name)
            self._known = {feature: Known(_read_row(self._rows, number)) for feature, number in numbers.items()}
        known = self._known
        return [known.get(feature) for feature in features]

    def _find_in_vocabulary(self, feature: str) -> Known | None:
        number = self._vocabulary.find(self._group.name, feature)
        return None if number is None else Known(_read_row(self._rows, number))


class SumsByKey(dict[str, Sums]):
    """The sums of the keys of one group, remembered."""

    def __init__(self, weights: GroupWeights) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, key: str) -> Sums:
        if len(self) >= MAX_KEYS:
            self.clear()
        sums = self[key] = self._weights.add_up(key)
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

    def __init__(self, key: str, opened: Sequence[Entry], whole: Sums, ngrams: Sums) -> None:
        """Keep what is known of a word.

        Args:
            key: The word, folded.
            opened: The entries whose opening fits it.
            whole: What the word weighs.
            ngrams: What its n-grams weigh.
        """
        super().__init__(key, opened)
        self.is_known = whole[3] > 0
        """Whether the model knows the word as a whole, not by its n-grams alone."""
        self.sums: Sums = (whole[0] + ngrams[0], whole[1] + ngrams[1], whole[2] + ngrams[2], whole[3] + ngrams[3])
        """Of the word and its n-grams."""


class WordWeights:
    """What the words of one field bring."""

    def __init__(self, field: Field, weights: Weights) -> None:
        self._entries = StoredEntries(weights.vocabulary, SIGNAL_WORDS)
        self._words = weights.groups[f"{field}.words"]
        self._ngrams = weights.groups[f"{field}.chars"]
        self._pairs = weights.groups[f"{field}.pairs"]

    def weigh(self, key: str) -> WeighedWord:
        """All that a folded word brings."""
        opened = look_up(key, self._entries)
        word = WeighedWord(key, opened, self._words.add_up(key), self._ngrams.add_up(key))
        if word.is_known:
            word.pairs = self._pairs.find_pairs(key) or word.pairs
        return word


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


def _read_row(rows: Bytes, number: int) -> Sums:
    sums: Sums = ROW.unpack_from(rows, number * ROW.size)
    return sums
