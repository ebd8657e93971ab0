"""A document's named features, group by group: the only place where features are defined.

A document is read into *keys*: its words and neighbouring pairs of words, the signals they show, the parts of
its URL. A key stands at a place in the input and has features: a word has itself and its character n-grams, a
signal has itself. Training counts the features of all keys; prediction adds up what the features of each key
weigh, and remembers the sum by key, so a word met before costs one look-up.

Fields are kept apart, since "forum" in a host is another fact than "forum" in a sentence. Within a field each
group has its own length factor (see `model`), so that hundreds of n-grams do not drown three signals.
N-grams stay within a word, with `<` and `>` at its ends (Bojanowski et al. 2017): sums by word need that, and
pairs of words carry what crosses a border.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from socialcls.records import Document, Field
from socialcls.signals import SignalMatcher
from socialcls.taxonomy import Signal
from socialcls.text import find_spans, find_words, fold
from socialcls.urls import Url, UrlPart, read_url


class Group(NamedTuple):
    """Features that share a field, a nature and a length factor."""

    name: str
    field: Field
    ngram_lengths: range
    """Lengths of the character n-grams that are a key's features; where empty, the key itself is its one feature."""
    scale: float
    """Length of the group's vector before smoothing, against 1 for the strongest group."""
    smoothing: float
    """Added to the sum of squares under the length factor, so that one lonely word is not taken for a text."""


_WHOLE = range(0)
_NGRAMS = range(3, 6)
_LONG_NGRAMS = range(3, 9)  # the words of a host stand together: gardenforum, collectibleshopping

GROUPS: tuple[Group, ...] = (
    Group("text.words", "text", ngram_lengths=_WHOLE, scale=1.0, smoothing=540.0),
    Group("text.chars", "text", ngram_lengths=_NGRAMS, scale=1.0, smoothing=1800.0),
    Group("text.signals", "text", ngram_lengths=_WHOLE, scale=1.0, smoothing=9.0),
    Group("text.opening", "text", ngram_lengths=_WHOLE, scale=1.3, smoothing=1.5),
    Group("name.words", "name", ngram_lengths=_WHOLE, scale=0.7, smoothing=60.0),
    Group("name.chars", "name", ngram_lengths=_NGRAMS, scale=0.7, smoothing=150.0),
    Group("name.signals", "name", ngram_lengths=_WHOLE, scale=0.7, smoothing=3.0),
    Group("url.parts", "url", ngram_lengths=_WHOLE, scale=1.0, smoothing=60.0),
    Group("url.chars", "url", ngram_lengths=_LONG_NGRAMS, scale=0.6, smoothing=150.0),
    Group("url.signals", "url", ngram_lengths=_WHOLE, scale=1.0, smoothing=3.0),
)
OPENING_WORDS = 20  # a description says first what the thing is
MAX_WORD_CHARS = 40  # of a longer "word" (a hash, a pasted blob) only the beginning is read for n-grams
MAX_URL_SEGMENTS = 4  # what says forum or blog stands early; session ids stand late

# Suffixes that say nothing of what stands under them: anybody's, and a country's (our rows of a country would teach
# that they do). Those of countries that the world has made its own mean something: blog.io, radio.fm, name.me.
_ANYBODYS_SUFFIXES = frozenset({"com", "net", "org", "info", "biz", "eu", "co", "or", "ne"})
_WORLDS_SUFFIXES = frozenset(
    {"ai", "cc", "fm", "gg", "im", "io", "la", "li", "me", "sh", "st", "to", "tv", "ws", "xyz"}
)
_URL_PIECE = re.compile(r"[^\W\d_]+")


class Keys(NamedTuple):
    """A document's keys for each group of `GROUPS`, in order of occurrence."""

    by_group: tuple[Sequence[str], ...]
    n_words: int
    """How many words stand in text and name."""

    def restrict_to(self, groups: Collection[str]) -> "Keys":
        """The keys of some groups, by name; the others empty."""
        pairs = zip(GROUPS, self.by_group, strict=True)
        return Keys(tuple(tuple(keys) if group.name in groups else () for group, keys in pairs), self.n_words)


class Span(NamedTuple):
    """Where a key stands in its field, in characters, and the signal it shows if any."""

    start: int
    end: int
    signal: str | None


def expand_key(group: Group, key: str) -> tuple[str, ...]:
    """The features of a key.

    >>> expand_key(GROUPS[1], "to")
    ('<to', 'to>', '<to>')
    """
    if not group.ngram_lengths:
        return (key,)
    marked = f"<{key[:MAX_WORD_CHARS]}>"
    return tuple(marked[i : i + n] for n in group.ngram_lengths for i in range(len(marked) - n + 1))


