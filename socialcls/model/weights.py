"""Look up what the features of keys weigh in a model's vocabulary, add it up by key, and cache it."""

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from socialcls.features.extractor import Knowledge
from socialcls.features.groups import GROUPS_BY_NAME, Group, expand_key, name_pair
from socialcls.features.heads import HeadLexicon, HeadTerms
from socialcls.features.services import ServiceTable
from socialcls.features.signals import Entry, Pair, Word, look_up, parse_entry
from socialcls.features.weighed import Row, Weighed, add_columns
from socialcls.model.kinds import NO_KINDS, KindArrays, KindRow, KindWeights
from socialcls.model.vocabulary import Lines, Vocabulary
from socialcls.types import Field

SIGNAL_WORDS, SIGNAL_URL_PARTS = "signals.words", "signals.url_parts"
HEADS, ROLES, LANGUAGES, SENSES = "heads", "roles", "languages", "senses"
SERVICES, SERVICE_NAMES = "services", "services.names"
KNOWLEDGE = (SIGNAL_WORDS, SIGNAL_URL_PARTS, HEADS, ROLES, LANGUAGES, SENSES, SERVICES, SERVICE_NAMES)
"""Sections of the vocabulary that hold what is known beforehand, behind those of the groups of features."""

Scores = list[float]
"""A logit for each label, in the order of the model's labels; that of the last is 0."""

LOOKUPS_BEFORE_DICTIONARY = 10_000
"""In one section; then a dictionary of it has paid for itself (the ski rental: at most twice the least cost)."""

MAX_KEYS = 50_000
"""Keys of one group whose rows are cached. On overflow all are evicted: a long stream runs in constant memory."""


class Arrays(NamedTuple):
    """A model's numbers, as they stand in its directory."""

    intercepts: Scores
    """For each label; that of the last is 0."""
    scales: dict[str, tuple[float, float]]
    """By group: what the integers of its coefficients are multiplied by, and those of its squared idfs."""
    lines: Lines
    """The features of each group, then the sections of KNOWLEDGE."""
    weights: bytes
    """For each feature, by the number of its line, little-endian int32: a coefficient for each label but the last,
    then its squared idf. Integers are finite and add up exactly."""
    kinds: KindArrays = NO_KINDS

    @property
    def n_labels(self) -> int:
        """How many labels there are."""
        return len(self.intercepts)


def count_row_bytes(n_labels: int) -> int:
    """Count the bytes that a feature takes among the weights."""
    return 4 * n_labels


class Weights:
    """The numbers of a model, by feature and by key."""

    def __init__(self, arrays: Arrays) -> None:
        self.vocabulary = vocabulary = Vocabulary(arrays.lines)
        rows = Rows(arrays.weights, arrays.n_labels)
        self.n_labels = arrays.n_labels
        self.kinds = KindWeights(arrays.kinds)
        self.groups = {
            name: GroupWeights(group, vocabulary, rows, arrays.scales.get(name, (1.0, 1.0)), self.kinds)
            for name, group in GROUPS_BY_NAME.items()
        }
        """What the keys of each group weigh, by its name."""
        senses = _list_values(vocabulary, SENSES)
        self.knowledge = Knowledge(
            StoredEntries(vocabulary, SIGNAL_WORDS),
            StoredEntries(vocabulary, SIGNAL_URL_PARTS),
            HeadLexicon(
                StoredValues(vocabulary, HEADS, n_parts=2),
                StoredValues(vocabulary, ROLES),
                _list_values(vocabulary, LANGUAGES),
                senses,
            ),
            ServiceTable(StoredValues(vocabulary, SERVICES), StoredValues(vocabulary, SERVICE_NAMES), senses),
        )


def _list_values(vocabulary: Vocabulary, section: str) -> dict[str, str]:
    return {key: value for key, _, value in (line.partition("\t") for line in vocabulary.list_section(section))}


class Rows:
    """The integers of features, by the number of their lines."""

    __slots__ = ("_numbers", "_struct", "_weights", "nothing")

    def __init__(self, weights: bytes, n_labels: int) -> None:
        self._struct = Struct(f"<{n_labels}i")
        self._weights = weights
        self._numbers = len(weights) // self._struct.size
        self.nothing: Row = (0.0,) * (n_labels + 1)
        """What an unknown key weighs."""

    def read(self, number: int) -> tuple[int, ...]:
        """Read the integers of a feature; none where a damaged vocabulary names a feature that is not there."""
        if not 0 <= number < self._numbers:
            return ()
        return self._struct.unpack_from(self._weights, number * self._struct.size)


