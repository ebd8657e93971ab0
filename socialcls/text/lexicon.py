"""A bounded cache of words: what is known of a word is worked out once, however the word is written.

A *piece* is what stands between two spaces: mostly one word, often with a comma or a bracket.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from socialcls.text.tokenizer import find_words, fold, splits_clause

W = TypeVar("W")

MAX_PIECES = 100_000
"""Pieces that are cached. On overflow, evict all pieces, and the words not seen since the last overflow."""

BREAK, PAUSE = 2, 1
"""What stands between two words: the end of a clause, or a comma."""


class Words(Generic[W]):
    """The words of a text, in order."""

    __slots__ = ("breaks", "n_words", "pieces", "words")

    def __init__(self, pieces: list[str], words: list[W], breaks: dict[int, int], n_words: list[int]) -> None:
        self.pieces = pieces
        """What stands between two spaces."""
        self.n_words = n_words
        """How many words each piece holds."""
        self.words = words
        self.breaks = breaks
        """Number of a word with what stands before it, BREAK or PAUSE; nothing where words stand side by side."""


class _Piece(Generic[W]):
    """A piece that is not just one word."""

    __slots__ = ("after", "before", "words")

    def __init__(self, words: tuple[W, ...], before: int, after: int) -> None:
        self.words, self.before, self.after = words, before, after


class Lexicon(Generic[W]):
    """What is known of words, cached by piece and by folded word.

    >>> lexicon = Lexicon(str.upper)
    >>> lexicon.read("Forum (forum), blog").words
    ['FORUM', 'FORUM', 'BLOG']
    """

    def __init__(self, make: Callable[[str], W]) -> None:
        """Make an empty lexicon.

        Args:
            make: Works out what is known of a folded word; all ways of writing the word share one result.
        """
        self._make = make
        self._by_piece: dict[str, W | _Piece[W]] = {}  # most pieces are one word, and need nothing around it
        self._by_folded: dict[str, W] = {}
        self._older: dict[str, W] = {}

    def read(self, text: str) -> Words[W]:
        """Look up each of `find_words(text)`."""
        by_piece = self._by_piece
        if len(by_piece) > MAX_PIECES:  # never within a text: a word that occurs twice is one object
            self._evict()
        words: list[W] = []
        breaks: dict[int, int] = {}
        pieces = text.split()
        n_words: list[int] = []
        for piece in pieces:
            known = by_piece.get(piece)
            if known is None:
                known = self._learn(piece)
            if isinstance(known, _Piece):
                if known.before:
                    n = len(words)
                    breaks[n] = max(breaks.get(n, 0), known.before)
                words += known.words
                n_words.append(len(known.words))
                if known.after:
                    n = len(words)
                    breaks[n] = max(breaks.get(n, 0), known.after)
            else:
                words.append(known)
                n_words.append(1)
        return Words(pieces, words, breaks, n_words)

    def _learn(self, piece: str) -> "W | _Piece[W]":
        folded = [fold(word) for word in find_words(piece)]
        words = [self.look_up(piece if word == piece else word) for word in folded]  # one string in memory, not two
        before, after = splits_clause(piece)
        known = words[0] if len(words) == 1 and not before and not after else _Piece(tuple(words), before, after)
        self._by_piece[piece] = known
        return known

    def look_up(self, folded: str) -> W:
        """Look up a folded word."""
        known = self._by_folded.get(folded)
        if known is None:
            known = self._older.get(folded)
            if known is None:
                known = self._make(folded)
            self._by_folded[folded] = known
        return known

    def _evict(self) -> None:
        """Evict all pieces, and the words not seen since the last eviction."""
        self._by_piece.clear()
        self._older, self._by_folded = self._by_folded, {}
