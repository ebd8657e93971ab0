"""One field of a document as it was read: its scores, and on request what they are made of (see `model`)."""

from math import sqrt
from typing import NamedTuple, TypeVar

from socialcls.features.extractor import (
    GROUPS_BY_NAME,
    NAME,
    NAME_SIGNALS,
    TEXT,
    TEXT_SIGNALS,
    URL,
    URL_SIGNALS,
    Factor,
    name_pair,
    read_url_keys,
)
from socialcls.features.signals import Pair, Sums, scan
from socialcls.model.weights import (
    SIGNAL_URL_PARTS,
    Direction,
    Scores,
    StoredEntries,
    SumsByKey,
    WeighedWord,
    Weights,
    WordWeights,
    divide,
    lean,
)
from socialcls.text.tokenizer import Lexicon, Located, find_span, find_spans, list_spellings
from socialcls.types import Field

T = TypeVar("T")

Span = tuple[int, int]
"""Start and end in characters of a field."""

_MANY_WORDS = 100  # of which all places are found at once: looking for each would take the square of a page's length


class UrlPlace(NamedTuple):
    """A piece of a URL with the keys that stand there, or a signal with the pieces that show it."""

    signal: str | None
    spans: tuple[Span, ...]


Key = WeighedWord | Pair | UrlPlace | str
"""Something read that contributes: a word, a known pair, a place in a URL, or the id of a signal that words show."""


Part = tuple[float, "ReadWords | ReadUrl", Key]
"""What a key adds to a margin, in logits, not calibrated; the field it was read in; the key. (A plain tuple: dozens
are made for every document that is explained.)"""


Weighed = tuple[str, str, Sums, float]
"""A feature: its group, its name, what it weighs, and what that is multiplied by."""


class ReadKey(NamedTuple):
    """Something read with all that is known of it: for comparing documents, not for speed."""

    field: Field
    signal: str | None
    """The signal that it is; None for words and parts of a URL."""
    name: str
    """A folded word, a signal's id, or a part of a URL under the name of what it is: `sub=forum`."""
    words: tuple[str, ...]
    """What stands there, each way of writing it once."""
    scores: Scores
    """What it adds to each label's logit, not calibrated."""
    idf: float
    """The inverse document frequency of the word or part by itself; 0 where only its n-grams are known."""


class WordField:
    """Text or name: what each word, pair and signal of it weighs."""

    def __init__(self, field: Field, weights: Weights) -> None:
        self.name = field
        self.weights = weights
        self.factor, self.signal_factor = (TEXT, TEXT_SIGNALS) if field == "text" else (NAME, NAME_SIGNALS)
        self.signals = SumsByKey(weights.groups[f"{field}.signals"])
        self.lexicon = Lexicon(WordWeights(field, weights).weigh)