class GroupWeights:
    """What the keys of one group weigh."""

    def __init__(
        self, group: Group, vocabulary: Vocabulary, rows: Rows, scales: tuple[float, float], kinds: KindWeights
    ) -> None:
        self._group, self._vocabulary, self._rows, self._kinds = group, vocabulary, rows, kinds
        self._scale, self._square_scale = scales
        self._n_lookups = 0
        self._numbers: dict[str, int] = {}

    def weigh(self, key: str) -> tuple[Row, KindRow]:
        """Add up the rows of a key's features, all zero when none is known, and what they say of kinds."""
        found: list[int] = []
        rows: list[tuple[int, ...]] = []
        for number in self._find(expand_key(self._group, key)):
            if number is not None:
                integers = self._rows.read(number)
                if integers:
                    found.append(number)
                    rows.append(integers)
        if not rows:
            return self._rows.nothing, ()
        return self._scale_row(add_columns(rows)), self._kinds.add_up(found, self._group.name)

    def list_features(self, key: str) -> list[tuple[str, Row]]:
        """List the known features of a key with what each weighs."""
        features = expand_key(self._group, key)
        found = zip(features, self._find(features), strict=True)
        return [(feature, self._scale_row(self._rows.read(number))) for feature, number in found if number is not None]

    def list_rows(self) -> dict[str, Row]:
        """List every feature of the group with what it weighs."""
        numbers = self._vocabulary.number_lines(self._group.name)
        return {feature: self._scale_row(self._rows.read(number)) for feature, number in numbers.items()}

    def find_pairs(self, first: str) -> dict[str, Pair]:
        """Find the known pairs that a word begins, by the second word, where the group is one of pairs."""
        found = self._vocabulary.find_all(self._group.name, first)
        return {
            pair.value: Pair(name_pair(first, pair.value), self._scale_row(self._rows.read(pair.number)))
            for pair in found
        }

    def _scale_row(self, integers: Sequence[int]) -> Row:
        """Make a row of a feature's integers: the last label's coefficient is 0, the last number the squared idf."""
        if not integers:
            return self._rows.nothing
        scale = self._scale
        coefficients = [integer * scale for integer in integers[:-1]]
        return (*coefficients, 0.0, max(0, integers[-1]) * self._square_scale)

    def _find(self, features: Sequence[str]) -> list[int | None]:
        """Find the number of each feature; None where it is unknown."""
        if not self._numbers:
            self._n_lookups += len(features)
            if self._n_lookups <= LOOKUPS_BEFORE_DICTIONARY:
                return [self._vocabulary.find(self._group.name, feature) for feature in features]
            self._numbers = self._vocabulary.number_lines(self._group.name)
        numbers = self._numbers
        return [numbers.get(feature) for feature in features]


KNOWN_SERVICE = "known_service"
"""The signal of a known service."""

HEAD_SIGNALS = {
    "is": "calls_itself",
    "also": "calls_itself",
    "not": "denies_to_be",
    "of": "is_about",
    "about": "is_about",
    "does": "invites_to",
}
"""The signal of a head, by what stands before its sense."""

MARK_SIGNALS = {family: f"page_{family}" for family in ("engine", "feeds", "links", "schema", "shape")}
"""The signal of a page's mark, by the first part of its id."""


class Key(Weighed):
    """A signal, a head, a service or a part of a URL, with what it weighs."""

    __slots__ = ("group", "name", "signal")

    def __init__(self, group: str, name: str, row: Row, kinds: KindRow) -> None:
        super().__init__(row)
        self.kinds = kinds
        self.group = group
        """The group of features that it belongs to."""
        self.name = name
        self.signal = _name_signal(group, name)
        """The id of the signal that it is, a head and a known service included; None for parts of a URL."""


def _name_signal(group: str, name: str) -> str | None:
    nature = group.partition(".")[2]
    if nature == "signals":
        return name
    if nature == "services":
        return KNOWN_SERVICE
    if nature == "heads":
        return HEAD_SIGNALS[name.partition("=")[0]]
    if nature == "marks":
        return MARK_SIGNALS.get(name.partition(".")[0])
    return None


