"""A document's named features, group by group: the only place where features are defined.

A document is read into *keys*: its words and neighbouring pairs of words, the signals they show, the parts of
its URL. A key stands at a place in the input and has features: a word has itself and its character n-grams, a
signal has itself. Training counts the features of all keys; prediction adds up what the features of each key
weigh, and remembers the sum by key, so a word met before costs one look-up. A key counts once, however often it
stands in a document.

Fields are kept apart, since "forum" in a host is another fact than "forum" in a sentence. Groups are divided by
length factors (see `model`): words, pairs and n-grams of a field share one, signals have one of their own, so that
hundreds of n-grams do not drown three signals. N-grams stay within a word, with `<` and `>` at its ends
(Bojanowski et al. 2017): sums by word need that, and pairs of words carry what crosses a border.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from socialcls.features.signals import Entries, Word, index_entries, look_up, scan
from socialcls.taxonomy.taxonomy import Signal
from socialcls.text.tokenizer import Lexicon, fold
from socialcls.text.urls import Url, UrlPart, read_url
from socialcls.types import Document, Field


class Factor(NamedTuple):
    """What some groups of a field are divided by: the root of `smoothing` and the squares of what is known."""

    name: str
    field: Field
    smoothing: float
    """Added to the sum of squares, so that one lonely word is not taken for a text."""


class Group(NamedTuple):
    """Features that share a field, a nature and a length factor."""

    name: str
    factor: Factor
    ngram_lengths: range
    """Lengths of the character n-grams that are a key's features; where empty, the key itself is its one feature."""
    scale: float
    """Weight of the group's features before regularisation: larger is learnt sooner."""
    is_rare_better: bool
    """Whether features weigh by inverse document frequency; signals all weigh the same."""


_WHOLE = range(0)
_NGRAMS = range(4, 5)  # three letters and five bring nothing beside four, and cost as much again
_LONG_NGRAMS = range(3, 9)  # the words of a host stand together: gardenforum, collectibleshopping

TEXT = Factor("text", "text", smoothing=2400.0)
TEXT_SIGNALS = Factor("text.signals", "text", smoothing=1.5)
NAME = Factor("name", "name", smoothing=200.0)
NAME_SIGNALS = Factor("name.signals", "name", smoothing=3.0)
URL = Factor("url", "url", smoothing=200.0)
URL_SIGNALS = Factor("url.signals", "url", smoothing=3.0)

GROUPS: tuple[Group, ...] = (
    Group("text.words", TEXT, _WHOLE, scale=1.0, is_rare_better=True),
    Group("text.pairs", TEXT, _WHOLE, scale=2.0, is_rare_better=True),
    Group("text.chars", TEXT, _NGRAMS, scale=1.0, is_rare_better=True),
    Group("text.signals", TEXT_SIGNALS, _WHOLE, scale=1.3, is_rare_better=False),
    Group("name.words", NAME, _WHOLE, scale=1.4, is_rare_better=True),
    Group("name.pairs", NAME, _WHOLE, scale=1.4, is_rare_better=True),
    Group("name.chars", NAME, _NGRAMS, scale=0.7, is_rare_better=True),
    Group("name.signals", NAME_SIGNALS, _WHOLE, scale=0.7, is_rare_better=False),
    Group("url.parts", URL, _WHOLE, scale=3.0, is_rare_better=True),
    Group("url.chars", URL, _LONG_NGRAMS, scale=1.0, is_rare_better=True),
    Group("url.signals", URL_SIGNALS, _WHOLE, scale=1.0, is_rare_better=False),
)
GROUPS_BY_NAME = {group.name: group for group in GROUPS}
MAX_WORD_CHARS = 40  # of a longer "word" (a hash, a pasted blob) only the beginning is read for n-grams
MAX_URL_SEGMENTS = 4  # what says forum or blog stands early; session ids stand late

# Suffixes that say nothing of what stands under them: anybody's, and a country's (our rows of a country would teach
# that they do). Those of countries that the world has made its own mean something: blog.io, radio.fm, name.me.
_ANYBODYS_SUFFIXES = frozenset({"com", "net", "org", "info", "biz", "eu", "co", "or", "ne"})
_WORLDS_SUFFIXES = frozenset(
    {"ai", "cc", "fm", "gg", "im", "io", "la", "li", "me", "sh", "st", "to", "tv", "ws", "xyz"}
)
_URL_PIECE = r"[^\W\d_]+"


