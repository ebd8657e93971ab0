"""Find words and their positions, and fold them.

Words are found in the text as given, so that a position always points into what the user wrote; each word is
then folded by itself: case, diacritics and digits go, because a third of Polish descriptions on the web have
lost their diacritics and a forum founded in 2004 is as much a forum as one founded in 2011.
"""

import re
import unicodedata
from collections.abc import Iterable

# The prefix of r/subreddit and u/user, a word by itself; a word with any combining marks on it (decomposed "é") and
# the mark before it that makes it a name (#channel, @account); the few single characters that mean something.
# An optional prefix or a lookbehind in front of the word would take twice as long.
_WORD = re.compile(r"[ru]/|[\w#@][\w\u0300-\u036f]*|[?!$€£|]")
_CLAUSE_ENDS = ".!?:;|()[]–—•·»«…"  # what parts one statement from the next; a comma parts less
_POINTS = ".,:;()\"'"  # what stands most often before and behind a word and is part of none
# Letters that Unicode does not decompose but that people type without their stroke.
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def find_words(text: str) -> list[str]:
    """Find the words of a text, in order, as written.

    >>> find_words("Zadaj pytanie na #pomoc w r/Polska?")
    ['Zadaj', 'pytanie', 'na', '#pomoc', 'w', 'r/', 'Polska', '?']
    """
    bare = text.strip(_POINTS)
    return [bare] if bare.isalnum() else _WORD.findall(text)  # most that stands between two spaces is just a word


def find_spans(text: str) -> list[tuple[int, int]]:
    """Find start and end of each word of `find_words(text)`, in characters of the text."""
    return [(0, len(text))] if text.isalnum() else [match.span() for match in _WORD.finditer(text)]


def quote(pieces: str, n_before: int, n_behind: int) -> str:
    """Quote consecutive words as they were written, without what stands around them.

    Args:
        pieces: The part of a text, from space to space, that holds the words.
        n_before: How many words at its beginning are not quoted.
        n_behind: How many at its end.

    >>> quote("(zadaj pytanie/wątek)", 0, 1)
    'zadaj pytanie'
    """
    bare = pieces.strip(_POINTS)
    if not n_before and not n_behind and bare[:1].isalnum() and bare[-1].isalnum():
        return bare
    spans = find_spans(pieces)
    return pieces[spans[n_before][0] : spans[len(spans) - 1 - n_behind][1]]


def splits_clause(piece: str) -> tuple[int, int]:
    """Tell what stands before the first word of a piece and behind the last.

    A piece is what stands between two spaces.

    Returns:
        For each, 2 when it ends a clause, 1 when it is a comma, 0 when it is nothing.

    >>> splits_clause("(forum"), splits_clause("cats,"), splits_clause("–"), splits_clause("forum.gazeta.pl")
    ((2, 0), (0, 1), (2, 2), (0, 0))
    """
    if piece.isalnum():
        return 0, 0
    spans = find_spans(piece)
    if not spans:
        found = _weigh_marks(piece)
        if piece in {"-", "/", "--", "~"}:
            found = 2
        return found, found
    return _weigh_marks(piece[: spans[0][0]]), _weigh_marks(piece[spans[-1][0] :])


def _weigh_marks(marks: str) -> int:
    if any(mark in _CLAUSE_ENDS for mark in marks):
        return 2
    return 1 if "," in marks or "/" in marks else 0


def list_spellings(words: Iterable[str]) -> tuple[str, ...]:
    """List each word once, whatever its case, as it is written first.

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
    """A cache of what each character folds to: words are folded character by character."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold())
        kept = "".join(c for c in decomposed if not unicodedata.combining(c))
        bare = kept.translate(_STROKES).casefold()
        folded = self[code] = "".join("0" if c.isdecimal() else c for c in bare)
        return folded


_FOLDED = _Folded()
