"""The linear model: scores, and the contributions they are made of.

For a label l, a document's score is

    score(l) = intercept(l) + Σ_factors 1/F(factor) · Σ_keys S(key, l)
    F(factor) = √(smoothing + Σ_keys q(key))

over the distinct keys of the document, where S(key, l) is the sum of the coefficients of the key's features, q(key)
the sum of their squared inverse document frequencies, and unknown features count in neither. S and q depend on
nothing but the key, so each is worked out once and remembered (`weights`). Everything else (the groups' scales,
inverse document frequencies) was folded into the coefficients at export.

Scores are relative to the last label: its own is always 0, and a feature has a coefficient for each of the others.
Only differences of scores mean anything, and differences are unchanged by it.

What a key contributes is S / F: a score is the sum of contributions, so an explanation is the computation itself. A
`Reading` keeps what was read, and lists the contributions when somebody asks.
"""

from collections.abc import Iterator
from math import sqrt
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
    name_pair,
    read_url_keys,
)
from socialcls.records import Document, Field
from socialcls.signals import Following, Sums, scan
from socialcls.text import Lexicon, find_spans
from socialcls.weights import (
    NOTHING,
    SIGNAL_URL_PARTS,
    SIGNAL_WORDS,
    Arrays,
    Scores,
    StoredEntries,
    SumsByKey,
    WeighedWord,
    Weights,
    divide,
)

Span = tuple[int, int]
"""Start and end in characters of a field."""

_MANY_WORDS = 100  # of which all places are found at once


class UrlPlace(NamedTuple):
    """A piece of a URL with the keys that stand there, or a signal with the pieces that show it."""

    signal: str | None
    spans: tuple[Span, ...]


Key = WeighedWord | Following | UrlPlace | str
"""Something read that contributes: a word, a known pair, a place in a URL, or the id of a signal that words show."""


Part = tuple[float, "ReadWords | ReadUrl", Key]
"""What a key adds to a margin, in logits, not calibrated; the field it was read in; the key. (A plain tuple: dozens
are made for every document that is explained.)"""


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


class LinearModel:
    """Reads documents and scores them; decides nothing."""

    def __init__(self, arrays: Arrays) -> None:
        self.intercepts = arrays.intercepts
        self.weights = Weights(arrays)
        self._text = _WordField("text", self.weights)
        self._name = _WordField("name", self.weights)
        self._url = _UrlField(self.weights)

    def read(self, document: Document) -> "Reading":
        """Read a document and score it."""
        fields: dict[Field, ReadWords | ReadUrl] = {}
        if document.text:
            fields["text"] = ReadWords(self._text, document.text)
        if document.name:
            fields["name"] = ReadWords(self._name, document.name)
        if document.url:
            fields["url"] = ReadUrl(self._url, document.url)
        a, b, c, d = self.intercepts
        for read in fields.values():
            u, v, w = read.scores
            a, b, c = a + u, b + v, c + w
        return Reading((a, b, c, d), fields)


class Reading:
    """A document as the model has read it: the scores, and on request what they are made of."""

    __slots__ = ("fields", "n_words", "scores")

    def __init__(self, scores: Scores, fields: "dict[Field, ReadWords | ReadUrl]") -> None:
        self.scores = scores
        """The logit of each label."""
        self.fields = fields
        self.n_words = 0
        """How many words stand in text and name."""
        for read in fields.values():
            self.n_words += len(read.words)

    @property
    def n_known_words(self) -> int:
        """How many of them the model knows as whole words."""
        return sum(word.is_known for read in self.fields.values() for word in read.words)

    def list_parts(self, best: int, runner_up: int) -> list[Part]:
        """What each key adds to the margin of one label over another; with the intercepts it is the margin.

        Args:
            best: Index of the one label.
            runner_up: Index of the other.
        """
        return [part for read in self.fields.values() for part in read.list_parts(best, runner_up)]

    def list_features(self, best: int, runner_up: int) -> list[tuple[str, str, float]]:
        """What each feature adds to the margin: its group, its name, and the sum over all keys that have it."""
        added: dict[tuple[str, str], float] = {}
        for read in self.fields.values():
            for group, name, sums, scale in read.list_weighed():
                place = (group, name)
                added[place] = added.get(place, 0.0) + (sums[best] - sums[runner_up]) * scale
        return [(group, name, contribution) for (group, name), contribution in added.items()]

    def list_keys(self) -> list[ReadKey]:
        """The words, signals and parts of the URL that count; pairs of words are left out."""
        return [key for read in self.fields.values() for key in read.list_keys() if any(key.scores)]


