"""One field of many documents read at once, in arrays: the numbers of `fields`, to the last bit.

Words have numbers, what is known of them stands in rows of arrays, and numpy adds up a thousand documents in the time
that Python takes for a hundred. The order of every sum is that of `fields`: `numpy.bincount` adds one weight after
another. What is not arithmetic (folding, n-grams, signals, phrases) is asked of the same functions.
"""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from socialcls.batch.codes import Codes, Ints, join_words, split_codes
from socialcls.batch.pieces import MAX_PIECES, MAX_WORDS, SEVERAL, NumberedWords, expand_keys, list_mentions
from socialcls.features.extractor import GROUPS_BY_NAME, Factor
from socialcls.features.signals import OPENING_WORDS, Word
from socialcls.model.reading import WordField
from socialcls.model.weights import SIGNAL_WORDS, StoredEntries
from socialcls.text.tokenizer import list_spellings
from socialcls.types import Field, Mention

Floats = npt.NDArray[np.float64]

MAX_DOCUMENTS = 1_000
"""Read at once: numpy is as fast as it gets, and memory small."""

_NUMBER_BITS = 22  # of the number of a word: more than MAX_WORDS and what one block may add
_SHOWS_SIGNAL, _MAY_OPEN, _IS_TELLING, _MET_AGAIN = 1, 2, 4, 8  # flags of a word


class Parts(NamedTuple):
    """What the keys of each document add to a margin: arrays as long as there are keys."""

    documents: Ints
    contributions: Floats
    """In logits, not calibrated."""
    are_telling: npt.NDArray[np.bool_]
    """Whether a person would take it for a reason (see `explanations`)."""


class _Counted(NamedTuple):
    """The distinct keys of documents that share a length factor."""

    documents: Ints
    sums: Floats
    """Of each key, shape (n_keys, 4)."""


class _Hits(NamedTuple):
    """The signals that words show, in order."""

    first: Ints
    """The first word of each, counted through the block."""
    last: Ints
    signals: Ints
    """The row of each in `WordArrays.signal_sums`."""


class _Distinct(NamedTuple):
    """The distinct keys of documents, in the order in which they stand there first."""

    places: Ints
    """The first place of each."""
    counts: Ints
    """How many places each has."""
    starts: Ints
    """Where the places of each begin in `all_places`."""
    all_places: Ints
    """Those of one key after those of another."""


class _CutPieces(NamedTuple):
    """The words of a block in the pieces of text they stand in, of one document after the other."""

    pieces: list[str]
    """What stands between two spaces."""
    n_words: Ints
    """Of each piece."""
    first: Ints
    """Of each piece its first word, counted through the block."""
    piece_of: Ints
    """For each word its piece."""
    words: Ints
    """For each word its number."""
    documents: Ints
    """For each word its document."""
    n_documents: int