class ReadWords:
    """The words of one document's field, the known pairs, the signals that are shown, and their scores."""

    __slots__ = (
        "_distinct", "_field", "_hits", "_located", "_pairs", "_places", "_scale", "_shown", "_signal_scale", "scores",
        "text", "words",
    )  # fmt: skip

    def __init__(self, field: WordField, text: str) -> None:
        self._field, self.text = field, text
        self.words = words = field.lexicon.read(text)
        hits, pairs = scan(words)
        self._hits = hits
        self._distinct, self._pairs = _list_distinct(words), _list_distinct(pairs)
        self._located: list[Located] = []
        self._places: dict[Key, dict[Span, None]] = {}
        a = b = c = squares = 0.0
        for word in self._distinct:  # not by `divide`: this loop and `scan` are the hottest of all
            u, v, w, q = word.sums
            a, b, c, squares = a + u, b + v, c + w, squares + q
        for pair in self._pairs:
            u, v, w, q = pair.sums
            a, b, c, squares = a + u, b + v, c + w, squares + q
        self._scale = scale = 1.0 / sqrt(field.factor.smoothing + squares)
        a, b, c = a * scale, b * scale, c * scale
        self._shown: dict[str, Sums] = {}
        self._signal_scale = 0.0
        if hits:
            self._shown = {signal: field.signals[signal] for signal, _, _ in hits}
            u, v, w, self._signal_scale = divide(field.signal_factor.smoothing, self._shown.values())
            a, b, c = a + u, b + v, c + w
        self.scores = (a, b, c)

    @property
    def name(self) -> Field:
        """The field's name."""
        return self._field.name

    def list_parts(self, direction: Direction) -> list[Part]:
        """What each word, pair and signal adds to a margin."""
        scale = self._scale
        known = [word for word in self._distinct if word.sums[3]]
        parts: list[Part] = [(lean(word.sums, direction) * scale, self, word) for word in known]
        parts += [(lean(pair.sums, direction) * scale, self, pair) for pair in self._pairs]
        for signal, sums in self._shown.items():
            parts.append((lean(sums, direction) * self._signal_scale, self, signal))
        return parts

    def list_keys(self) -> list[ReadKey]:
        """The words and signals that are known."""
        name, keys = self._field.name, []
        whole = self._field.weights.groups[f"{name}.words"]
        for word in self._distinct:
            *_, squares = whole.add_up(word.key)
            idf = sqrt(squares)
            if word.sums[3]:
                keys.append(ReadKey(name, None, word.key, self.quote(word), _scale(word.sums, self._scale), idf))
        for signal, sums in self._shown.items():
            keys.append(ReadKey(name, signal, signal, self.quote(signal), _scale(sums, self._signal_scale), 1.0))
        return keys

    def list_weighed(self) -> list[Weighed]:
        """Each feature with its group, what it weighs, and what that is multiplied by."""
        name, weights = self._field.name, self._field.weights
        weighed: list[Weighed] = []
        for word in self._distinct:
            for group in (f"{name}.words", f"{name}.chars"):
                for feature, sums in weights.groups[group].list_features(word.key):
                    weighed.append((group, feature, sums, self._scale))
        for pair in self._pairs:
            first, second = self._find_places(pair)[0]
            feature = name_pair(self.words[first].key, self.words[second].key)
            weighed.append((f"{name}.pairs", feature, pair.sums, self._scale))
        for signal, sums in self._shown.items():
            weighed.append((f"{name}.signals", signal, sums, self._signal_scale))
        return weighed

    def quote(self, key: Key) -> tuple[str, ...]:
        """What stands where a key does, each way of writing it once, with one space where there are more."""
        return list_spellings([" ".join(self.text[start:end].split()) for start, end in self.find_spans(key)])

    def find_spans(self, key: Key) -> tuple[Span, ...]:
        """Where a key stands, in order, each place once."""
        if len(self.words) > _MANY_WORDS:
            if not self._places:
                self._places = self._locate_keys()
            return tuple(self._places[key])
        if not self._located:
            self._located = self._field.lexicon.locate(self.text)
        spans: dict[Span, None] = {}
        for first, last in self._find_places(key):
            start, end = find_span(self._located[first])
            if first != last:
                end = find_span(self._located[last])[1]
            spans[start, end] = None
        return tuple(spans)

    def _find_places(self, key: Key) -> list[tuple[int, int]]:
        """The first and the last word of each place where a key stands."""
        words = self.words
        if isinstance(key, WeighedWord):
            return [(i, i) for i, word in enumerate(words) if word is key]
        if isinstance(key, Pair):
            return [(i, i + 1) for i in range(len(words) - 1) if words[i].pairs.get(words[i + 1].key) is key]
        return [(first, last) for signal, first, last in self._hits if signal == key]

    def _locate_keys(self) -> dict[Key, dict[Span, None]]:
        """Where every key stands."""
        words, spans = self.words, find_spans(self.text)
        places: dict[Key, dict[Span, None]] = {}
        for i, word in enumerate(words):
            places.setdefault(word, {})[spans[i]] = None
            pair = word.pairs.get(words[i + 1].key) if i + 1 < len(words) else None
            if pair is not None:
                places.setdefault(pair, {})[spans[i][0], spans[i + 1][1]] = None
        for signal, first, last in self._hits:
            places.setdefault(signal, {})[spans[first][0], spans[last][1]] = None
        return places


