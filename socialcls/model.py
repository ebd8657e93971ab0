"""The linear model: sums by key, scores and exact contributions.

For a label l, a document's score is

    score(l) = intercept(l) + Σ_factors 1/F(factor) · Σ_keys S(key, l)
    F(factor) = √(smoothing + Σ_keys q(key))

over the distinct keys of the document, where S(key, l) is the sum of the coefficients of the key's features, q(key)
the sum of their squared inverse document frequencies, and unknown features count in neither. S and q depend on
nothing but the key, so each is worked out once and remembered. Everything else (the groups' scales, inverse document
frequencies, the temperature that calibrates) was folded into the coefficients at export.

Scores are relative to the last label: its own is always 0, and a feature has a coefficient for each of the others.
Only differences of scores mean anything, and differences are unchanged by it.

What a key contributes is S / F: contributions first, and a score is their sum, so an explanation is the computation
itself. A `Reading` keeps what was read, and lists the contributions when somebody asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import sqrt
from struct import Struct
from typing import NamedTuple

from socialcls.features import (
    GROUPS_BY_NAME,
    NAME,
    NAME_SIGNALS,
    OPENING_WORDS,
    TEXT,
    TEXT_OPENING,
    TEXT_SIGNALS,
    URL,
    URL_SIGNALS,
    Factor,
    expand_key,
    name_pair,
    read_url_keys,
)
from socialcls.records import Document, Field
from socialcls.signals import Entries, Entry, Following, Sums, Word, parse_entry, scan
from socialcls.taxonomy import LABELS
from socialcls.text import MAX_REMEMBERED, Lexicon, find_spans
from socialcls.vocabulary import Lines, Vocabulary

N_COEFFICIENTS = len(LABELS) - 1
ROW = Struct("<4f")
"""What a feature has, little-endian float32: a coefficient for each label but the last, then its squared idf."""

SIGNAL_WORDS, SIGNAL_URL_PARTS = "signals.words", "signals.url_parts"
"""Sections of the vocabulary that hold the signals' entries, behind those of the groups of features."""

Scores = tuple[float, float, float, float]
"""A logit for each label, in the order of LABELS; the last is 0."""

Place = tuple[int, int]
"""First and last word of a text or name, or start and end in characters of a URL."""

_NOTHING: Sums = (0.0, 0.0, 0.0, 0.0)
_NO_SCORES: Scores = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Arrays:
    """A model's numbers, as they stand in its directory."""

    intercepts: Scores
    lines: Lines
    """The features of each group, then the signals' entries."""
    weights: bytes
    """A ROW for each feature, by the number of its line."""


class Part(NamedTuple):
    """What one key of a document contributes."""

    field: Field
    key: str
    """As `features` names it: a folded word, a pair, a signal's id, `sub=forum`."""
    signal: str | None
    """The signal that the key is; None for words, pairs and parts of a URL."""
    places: Sequence[Place]
    """Where it stands, at least once; `Reading` finds the characters and quotes them."""
    scores: Scores
    """What it adds to each label's logit, all places together."""
    idf: float
    """The inverse document frequency of the word, pair or part by itself; 1 for signals, 0 where it is unknown and
    only its n-grams count."""


class LinearModel:
    """Reads documents and scores them; decides nothing."""

    def __init__(self, arrays: Arrays) -> None:
        self.intercepts = arrays.intercepts
        self.weights = _Weights(arrays)
        self._text = _WordField("text", self.weights)
        self._name = _WordField("name", self.weights)
        self._url = _UrlField(self.weights)

    def read(self, document: Document) -> "Reading":
        """Read a document and score it."""
        fields: dict[Field, _ReadWords | _ReadUrl] = {}
        if document.text:
            fields["text"] = self._text.read(document.text)
        if document.name:
            fields["name"] = self._name.read(document.name)
        if document.url:
            fields["url"] = self._url.read(document.url)
        a, b, c, _ = self.intercepts
        for read in fields.values():
            w, x, y, _ = read.scores
            a, b, c = a + w, b + x, c + y
        return Reading(document, (a, b, c, 0.0), fields)


class Reading:
    """A document as the model has read it: the scores, and on request what they are made of."""

    __slots__ = ("_fields", "document", "n_words", "scores")

    def __init__(self, document: Document, scores: Scores, fields: "dict[Field, _ReadWords | _ReadUrl]") -> None:
        self.document = document
        self.scores = scores
        """The logit of each label."""
        self._fields = fields
        self.n_words = 0
        """How many words stand in text and name."""
        for read in fields.values():
            self.n_words += len(read.words)

    @property
    def n_known_words(self) -> int:
        """How many of them the model knows as whole words."""
        return sum(word.whole is not None for read in self._fields.values() for word in read.words)

    def list_parts(self) -> list[Part]:
        """What each key contributes; with the intercepts it sums to the scores."""
        return [part for read in self._fields.values() for part in read.list_parts()]

    def find_span(self, field: Field, place: Place) -> tuple[int, int]:
        """Start and end of a part's place, in characters of the field as given."""
        return self._fields[field].find_span(place)

    def quote(self, field: Field, place: Place) -> str:
        """What stands at a part's place, as given."""
        return self._fields[field].quote(place)