class WordArrays:
    """What is known of the words of one field: a row of arrays for each."""

    def __init__(self, field: WordField) -> None:
        """Number the words of the model's pairs; all others get their numbers when they are met."""
        self.field = field
        weights, name = field.weights, field.name
        vocabulary = weights.vocabulary
        self._rows = np.frombuffer(weights.rows, "<f4").reshape(-1, 4)  # as it stands in the file: no copy
        self._whole = vocabulary.number_lines(f"{name}.words")
        self._ngrams = vocabulary.number_lines(f"{name}.chars")
        entries = StoredEntries(vocabulary, SIGNAL_WORDS).list_all()
        self.signals = list(dict.fromkeys([entry.signal for entry in chain.from_iterable(entries.values())]))
        self._signal_numbers = {signal: i for i, signal in enumerate(self.signals)}
        self.signal_sums = self._stack(f"{name}.signals")

        self._words = NumberedWords(entries, self._signal_numbers)
        self._n_weighed = 0
        self.sums = np.zeros((1024, 4))
        self.flags = np.zeros(1024, np.uint8)
        self._shown = _Combinations()
        self._shown_by = np.zeros(1024, np.int64)
        self._reaches = np.zeros(1024, np.int64)
        self._phrases = Codes()

        pairs = vocabulary.number_lines(f"{name}.pairs")
        codes = {self._join(*pair.split("\t")): number for pair, number in pairs.items()}
        self._pairs = Codes(codes)
        self.pair_sums = self._look_up(np.array([codes[code] for code in self._pairs.sorted.tolist()], np.int64))
        self._weigh()
        self._n_kept = len(self._words.keys)

    def read(self, texts: Sequence[str]) -> "ReadColumn":
        """Read the field of a block of documents."""
        if self._n_weighed > self._n_kept + MAX_WORDS:
            self._forget()
        elif len(self._words.pieces) > MAX_PIECES:
            self._words.forget_pieces()
        n_known = self._n_weighed
        split = [text.split() for text in texts]
        pieces = list(chain.from_iterable(split))
        numbers = np.fromiter(map(self._words.pieces.__getitem__, pieces), np.int64, len(pieces))
        self._weigh()
        documents = np.repeat(np.arange(len(texts)), np.fromiter(map(len, split), np.int64, len(texts)))
        n_words = np.ones(len(pieces), np.int64)
        are_several = np.flatnonzero(numbers >= SEVERAL)
        several = [self._words.several[i] for i in (numbers[are_several] - SEVERAL).tolist()]
        n_words[are_several] = np.fromiter(map(len, several), np.int64, len(several))
        piece_of = np.repeat(np.arange(len(pieces)), n_words)
        words = numbers[piece_of]
        words[words >= SEVERAL] = np.fromiter(chain.from_iterable(several), np.int64)
        self.flags[words[words < n_known]] |= _MET_AGAIN
        first = np.cumsum(n_words) - n_words
        return ReadColumn(self, _CutPieces(pieces, n_words, first, piece_of, words, documents[piece_of], len(texts)))

    def find_pairs(self, codes: Ints, documents: Ints) -> tuple[Ints, Ints]:
        """The known pairs: the place of the first word of each, and its row of `pair_sums`.

        Args:
            codes: Of each word with the next one.
            documents: Of each word.
        """
        places, rows = self._pairs.find(codes)
        are_together = documents[places] == documents[places + 1]
        return places[are_together], rows[are_together]

    def find_hits(self, words: Ints, codes: Ints, ends: Ints) -> _Hits:
        """The signals that are shown, in order.

        Args:
            words: The numbers of all words, of one document after the other.
            codes: Of each word with the next one.
            ends: For each word, where the opening of its document ends.
        """
        flags, n = self.flags[words], np.arange(len(words))
        at = np.flatnonzero((flags & _SHOWS_SIGNAL).astype(np.bool_) & (n < ends))
        of_place, signals = self._shown.list_signals(self._shown_by[words[at]])
        alone = np.stack((at[of_place], at[of_place], signals))

        goes_on = (flags & _MAY_OPEN).astype(np.bool_)
        goes_on[self._phrases.find(codes)[0]] = True
        at = np.flatnonzero(goes_on & (n + 1 < ends))
        furthest = np.minimum(at + 1 + self._reaches[words[at]], ends[at])
        phrases = self._words.match_all(words.tolist(), at.tolist(), furthest.tolist()) if len(at) else []
        hits = np.concatenate((alone, np.array(phrases, np.int64).reshape(-1, 3).T), axis=1)
        return _Hits(*hits[:, hits[0].argsort(kind="stable")])

    def _stack(self, group: str) -> Floats:
        """What each signal weighs in a group; nothing where it is not known."""
        sums = np.zeros((len(self.signals), 4))
        for signal, number in self.field.weights.vocabulary.number_lines(group).items():
            sums[self._signal_numbers[signal]] = self._rows[number]
        return sums

    def _look_up(self, rows: Ints) -> Floats:
        """What features weigh, by the number of their line."""
        return self._rows[rows].astype(np.float64)

    def _join(self, first: str, second: str) -> int:
        """The code of two words in a row."""
        return join_words(self._words.number(first), self._words.number(second))

    def _weigh(self) -> None:
        """Look up and add up what the words weigh that were numbered since the last time."""
        phrases: list[int] = []
        while self._n_weighed < len(self._words.keys):  # a word may open a phrase whose second word was not met
            phrases += self._weigh_new()
        if phrases:
            self._phrases.add(phrases)

    def _weigh_new(self) -> list[int]:
        """Do so once, and list the codes of the phrases that they open."""
        first, new = self._n_weighed, self._words.keys[self._n_weighed :]
        self._n_weighed = n = first + len(new)
        if n > len(self.flags):
            self._make_room(max(n, len(self.flags) * 5 // 4))
        ngrams, counts = expand_keys(GROUPS_BY_NAME[f"{self.field.name}.chars"], new)
        of = np.repeat(np.arange(len(new)), counts)
        rows = np.fromiter(map(self._ngrams.get, ngrams, repeat(-1)), np.int64, len(of))
        whole = np.fromiter(map(self._whole.get, new, repeat(-1)), np.int64, len(new))
        sums = _add_up(of[rows >= 0], self._look_up(rows[rows >= 0]), len(new))
        are_known = whole >= 0
        sums[are_known] = self._look_up(whole[are_known]) + sums[are_known]
        self.sums[first:n] = sums
        self.flags[first:n] = _IS_TELLING * np.array(self._words.are_telling(first), np.uint8)
        phrases: list[int] = []
        for number, opener in self._words.find_openers(first):
            self._keep_opener(number, opener)
            phrases += [self._join(opener.key, second) for second in opener.by_second]
        return phrases

    def _make_room(self, n: int) -> None:
        """Lengthen what holds a row or a value for each word."""
        n_more = n - len(self.flags)
        self.sums = np.concatenate((self.sums, np.zeros((n_more, 4))))
        self.flags = np.concatenate((self.flags, np.zeros(n_more, np.uint8)))
        self._reaches = np.concatenate((self._reaches, np.zeros(n_more, np.int64)))
        self._shown_by = np.concatenate((self._shown_by, np.zeros(n_more, np.int64)))

    def _keep_opener(self, number: int, word: Word) -> None:
        """Keep the signals that a word shows and what it may open."""
        self._shown_by[number] = self._shown.number(tuple([self._signal_numbers[signal] for signal in word.signals]))
        flags = _SHOWS_SIGNAL * bool(word.signals)
        flags |= _MAY_OPEN * bool(word.by_beginning)
        self.flags[number] |= flags
        self._reaches[number] = word.reach

    def _forget(self) -> None:
        """Forget the words that were not met again, and give those that remain new numbers."""
        are_kept = (self.flags[: self._n_weighed] & _MET_AGAIN).astype(np.bool_)
        if np.count_nonzero(are_kept) > MAX_WORDS // 2:
            are_kept[:] = False
        are_kept[: self._n_kept] = True
        first, second = split_codes(self._phrases.sorted)
        while not are_kept[second[are_kept[first]]].all():  # a phrase is known by the numbers of both its words
            are_kept[second[are_kept[first]]] = True
        numbers = np.cumsum(are_kept) - 1
        are_whole = are_kept[first]
        self._phrases = Codes(join_words(numbers[first[are_whole]], numbers[second[are_whole]]).tolist())
        kept = np.flatnonzero(are_kept)
        self._words.keep(kept.tolist())
        self._n_weighed = len(kept)
        self.sums, self.flags = self.sums[kept], self.flags[kept] & ~np.uint8(_MET_AGAIN)
        self._reaches, self._shown_by = self._reaches[kept], self._shown_by[kept]


class _Combinations:
    """The signals that words show by themselves: some hundred combinations, each with a number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}
        self._padded = np.empty((0, 0), np.int64)

    def number(self, signals: tuple[int, ...]) -> int:
        """The number of a combination."""
        number = self._numbers.setdefault(signals, len(self._numbers))
        if number == len(self._padded):
            width = max(map(len, self._numbers))
            self._padded = np.array([[*known, *[-1] * (width - len(known))] for known in self._numbers], np.int64)
        return number

    def list_signals(self, combinations: Ints) -> tuple[Ints, Ints]:
        """The signals of some combinations, one after another: for each in which of them it stands, and its row."""
        padded = self._padded[combinations]
        of, place = np.nonzero(padded >= 0)
        return of, padded[of, place]


class ReadColumn:
    """One field of a block of documents as it was read."""

    def __init__(self, known: WordArrays, pieces: _CutPieces) -> None:
        """Find the pairs and signals, and add all up.

        Args:
            known: What is known of the words.
            pieces: The words in their pieces.
        """
        field = known.field
        self.name: Field = field.name
        self._known, self._cut = known, pieces
        words, documents, self._n = pieces.words, pieces.documents, pieces.n_documents
        self.n_words = np.bincount(documents, minlength=self._n)
        """Of each document."""
        ends = np.cumsum(self.n_words)

        single = _find_distinct(documents, words)
        codes = join_words(words[:-1], words[1:])
        pair_places, pairs = known.find_pairs(codes, documents)
        double = _find_distinct(documents[pair_places], pairs)
        self._words = words[single.places]
        self._plain = _Counted(
            np.concatenate((documents[single.places], documents[pair_places[double.places]])),
            np.concatenate((known.sums[self._words], known.pair_sums[pairs[double.places]])),
        )
        self.scores, self._plain_scales = self._divide(field.factor, self._plain)
        """Of each document and each label but the last."""

        openings = np.minimum(ends, ends - self.n_words + OPENING_WORDS)
        hits = known.find_hits(words, codes, openings[documents])
        of_hits = documents[hits.first]
        shown = _find_distinct(of_hits, hits.signals)
        self.are_known = np.bincount(of_hits, minlength=self._n) > 0
        """Of each document, whether the model knows anything of it."""
        self.are_known[self._plain.documents[self._plain.sums[:, 3] > 0]] = True
        self._counts = np.concatenate((single.counts, double.counts, shown.counts))
        n_single, n_plain = len(words), len(words) + len(pairs)
        self._starts = np.concatenate((single.starts, n_single + double.starts, n_plain + shown.starts))
        of_double, of_shown = pair_places[double.all_places], shown.all_places
        self._first = np.concatenate((single.all_places, of_double, hits.first[of_shown]))
        self._last = np.concatenate((single.all_places, of_double + 1, hits.last[of_shown]))
        self._signals = hits.signals[shown.places]
        self._shown = _Counted(of_hits[shown.places], known.signal_sums[self._signals])
        scores, self._shown_scales = self._divide(field.signal_factor, self._shown)
        self.scores = self.scores + scores

    def _divide(self, factor: Factor, counted: _Counted) -> tuple[Floats, Floats]:
        """The scores of keys that share a length factor, shape (n, 3), and one over the factor, shape (n)."""
        sums = _add_up(counted.documents, counted.sums, self._n)
        scales = 1.0 / np.sqrt(factor.smoothing + sums[:, 3])
        return sums[:, :3] * scales[:, None], scales

    def list_parts(self, directions: Floats) -> Parts:
        """What each word, pair and signal adds to a margin.

        Args:
            directions: Of each document, shape (n, 3).
        """
        plain, shown = self._plain, self._shown
        contributions = _lean(plain, directions) * self._plain_scales[plain.documents]
        signals = _lean(shown, directions) * self._shown_scales[shown.documents]
        flags = self._known.flags[self._words]
        n_others = len(contributions) - len(flags) + len(signals)
        return Parts(
            np.concatenate((plain.documents, shown.documents)),
            np.concatenate((contributions, signals)),
            np.concatenate(((flags & _IS_TELLING).astype(np.bool_), np.ones(n_others, np.bool_))),
        )

    def mention(self, parts: Ints) -> list[Mention]:
        """How a person would mention some parts.

        Args:
            parts: Their indices in `list_parts`.
        """
        n_plain = len(self._plain.documents)
        signals = np.full(len(parts), -1)
        are_signals = parts >= n_plain
        signals[are_signals] = self._signals[parts[are_signals] - n_plain]
        starts, counts = self._starts[parts], self._counts[parts]
        mentions = self._mention_places(signals, starts)
        repeated = np.flatnonzero(counts > 1)
        n = counts[repeated]
        ends = np.cumsum(n)
        each = self._mention_places(
            np.repeat(signals[repeated], n), np.repeat(starts[repeated] - ends + n, n) + np.arange(n.sum())
        )
        for i, end, count in zip(repeated.tolist(), ends.tolist(), n.tolist(), strict=True):
            once = each[end - count : end]
            mentions[i] = Mention(self.name, once[0].signal, list_spellings([mention.words[0] for mention in once]))
        return mentions

    def _mention_places(self, signals: Ints, places: Ints) -> list[Mention]:
        """How to mention what stands at some places, each with the row of its signal or -1."""
        cut, first, last = self._cut, self._first[places], self._last[places]
        start, end = cut.piece_of[first], cut.piece_of[last]
        n_before, n_behind = first - cut.first[start], cut.first[end] + cut.n_words[end] - 1 - last
        written = np.stack((signals, start, end, n_before, n_behind), axis=1)
        return list_mentions(self.name, self._known.signals, cut.pieces, written.tolist())


def _find_distinct(documents: Ints, keys: Ints) -> _Distinct:
    """The distinct keys of each document, by the documents and keys of all places."""
    n_bits = max(len(keys), 1).bit_length()
    codes = (((documents << _NUMBER_BITS) | keys) << n_bits) | np.arange(len(keys))
    codes.sort()
    are_first = np.ones(len(codes), np.bool_)
    are_first[1:] = (codes[1:] >> n_bits) != (codes[:-1] >> n_bits)
    all_places = codes & ((1 << n_bits) - 1)
    starts = np.flatnonzero(are_first)
    order = all_places[starts].argsort()
    return _Distinct(all_places[starts][order], np.diff(starts, append=len(codes))[order], starts[order], all_places)


def _add_up(of: Ints, sums: Floats, n: int) -> Floats:
    """The sums of rows by what they are of, shape (n, 4), added one after another in the order given."""
    return np.stack([np.bincount(of, sums[:, i], n) for i in range(4)], axis=1)


def _lean(counted: _Counted, directions: Floats) -> Floats:
    """How much each key adds to its document's margin, not divided by its length factor (see `weights.lean`)."""
    sums, directed = counted.sums, directions[counted.documents]
    return sums[:, 0] * directed[:, 0] + sums[:, 1] * directed[:, 1] + sums[:, 2] * directed[:, 2]
