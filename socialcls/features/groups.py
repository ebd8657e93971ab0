"""The groups of features, and the length factors that they are divided by."""

from typing import NamedTuple

from socialcls.types import Field


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
    """Whether features weigh by inverse document frequency; signals, heads and services all weigh the same."""


_WHOLE = range(0)
_NGRAMS = range(4, 5)  # three letters and five bring nothing beside four, and cost as much again
_LONG_NGRAMS = range(3, 9)  # the words of a host stand together: gardenforum, collectibleshopping

TEXT = Factor("text", "text", smoothing=2400.0)
TEXT_SIGNALS = Factor("text.signals", "text", smoothing=1.5)
TEXT_HEADS = Factor("text.heads", "text", smoothing=1.0)
TEXT_SERVICES = Factor("text.services", "text", smoothing=1.0)
NAME = Factor("name", "name", smoothing=200.0)
NAME_SIGNALS = Factor("name.signals", "name", smoothing=3.0)
NAME_HEADS = Factor("name.heads", "name", smoothing=1.0)
NAME_SERVICES = Factor("name.services", "name", smoothing=1.0)
URL = Factor("url", "url", smoothing=200.0)
URL_SIGNALS = Factor("url.signals", "url", smoothing=3.0)
URL_SERVICES = Factor("url.services", "url", smoothing=1.0)
PAGE_MARKS = Factor("page.marks", "page", smoothing=1.0)

GROUPS: tuple[Group, ...] = (
    Group("text.words", TEXT, _WHOLE, scale=1.0, is_rare_better=True),
    Group("text.pairs", TEXT, _WHOLE, scale=2.0, is_rare_better=True),
    Group("text.chars", TEXT, _NGRAMS, scale=1.0, is_rare_better=True),
    Group("text.signals", TEXT_SIGNALS, _WHOLE, scale=1.6, is_rare_better=False),
    Group("text.heads", TEXT_HEADS, _WHOLE, scale=2.6, is_rare_better=False),
    Group("text.services", TEXT_SERVICES, _WHOLE, scale=3.0, is_rare_better=False),
    Group("name.words", NAME, _WHOLE, scale=1.4, is_rare_better=True),
    Group("name.pairs", NAME, _WHOLE, scale=1.4, is_rare_better=True),
    Group("name.chars", NAME, _NGRAMS, scale=0.7, is_rare_better=True),
    Group("name.signals", NAME_SIGNALS, _WHOLE, scale=1.6, is_rare_better=False),
    Group("name.heads", NAME_HEADS, _WHOLE, scale=2.0, is_rare_better=False),
    Group("name.services", NAME_SERVICES, _WHOLE, scale=3.0, is_rare_better=False),
    Group("url.parts", URL, _WHOLE, scale=3.0, is_rare_better=True),
    Group("url.chars", URL, _LONG_NGRAMS, scale=1.0, is_rare_better=True),
    Group("url.signals", URL_SIGNALS, _WHOLE, scale=1.6, is_rare_better=False),
    Group("url.services", URL_SERVICES, _WHOLE, scale=3.0, is_rare_better=False),
    Group("page.marks", PAGE_MARKS, _WHOLE, scale=1.0, is_rare_better=False),
)
GROUPS_BY_NAME = {group.name: group for group in GROUPS}

MAX_WORD_CHARS = 40
"""Of a longer "word" (a hash, a pasted blob) only the beginning is read for n-grams."""


def expand_key(group: Group, key: str) -> tuple[str, ...]:
    """List the features of a key.

    >>> expand_key(GROUPS_BY_NAME["text.chars"], "blog")
    ('<blo', 'blog', 'log>')
    """
    if not group.ngram_lengths:
        return (key,)
    marked = f"<{key[:MAX_WORD_CHARS]}>"
    return tuple([marked[i : i + n] for n in group.ngram_lengths for i in range(len(marked) - n + 1)])


def name_pair(first: str, second: str) -> str:
    """Name the key of two neighbouring words."""
    return f"{first}\t{second}"
