"""One field of a document as the model has read it: its scores, and on request what they are made of.

Everything that contributes is a `Weighed` thing with a row of coefficients: a word, a known pair, a signal, a head, a
known service, a part of a URL. Things that share a length factor are a `Term`; what one of them adds to a label is its
coefficient times the term's scale.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import inf, sqrt
from typing import TypeVar

from socialcls.features.extractor import list_name
from socialcls.features.groups import GROUPS_BY_NAME, Factor
from socialcls.features.heads import Head, Hit, drop_governed, find_heads, list_hidden
from socialcls.features.services import find_name
from socialcls.features.signals import Pair, scan
from socialcls.features.url_features import read_url_keys
from socialcls.features.weighed import Row, Weighed
from socialcls.model.weights import GroupWeights, Key, KeyCache, WeighedWord, Weights, WordWeights
from socialcls.text.lexicon import Lexicon
from socialcls.text.tokenizer import find_spans, list_spellings, quote
from socialcls.types import Field, Mark

T = TypeVar("T")

Span = tuple[int, int]
"""Start and end in characters of a field."""


class Term:
    """Things under one length factor."""

    __slots__ = ("scale", "weighed")

    def __init__(self, smoothing: float, weighed: Sequence[Weighed]) -> None:
        self.weighed = weighed
        squares = smoothing
        for thing in weighed:
            squares += thing.square
        self.scale = 1.0 / sqrt(squares)
        """One over the factor."""

    def add_to(self, scores: list[float]) -> None:
        """Add what the things weigh to the logit of each label."""
        rows = [thing.row for thing in self.weighed]
        for i in range(len(scores) - 1):  # that of the last label is 0
            total = 0.0
            for row in rows:
                total += row[i]
            scores[i] += total * self.scale


class Contribution:
    """What one thing that was read adds to the margin of a label over another."""

    __slots__ = ("field", "spans", "thing", "value")

    def __init__(self, value: float, field: "ReadField", thing: Weighed, spans: tuple[Span, ...] | None = None) -> None:
        self.value = value
        """In logits, not calibrated."""
        self.field = field
        self.thing = thing
        self.spans = spans
        """Where it stands, if that is known beforehand: plain parts of a URL are gathered by place."""

    def find_spans(self) -> tuple[Span, ...]:
        """Find where it stands, in order, each place once."""
        return self.field.find_spans(self.thing) if self.spans is None else self.spans

    def quote(self) -> tuple[str, ...]:
        """Quote what stands there, each way of writing it once."""
        if self.spans is None:
            return self.field.quote(self.thing)
        return list_spellings([self.field.text[start:end] for start, end in self.spans])

    @property
    def signal(self) -> str | None:
        """The id of the signal that it is; None for words and parts of a URL."""
        return name_signal(self.thing)


def name_signal(thing: Weighed) -> str | None:
    """Name the signal that a thing is, a head and a known service included."""
    return thing.signal if isinstance(thing, Key) else None


class ReadField:
    """A field of one document: the terms of its score, and where each thing stands."""

    __slots__ = ("name", "terms", "text")

    def __init__(self, name: Field, text: str) -> None:
        self.name = name
        self.text = text
        self.terms: list[Term] = []

    def contribute(self, best: int, runner_up: int, least: float = -inf) -> list[Contribution]:
        """List what each thing adds to the margin of the one label over the other, both by index.

        Args:
            best: Index of the one label.
            runner_up: Index of the other.
            least: What a thing adds at least to be listed; most add next to nothing.
        """
        listed: list[Contribution] = []
        for term in self.terms:
            scale = term.scale
            for thing in term.weighed:
                value = (thing.row[best] - thing.row[runner_up]) * scale
                if value >= least:
                    listed.append(Contribution(value, self, thing))
        return listed

    def add_up_favour(self, best: int, runner_up: int) -> float:
        """Add up the contributions that speak for the one label against the other."""
        total = 0.0
        for term in self.terms:
            for thing in term.weighed:
                value = (thing.row[best] - thing.row[runner_up]) * term.scale
                if value > 0.0:
                    total += value
        return total

    def find_spans(self, thing: Weighed) -> tuple[Span, ...]:
        """Find where a thing stands, in order, each place once."""
        raise NotImplementedError

    def quote(self, thing: Weighed) -> tuple[str, ...]:
        """Quote what stands where a thing does, each way of writing it once."""
        raise NotImplementedError

    def list_features(self) -> list[tuple[str, str, Row, float]]:
        """List each feature with its group, its name, its row, and what that is multiplied by."""
        raise NotImplementedError


class WordField:
    """Text or name: what each word, pair, signal, head and service of it weighs."""

    def __init__(self, field: Field, weights: Weights) -> None:
        self.name = field
        self.knowledge = weights.knowledge
        self.groups = {
            nature: weights.groups[f"{field}.{nature}"]
            for nature in ("words", "pairs", "chars", "signals", "heads", "services")
        }
        self.keys = {nature: KeyCache(f"{field}.{nature}", self.groups[nature]) for nature in _KEYED}
        self.factor = GROUPS_BY_NAME[f"{field}.words"].factor
        self.factors = {nature: GROUPS_BY_NAME[f"{field}.{nature}"].factor for nature in _KEYED}
        self.lexicon = Lexicon(WordWeights(field, weights).weigh)


_KEYED = ("signals", "heads", "services")
_MANY_WORDS = 200


class ReadWords(ReadField):
    """The words of one document's text or name."""

    __slots__ = (
        "_field",
        "_firsts",
        "_heads",
        "_hidden",
        "_hits",
        "_n_named",
        "_n_words",
        "_pieces",
        "_places",
        "_word_spans",
        "words",
    )

    def __init__(self, field: WordField, text: str) -> None:
        super().__init__(field.name, text)
        self._field = field
        read = field.lexicon.read(text)
        self.words = words = read.words
        self._pieces, self._n_words = read.pieces, read.n_words
        self._firsts: list[int] = []
        self._hits: list[Hit]
        found = find_heads(words, read.breaks, field.knowledge.heads.languages)
        self._heads: list[Head] = found.heads
        self._hidden = hidden = list_hidden(self._heads)
        hits, pairs = scan(words, hidden)
        shown_words = [word for i, word in enumerate(words) if i not in hidden] if hidden else words
        distinct: list[Weighed] = [word for word in _list_distinct(shown_words) if word.square]
        distinct += _list_distinct(pairs)
        self.terms = [Term(field.factor.smoothing, distinct)]
        self._places: dict[Weighed, list[Span]] = {}
        self._word_spans: list[Span] = []
        self._hits = drop_governed(hits, found)
        if self._hits:
            signals = field.keys["signals"]
            ids = dict.fromkeys([signal for signal, _, _ in self._hits])
            shown = [signals[name] for name in ids if signals[name].square]
            if shown:
                self.terms.append(Term(field.factors["signals"].smoothing, shown))
        if self._heads:
            heads = field.keys["heads"]
            names = dict.fromkeys([head.key for head in self._heads])
            said: list[Weighed] = [heads[name] for name in names if heads[name].square]
            if said:
                self.terms.append(Term(field.factors["heads"].smoothing, said))
        named = list_name(read)
        self._n_named = len(named)
        service = find_name(named, field.knowledge.services)
        if service is not None:
            key = field.keys["services"][service]
            if key.square:
                self.terms.append(Term(field.factors["services"].smoothing, [key]))

    def find_spans(self, thing: Weighed) -> tuple[Span, ...]:
        """Find where a thing stands, in order, each place once."""
        if not self._word_spans:
            self._word_spans = find_spans(self.text)
        spans = self._word_spans
        return tuple(dict.fromkeys([(spans[first][0], spans[last][1]) for first, last in self._locate()[thing]]))

    def quote(self, thing: Weighed) -> tuple[str, ...]:
        """Quote what stands where a thing does, each way of writing it once, with one space where there are more."""
        firsts = self._firsts
        if not firsts:
            firsts = self._firsts = [0, *accumulate(self._n_words)]  # the number of the first word of each piece
        quotes: list[str] = []
        # in a long text, of which every thing may be quoted, all are located at once
        for first, last in self._locate()[thing] if len(self.words) > _MANY_WORDS else self._find_places(thing):
            begin, end = bisect_right(firsts, first) - 1, bisect_right(firsts, last) - 1
            pieces = " ".join(self._pieces[begin : end + 1])
            quotes.append(quote(pieces, first - firsts[begin], firsts[end + 1] - 1 - last))
        return list_spellings(quotes)

    def list_features(self) -> list[tuple[str, str, Row, float]]:
        """List each feature with its group, its name, its row, and what that is multiplied by."""
        name, groups = self._field.name, self._field.groups
        listed: list[tuple[str, str, Row, float]] = []
        for term in self.terms:
            for thing in term.weighed:
                if isinstance(thing, WeighedWord):
                    for nature in ("words", "chars"):
                        for feature, row in groups[nature].list_features(thing.key):
                            listed.append((f"{name}.{nature}", feature, row, term.scale))
                elif isinstance(thing, Pair):
                    listed.append((f"{name}.pairs", thing.key, thing.row, term.scale))
                elif isinstance(thing, Key):
                    listed.append((thing.group, thing.name, thing.row, term.scale))
        return listed

    def is_function_word(self, key: str) -> bool:
        """Whether a folded word opens or closes the place of heads in some language: "for", "nasz"."""
        return bool(self._field.lexicon.look_up(key).roles)

    def _find_places(self, thing: Weighed) -> list[tuple[int, int]]:
        """Find the first and the last word of each place where a thing stands."""
        words, hidden = self.words, self._hidden
        if isinstance(thing, WeighedWord):
            return [(i, i) for i, word in enumerate(words) if word is thing and i not in hidden]
        if isinstance(thing, Pair):
            return [
                (i, i + 1)
                for i in range(len(words) - 1)
                if words[i].pairs.get(words[i + 1].key) is thing and i not in hidden and i + 1 not in hidden
            ]
        if isinstance(thing, Key):
            if thing.group.endswith("signals"):
                return [(first, last) for signal, first, last in self._hits if signal == thing.name]
            if thing.group.endswith("heads"):
                return [(head.first, head.last) for head in self._heads if head.key == thing.name]
        return [(0, self._n_named - 1)]

    def _locate(self) -> dict[Weighed, list[Span]]:
        """Find the words of everything that stands in the text, in one pass."""
        if not self._places:
            words, hidden, places = self.words, self._hidden, self._places
            for i, word in enumerate(words):
                if i in hidden:
                    continue
                places.setdefault(word, []).append((i, i))
                if i + 1 in hidden:
                    continue
                pair = word.pairs.get(words[i + 1].key) if i + 1 < len(words) else None
                if pair is not None:
                    places.setdefault(pair, []).append((i, i + 1))
            for term in self.terms:
                for thing in term.weighed:
                    if isinstance(thing, Key):
                        places[thing] = self._find_places(thing)
        return self._places