class _Weights:
    """Sums of features looked up in the vocabulary."""

    def __init__(self, arrays: Arrays) -> None:
        self.vocabulary = Vocabulary(arrays.lines)
        self._rows = arrays.weights

    def look_up(self, number: int) -> Sums:
        """The numbers of one feature, by the number of its line."""
        a, b, c, q = ROW.unpack_from(self._rows, number * ROW.size)
        return a, b, c, q

    def add_up(self, group: str, key: str) -> Sums | None:
        """The sums of a key's features; None when none is known."""
        find = self.vocabulary.find
        numbers = [find(group, feature) for feature in expand_key(GROUPS_BY_NAME[group], key)]
        known = [self.look_up(number) for number in numbers if number is not None]
        return reduce(_add, known) if known else None


class _StoredEntries:
    """The signals' entries of a model, looked up in its vocabulary."""

    def __init__(self, vocabulary: Vocabulary, section: str) -> None:
        self._vocabulary = vocabulary
        self._section = section

    def get(self, opening: str, /) -> list[Entry]:
        return [parse_entry(found.value) for found in self._vocabulary.find_all(self._section, opening)]


class _WeighedWord(Word):
    """A folded word with all that it brings: what it weighs, shows and may open."""

    __slots__ = ("sums", "whole")

    def __init__(self, key: str, entries: Entries, field: Field, weights: _Weights) -> None:
        super().__init__(key, entries)
        self.whole = weights.add_up(f"{field}.words", key)
        """S and q of the word alone; None when it is unknown."""
        ngrams = weights.add_up(f"{field}.chars", key)
        self.sums = _add(self.whole or _NOTHING, ngrams or _NOTHING)
        """S for each label but the last, then q: of the word and its n-grams."""
        for found in weights.vocabulary.find_all(f"{field}.pairs", key) if self.whole else ():
            self.add_pair(found.value, weights.look_up(found.number))


class _WordField:
    """Text or name: what each word, pair and signal of it weighs."""

    def __init__(self, field: Field, weights: _Weights) -> None:
        self.name = field
        self.factor, self.signal_factor = (TEXT, TEXT_SIGNALS) if field == "text" else (NAME, NAME_SIGNALS)
        self.opening_words = OPENING_WORDS if field == "text" else 0
        self.signals = _SumsByKey(weights, f"{field}.signals")
        self.opening = _SumsByKey(weights, "text.opening")
        entries = _StoredEntries(weights.vocabulary, SIGNAL_WORDS)
        self._lexicon = Lexicon(lambda key: _WeighedWord(key, entries, field, weights))

    def read(self, text: str) -> "_ReadWords":
        """Read the field of one document."""
        return _ReadWords(self, text, self._lexicon.read(text))


class _ReadWords:
    """The words of one document's field, the known pairs, the signals that are shown, and their scores."""

    __slots__ = ("_field", "_hits", "_pairs", "_text", "scores", "words")

    def __init__(self, field: _WordField, text: str, words: list[_WeighedWord]) -> None:
        self._field, self._text, self.words = field, text, words
        self._hits, self._pairs = hits, pairs = scan(words)
        sums = [word.sums for word in dict.fromkeys(words)]
        if pairs:
            sums += [following.pair or _NOTHING for following in dict(pairs)]
        a, b, c, _ = _weigh(field.factor.smoothing, sums)
        if hits:
            for factor, known, signals in self._list_shown():
                w, x, y, _ = _weigh(factor.smoothing, [known[signal] for signal in signals])
                a, b, c = a + w, b + x, c + y
        self.scores = (a, b, c, 0.0)

    def _list_shown(self) -> "list[tuple[Factor, _SumsByKey, dict[str, None]]]":
        """The distinct signals of the whole field, then of its opening, each with factor and sums."""
        field, hits = self._field, self._hits
        shown = dict.fromkeys([hit[0] for hit in hits])
        if not field.opening_words:
            return [(field.signal_factor, field.signals, shown)]
        opening = shown
        if len(self.words) > field.opening_words:
            opening = dict.fromkeys([hit[0] for hit in hits if hit[2] < field.opening_words])
        return [(field.signal_factor, field.signals, shown), (TEXT_OPENING, field.opening, opening)]

    def list_parts(self) -> list[Part]:
        """What each word, pair and signal contributes."""
        places: dict[_WeighedWord | Following, list[Place]] = {}
        for i, word in enumerate(self.words):
            places.setdefault(word, []).append((i, i))
        for following, i in self._pairs:
            places.setdefault(following, []).append((i, i + 1))
        sums = [key.sums if isinstance(key, _WeighedWord) else key.pair or _NOTHING for key in places]
        *_, scale = _weigh(self._field.factor.smoothing, sums)
        plain = []
        for key, of_key, spots in zip(places, sums, places.values(), strict=True):
            first, last = spots[0]
            named = self.words[first].key
            alone = of_key
            if isinstance(key, _WeighedWord):
                alone = key.whole or _NOTHING
            else:
                named = name_pair(named, self.words[last].key)
            plain.append(Part(self._field.name, named, None, spots, _scale(of_key, scale), sqrt(alone[3])))
        return [part for part in plain + self._list_signals() if any(part.scores)]

    def _list_signals(self) -> list[Part]:
        places: dict[str, dict[Place, None]] = {}
        for signal, first, last in self._hits:
            places.setdefault(signal, {})[first, last] = None
        added = dict.fromkeys(places, _NO_SCORES)
        for factor, known, signals in self._list_shown():
            *_, scale = _weigh(factor.smoothing, [known[signal] for signal in signals])
            for signal in signals:
                added[signal] = _add(added[signal], _scale(known[signal], scale))
        return [
            Part(self._field.name, signal, signal, tuple(spots), added[signal], 1.0) for signal, spots in places.items()
        ]

    def find_span(self, place: Place) -> tuple[int, int]:
        """Start and end of some words, in characters."""
        spans = find_spans(self._text)
        return spans[place[0]][0], spans[place[1]][1]

    def quote(self, place: Place) -> str:
        """Some words as given."""
        start, end = self.find_span(place)
        return self._text[start:end]


