"""Find what a text calls itself: its heads.

A head is the noun with which a service says what it is: "a *neobank* for freelancers", "TikTok video *downloader*",
"*forum* miłośników kaktusów". A lexicon says what such a thing is, and it counts only in the head's place:

* Where heads stand last (English, German, Dutch, Swedish, Turkish), at the end of a phrase: before punctuation, a
  preposition, a relative, a verb or a conjunction. "Forum software" is software.
* Where they stand first (Polish and the other Slavic and Romance languages), as the first noun that the lexicon knows:
  what follows is its complement. "Lista blogów" is a list.
* Behind a preposition or a verb stands what the service is *about*, until the clause ends or "is a" opens it again:
  "list of forums" is no forum. A term there is a feature too, and the signals of its words do not count. Behind a
  preposition after a head that is no social medium no signal counts, whether or not the lexicon knows the words:
  "insurance for travel bloggers" has its *subject* there.
* What a negation governs is denied, whatever verb stands between: "nie prowadzimy forum". It governs until the clause
  ends, or until "is a" follows what was denied: "it is not a forum, it is a blog".

The first head of a text, later ones, what is denied, what it is about, and the verb that opens a clause ("track",
"ask") are features apart. So is what stands behind a head ("list of blogs": about blogs) from what stands behind none
("home of our forum"). The words of what is denied count for nothing else. The language is the one with most function
words among those whose heads stand in the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from socialcls.features.weighed import Weighed
from socialcls.text.lexicon import BREAK, PAUSE
from socialcls.text.tokenizer import find_words, fold

MAX_HEAD_WORDS = 40
"""Words of a text in which heads are looked for: a description says first what the thing is."""

CLOSER, PREPOSITION, COPULA = "closer", "preposition", "copula"
NEGATION, CONJUNCTION, FILLER = "negation", "conjunction", "filler"
_VERB = "verb."
_MARKS = frozenset("?!|")
_GOVERNED = ("of=", "about=", "not=", "is=other", "also=other")
_ENDS_PHRASE = frozenset({CLOSER, PREPOSITION, COPULA, NEGATION, CONJUNCTION})


class Values(Protocol):
    """Lines looked up by key: a dictionary in training, the vocabulary of a model in prediction."""

    def get(self, key: str, /) -> Sequence[str] | None:
        """Look up the values that stand under a key."""


class Head(NamedTuple):
    """Something that a text calls itself, or denies to be."""

    key: str
    """`is=`, `also=`, `not=`, `of=`, `about=` or `does=`, then what the lexicon says: "is=other.tool"."""
    first: int
    """Number of its first word."""
    last: int


class FoundHeads(NamedTuple):
    """What a text calls itself, and where it says what that is about."""

    heads: list[Head]
    """In order."""
    subjects: list[tuple[int, int]]
    """First and last word of what stands behind a preposition after a head that is no social medium."""


Hit = tuple[str, int, int]
"""A signal with the first and the last of the words that show it. (A plain tuple: making it is a hot spot.)"""


_NO_CODES: Mapping[str, str] = {}  # never changed; no proxy, for what holds it may be pickled
_Term = tuple[tuple[str, ...], tuple[str, ...]]
_NO_LINES: dict[str, list[str]] = {}  # one for all the words that begin no longer term, which are most


class HeadTerms:
    """The terms of one language that begin with a word. No tuple: compiled, its fields lie side by side."""

    __slots__ = ("_codes", "_filed", "_terms", "alone")

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.alone: tuple[str, ...] = ()
        """What a thing is that calls itself by the word alone: "other.tool", "person.blog", "verb.other"."""
        self._codes = codes
        self._filed = _NO_LINES  # second word with the lines of longer terms, as they are stored
        self._terms: dict[str, list[_Term]] = {}  # what was read of them

    def add(self, line: str) -> None:
        """Add a term: the words behind the first, then its senses; read when the second word is met."""
        second, _, rest = line.partition(" ")
        if rest:
            if self._filed is _NO_LINES:
                self._filed = {}
            self._filed.setdefault(second, []).append(line)
        else:
            self.alone = self._read_senses(line)

    def find(self, second: str) -> list[_Term]:
        """Find the longer terms that go on with a word: all words behind the first, folded, and their senses."""
        lines = self._filed.get(second)
        if lines is None:
            return []
        terms = self._terms.get(second)
        if terms is None:
            split = [line.split(" ") for line in lines]
            terms = self._terms[second] = [(tuple(rest[:-1]), self._read_senses(rest[-1])) for rest in split]
        return terms

    def _read_senses(self, written: str) -> tuple[str, ...]:
        return tuple([self._codes.get(code, code) for code in written.split(",")])


class HeadLexicon(NamedTuple):
    """The heads of all languages and the words that mark their places, as they are looked up."""

    entries: Values
    """First word with "LANGUAGE REST… SENSE,SENSE"."""
    roles: Values
    """Function word with "LANGUAGE ROLE"."""
    languages: Mapping[str, str]
    """Language with "first" or "last": where its heads stand."""
    senses: Mapping[str, str] = _NO_CODES
    """What short codes stand for in a model, which has each sense a thousand times; any other sense is itself."""

    def find_terms(self, word: str) -> dict[str, HeadTerms]:
        """Find the terms that begin with a folded word, by language."""
        found: dict[str, HeadTerms] = {}
        for value in self.entries.get(word) or ():
            language, _, line = value.partition(" ")
            terms = found.get(language)
            if terms is None:
                terms = found[language] = HeadTerms(self.senses)
            terms.add(line)
        return found

    def find_roles(self, word: str) -> dict[str, str]:
        """Find the role of a folded word, by language."""
        found: dict[str, str] = {}
        for value in self.roles.get(word) or ():
            language, _, role = value.partition(" ")
            found[language] = role
        return found


class HeadWord(Weighed):
    """A folded word with what the lexicon knows of it."""

    __slots__ = ("heads", "is_mark", "key", "languages", "roles")

    def __init__(self, key: str, heads: dict[str, HeadTerms], roles: dict[str, str]) -> None:
        super().__init__(())
        self.key = key
        self.is_mark = key in _MARKS
        """Whether it ends a clause by itself."""
        self.heads = heads
        """The terms of the lexicon that begin with it, by language."""
        self.roles = roles
        """Its role by language, where it is a function word."""
        self.languages = tuple(roles)
        """Those in which it is one; walking through a tuple takes half the time of a dictionary."""


H = TypeVar("H", bound=HeadWord)


class _Match:
    """A term where it stands in a text."""

    __slots__ = ("last", "senses")

    def __init__(self, last: int, senses: tuple[str, ...]) -> None:
        self.last, self.senses = last, senses


def find_heads(words: list[H], breaks: dict[int, int], languages: Mapping[str, str]) -> FoundHeads:
    """Find what the first words of a text say that it is.

    Args:
        words: The words of the text.
        breaks: What stands between them (see `text.lexicon`).
        languages: Where the heads of each language stand.

    Returns:
        The heads of the one language that fits best.
    """
    n = min(len(words), MAX_HEAD_WORDS)
    starts = [i for i in range(n) if words[i].heads]
    if not starts:
        return FoundHeads([], [])
    votes: dict[str, int] = {}
    for i in range(n):
        for language in words[i].languages:
            votes[language] = votes.get(language, 0) + 1
    for n_votes in [*sorted(set(votes.values()), reverse=True), 0]:
        matches: dict[str, dict[int, _Match]] = {}
        for language in languages:
            if votes.get(language, 0) == n_votes:
                found = _match_terms(words, starts, breaks, language)
                if found:
                    matches[language] = found
        if matches:
            return _choose_heads(words, n, breaks, matches, languages)
    return FoundHeads([], [])


def _choose_heads(
    words: list[H],
    n: int,
    breaks: dict[int, int],
    matches: dict[str, dict[int, _Match]],
    languages: Mapping[str, str],
) -> FoundHeads:
    """Find the heads in the language that covers most words, else in the next one, English first of equals."""
    likely = list(matches)
    if len(likely) > 1:
        likely.sort(key=lambda language: (-_count_covered(matches[language]), language != "en", language))
    passed = FoundHeads([], [])
    for language in likely:
        reader = _PlaceReader(words, breaks, matches[language], language)
        reader.is_last = languages.get(language) == "last"
        found = reader.read(n)
        if any([not head.key.startswith(("of=", "about=")) for head in found.heads]):  # noqa: C419  (compiled, a list is quicker)
            return found
        passed = passed if passed.heads else found
    return passed


def _match_terms(words: list[H], starts: list[int], breaks: dict[int, int], language: str) -> dict[int, _Match]:
    """Find the longest term of a language at each word that begins one.

    Args:
        words: Of the text.
        starts: The numbers of those that begin a term in some language.
        breaks: What stands between them.
        language: The one whose terms are sought.
    """
    matches: dict[int, _Match] = {}
    for i in starts:
        terms = words[i].heads.get(language)
        if terms is None:
            continue
        last, senses = i, terms.alone
        if i + 1 < len(words):
            for rest, of_term in terms.find(words[i + 1].key):
                if i + len(rest) > last and _stands(rest, words, i + 1, breaks):
                    last, senses = i + len(rest), of_term
        if senses:
            matches[i] = _Match(last, senses)
    return matches


def _stands(rest: tuple[str, ...], words: list[H], start: int, breaks: dict[int, int]) -> bool:
    if start + len(rest) > len(words):
        return False
    for i in range(len(rest)):  # noqa: SIM110  (compiled, a loop is quicker)
        if words[start + i].key != rest[i] or start + i in breaks:
            return False
    return True


def _count_covered(matches: dict[int, _Match]) -> int:
    return sum([match.last - i + 1 for i, match in matches.items()])


def drop_governed(hits: list[Hit], found: FoundHeads) -> list[Hit]:
    """Drop the signals of words that stand where the service says what it is about, or is not.

    So does a term that is no social medium: "list of forums", "forum software" are one term each.

    Args:
        hits: Signals with their first and last word.
        found: The heads of the same text.
    """
    governed = [(head.first, head.last) for head in found.heads if head.key.startswith(_GOVERNED)] + found.subjects
    if not governed:
        return hits
    return [hit for hit in hits if not any(first <= hit[1] and hit[2] <= last for first, last in governed)]


def list_hidden(heads: Sequence[Head]) -> set[int]:
    """List the numbers of the words that name what the service is not: they do not say what it is."""
    hidden: set[int] = set()
    for head in heads:
        if head.key.startswith("not="):
            hidden.update(range(head.first, head.last + 1))
    return hidden


class _PlaceReader(Generic[H]):
    """Reads the words of one language in order, in and out of the head's place."""

    __slots__ = (
        "_breaks", "_found", "_has_denied", "_has_first", "_is_closed_by_head", "_is_denied", "_is_open", "_is_other",
        "_is_start", "_language", "_matches", "_subject", "_subjects", "_words", "is_last",
    )  # fmt: skip

    def __init__(self, words: list[H], breaks: dict[int, int], matches: dict[int, _Match], language: str) -> None:
        self._words, self._breaks, self._matches, self._language = words, breaks, matches, language
        self.is_last = False
        """Whether heads stand last in a phrase."""
        self._found: list[Head] = []
        self._has_first = self._is_other = False
        self._subjects: list[tuple[int, int]] = []
        self._subject = -1
        """The word with which the subject of a head begins, negative where none has begun."""
        self._begin_clause()

    def read(self, n_words: int) -> FoundHeads:
        """Find the heads among the first words."""
        i = 0
        words, matches, breaks, language = self._words, self._matches, self._breaks, self._language
        while i < n_words:
            word = words[i]
            # most words are none of this, and compiled, a look-up in an empty dictionary takes its time
            if (word.heads and i in matches) or (word.roles and language in word.roles) or i in breaks or word.is_mark:
                i = self._read_word(i)
            else:
                self._is_start = False
                i += 1
        self._end_subject(n_words)
        return FoundHeads(self._found, self._subjects)

    def _begin_clause(self) -> None:
        self._is_open = self._is_start = True
        self._is_closed_by_head = self._is_denied = self._has_denied = False

    def _read_word(self, i: int) -> int:
        """Read one word, or the term that begins with it.

        Returns:
            The number of the next word.
        """
        word = self._words[i]
        gap = self._breaks.get(i, 0)
        if gap == BREAK or word.is_mark:
            self._end_subject(i)
            self._begin_clause()
            if word.is_mark:
                return i + 1
        elif gap == PAUSE and self._is_closed_by_head:
            self._end_subject(i)
            self._is_open, self._is_closed_by_head = True, False
        match = self._matches.get(i)
        role = "" if match is not None and match.last > i else word.roles.get(self._language, "")
        if role:
            self._play(role, i)
            if role != FILLER or match is None:
                return i + 1
        if match is None:
            self._is_start = False
            return i + 1
        if not self._is_open:
            self._pass(match, i)
            return match.last + 1
        self._take(match, i)
        self._is_start = False
        return match.last + 1

    def _play(self, role: str, i: int) -> None:
        """Let a function word open or close the head's place."""
        if role == PREPOSITION and self._is_other and self._subject < 0:
            self._subject = i
        elif role in (COPULA, NEGATION):
            self._end_subject(i)
        if role in (CLOSER, PREPOSITION):
            self._is_open = self._is_denied and not self._has_denied
            self._is_start = self._is_closed_by_head = False
        elif role == COPULA:
            self._is_open, self._is_closed_by_head = True, False
            self._is_denied = self._is_denied and not self._has_denied
        elif role == NEGATION:
            self._is_open = self._is_denied = True
            self._is_closed_by_head = self._has_denied = False
        elif role == CONJUNCTION and self._is_closed_by_head:
            self._is_open, self._is_closed_by_head = True, False

    def _end_subject(self, end: int) -> None:
        """End the subject of a head before a word."""
        if self._subject >= 0:
            self._subjects.append((self._subject, end - 1))
            self._subject = -1

    def _take(self, match: _Match, first: int) -> None:
        """Record a term that stands in an open place."""
        last = match.last
        nouns = [sense for sense in match.senses if not sense.startswith(_VERB)]
        verbs = [sense for sense in match.senses if sense.startswith(_VERB)]
        if self._is_start and not self._is_denied and verbs:
            self._found += [Head("does=" + sense[len(_VERB) :], first, last) for sense in verbs]
            if not nouns:
                self._is_open = False
        if not nouns or (self.is_last and not self._ends_phrase(last + 1)):
            return
        if self._is_denied:
            self._found += [Head("not=" + sense.partition(".")[0], first, last) for sense in nouns]
        else:
            relation = "also=" if self._has_first else "is="
            self._found += [Head(relation + sense, first, last) for sense in nouns]
            if not self._has_first:
                self._is_other = all([sense.startswith("other") for sense in nouns])  # noqa: C419  (as above)
            self._has_first = True
        self._has_denied = self._is_denied
        if not self.is_last:
            self._is_open, self._is_closed_by_head = False, True

    def _pass(self, match: _Match, first: int) -> None:
        """Take a term where the service says what it is about for that."""
        self._is_start = False
        if self._ends_phrase(match.last + 1) or not self.is_last:
            nouns = [sense.partition(".")[0] for sense in match.senses if not sense.startswith(_VERB)]
            relation = "about" if self._has_first else "of"
            self._found += [Head(f"{relation}={label}", first, match.last) for label in dict.fromkeys(nouns)]

    def _ends_phrase(self, i: int) -> bool:
        """Whether a phrase ends before the word with a number."""
        if i >= len(self._words) or i in self._breaks:
            return True
        word = self._words[i]
        return word.is_mark or word.roles.get(self._language, "") in _ENDS_PHRASE


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