class UrlField:
    """What each part of a URL weighs."""

    def __init__(self, weights: Weights) -> None:
        self.knowledge = weights.knowledge
        groups = [group for group in GROUPS_BY_NAME.values() if group.factor.field == "url"]
        self.groups: dict[str, GroupWeights] = {group.name: weights.groups[group.name] for group in groups}
        self.keys = {group.name: KeyCache(group.name, weights.groups[group.name]) for group in groups}
        self.factors: list[Factor] = list(dict.fromkeys(group.factor for group in groups))


class ReadUrl(ReadField):
    """The keys of one URL."""

    __slots__ = ("_field", "_spans")

    def __init__(self, field: UrlField, url: str) -> None:
        super().__init__("url", url)
        self._field = field
        self._spans: dict[Weighed, list[Span]] = {}
        spans: dict[tuple[str, str], list[Span]] = {}
        for found in read_url_keys(url, field.knowledge.url_parts, field.knowledge.services):
            spans.setdefault((found.group, found.key), []).append((found.start, found.end))
        by_factor: dict[str, list[Weighed]] = {}
        for (group, name), places in spans.items():
            key = field.keys[group][name]
            if key.square:
                self._spans[key] = places
                by_factor.setdefault(GROUPS_BY_NAME[group].factor.name, []).append(key)
        for factor in field.factors:
            if factor.name in by_factor:
                self.terms.append(Term(factor.smoothing, by_factor[factor.name]))

    def contribute(self, best: int, runner_up: int, least: float = -inf) -> list[Contribution]:
        """List what each signal, and all plain keys of each place together, add to the margin."""
        listed: list[Contribution] = []
        by_place: dict[Span, Contribution] = {}
        for contribution in super().contribute(best, runner_up):
            if contribution.signal is not None:
                listed.append(contribution)
                continue
            spans = self.find_spans(contribution.thing)
            for span in spans:
                value = contribution.value / len(spans)
                known = by_place.get(span)
                if known is None:
                    by_place[span] = Contribution(value, self, contribution.thing, (span,))
                else:
                    known.value += value
        listed += by_place.values()
        return listed if least == -inf else [c for c in listed if c.value >= least]

    def add_up_favour(self, best: int, runner_up: int) -> float:
        """Add up the contributions that speak for the one label against the other."""
        total = 0.0
        for contribution in self.contribute(best, runner_up):
            total += max(0.0, contribution.value)
        return total

    def find_spans(self, thing: Weighed) -> tuple[Span, ...]:
        """Find where a key stands."""
        return tuple(dict.fromkeys(self._spans[thing]))

    def quote(self, thing: Weighed) -> tuple[str, ...]:
        """Quote what stands where a key does, each way of writing it once."""
        return list_spellings([self.text[start:end] for start, end in self.find_spans(thing)])

    def list_features(self) -> list[tuple[str, str, Row, float]]:
        """List each feature with its group, its name, its row, and what that is multiplied by."""
        listed: list[tuple[str, str, Row, float]] = []
        for term in self.terms:
            for thing in term.weighed:
                if isinstance(thing, Key):
                    for feature, row in self._field.groups[thing.group].list_features(thing.name):
                        listed.append((thing.group, feature, row, term.scale))
        return listed


