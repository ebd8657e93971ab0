"""The words of many texts by number, in the pieces of text they stand in: what `arrays` needs that is not arithmetic.

It stands by itself because it is compiled (decision 0011), which what imports numpy is not.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from socialcls.features.extractor import Group, expand_key
from socialcls.features.signals import Entry, Word, look_up
from socialcls.model.evidence import is_telling
from socialcls.text.tokenizer import find_words, fold, quote
from socialcls.types import Field, Mention

MAX_PIECES = 200_000
"""Pieces of text whose words are remembered; then all are forgotten."""

MAX_WORDS = 100_000
"""Different words that are remembered beside those of the model's pairs; then all are forgotten that were not met again
since the last time, which is most of them (Zipf), or all when those would be more than half."""

MAX_PHRASES = 20_000
"""Words in a row whose signals are remembered; then all are forgotten."""

SEVERAL = 1 << 40
"""Numbers from here on are those of pieces with several words, or with none."""


class NumberedWords:
    """Folded words and what shows or opens something among them, by number, in the order in which they were met."""

    def __init__(self, entries: Mapping[str, Sequence[Entry]], signals: Mapping[str, int]) -> None:
        """Number no word yet.

        Args:
            entries: Of the signals, by where they are filed.
            signals: The row of each signal.
        """
        self._entries, self._signals = entries, signals
        self.keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self.pieces = _Pieces(self)
        """The number of each piece of text between two spaces: that of its word, or SEVERAL and more."""
        self.several: list[tuple[int, ...]] = []
        """The words of the pieces numbered SEVERAL, SEVERAL + 1, and so on."""
        self._openers: dict[int, Word] = {}
        self._matched: dict[tuple[int, ...], list[tuple[int, int]]] = {}

    def number(self, key: str) -> int:
        """The number of a folded word."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return number

    def learn(self, piece: str) -> int:
        """The number of a piece of text that was not met before."""
        words = find_words(piece)
        if len(words) == 1:
            return self.number(fold(words[0]))
        self.several.append(tuple([self.number(fold(word)) for word in words]))
        return SEVERAL + len(self.several) - 1

    def are_telling(self, first: int) -> list[bool]:
        """Of the words from a number on, whether a person would take each for a reason."""
        return [is_telling(key) for key in self.keys[first:]]

    def find_openers(self, first: int) -> list[tuple[int, Word]]:
        """Those words from a number on that show a signal or open a phrase."""
        found = []
        for number, key in enumerate(self.keys[first:], first):
            opened = look_up(key, self._entries)
            if opened:
                word = Word(key, opened)
                found.append((number, word))
                if word.reach:
                    self._openers[number] = word
        return found

    def match_all(self, words: list[int], places: list[int], ends: list[int]) -> list[tuple[int, int, int]]:
        """The phrases that words open: the first and the last word of each, and the row of its signal.

        Args:
            words: The numbers of words in a row.
            places: Which of them may open a phrase.
            ends: Where the words end that each phrase may take.
        """
        found = []
        for first, end in zip(places, ends, strict=True):
            for n_behind, signal in self._match(tuple(words[first:end])):
                found.append((first, first + n_behind, signal))
        return found

    def _match(self, words: tuple[int, ...]) -> list[tuple[int, int]]:
        known = self._matched.get(words)
        if known is None:
            found = self._openers[words[0]].match([self.keys[number] for number in words[1:]])
            known = [(n_behind, self._signals[signal]) for signal, n_behind in found]
            if len(self._matched) >= MAX_PHRASES:
                self._matched.clear()
            self._matched[words] = known
        return known

    def keep(self, kept: list[int]) -> None:
        """Forget all words but some, which get new numbers in the old order, and all pieces."""
        self.keys = [self.keys[number] for number in kept]
        self._numbers = {key: number for number, key in enumerate(self.keys)}
        self._openers = {new: self._openers[old] for new, old in enumerate(kept) if old in self._openers}
        self._matched.clear()
        self.forget_pieces()

    def forget_pieces(self) -> None:
        """Forget all pieces; their words keep their numbers."""
        self.pieces.clear()
        self.several.clear()


class _Pieces(dict[str, int]):
    def __init__(self, words: NumberedWords) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, piece: str) -> int:
        number = self[piece] = self._words.learn(piece)
        return number


def list_mentions(field: Field, signals: Sequence[str], pieces: list[str], places: list[list[int]]) -> list[Mention]:
    """How to mention words in a row.

    Args:
        field: In which they stand.
        signals: Their ids, by row.
        pieces: Of the texts.
        places: Of each mention the row of the signal or -1, its first and its last piece, and how many words of the
            first piece and of the last do not belong to it.
    """
    mentions = []
    for signal, start, end, n_before, n_behind in places:
        written = pieces[start] if start == end else " ".join(pieces[start : end + 1])
        words = quote(written, n_before, n_behind)
        mentions.append(Mention(field, None if signal < 0 else signals[signal], (words,)))
    return mentions


def expand_keys(group: Group, keys: Sequence[str]) -> tuple[list[str], list[int]]:
    """The features of keys, of one after the other, and how many each has."""
    features = [expand_key(group, key) for key in keys]
    return list(chain.from_iterable(features)), [len(of_key) for of_key in features]
