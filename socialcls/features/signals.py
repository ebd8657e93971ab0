"""Find the signals that words, phrases and URL parts show.

A signal's words are whole words ("forum"), beginnings ("moderat*"; "#*" and "@*" for any name of a channel or an
account), endings ("*chronicle", for the words of a host stand together) or phrases of whole words and beginnings
("zadaj pytan*"). All languages are matched at once: nobody says which language a text is in, and one concept is one
feature in all.

Entries are filed under their first word, or under three letters of a beginning or ending, so that three look-ups find
all that a folded word may show or open. Each word is looked up once; the result is kept with the word.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from socialcls.features.heads import HeadTerms, HeadWord, Hit
from socialcls.features.weighed import Row, Weighed
from socialcls.taxonomy.taxonomy import Signal
from socialcls.text.tokenizer import find_words, fold

FILED_LETTERS = 3
"""Of a beginning or ending; none has fewer."""

OPENING_WORDS = 20
"""Only these show signals: a description says first what the thing is, and later what else there is."""

MARKS = "#@"
"""What makes a word the name of a channel or an account; each is a beginning by itself."""


class Entry:
    """A word, a beginning or a phrase, and the signal that is shown by it. No tuple: see `weighed`."""

    __slots__ = ("opening", "rest", "signal", "stem")

    def __init__(self, opening: str, rest: tuple[str, ...], signal: str) -> None:
        self.opening = opening
        """The first word; a beginning when it ends in `*`, an ending when it begins with it."""
        self.stem = opening.strip("*")
        """The same without the mark."""
        self.rest = rest
        """The other words of a phrase; each may be a beginning."""
        self.signal = signal

    def __reduce__(self) -> tuple[type["Entry"], tuple[str, tuple[str, ...], str]]:
        """Say how it is made again in another process: compiled, a class has no other way."""
        return Entry, (self.opening, self.rest, self.signal)


class Entries(Protocol):
    """Where entries are looked up: a dictionary in training, the vocabulary of a model in prediction."""

    def get(self, filed_under: str, /) -> Sequence[Entry] | None:
        """Look up the entries filed there: "forum" for the word, "mod*" for "moderat*", "*cle" for "*chronicle"."""


class Pair(Weighed):
    """Two neighbouring words that a model knows together."""

    __slots__ = ("key",)

    def __init__(self, key: str, row: "Row") -> None:
        super().__init__(row)
        self.key = key
        """Both words, folded, with a tab between."""


class Word(HeadWord):
    """A folded word with what it shows and what it may open.

    Words are compared by identity: there is one for each folded word of a field (see `text.Lexicon`).
    """

    __slots__ = ("by_beginning", "by_second", "pairs", "reach", "shows", "signals")

    def __init__(
        self,
        key: str,
        opened: Sequence[Entry],
        heads: dict[str, HeadTerms] | None = None,
        roles: dict[str, str] | None = None,
    ) -> None:
        """Keep what is known of a word.

        Args:
            key: The word, folded.
            opened: The entries whose opening fits it: `look_up` finds them.
            heads: The terms of the lexicon that begin with it, by language.
            roles: Its role by language, where it is a function word.
        """
        super().__init__(key, heads or _NO_HEADS, roles or _NO_ROLES)
        self.shows = bool(opened)
        """Whether it shows a signal or opens a phrase."""
        self.signals: tuple[str, ...] = ()
        """Shown by the word alone, each once."""
        self.reach = 0
        """How many of the words behind it a phrase may take that it opens."""
        self.by_second: dict[str, tuple[Entry, ...]] = _NOTHING_OPENED
        """The phrases whose second word is a whole word, by that."""
        self.by_beginning: tuple[tuple[str, Entry], ...] = ()
        """Those whose second word is a beginning, with that."""
        self.pairs: dict[str, Pair] = _NO_PAIRS
        """The pairs that the word and the next one may be, by that one's key."""
        if opened:
            self._open(opened)

    def _open(self, opened: Sequence[Entry]) -> None:
        self.signals = tuple(dict.fromkeys([entry.signal for entry in opened if not entry.rest]))
        self.reach = max([len(entry.rest) for entry in opened])
        if self.reach:
            self.by_second = {}
        for entry in opened:
            if entry.rest and entry.rest[0].endswith("*"):
                self.by_beginning += ((entry.rest[0][:-1], entry),)
            elif entry.rest:
                self.by_second[entry.rest[0]] = (*self.by_second.get(entry.rest[0], ()), entry)

    def goes_on(self, second: str) -> bool:
        """Whether a phrase that the word opens may go on with a second word."""
        return second in self.by_second or bool(self.by_beginning)

    def match(self, behind: list[str]) -> list[tuple[str, int]]:
        """Match the phrases that the word opens: their signals, each with the number of further words that it takes.

        Args:
            behind: Keys of the words behind it, one at least, as many as `reach` where there are so many.
        """
        found: list[tuple[str, int]] = []
        second = behind[0]
        for entry in self.by_second.get(second, ()):
            if _continues(entry.rest, behind):
                found.append((entry.signal, len(entry.rest)))  # noqa: PERF401
        for beginning, entry in self.by_beginning:
            if second.startswith(beginning) and _continues(entry.rest, behind):
                found.append((entry.signal, len(entry.rest)))
        return found