class Reader:
    """Reads documents into keys, with the signals of one taxonomy."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._matcher = SignalMatcher(signals)
        self._folded = _FoldedWords()

    def read(self, document: Document) -> Keys:
        """The keys of a document."""
        words = [self._folded[word] for word in find_words(document.text)]
        name_words = [self._folded[word] for word in find_words(document.name)]
        hits = self._matcher.match_words(words)
        return Keys(
            (
                words + _pair(words),
                words,
                [hit.signal for hit in hits],
                [hit.signal for hit in hits if hit.last < OPENING_WORDS],
                name_words + _pair(name_words),
                name_words,
                [hit.signal for hit in self._matcher.match_words(name_words)],
                *([key for key, _ in placed] for placed in self._read_url(document.url)),
            ),
            len(words) + len(name_words),
        )

    def locate(self, document: Document) -> tuple[list[Span], ...]:
        """The place of every key of `read(document)`: the same groups, each in the same order."""
        return (
            *self._locate_words(document.text, opening=True),
            *self._locate_words(document.name, opening=False),
            *([span for _, span in placed] for placed in self._read_url(document.url)),
        )

    def _locate_words(self, text: str, *, opening: bool) -> Iterator[list[Span]]:
        places = find_spans(text)
        words = [Span(start, end, None) for start, end in places]
        yield words + [Span(a.start, b.end, None) for a, b in pairwise(words)]
        yield words
        hits = self._matcher.match_words([self._folded[text[start:end]] for start, end in places])
        shown = [Span(places[hit.first][0], places[hit.last][1], hit.signal) for hit in hits]
        yield shown
        if opening:
            yield [span for span, hit in zip(shown, hits, strict=True) if hit.last < OPENING_WORDS]

    def _read_url(self, text: str) -> Iterator[list[tuple[str, Span]]]:
        url = read_url(text)
        yield list(_name_parts(url))
        yield [(fold(part.text), Span(part.start, part.end, None)) for part in _host_parts(url)]
        yield [
            (signal, Span(start, end, signal))
            for piece, start, end in _find_pieces(url)
            for signal in self._matcher.match_url_part(piece)
        ]


class _FoldedWords(dict[str, str]):
    """Folded words by word as written, each folded once."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MEMO_SIZE:
            self.clear()
        folded = self[word] = fold(word)
        return folded


_MEMO_SIZE = 200_000  # words; about 30 MB at the most, so that a long stream runs in constant memory


def _pair(words: list[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(words)]


def _host_parts(url: Url) -> list[UrlPart]:
    return [*url.subdomains, *([url.site] if url.site else [])]


def _name_parts(url: Url) -> Iterator[tuple[str, Span]]:
    """The parts of a URL under the names of what they are: `sub=forum`, `site=example`, `tld=gov`, `path=…`."""
    if url.site is None:
        return
    end = url.suffix.end if url.suffix else url.site.end
    yield f"domain={url.domain}", Span(url.site.start, end, None)
    yield f"site={url.site.text}", Span(url.site.start, url.site.end, None)
    if url.suffix and (meaning := _read_suffix(url.suffix.text)):
        yield f"tld={meaning}", Span(url.suffix.start, url.suffix.end, None)
    for part in url.subdomains:
        yield f"sub={fold(part.text)}", Span(part.start, part.end, None)
        yield f"on={url.domain}", Span(url.site.start, end, None)  # somebody's place on a larger host
    for i, part in enumerate(url.segments[:MAX_URL_SEGMENTS]):
        span = Span(part.start, part.end, None)
        yield f"path={fold(part.text)}", span
        if i == 0:
            yield f"first={url.domain}/{part.text[0] if part.text[0] in '@~' else fold(part.text)}", span
        if part.text[0] in "@~":
            yield f"path={part.text[0]}…", span


def _read_suffix(suffix: str) -> str:
    """What a suffix says: "gov" of gov.pl, "social", "io"; nothing for .com and for most countries."""
    first, *_ = suffix.split(".")
    if first in _ANYBODYS_SUFFIXES or (len(first) == 2 and first != "ac" and first not in _WORLDS_SUFFIXES):
        return ""
    return first


def _find_pieces(url: Url) -> Iterator[tuple[str, int, int]]:
    for part in (*_host_parts(url), *url.segments[:MAX_URL_SEGMENTS]):
        for match in _URL_PIECE.finditer(part.text):
            yield fold(match[0]), part.start + match.start(), part.start + match.end()