class _WordField:
    """Text or name: what each word, pair and signal of it weighs."""

    def __init__(self, field: Field, weights: Weights) -> None:
        self.name = field
        self.weights = weights
        self.factor, self.signal_factor = (TEXT, TEXT_SIGNALS) if field == "text" else (NAME, NAME_SIGNALS)
        self.opening_words = OPENING_WORDS if field == "text" else 0
        self.signals = SumsByKey(weights, f"{field}.signals")
        self.opening = SumsByKey(weights, "text.opening")
        entries = StoredEntries(weights.vocabulary, SIGNAL_WORDS)
        self.lexicon = Lexicon(lambda key: WeighedWord(key, entries, field, weights))


class ReadWords:
    """The words of one document's field, the known pairs, the signals that are shown, and their scores."""

    __slots__ = ("_field", "_hits", "_pairs", "_places", "_scale", "_spans", "scores", "text", "words")

    def __init__(self, field: _WordField, text: str) -> None:
        self._field, self.text = field, text
        self.words = words = field.lexicon.read(text)
        self._hits, self._pairs = hits, pairs = scan(words)
        self._spans: list[Span] = []
        self._places: dict[Key, dict[Span, None]] = {}
        sums = [word.sums for word in dict.fromkeys(words)]
        if pairs:
            sums += [following.pair or NOTHING for following in dict(pairs)]
        a, b, c, self._scale = divide(field.factor.smoothing, sums)
        if hits:
            for factor, known, signals in self._list_shown():
                u, v, w, _ = divide(factor.smoothing, [known[signal] for signal in signals])
                a, b, c = a + u, b + v, c + w
        self.scores = (a, b, c)

    @property
    def name(self) -> Field:
        """The field's name."""
        return self._field.name

    def list_parts(self, best: int, runner_up: int) -> list[Part]:
        """What each word, pair and signal adds to a margin."""
        scale = self._scale
        plain: list[tuple[Key, Sums]] = [(word, word.sums) for word in dict.fromkeys(self.words)]
        if self._pairs:
            plain += [(following, following.pair or NOTHING) for following in dict(self._pairs)]
        parts: list[Part] = [((sums[best] - sums[runner_up]) * scale, self, key) for key, sums in plain if sums[4]]
        if self._hits:
            added: dict[str, float] = {}
            for factor, known, signals in self._list_shown():
                *_, scale = divide(factor.smoothing, [known[signal] for signal in signals])
                for signal in signals:
                    sums = known[signal]
                    added[signal] = added.get(signal, 0.0) + (sums[best] - sums[runner_up]) * scale
            parts += [(contribution, self, signal) for signal, contribution in added.items()]
        return parts

    def list_keys(self) -> list[ReadKey]:
        """The words and signals that are known."""
        name, weights, keys = self._field.name, self._field.weights, []
        for word in dict.fromkeys(self.words):
            whole = weights.add_up(f"{name}.words", word.key)
            idf = sqrt(whole[4]) if whole else 0.0
            if word.sums[4]:
                keys.append(ReadKey(name, None, word.key, self._quote(word), _scale(word.sums, self._scale), idf))
        for factor, known, signals in self._list_shown()[:1] if self._hits else ():
            *_, scale = divide(factor.smoothing, [known[signal] for signal in signals])
            keys += [ReadKey(name, s, s, self._quote(s), _scale(known[s], scale), 1.0) for s in signals]
        return keys

    def _quote(self, key: Key) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.text[start:end] for start, end in self.find_spans(key)))

    def list_weighed(self) -> Iterator[tuple[str, str, Sums, float]]:
        """Each feature with its group, what it weighs, and what that is multiplied by."""
        name, weights = self._field.name, self._field.weights
        for word in dict.fromkeys(self.words):
            for group in (f"{name}.words", f"{name}.chars"):
                for feature, sums in weights.list_features(group, word.key):
                    yield group, feature, sums, self._scale
        for following, i in dict(self._pairs).items():
            pair = name_pair(self.words[i].key, self.words[i + 1].key)
            yield f"{name}.pairs", pair, following.pair or NOTHING, self._scale
        for factor, known, signals in self._list_shown() if self._hits else ():
            *_, scale = divide(factor.smoothing, [known[signal] for signal in signals])
            group = "text.opening" if factor is TEXT_OPENING else f"{name}.signals"
            for signal in signals:
                yield group, signal, known[signal], scale

    def find_spans(self, key: Key) -> tuple[Span, ...]:
        """Where a key stands, in order, each place once."""
        if len(self.words) > _MANY_WORDS:
            self._places = self._places or self._locate_keys()
            return tuple(self._places[key])
        self._spans = spans = self._spans or find_spans(self.text)
        if isinstance(key, WeighedWord):
            return tuple([spans[i] for i, word in enumerate(self.words) if word is key])
        if isinstance(key, Following):
            return tuple([(spans[i][0], spans[i + 1][1]) for following, i in self._pairs if following is key])
        found = [(spans[first][0], spans[last][1]) for signal, first, last in self._hits if signal == key]
        return tuple(dict.fromkeys(found))

    def _locate_keys(self) -> dict[Key, dict[Span, None]]:
        """Where every key stands: looking through a long page for each would take the square of its length."""
        spans = find_spans(self.text)
        places: dict[Key, dict[Span, None]] = {}
        for word, span in zip(self.words, spans, strict=True):
            places.setdefault(word, {})[span] = None
        for following, i in self._pairs:
            places.setdefault(following, {})[spans[i][0], spans[i + 1][1]] = None
        for signal, first, last in self._hits:
            places.setdefault(signal, {})[spans[first][0], spans[last][1]] = None
        return places

    def _list_shown(self) -> list[tuple[Factor, SumsByKey, dict[str, None]]]:
        """The distinct signals of the whole field, then of its opening, each with factor and sums."""
        field, hits = self._field, self._hits
        shown = dict.fromkeys([hit[0] for hit in hits])
        if not field.opening_words:
            return [(field.signal_factor, field.signals, shown)]
        opening = shown
        if len(self.words) > field.opening_words:
            opening = dict.fromkeys([hit[0] for hit in hits if hit[2] < field.opening_words])
        return [(field.signal_factor, field.signals, shown), (TEXT_OPENING, field.opening, opening)]