W = TypeVar("W", bound=Word)

_NOTHING_OPENED: dict[str, tuple[Entry, ...]] = {}  # one each for all the words that open nothing, which are most
_NO_PAIRS: dict[str, Pair] = {}
_NO_ROLES: dict[str, str] = {}
_NO_HEADS: dict[str, HeadTerms] = {}


def index_entries(signals: Iterable[Signal]) -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    """File the entries of signals: those for words, and those for parts of URLs."""
    words: dict[str, list[Entry]] = {}
    url_parts: dict[str, list[Entry]] = {}
    for signal in signals:
        for written, entries in ((signal.words, words), (signal.url_parts, url_parts)):
            for text in written:
                opening, *rest = _fold_entry(text)
                entries.setdefault(_file(opening), []).append(Entry(opening, tuple(rest), signal.id))
    return words, url_parts


def look_up(word: str, entries: Entries) -> list[Entry]:
    """Look up all entries whose opening fits a folded word."""
    found = list(entries.get(word) or ())
    if len(word) >= FILED_LETTERS:
        if filed := entries.get(word[:FILED_LETTERS] + "*"):
            found += [entry for entry in filed if word.startswith(entry.stem)]
        if filed := entries.get("*" + word[-FILED_LETTERS:]):
            found += [entry for entry in filed if word.endswith(entry.stem)]
    if word[0] in MARKS and len(word) > 1:
        found += entries.get(word[0] + "*") or ()
    return found


def _file(opening: str) -> str:
    """Name the place of an entry: its first word, or some letters of a beginning or ending."""
    if opening.endswith("*"):
        return opening[:-1][:FILED_LETTERS] + "*"
    return "*" + opening[-FILED_LETTERS:] if opening.startswith("*") else opening


def scan(words: list[W], hidden: Container[int] = ()) -> tuple[list[Hit], list[Pair]]:
    """Find the signals that the first words of a text show, and all known pairs; both in order.

    Args:
        words: Of the text.
        hidden: The numbers of those that are in no pair.

    >>> questions = Signal("questions", "community", "talk", {"en": "questions"}, ("zadaj pytan*",), ("ask",))
    >>> entries, _ = index_entries([questions])
    >>> scan([Word(key, look_up(key, entries)) for key in ("tu", "zadaj", "pytanie")])
    ([('questions', 1, 2)], [])
    """
    hits: list[Hit] = []
    opening = words[:OPENING_WORDS]
    for i, word in enumerate(opening):
        if word.shows:
            for signal in word.signals:
                hits.append((signal, i, i))  # noqa: PERF401  (these loops are the hottest of all)
            if word.reach and i + 1 < len(opening) and word.goes_on(opening[i + 1].key):
                for signal, n in word.match([other.key for other in opening[i + 1 : i + 1 + word.reach]]):
                    hits.append((signal, i, i + n))
    pairs: list[Pair] = []
    for i in range(len(words) - 1):
        known = words[i].pairs
        if known:
            pair = known.get(words[i + 1].key)
            if pair is not None and not (i in hidden or i + 1 in hidden):
                pairs.append(pair)
    return hits, pairs


def _continues(rest: tuple[str, ...], behind: list[str]) -> bool:
    """Whether a phrase goes on as the words do, from their second on; the first was looked at."""
    if len(rest) > len(behind):
        return False
    for i in range(1, len(rest)):
        wanted = rest[i]
        if not (behind[i].startswith(wanted[:-1]) if wanted.endswith("*") else behind[i] == wanted):
            return False
    return True


def _fold_entry(entry: str) -> list[str]:
    """Fold the words of an entry; an entry that is no word (a bare `…`) stays as it is."""
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
    """Write entries as lines of a vocabulary: the place, a tab, its words and the signal."""
    return [f"{place}\t{' '.join([e.opening, *e.rest, e.signal])}" for place in sorted(entries) for e in entries[place]]


def parse_entry(value: str) -> Entry:
    """Read what `dump_entries` wrote behind the tab."""
    opening, *rest = value.split(" ")
    return Entry(opening, tuple(rest[:-1]), rest[-1] if rest else "")
