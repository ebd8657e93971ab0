"""Words with their positions.

Words are found in the text as given, so that a position always points into what the user wrote; each word is
then folded by itself: case, diacritics and digits go, because a third of Polish descriptions on the web have
lost their diacritics and a forum founded in 2004 is as much a forum as one founded in 2011.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

W = TypeVar("W")

Located = tuple[int, str, int]
"""A word in a text: where its piece begins, the piece, and which word of the piece it is."""

MAX_PIECES = 100_000
"""Pieces of text a lexicon remembers before it forgets the words that were not met since it last forgot. Some 210 bytes
each with their words, and half as much again for the older words, so that a long stream runs in constant memory."""

# The prefix of r/subreddit and u/user, a word by itself; a word with any combining marks on it (decomposed "é") and
# the mark before it that makes it a name (#channel, @account); the few single characters that mean something.
# An optional prefix or a lookbehind in front of the word would take twice as long.
_WORD = re.compile(r"[ru]/|[\w#@][\w\u0300-\u036f]*|[?!$€£|]")
_POINTS = ".,:;()\"'"  # what stands most often before and behind a word and is part of none
# Letters that Unicode does not decompose but that people type without their stroke.
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def find_words(text: str) -> list[str]:
    """The words of a text in order, as written.

    >>> find_words("Zadaj pytanie na #pomoc w r/Polska?")
    ['Zadaj', 'pytanie', 'na', '#pomoc', 'w', 'r/', 'Polska', '?']
    """
    bare = text.strip(_POINTS)
    return [bare] if bare.isalnum() else _WORD.findall(text)  # most that stands between two spaces is just a word


def find_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word of `find_words(text)`, in characters of the text."""
    return [(0, len(text))] if text.isalnum() else [match.span() for match in _WORD.finditer(text)]


def find_span(located: Located) -> tuple[int, int]:
    """Start and end of a word in characters of the text it was located in."""
    start, piece, n = located
    a, b = find_spans(piece)[n]
    return start + a, start + b


def quote(pieces: str, n_before: int, n_behind: int) -> str:
    """Words in a row as they were written, without what stands around them.

    Args:
        pieces: Of a text, those that hold the words.
        n_before: Words that do not belong to them at the beginning.
        n_behind: And at the end.

    >>> quote("(zadaj pytanie/wątek)", 0, 1)
    'zadaj pytanie'
    """
    bare = pieces.strip(_POINTS)
    if not n_before and not n_behind and bare[:1].isalnum() and bare[-1].isalnum():
        return bare
    spans = find_spans(pieces)
    return pieces[spans[n_before][0] : spans[len(spans) - 1 - n_behind][1]]


def list_spellings(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once, whatever its case, as it stands first.

    >>> list_spellings(["Forum", "forum", "FORA"])
    ('Forum', 'FORA')
    """
    spellings: dict[str, str] = {}
    for word in words:
        spellings.setdefault(word.lower(), word)
    return tuple(spellings.values())


def fold(word: str) -> str:
    r"""Return a word without case and diacritics, each digit a 0.

    A word of nothing but marks (U+FF9F of a kaomoji) stays as it is: a folded word is never empty.

    >>> fold("Społeczność"), fold("2011"), fold("Straße"), fold("ёжик"), fold("\uff9f")
    ('spolecznosc', '0000', 'strasse', 'ежик', '\uff9f')
    """
    if word.isascii() and word.isalpha():
        return word.lower()
    return word.translate(_FOLDED) or word


class _Folded(dict[int, str]):
    """What each character folds to by itself, remembered: words are folded character by character."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold())
        kept = "".join(c for c in decomposed if not unicodedata.combining(c))
        bare = kept.translate(_STROKES).casefold()
        folded = self[code] = "".join("0" if c.isdecimal() else c for c in bare)
        return folded


_FOLDED = _Folded()


class Lexicon(Generic[W]):
    """What is known of words, by what stands between two spaces: worked out when first met, then remembered.

    >>> lexicon = Lexicon(str.upper)
    >>> lexicon.read("Forum (forum), blog")
    ['FORUM', 'FORUM', 'BLOG']
    """

    def __init__(self, make: Callable[[str], W]) -> None:
        """Make an empty lexicon.

        Args:
            make: Works out what is known of a folded word, which is no tuple; there is one result for all ways of
                writing the word.
        """
        self._make = make
        self._by_piece: dict[str, W | tuple[W, ...]] = {}  # most pieces are one word, and need no tuple around it
        self._by_folded: dict[str, W] = {}
        self._older: dict[str, W] = {}

    def read(self, text: str) -> list[W]:
        """What is known of each of `find_words(text)`."""
        by_piece = self._by_piece
        if len(by_piece) > MAX_PIECES:  # never within a text: a word met twice in it is the same object
            self._forget()
        words: list[W] = []
        for piece in text.split():
            known = by_piece.get(piece)
            if known is None:
                known = self._learn(piece)
            if isinstance(known, tuple):
                words += known
            else:
                words.append(known)
        return words

    def locate(self, text: str) -> list[Located]:
        """Where each of `find_words(text)` stands, roughly: `find_span` looks closely, at those that are asked for."""
        located: list[Located] = []
        end = 0
        for piece in text.split():
            start = text.index(piece, end)
            end = start + len(piece)
            known = self._by_piece.get(piece)
            n_words = len(find_words(piece)) if known is None or isinstance(known, tuple) else 1
            for n in range(n_words):
                located.append((start, piece, n))  # noqa: PERF401
        return located

    def _learn(self, piece: str) -> W | tuple[W, ...]:
        folded = [fold(word) for word in find_words(piece)]
        words = [self._look_up(piece if word == piece else word) for word in folded]  # one string in memory, not two
        known = self._by_piece[piece] = words[0] if len(words) == 1 else tuple(words)
        return known

    def _look_up(self, folded: str) -> W:
        known = self._by_folded.get(folded)
        if known is None:
            known = self._older.get(folded)
            if known is None:
                known = self._make(folded)
            self._by_folded[folded] = known
        return known

    def _forget(self) -> None:
        """Forget the words that were not met since the last time; the others come back from the older half."""
        self._by_piece.clear()
        self._older, self._by_folded = self._by_folded, {}
