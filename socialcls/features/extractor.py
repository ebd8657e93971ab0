"""List a document's named features, group by group: the only place where features are defined.

A document is read into *keys*: its words and neighbouring pairs of words, the signals they show, what it calls itself,
the parts of its URL, the known service that it is. A key stands at a place in the input and has features: a word has
itself and its character n-grams, every other key has itself. Training counts the features of all keys; prediction adds
up what the features of each key weigh, and caches the sum by key, so a word seen before costs one look-up. A key counts
once, however often it stands in a document. The marks of a page are keys that `pages` found.

Fields are kept apart, since "forum" in a host is another fact than "forum" in a sentence. Groups are divided by
length factors (see `model.linear`): words, pairs and n-grams of a field share one, signals, heads and services have one
each, so that hundreds of n-grams do not drown three signals. N-grams stay within a word, with `<` and `>` at its ends
(Bojanowski et al. 2017): sums by word need that, and pairs of words carry what crosses a border.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from socialcls.features.groups import GROUPS, name_pair
from socialcls.features.heads import COPULA, HeadLexicon, drop_governed, find_heads, list_hidden
from socialcls.features.services import MAX_NAME_WORDS, ServiceTable, find_name
from socialcls.features.signals import Entries, Word, look_up, scan
from socialcls.features.url_features import read_url_keys
from socialcls.text.lexicon import BREAK, Lexicon, Words
from socialcls.types import Document

W = TypeVar("W", bound=Word)


class Knowledge(NamedTuple):
    """What is known before anything is learnt: what words, parts of URLs and hosts may show."""

    words: Entries
    """Of the signals, for words."""
    url_parts: Entries
    """Of the signals, for parts of URLs."""
    heads: HeadLexicon
    services: ServiceTable

    def describe(self, key: str) -> Word:
        """Work out what a folded word may show."""
        return Word(key, look_up(key, self.words), self.heads.find_terms(key), self.heads.find_roles(key))


_NOWHERE: Mapping[str, Sequence[str]] = {}
NOTHING_KNOWN = Knowledge({}, {}, HeadLexicon(_NOWHERE, _NOWHERE, {}), ServiceTable(_NOWHERE, _NOWHERE))
"""Knowledge of nothing."""


class Keys(NamedTuple):
    """A document's keys for each group of `GROUPS`, each once, in order of occurrence."""

    by_group: tuple[Sequence[str], ...]

    def restrict_to(self, groups: Collection[str]) -> "Keys":
        """Keep the keys of some groups, by name; the others become empty."""
        pairs = zip(GROUPS, self.by_group, strict=True)
        return Keys(tuple(tuple(keys) if group.name in groups else () for group, keys in pairs))


class Reader:
    """Reads documents into the keys that training counts, with the knowledge of one taxonomy."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._lexicon = Lexicon(knowledge.describe)

    def read(self, document: Document) -> Keys:
        """List the keys of a document."""
        of_text, of_name = self._read_words(document.text), self._read_words(document.name)
        of_url: dict[str, dict[str, None]] = {group.name: {} for group in GROUPS if group.factor.field == "url"}
        for key in read_url_keys(document.url, self._knowledge.url_parts, self._knowledge.services):
            of_url[key.group][key.key] = None
        marks = dict.fromkeys(mark.id for mark in document.marks)
        return Keys(tuple(tuple(keys) for keys in (*of_text, *of_name, *of_url.values(), marks)))

    def _read_words(self, text: str) -> list[Iterable[str]]:
        read = self._lexicon.read(text)
        words = read.words
        hits, _ = scan(words)
        found = find_heads(words, read.breaks, self._knowledge.heads.languages)
        hidden = list_hidden(found.heads)
        seen = [word.key for i, word in enumerate(words) if i not in hidden]
        service = find_name(list_name(read), self._knowledge.services)
        keys = dict.fromkeys(seen)
        pairs = dict.fromkeys(
            name_pair(a.key, b.key) for i, (a, b) in enumerate(pairwise(words)) if not hidden & {i, i + 1}
        )
        signals = dict.fromkeys(signal for signal, _, _ in drop_governed(hits, found))
        return [
            keys,
            pairs,
            keys,
            signals,
            dict.fromkeys(head.key for head in found.heads),
            [service] if service else [],
        ]


def list_name(read: Words[W]) -> list[str]:
    """List the folded words with which a text begins, up to where its first phrase ends, if they are few."""
    name: list[str] = []
    for i, word in enumerate(read.words[: MAX_NAME_WORDS + 1]):
        if i and (read.breaks.get(i) == BREAK or (word.roles and COPULA in word.roles.values())):
            break
        name.append(word.key)
    return name