class _UrlField:
    """What each part of a URL weighs."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.entries = StoredEntries(weights.vocabulary, SIGNAL_URL_PARTS)
        groups = [group for group in GROUPS_BY_NAME.values() if group.factor.field == "url"]
        self.sums = {group.name: SumsByKey(weights, group.name) for group in groups}


class ReadUrl:
    """The keys of one URL with their places, and their scores."""

    __slots__ = ("_by_factor", "_spans", "_weights", "scores", "text")

    name: Field = "url"
    words: tuple[WeighedWord, ...] = ()
    """None: a URL has parts."""

    def __init__(self, field: _UrlField, url: str) -> None:
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

    def list_parts(self, best: int, runner_up: int) -> list[Part]:
        """What each piece of the URL and each signal adds to a margin."""
        added: dict[UrlPlace, float] = {}
        for factor, keys in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in keys])
            for group, name, sums in keys:
                spans = tuple(dict.fromkeys(self._spans[group, name]))
                is_signal = factor is URL_SIGNALS
                places = [UrlPlace(name, spans)] if is_signal else [UrlPlace(None, (span,)) for span in spans]
                for place in places if sums[4] else ():
                    each = (sums[best] - sums[runner_up]) * scale / len(places)
                    added[place] = added.get(place, 0.0) + each
        return [(contribution, self, place) for place, contribution in added.items()]

    def list_weighed(self) -> Iterator[tuple[str, str, Sums, float]]:
        """Each feature with its group, what it weighs, and what that is multiplied by."""
        for factor, keys in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in keys])
            for group, name, _ in keys:
                for feature, sums in self._weights.list_features(group, name):
                    yield group, feature, sums, scale

    def list_keys(self) -> list[ReadKey]:
        """The parts and signals that are known."""
        keys = []
        for factor, read in self._by_factor.items():
            *_, scale = divide(factor.smoothing, [sums for _, _, sums in read])
            for group, name, sums in read:
                words = tuple(dict.fromkeys(self.text[start:end] for start, end in self._spans[group, name]))
                signal = name if factor is URL_SIGNALS else None
                idf = sqrt(sums[4]) if group == "url.parts" else float(signal is not None)
                if sums[4]:
                    keys.append(ReadKey("url", signal, name, words, _scale(sums, scale), idf))
        return keys

    def find_spans(self, key: Key) -> tuple[Span, ...]:
        """Where a key stands."""
        return key.spans if isinstance(key, UrlPlace) else ()


def _scale(sums: Sums, scale: float) -> Scores:
    a, b, c, d, _ = sums
    return a * scale, b * scale, c * scale, d * scale