class Keys(NamedTuple):
    """A document's keys for each group of `GROUPS`, each once, in order of occurrence."""

    by_group: tuple[Sequence[str], ...]

    def restrict_to(self, groups: Collection[str]) -> "Keys":
        """The keys of some groups, by name; the others empty."""
        pairs = zip(GROUPS, self.by_group, strict=True)
        return Keys(tuple(tuple(keys) if group.name in groups else () for group, keys in pairs))


class UrlKey(NamedTuple):
    """A key of a URL with its group and its place, in characters of the URL as given."""

    group: str
    key: str
    start: int
    end: int


def expand_key(group: Group, key: str) -> tuple[str, ...]:
    """The features of a key.

    >>> expand_key(GROUPS_BY_NAME["text.chars"], "blog")
    ('<blo', 'blog', 'log>')
    """
    if not group.ngram_lengths:
        return (key,)
    marked = f"<{key[:MAX_WORD_CHARS]}>"
    return tuple([marked[i : i + n] for n in group.ngram_lengths for i in range(len(marked) - n + 1)])


def name_pair(first: str, second: str) -> str:
    """The key of two neighbouring words."""
    return f"{first}\t{second}"


class Reader:
    """Reads documents into keys, with the signals of one taxonomy: what training counts."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        words, self._url_parts = index_entries(signals)
        self._lexicon = Lexicon(lambda key: Word(key, look_up(key, words)))

    def read(self, document: Document) -> Keys:
        """The keys of a document."""
        of_text, of_name = self._read_words(document.text), self._read_words(document.name)
        of_url: dict[str, dict[str, None]] = {group.name: {} for group in GROUPS if group.factor.field == "url"}
        for key in read_url_keys(document.url, self._url_parts):
            of_url[key.group][key.key] = None
        return Keys(tuple(tuple(keys) for keys in (*of_text, *of_name, *of_url.values())))

    def _read_words(self, text: str) -> list[Iterable[str]]:
        words = self._lexicon.read(text)
        hits, _ = scan(words)
        keys = dict.fromkeys(word.key for word in words)
        pairs = dict.fromkeys(name_pair(a.key, b.key) for a, b in pairwise(words))
        signals = dict.fromkeys(signal for signal, _, _ in hits)
        return [keys, pairs, keys, signals]


def read_url_keys(text: str, entries: Entries) -> Iterator[UrlKey]:
    """The keys of a URL, by place; one key may stand in several places.

    Args:
        text: The URL as given.
        entries: Of the signals, for parts of URLs.
    """
    url = read_url(text)
    for name, (start, end) in _name_parts(url):
        yield UrlKey("url.parts", name, start, end)
    host_parts = (*url.subdomains, *([url.site] if url.site else []))
    for part in host_parts:
        yield UrlKey("url.chars", fold(part.text), part.start, part.end)
    for part in (*host_parts, *url.segments[:MAX_URL_SEGMENTS]):
        for match in re.finditer(_URL_PIECE, part.text):
            for entry in look_up(fold(match[0]), entries):
                yield UrlKey("url.signals", entry.signal, part.start + match.start(), part.start + match.end())


def _name_parts(url: Url) -> Iterator[tuple[str, tuple[int, int]]]:
    """The parts of a URL under the names of what they are: `sub=forum`, `site=example`, `tld=gov`, `path=…`."""
    site = url.site
    if site is None:
        return
    end = url.suffix.end if url.suffix else site.end
    yield f"domain={url.domain}", (site.start, end)
    yield f"site={site.text}", (site.start, site.end)
    if url.suffix and (meaning := _read_suffix(url.suffix.text)):
        yield f"tld={meaning}", (url.suffix.start, url.suffix.end)
    for part in url.subdomains:
        yield f"sub={fold(part.text)}", (part.start, part.end)
        yield f"on={url.domain}", (site.start, end)  # somebody's place on a larger host
    for i, part in enumerate(url.segments[:MAX_URL_SEGMENTS]):
        yield from _name_segment(url, part, is_first=i == 0)


def _name_segment(url: Url, part: UrlPart, *, is_first: bool) -> Iterator[tuple[str, tuple[int, int]]]:
    span = (part.start, part.end)
    mark = part.text[0] if part.text[0] in "@~" else ""
    yield f"path={fold(part.text)}", span
    if is_first:
        yield f"first={url.domain}/{mark or fold(part.text)}", span
    if mark:
        yield f"path={mark}…", span


def _read_suffix(suffix: str) -> str:
    """What a suffix says: "gov" of gov.pl, "social", "io"; nothing for .com and for most countries."""
    first, *_ = suffix.split(".")
    if first in _ANYBODYS_SUFFIXES or (len(first) == 2 and first != "ac" and first not in _WORLDS_SUFFIXES):
        return ""
    return first