class MarkField:
    """What each mark of a page weighs."""

    def __init__(self, weights: Weights) -> None:
        self.groups: dict[str, GroupWeights] = {"page.marks": weights.groups["page.marks"]}
        self.keys = KeyCache("page.marks", weights.groups["page.marks"])
        self.factor = GROUPS_BY_NAME["page.marks"].factor


class ReadMarks(ReadField):
    """The marks of one page. Its text is their quotes, one a line: positions point into that."""

    __slots__ = ("_field", "_spans")

    def __init__(self, field: MarkField, marks: Sequence[Mark]) -> None:
        super().__init__("page", "\n".join([mark.quote for mark in marks]))
        self._field = field
        self._spans: dict[Weighed, list[Span]] = {}
        start = 0
        for mark in marks:
            key = field.keys[mark.id]
            if any(key.row):
                self._spans.setdefault(key, []).append((start, start + len(mark.quote)))
            start += len(mark.quote) + 1
        if self._spans:
            self.terms.append(Term(field.factor.smoothing, list(self._spans)))

    def find_spans(self, thing: Weighed) -> tuple[Span, ...]:
        """Find where a mark is quoted."""
        return tuple(self._spans[thing])

    def quote(self, thing: Weighed) -> tuple[str, ...]:
        """Quote what shows a mark."""
        return list_spellings([self.text[start:end] for start, end in self.find_spans(thing)])

    def list_features(self) -> list[tuple[str, str, Row, float]]:
        """List each mark with its group, its id, its row, and what that is multiplied by."""
        return [
            (thing.group, thing.name, thing.row, term.scale)
            for term in self.terms
            for thing in term.weighed
            if isinstance(thing, Key)
        ]


def _list_distinct(things: Sequence[T]) -> list[T]:
    """List each thing once, in order, as `dict.fromkeys` does; compiled it takes less time, and every text needs it."""
    if len(things) < 2:
        return list(things)
    seen: set[T] = set()
    distinct: list[T] = []
    for thing in things:
        if thing not in seen:
            seen.add(thing)
            distinct.append(thing)
    return distinct
