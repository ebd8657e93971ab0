"""Find the signals that words, phrases and URL parts show.

A signal's words are whole words ("forum"), beginnings ("moderat*"; "#*" and "@*" for any name of a channel or an
account), endings ("*chronicle", for the words of a host stand together) or phrases of whole words and beginnings
("zadaj pytan*"). All languages are matched at once: nobody says which language a text is in, and one concept is one
feature in all.

Entries are filed under their first word, or under three letters of a beginning or ending, so that three look-ups find
all that a folded word may show or open. It is looked up once; what was found is remembered with the word.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from socialcls.taxonomy import Signal
from socialcls.text import find_words, fold

Sums = tuple[float, float, float, float]
"""What a key weighs: its sum for each label but the last, then of its squared idf (see `model`)."""

NOTHING: Sums = (0.0, 0.0, 0.0, 0.0)
"""What a key weighs of which nothing is known."""

Hit = tuple[str, int, int]
"""A signal with the first and the last of the words that show it. (A plain tuple: making it is a hot spot.)"""

FILED_LETTERS = 3
"""Of a beginning or ending; none has fewer."""

MARKS = "#@"
"""What makes a word the name of a channel or an account; each is a beginning by itself."""


class Entry(NamedTuple):
    """A word, a beginning or a phrase, and the signal that is shown by it."""

    opening: str
    """The first word; a beginning when it ends in `*`, an ending when it begins with it."""
    rest: tuple[str, ...]
    """The other words of a phrase; each may be a beginning."""
    signal: str


class Entries(Protocol):
    """Where entries are looked up: a dictionary in training, the vocabulary of a model in prediction."""

    def get(self, filed_under: str, /) -> Sequence[Entry] | None:
        """The entries filed there: "forum" for the word, "mod*" for "moderat*", "*cle" for "*chronicle"."""


class Following:
    """What a word and the one that follows it are together."""

    __slots__ = ("is_pair", "phrases", "signals", "sums")

    def __init__(self) -> None:
        self.is_pair = False
        """Whether a model knows the two as a pair."""
        self.sums: Sums = NOTHING
        """What the pair weighs."""
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
        self.following: dict[str, Following] = _NOTHING_FOLLOWS
        """What it is together with the next word, by that word."""
        self.phrases_by_beginning: tuple[tuple[str, Entry], ...] = ()
        """Phrases whose second word is a beginning, by that beginning."""
        self.opens = bool(opened)
        """Whether there is anything in the above."""
        for entry in opened:
            if entry.rest and entry.rest[0].endswith("*"):
                self.phrases_by_beginning += ((entry.rest[0][:-1], entry),)
            elif entry.rest:
                self._follow(entry.rest[0]).add_phrase(entry)

    def add_pair(self, second: str, sums: Sums) -> None:
        """Say what the word and the one that follows it weigh as a pair."""
        following = self._follow(second)
        following.is_pair, following.sums = True, sums
        self.opens = True

    def _follow(self, second: str) -> Following:
        if self.following is _NOTHING_FOLLOWS:
            self.following = {}
        return self.following.setdefault(second, Following())


W = TypeVar("W", bound=Word)

_NOTHING_FOLLOWS: dict[str, Following] = {}  # one for all the words that open nothing, which are most


def index_entries(signals: Iterable[Signal]) -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    """The entries of signals as they are filed: those for words, and those for parts of URLs."""
    words: dict[str, list[Entry]] = {}
    url_parts: dict[str, list[Entry]] = {}
    for signal in signals:
        for written, entries in ((signal.words, words), (signal.url_parts, url_parts)):
            for text in written:
                opening, *rest = _fold_entry(text)
                entries.setdefault(_file(opening), []).append(Entry(opening, tuple(rest), signal.id))
    return words, url_parts


def look_up(word: str, entries: Entries) -> list[Entry]:
    """All entries whose opening fits a folded word."""
    found = list(entries.get(word) or ())
    if len(word) >= FILED_LETTERS:
        if filed := entries.get(word[:FILED_LETTERS] + "*"):
            found += [entry for entry in filed if word.startswith(entry.opening[:-1])]
        if filed := entries.get("*" + word[-FILED_LETTERS:]):
            found += [entry for entry in filed if word.endswith(entry.opening[1:])]
    if word[0] in MARKS and len(word) > 1:
        found += entries.get(word[0] + "*") or ()
    return found


def _file(opening: str) -> str:
    """Where an entry is filed: under its first word, or some letters of a beginning or ending."""
    if opening.endswith("*"):
        return opening[:-1][:FILED_LETTERS] + "*"
    return "*" + opening[-FILED_LETTERS:] if opening.startswith("*") else opening


def scan(words: list[W]) -> tuple[list[Hit], list[Following]]:
    """Find the signals that words in a row show, and the known pairs; both in order.

    >>> from socialcls.taxonomy import Signal
    >>> questions = Signal("questions", "community", "talk", {"en": "questions"}, ("zadaj pytan*",), ("ask",))
    >>> entries, _ = index_entries([questions])
    >>> scan([Word(key, entries) for key in ("tu", "zadaj", "pytanie")])
    ([('questions', 1, 2)], [])
    """
    hits: list[Hit] = []
    pairs: list[Following] = []
    last = len(words) - 1
    for i, word in enumerate(words):
        if not word.opens:
            continue
        for signal in word.signals:
            hits.append((signal, i, i))  # noqa: PERF401  (this loop is the hottest of all)
        if i == last:
            break
        second = words[i + 1].key
        following = word.following.get(second)
        if following is not None:
            if following.is_pair:
                pairs.append(following)
            for signal in following.signals:
                hits.append((signal, i, i + 1))  # noqa: PERF401
            for entry in following.phrases:
                if _continues(words, i + 2, entry.rest[1:]):
                    hits.append((entry.signal, i, i + len(entry.rest)))  # noqa: PERF401
        for beginning, entry in word.phrases_by_beginning:
            if second.startswith(beginning) and _continues(words, i + 2, entry.rest[1:]):
                hits.append((entry.signal, i, i + len(entry.rest)))
    return hits, pairs


def _continues(words: list[W], start: int, rest: Sequence[str]) -> bool:
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
        stem = word.strip("*")
        parts = [fold(part) for part in find_words(stem)] or [stem]
        if word.endswith("*"):
            parts[-1] += "*"
        elif word.startswith("*"):
            parts[0] = "*" + parts[0]
        folded.extend(parts)
    return folded


def dump_entries(entries: Mapping[str, Sequence[Entry]]) -> list[str]:
    """Entries as lines of a vocabulary: where it is filed, a tab, its words and the signal."""
    return [f"{place}\t{' '.join([e.opening, *e.rest, e.signal])}" for place in sorted(entries) for e in entries[place]]


def parse_entry(value: str) -> Entry:
    """Read what `dump_entries` wrote behind the tab."""
    opening, *rest, signal = value.split(" ")
    return Entry(opening, tuple(rest), signal)
