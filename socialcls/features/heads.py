"""Find what a text calls itself: its heads.

A head is the noun with which a service says what it is: "a *neobank* for freelancers", "TikTok video *downloader*",
"*forum* miłośników kaktusów". A lexicon says what such a thing is, and it counts only in the head's place:

* Where heads stand last (English, German, Dutch, Swedish, Turkish), at the end of a phrase: before punctuation, a
  preposition, a relative, a verb or a conjunction. "Forum software" is software.
* Where they stand first (Polish and the other Slavic and Romance languages), as the first noun that the lexicon knows:
  what follows is its complement. "Lista blogów" is a list.
* Behind a preposition or a verb stands what the service is *about*, until the clause ends or "is a" opens it again.
* What a negation governs is denied, whatever verb stands between: "nie prowadzimy forum". It governs until the clause
  ends, or until "is a" follows what was denied: "it is not a forum, it is a blog".

The first head of a text, later ones, what is denied, and the verb that opens a clause ("track", "ask") are features
apart. The language is the one with most function words among those whose heads stand in the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from socialcls.text.lexicon import BREAK, PAUSE
from socialcls.text.tokenizer import find_words, fold

MAX_HEAD_WORDS = 40
"""Words of a text in which heads are looked for: a description says first what the thing is."""

CLOSER, COPULA, NEGATION, CONJUNCTION, FILLER = "closer", "copula", "negation", "conjunction", "filler"
_VERB = "verb."
_MARKS = frozenset("?!|")
_ENDS_PHRASE = frozenset({CLOSER, COPULA, NEGATION, CONJUNCTION})


class Values(Protocol):
    """Lines looked up by key: a dictionary in training, the vocabulary of a model in prediction."""

    def get(self, key: str, /) -> Sequence[str] | None:
        """The values that stand under a key."""


class Head(NamedTuple):
    """Something that a text calls itself, or denies to be."""

    key: str
    """`is=`, `also=`, `not=` or `does=`, then what the lexicon says: "is=other.tool"."""
    first: int
    """Number of its first word."""
    last: int


class HeadEntry:
    """A term of the lexicon, filed under its first word. No tuple: compiled, its fields lie side by side."""

    __slots__ = ("language", "rest", "senses")

    def __init__(self, language: str, rest: tuple[str, ...], senses: tuple[str, ...]) -> None:
        self.language = language
        self.rest = rest
        """Its other words, folded."""
        self.senses = senses
        """What a thing is that calls itself so: "other.tool", "person.blog", "verb.other"."""


class HeadLexicon(NamedTuple):
    """The heads of all languages and the words that mark their places, as they are looked up."""

    entries: Values
    """First word with "LANGUAGE REST… SENSE,SENSE"."""
    roles: Values
    """Function word with "LANGUAGE ROLE"."""
    languages: Mapping[str, str]
    """Language with "first" or "last": where its heads stand."""

    def find_entries(self, word: str) -> tuple[HeadEntry, ...]:
        """The terms that begin with a folded word."""
        return tuple([_parse_entry(value) for value in self.entries.get(word) or ()])

    def find_roles(self, word: str) -> dict[str, str]:
        """The role of a folded word by language."""
        found: dict[str, str] = {}
        for value in self.roles.get(word) or ():
            language, _, role = value.partition(" ")
            found[language] = role
        return found


class HeadWord(Protocol):
    """A word with what the lexicon knows of it."""

    key: str
    heads: tuple[HeadEntry, ...]
    roles: dict[str, str]


H = TypeVar("H", bound=HeadWord)


def _parse_entry(value: str) -> HeadEntry:
    language, *rest, senses = value.split(" ")
    return HeadEntry(language, tuple(rest), tuple(senses.split(",")))


class _Match:
    """A term where it stands in a text."""

    __slots__ = ("last", "senses")

    def __init__(self, last: int, senses: tuple[str, ...]) -> None:
        self.last, self.senses = last, senses


def find_heads(words: Sequence[H], breaks: Mapping[int, int], languages: Mapping[str, str]) -> list[Head]:
    """Find what the first words of a text say that it is.

    Args:
        words: Of the text.
        breaks: What stands between them (see `text.lexicon`).
        languages: Where the heads of each language stand.
    """
    n = min(len(words), MAX_HEAD_WORDS)
    matches: dict[str, dict[int, _Match]] = {}
    votes: dict[str, int] = {}
    for i in range(n):
        word = words[i]
        for language in word.roles:
            votes[language] = votes.get(language, 0) + 1
        for entry in word.heads:
            last = i + len(entry.rest)
            if entry.rest and not _stands(entry.rest, words, i + 1, breaks):
                continue
            of_language = matches.setdefault(entry.language, {})
            known = of_language.get(i)
            if known is None or last > known.last:
                of_language[i] = _Match(last, entry.senses)
    if not matches:
        return []
    most = max([votes.get(language, 0) for language in matches])
    likely = [language for language in matches if votes.get(language, 0) == most]
    likely.sort(key=lambda language: (-_count_covered(matches[language]), language != "en", language))
    for language in likely:
        if found := _walk(words, n, breaks, matches[language], language, languages.get(language) == "last"):
            return found
    return []


def _stands(rest: tuple[str, ...], words: Sequence[H], start: int, breaks: Mapping[int, int]) -> bool:
    if start + len(rest) > len(words):
        return False
    for i in range(len(rest)):
        if words[start + i].key != rest[i] or start + i in breaks:
            return False
    return True


def _count_covered(matches: dict[int, _Match]) -> int:
    return sum([match.last - i + 1 for i, match in matches.items()])


def _walk(
    words: Sequence[H],
    n: int,
    breaks: Mapping[int, int],
    matches: dict[int, _Match],
    language: str,
    is_last: bool,  # noqa: FBT001  (a private function in a hot loop)
) -> list[Head]:
    """Read the words of one language in order, in and out of the head's place."""
    found: list[Head] = []
    is_open, is_start, is_denied, is_closed_by_head, has_first = True, True, False, False, False
    has_denied = False  # whether the negation has met what it denies
    i = 0
    while i < n:
        word = words[i]
        gap = breaks.get(i, 0)
        if gap == BREAK:
            is_open, is_start, is_denied, is_closed_by_head = True, True, False, False
        elif gap == PAUSE and is_closed_by_head:
            is_open, is_closed_by_head = True, False
        if word.key in _MARKS:
            is_open, is_start, is_denied, is_closed_by_head = True, True, False, False
            i += 1
            continue
        match = matches.get(i)
        role = "" if match is not None and match.last > i else word.roles.get(language, "")
        if role:
            if role == CLOSER:
                is_open = is_denied and not has_denied
                is_start = is_closed_by_head = False
            elif role == COPULA:
                is_open, is_closed_by_head = True, False
                is_denied = is_denied and not has_denied
            elif role == NEGATION:
                is_open, is_denied, is_closed_by_head, has_denied = True, True, False, False
            elif role == CONJUNCTION and is_closed_by_head:
                is_open, is_closed_by_head = True, False
            if role != FILLER or match is None:
                i += 1
                continue
        if match is None or not is_open:
            is_start = False
            i += 1
            continue
        last = match.last
        nouns = [sense for sense in match.senses if not sense.startswith(_VERB)]
        if is_start and not is_denied and len(nouns) < len(match.senses):
            for sense in match.senses:
                if sense.startswith(_VERB):
                    found.append(Head("does=" + sense[len(_VERB) :], i, last))
            if not nouns:
                is_open = False
        if nouns and (not is_last or _ends_phrase(words, last + 1, breaks, language)):
            for sense in nouns:
                if is_denied:
                    found.append(Head("not=" + sense.partition(".")[0], i, last))
                else:
                    found.append(Head(("also=" if has_first else "is=") + sense, i, last))
            has_first, has_denied = has_first or not is_denied, is_denied
            if not is_last:
                is_open, is_closed_by_head = False, True
        is_start = False
        i = last + 1
    return found


