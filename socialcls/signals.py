"""Find the signals that words, phrases and URL parts show.

A signal's words are whole words ("forum"), beginnings ("moderat*"; "#*" and "@*" are any channel and any account) or
phrases of either ("zadaj pytan*"). All languages are matched at once: nobody says which language a text is in, and one
concept is one feature in all.

Entries are kept by their *opening*, which is their first word or beginning. A folded word is looked up whole and by
each of its beginnings, once; what it shows by itself and which phrases it may open is remembered with the word.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from socialcls.taxonomy import Signal
from socialcls.text import find_words, fold

Sums = tuple[float, float, float, float]
"""What a key weighs; `model` says how it is reckoned."""

Hit = tuple[str, int, int]
"""A signal with the first and the last of the words that show it. (A plain tuple: making it is a hot spot.)"""

_SHORTEST_BEGINNING = 3
_MARKS = "#@"  # before a word they make it a name (`text.find_words`); each is a beginning by itself


class Entry(NamedTuple):
    """What stands behind an opening: the rest of a phrase, if it is one, and the signal that is shown."""

    rest: tuple[str, ...]
    """The words after the first; one that ends in `*` is a beginning. Empty for an entry of one word."""
    signal: str


class Entries(Protocol):
    """Where entries are looked up: a dictionary in training, the vocabulary of a model in prediction."""

    def get(self, opening: str, /) -> Sequence[Entry] | None:
        """The entries with that opening: "forum", or "moderat*"."""


class Following:
    """What a word and the one that follows it are together."""

    __slots__ = ("pair", "phrases", "signals")

    def __init__(self) -> None:
        self.pair: Sums | None = None
        """What the pair weighs, where a model knows it."""
        self.signals: tuple[str, ...] = ()
        """Shown by the two."""
        self.phrases: tuple[Entry, ...] = ()
        """Longer phrases that begin with the two."""

    def add_phrase(self, entry: Entry) -> None:
        """Add a phrase whose second word is the one that follows."""
        if len(entry.rest) == 1:
            self.signals = (*self.signals, entry.signal)
        else:
            self.phrases = (*self.phrases, entry)


class Word:
    """A folded word with what it shows and what it may open.

    Words are compared by identity: there is one for each folded word of a field (see `text.Lexicon`).
    """

    __slots__ = ("following", "key", "opens", "phrases_by_beginning", "signals")

    def __init__(self, key: str, entries: Entries) -> None:
        self.key = key
        opened = look_up(key, entries)
        self.signals = tuple(dict.fromkeys(entry.signal for entry in opened if not entry.rest))
        """Shown by the word alone, each once."""
        self.following: dict[str, Following] = {}
        """What it is together with the next word, by that word."""
        self.phrases_by_beginning: tuple[tuple[str, Entry], ...] = ()
        """Phrases whose second word is a beginning, by that beginning."""
        for entry in opened:
            if entry.rest and entry.rest[0].endswith("*"):
                self.phrases_by_beginning += ((entry.rest[0][:-1], entry),)
            elif entry.rest:
                self.following.setdefault(entry.rest[0], Following()).add_phrase(entry)
        self.opens = bool(opened)
        """Whether there is anything in the above."""

    def add_pair(self, second: str, sums: Sums) -> None:
        """Say what the word and the one that follows it weigh as a pair."""
        self.following.setdefault(second, Following()).pair = sums
        self.opens = True


def index_entries(signals: Iterable[Signal]) -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    """The entries of signals by their openings: those for words, and those for parts of URLs."""
    words: dict[str, list[Entry]] = {}
    url_parts: dict[str, list[Entry]] = {}
    for signal in signals:
        for written, entries in ((signal.words, words), (signal.url_parts, url_parts)):
            for text in written:
                opening, *rest = _fold_entry(text)
                entries.setdefault(opening, []).append(Entry(tuple(rest), signal.id))
    return words, url_parts


def look_up(word: str, entries: Entries) -> list[Entry]:
    """All entries whose opening fits a folded word."""
    found = list(entries.get(word) or ())
    if len(word) > 1 and word[0] in _MARKS:
        found += entries.get(word[0] + "*") or ()
    for length in range(_SHORTEST_BEGINNING, len(word) + 1):
        found += entries.get(word[:length] + "*") or ()
    return found


def scan(words: Sequence[Word]) -> tuple[list[Hit], list[tuple[Following, int]]]:
    """Find the signals that words in a row show, and the known pairs, each with its first word; both in order.

    >>> from socialcls.taxonomy import Signal
    >>> questions = Signal("questions", "community", "talk", {"en": "questions"}, ("zadaj pytan*",), ("ask",))
    >>> entries, _ = index_entries([questions])
    >>> scan([Word(key, entries) for key in ("tu", "zadaj", "pytanie")])
    ([('questions', 1, 2)], [])
    """
    hits: list[Hit] = []
    pairs: list[tuple[Following, int]] = []
    last = len(words) - 1
    for i, word in enumerate(words):
        if not word.opens:
            continue
        for signal in word.signals:
            hits.append((signal, i, i))  # noqa: PERF401  (this loop is the hottest of all)
        if i == last:
            break
        second = words[i + 1].key
        if following := word.following.get(second):
            if following.pair:
                pairs.append((following, i))
            for signal in following.signals:
                hits.append((signal, i, i + 1))  # noqa: PERF401
            for entry in following.phrases:
                if _continues(words, i + 2, entry.rest[1:]):
                    hits.append((entry.signal, i, i + len(entry.rest)))  # noqa: PERF401
        for beginning, entry in word.phrases_by_beginning:
            if second.startswith(beginning) and _continues(words, i + 2, entry.rest[1:]):
                hits.append((entry.signal, i, i + len(entry.rest)))
    return hits, pairs


def _continues(words: Sequence[Word], start: int, rest: Sequence[str]) -> bool:
    if start + len(rest) > len(words):
        return False
    return all(
        words[start + i].key.startswith(entry[:-1]) if entry.endswith("*") else words[start + i].key == entry
        for i, entry in enumerate(rest)
    )


def _fold_entry(entry: str) -> list[str]:
    """The folded words of an entry; an entry that is no word (a bare `…`) stays as it is."""
    folded = []
    for word in entry.split():
        stem = word.rstrip("*")
        parts = [fold(part) for part in find_words(stem)] or [stem]
        if word.endswith("*"):
            parts[-1] += "*"
        folded.extend(parts)
    return folded


def dump_entries(entries: Mapping[str, Sequence[Entry]]) -> list[str]:
    """Entries as lines of a vocabulary: the opening, a tab, the rest and the signal."""
    return [f"{opening}\t{' '.join([*e.rest, e.signal])}" for opening in sorted(entries) for e in entries[opening]]


def parse_entry(value: str) -> Entry:
    """Read what `dump_entries` wrote behind the tab."""
    *rest, signal = value.split(" ")
    return Entry(tuple(rest), signal)