class _UrlField:
    """What each part of a URL weighs."""

    factors = (URL, URL_SIGNALS)

    def __init__(self, weights: _Weights) -> None:
        self.entries = _StoredEntries(weights.vocabulary, SIGNAL_URL_PARTS)
        self._last: _ReadUrl | None = None
        self.sums = {
            group.name: _SumsByKey(weights, group.name)
            for group in GROUPS_BY_NAME.values()
            if group.factor in self.factors
        }

    def read(self, url: str) -> "_ReadUrl":
        """Read the URL of one document; the last one is remembered, for those who try many texts beside it."""
        last = self._last
        if last is None or last.url != url:
            last = self._last = _ReadUrl(self, url)
        return last


class _ReadUrl:
    """The keys of one URL with their places, and their scores."""

    __slots__ = ("_places", "_scales", "_sums", "scores", "url")

    words: tuple[_WeighedWord, ...] = ()

    def __init__(self, field: _UrlField, url: str) -> None:
        self.url = url
        self._places: dict[tuple[str, str], list[Place]] = {}
        for key in read_url_keys(url, field.entries):
            self._places.setdefault((key.group, key.key), []).append((key.start, key.end))
        self._sums = {(group, key): field.sums[group][key] for group, key in self._places}
        self._scales: dict[Factor, float] = {}
        a = b = c = 0.0
        for factor in field.factors:
            sums = [sums for (group, _), sums in self._sums.items() if GROUPS_BY_NAME[group].factor is factor]
            w, x, y, self._scales[factor] = _weigh(factor.smoothing, sums)
            a, b, c = a + w, b + x, c + y
        self.scores = (a, b, c, 0.0)

    def list_parts(self) -> list[Part]:
        """What each key contributes."""
        parts = []
        for (group, key), spots in self._places.items():
            factor = GROUPS_BY_NAME[group].factor
            signal = key if factor is URL_SIGNALS else None
            sums = self._sums[group, key]
            idf = 0.0 if GROUPS_BY_NAME[group].ngram_lengths else sqrt(sums[3])
            parts.append(Part("url", key, signal, spots, _scale(sums, self._scales[factor]), idf))
        return [part for part in parts if any(part.scores)]

    def find_span(self, place: Place) -> tuple[int, int]:
        """A place in a URL is in characters already."""
        return place

    def quote(self, place: Place) -> str:
        """A part of the URL as given."""
        return self.url[place[0] : place[1]]


class _SumsByKey(dict[str, Sums]):
    """The sums of the keys of one group, remembered."""

    def __init__(self, weights: _Weights, group: str) -> None:
        super().__init__()
        self._weights = weights
        self._group = group

    def __missing__(self, key: str) -> Sums:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        sums = self[key] = self._weights.add_up(self._group, key) or _NOTHING
        return sums


def _weigh(smoothing: float, all_sums: Iterable[Sums]) -> tuple[float, float, float, float]:
    """The scores of some keys under one length factor, then what their sums were multiplied by."""
    a = b = c = 0.0
    squares = smoothing
    for w, x, y, q in all_sums:
        a, b, c, squares = a + w, b + x, c + y, squares + q
    scale = 1.0 / sqrt(squares)
    return a * scale, b * scale, c * scale, scale


def _scale(sums: Sums, scale: float) -> Scores:
    a, b, c, _ = sums
    return a * scale, b * scale, c * scale, 0.0


def _add(one: Sums | Scores, other: Sums | Scores) -> tuple[float, float, float, float]:
    a, b, c, d = one
    w, x, y, z = other
    return a + w, b + x, c + y, d + z