class KeyCache(dict[str, Key]):
    """The keys of one group, made when first asked for."""

    def __init__(self, group: str, weights: GroupWeights) -> None:
        super().__init__()
        self._group, self._weights = group, weights

    def __missing__(self, name: str) -> Key:
        if len(self) >= MAX_KEYS:
            self.clear()
        row, kinds = self._weights.weigh(name)
        key = self[name] = Key(self._group, name, row, kinds)
        return key


class StoredValues:
    """Values looked up by key in a section of a model's vocabulary, each time anew.

    A dictionary of heads and services would take 20 MB, to save a hundredth of the time.
    """

    def __init__(self, vocabulary: Vocabulary, section: str, n_parts: int = 1) -> None:
        self._vocabulary, self._section = vocabulary, section
        self._n_spaces = n_parts - 1

    def get(self, key: str, /) -> Sequence[str] | None:
        """Look up the values that stand under a key; those with too few parts, of a damaged vocabulary, are none."""
        found = self._vocabulary.find_all(self._section, key)
        return [line.value for line in found if line.value.count(" ") >= self._n_spaces]


class StoredEntries:
    """The signals' entries of a model, looked up in its vocabulary."""

    def __init__(self, vocabulary: Vocabulary, section: str) -> None:
        self._vocabulary, self._section = vocabulary, section
        self._n_lookups = 0
        self._filed: dict[str, list[Entry]] = {}

    def get(self, filed_under: str, /) -> Sequence[Entry] | None:
        """Look up the entries filed there."""
        if self._filed:
            return self._filed.get(filed_under)
        self._n_lookups += 1
        if self._n_lookups > LOOKUPS_BEFORE_DICTIONARY:
            self._filed = self._list_all()
        return [parse_entry(found.value) for found in self._vocabulary.find_all(self._section, filed_under)]

    def _list_all(self) -> dict[str, list[Entry]]:
        filed: dict[str, list[Entry]] = {}
        for line in self._vocabulary.list_section(self._section):
            place, _, value = line.partition("\t")
            filed.setdefault(place, []).append(parse_entry(value))
        return filed


class WeighedWord(Word):
    """A folded word with all that it brings: what it weighs, shows and may open."""

    __slots__ = ("whole_square",)

    def __init__(  # noqa: PLR0913, PLR0917  (all that there is to know of a word)
        self,
        key: str,
        opened: Sequence[Entry],
        heads: dict[str, HeadTerms],
        roles: dict[str, str],
        whole: Row,
        ngrams: Row,
        kinds: KindRow,
    ) -> None:
        """Keep what is known of a word.

        Args:
            key: The word, folded.
            opened: The signals' entries whose opening fits it.
            heads: The terms of the lexicon that begin with it, by language.
            roles: Its role by language, where it is a function word.
            whole: What the word weighs.
            ngrams: What its n-grams weigh.
            kinds: What the word and its n-grams say of kinds.
        """
        super().__init__(key, opened, heads, roles)
        self.kinds = kinds
        self.whole_square = whole[-1]
        """Squared idf of the word as a whole; 0 when the model knows it by its n-grams alone."""
        self.row = tuple([a + b for a, b in zip(whole, ngrams, strict=True)])
        """Of the word and its n-grams."""
        self.square = self.row[-1]


class WordWeights:
    """What the words of one field bring."""

    def __init__(self, field: Field, weights: Weights) -> None:
        self._knowledge = weights.knowledge
        self._words = weights.groups[f"{field}.words"]
        self._ngrams = weights.groups[f"{field}.chars"]
        self._pairs = weights.groups[f"{field}.pairs"]
        self._kinds = weights.kinds

    def weigh(self, key: str) -> WeighedWord:
        """Work out all that a folded word brings."""
        knowledge = self._knowledge
        whole, kinds = self._words.weigh(key)
        ngrams, kinds_of_ngrams = self._ngrams.weigh(key)
        word = WeighedWord(
            key,
            look_up(key, knowledge.words),
            knowledge.heads.find_terms(key),
            knowledge.heads.find_roles(key),
            whole,
            ngrams,
            self._kinds.add(kinds, kinds_of_ngrams),
        )
        if word.whole_square:
            word.pairs = self._pairs.find_pairs(key) or word.pairs
        return word
