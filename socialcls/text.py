"""Words with their positions.

Words are found in the text as given, so that a position always points into what the user wrote; each word is
then folded by itself: case, diacritics and digits go, because a third of Polish descriptions on the web have
lost their diacritics and a forum founded in 2004 is as much a forum as one founded in 2011.
"""

import re
import unicodedata

# A word with any combining marks on it (decomposed "é"), with the mark before it that makes it a name:
# #channel, @account, r/subreddit, u/user. Then the few single characters that mean something by themselves.
_WORD = re.compile(r"(?:(?<![\w/])[ru]/|[#@])?\w[\w\u0300-\u036f]*|[?!$€£|]")
# Letters that Unicode does not decompose but that people type without their stroke.
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_DIGIT = re.compile(r"\d")


def find_words(text: str) -> list[str]:
    """The words of a text in order, as written.

    >>> find_words("Zadaj pytanie na #pomoc w r/Polska?")
    ['Zadaj', 'pytanie', 'na', '#pomoc', 'w', 'r/Polska', '?']
    """
    return _WORD.findall(text)


def find_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word of `find_words(text)`, in characters of the text."""
    return [match.span() for match in _WORD.finditer(text)]


def fold(word: str) -> str:
    """A word without case and diacritics, each digit a 0.

    >>> fold("Społeczność"), fold("2011"), fold("Straße"), fold("ёжик")
    ('spolecznosc', '0000', 'strasse', 'ежик')
    """
    if word.isascii():
        return _DIGIT.sub("0", word.lower())
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _DIGIT.sub("0", kept.translate(_STROKES).casefold())
