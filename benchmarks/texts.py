"""Texts as a spreadsheet of services has them: real-looking sentences and a real vocabulary, with its long tail.

Sentences of `data/` are put together anew, and some of their words replaced by rare ones: names and coinages, of which
any million rows of the web are full. Rare words are drawn from an endless vocabulary by Zipf's law, so that new ones
never cease to come (Heaps' law): a memory of words that would hold on a small sample does not hold on a large one.
"""

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from socialcls.types import Example

_RARE_SHARE = 0.06  # of running words; in 10,000 rows of descriptions 6 % of the words occur once (docs/speed.md)
_ZIPF_EXPONENT = 0.2
"""P(rank) falls as rank ** -(1 + exponent): the lower, the longer the tail. Of the rare words drawn in n draws some
n ** (1 / (1 + exponent)) differ. So one word in two hundred is still new after 100,000 texts; in the English rows of
data/ one in twenty is after 6,000, and by Heaps' law (a vocabulary grows as the root of its text) one in eighty after
100,000.
"""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Texts:
    """An endless, repeatable stream of texts."""

    def __init__(self, examples: Sequence[Example], seed: int = 0) -> None:
        described = [e.document.text for e in examples if e.document.text]
        self._sentences = [s for text in described for s in _SENTENCE.split(" ".join(text.split())) if len(s) > 20]
        self._letters: dict[str, list[str]] = defaultdict(list)
        for text in described:
            for word in _WORD.findall(text.lower()):
                for i in range(len(word) + 1):
                    self._letters[word[max(0, i - 3) : i]].append(word[i : i + 1])
        self._random = random.Random(seed)  # noqa: S311  (repeatable is what it must be)

    def __iter__(self) -> Iterator[str]:
        while True:
            yield self._make_text()

    def _make_text(self) -> str:
        chosen = self._random.sample(self._sentences, self._random.choice((1, 2, 2, 3)))
        return _WORD.sub(self._replace, " ".join(chosen))

    def _replace(self, match: re.Match[str]) -> str:
        if self._random.random() > _RARE_SHARE:
            return match[0]
        word = self._coin(int(self._random.paretovariate(_ZIPF_EXPONENT)))
        return word.title() if match[0][0].isupper() else word

    @lru_cache(maxsize=50_000)  # noqa: B019  (one object, and it lives as long as the run)
    def _coin(self, rank: int) -> str:
        """The word of a rank: letters as they follow each other in the corpus."""
        choice = random.Random(rank).choice  # noqa: S311
        word = ""
        while len(word) < 16:
            letter = choice(self._letters[word[-3:]])
            if not letter:
                break
            word += letter
        return word


def write_rows(path: Path, examples: Sequence[Example], n_rows: int) -> None:
    """Write a CSV file with columns id and description; a longer one begins with the rows of a shorter one."""
    texts = islice(Texts(examples), n_rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["id", "description"])
        writer.writerows(enumerate(texts, 1))