def _ends_phrase(words: Sequence[H], i: int, breaks: Mapping[int, int], language: str) -> bool:
    if i >= len(words) or i in breaks:
        return True
    word = words[i]
    return word.key in _MARKS or word.roles.get(language, "") in _ENDS_PHRASE


def index_heads(terms: Iterable[tuple[str, str, Sequence[str]]]) -> dict[str, list[str]]:
    """File terms under their first word, as a model keeps them.

    Args:
        terms: Language, term, senses.
    """
    filed: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for language, term, senses in terms:
        folded = [fold(word) for word in find_words(term)]
        if folded:
            known = filed.setdefault(folded[0], {}).setdefault((language, *folded[1:]), [])
            known += [sense for sense in senses if sense not in known]
    return {
        first: [" ".join([*rest, ",".join(senses)]) for rest, senses in by_rest.items()]
        for first, by_rest in filed.items()
    }


def index_roles(roles: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """File function words with their roles.

    Args:
        roles: Language, word, role.
    """
    filed: dict[str, dict[str, str]] = {}
    for language, word, role in roles:
        for folded in [fold(found) for found in find_words(word)]:
            filed.setdefault(folded, {})[language] = role
    return {word: [f"{language} {role}" for language, role in of_word.items()] for word, of_word in filed.items()}
