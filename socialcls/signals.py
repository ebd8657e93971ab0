"""Find the signals that words, phrases and URL parts show.

A signal's words are whole words ("forum"), beginnings ("moderat*") or phrases of either ("zadaj pytan*"). All
languages are matched at once: nobody says which language a text is in, and one concept is one feature in all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from socialcls.taxonomy import Signal
from socialcls.text import find_words, fold

_SHORTEST_BEGINNING = 3
_MEMO_SIZE = 100_000  # words; about 30 MB at the most, so that a long stream runs in constant memory


class Hit(NamedTuple):
    """A signal shown by the words `first` to `last`, both included."""

    signal: str
    first: int
    last: int


class _Phrase(NamedTuple):
    signal: str
    rest: tuple[str, ...]
    """The words after the first; one that ends in `*` is a beginning."""


@dataclass(slots=True)
class _Shown:
    """What the entries of a signal table say of one word."""

    signals: tuple[str, ...]
    phrases: tuple[_Phrase, ...]


@dataclass(slots=True)
class _Entries:
    """Entries by their first word: whole words and beginnings apart."""

    whole: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beginnings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phrases_whole: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)
    phrases_beginnings: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    def add(self, signal: str, entry: str) -> None:
        """Add one entry of a signal, folding its words."""
        first, *rest = _fold_entry(entry)
        key, is_beginning = first.rstrip("*"), first.endswith("*")
        if rest:
            phrases = self.phrases_beginnings if is_beginning else self.phrases_whole
            phrases[key] = (*phrases.get(key, ()), _Phrase(signal, tuple(rest)))
        else:
            signals = self.beginnings if is_beginning else self.whole
            if signal not in signals.get(key, ()):
                signals[key] = (*signals.get(key, ()), signal)

    def look_up(self, word: str) -> _Shown:
        """All that one folded word shows or may begin; each signal once."""
        signals = dict.fromkeys(self.whole.get(word, ()))
        phrases = list(self.phrases_whole.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            signals.update(dict.fromkeys(self.beginnings.get(word[:length], ())))
            phrases.extend(self.phrases_beginnings.get(word[:length], ()))
        return _Shown(tuple(signals), tuple(phrases))


class SignalMatcher:
    """Says which signals the words of a text, or the parts of a URL, show.

    >>> from socialcls.taxonomy import Signal
    >>> questions = Signal("questions", "community", "talk", {"en": "questions"}, ("zadaj pytan*",), ("ask",))
    >>> SignalMatcher([questions]).match_words(["tu", "zadaj", "pytanie"])
    [Hit(signal='questions', first=1, last=2)]
    """

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._words = _Entries()
        self._url_parts = _Entries()
        self._memo: dict[str, _Shown] = {}
        for signal in signals:
            for entry in signal.words:
                self._words.add(signal.id, entry)
            for entry in signal.url_parts:
                self._url_parts.add(signal.id, entry)

    def match_words(self, words: Sequence[str]) -> list[Hit]:
        """The signals shown by folded words, in order of their first word."""
        hits: list[Hit] = []
        memo = self._memo
        for i, word in enumerate(words):
            shown = memo.get(word)
            if shown is None:
                shown = self._remember(word)
            if shown.signals:
                hits.extend(Hit(signal, i, i) for signal in shown.signals)
            if shown.phrases:
                continued = (phrase for phrase in shown.phrases if _continues(words, i + 1, phrase.rest))
                hits.extend(Hit(phrase.signal, i, i + len(phrase.rest)) for phrase in continued)
        return hits

    def match_url_part(self, part: str) -> tuple[str, ...]:
        """The signals shown by one folded part of a host or path."""
        return self._url_parts.look_up(part).signals

    def _remember(self, word: str) -> _Shown:
        if len(self._memo) >= _MEMO_SIZE:
            self._memo.clear()
        shown = self._memo[word] = self._words.look_up(word)
        return shown


def _fold_entry(entry: str) -> list[str]:
    """The folded words of an entry; an entry that is no word (a bare `?`) stays as it is."""
    folded = []
    for word in entry.split():
        stem = word.rstrip("*")
        parts = [fold(part) for part in find_words(stem)] or [stem]
        if word.endswith("*"):
            parts[-1] += "*"
        folded.extend(parts)
    return folded


def _continues(words: Sequence[str], start: int, rest: tuple[str, ...]) -> bool:
    if start + len(rest) > len(words):
        return False
    return all(
        words[start + i].startswith(entry[:-1]) if entry.endswith("*") else words[start + i] == entry
        for i, entry in enumerate(rest)
    )