class UrlField:
    """What each part of a URL weighs."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.entries = StoredEntries(weights.vocabulary, SIGNAL_URL_PARTS)
        groups = [group for group in GROUPS_BY_NAME.values() if group.factor.field == "url"]
        self.sums = {group.name: SumsByKey(weights.groups[group.name]) for group in groups}


class ReadUrl:
    """The keys of one URL with their places, and their scores."""

    __slots__ = ("_by_factor", "_spans", "_weights", "scores", "text")

    name: Field = "url"
    words: tuple[WeighedWord, ...] = ()
    """None: a URL has parts."""

    def __init__(self, field: UrlField, url: str) -> None:
        self.text = url
        self._weights = field.weights
        self._spans: dict[tuple[str, str], list[Span]] = {}
        for key in read_url_keys(url, field.entries):
            self._spans.setdefault((key.group, key.key), []).append((key.start, key.end))
        self._by_factor: dict[Factor, list[tuple[str, str, Sums]]] = {URL: [], URL_SIGNALS: []}
        for group, name in self._spans:
            self._by_factor[GROUPS_BY_NAME[group].factor].append((group, name, field.sums[group][name]))
        a = b = c = 0.0
        for factor, keys in self._by_factor.items():
            u, v, w, _ = divide(factor.smoothing, [sums for _, _, sums in keys])
            a, b, c = a + u, b + v, c + w
        self.scores = (a, b, c)

    def list_parts(self, direction: Direction) -> list[Part]:
        """What each piece of the URL and each signal adds to a margin."""
        added: dict[UrlPlace, float] = {}
        for factor, keys in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in keys])
            for group, name, sums in keys:
                spans = tuple(dict.fromkeys(self._spans[group, name]))
                is_signal = factor is URL_SIGNALS
                places = [UrlPlace(name, spans)] if is_signal else [UrlPlace(None, (span,)) for span in spans]
                for place in places if sums[3] else ():
                    each = lean(sums, direction) * scale / len(places)
                    added[place] = added.get(place, 0.0) + each
        return [(contribution, self, place) for place, contribution in added.items()]

    def list_weighed(self) -> list[Weighed]:
        """Each feature with its group, what it weighs, and what that is multiplied by."""
        weighed: list[Weighed] = []
        for factor, keys in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in keys])
            for group, name, _ in keys:
                for feature, sums in self._weights.groups[group].list_features(name):
                    weighed.append((group, feature, sums, scale))
        return weighed

    def list_keys(self) -> list[ReadKey]:
        """The parts and signals that are known."""
        keys = []
        for factor, read in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in read])
            for group, name, sums in read:
                words = tuple(dict.fromkeys(self.text[start:end] for start, end in self._spans[group, name]))
                signal = name if factor is URL_SIGNALS else None
                idf = sqrt(sums[3]) if group == "url.parts" else float(signal is not None)
                if sums[3]:
                    keys.append(ReadKey("url", signal, name, words, _scale(sums, scale), idf))
        return keys

    def quote(self, key: Key) -> tuple[str, ...]:
        """What stands where a key does, each way of writing it once."""
        return list_spellings([self.text[start:end] for start, end in self.find_spans(key)])

    def find_spans(self, key: Key) -> tuple[Span, ...]:
        """Where a key stands."""
        return key.spans if isinstance(key, UrlPlace) else ()


def _list_distinct(things: list[T]) -> list[T]:
    """Each once, in order: what `dict.fromkeys` does, compiled in less time, once or twice for every text."""
    if len(things) < 2:
        return things
    met: set[T] = set()
    distinct: list[T] = []
    for thing in things:
        if thing not in met:
            met.add(thing)
            distinct.append(thing)
    return distinct


def _scale(sums: Sums, scale: float) -> Scores:
    a, b, c, _ = sums
    return a * scale, b * scale, c * scale, 0.0
