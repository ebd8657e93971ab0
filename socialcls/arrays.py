"""One field of many documents read at once, in arrays: the numbers of `fields`, to the last bit.

Words have numbers, what is known of them stands in rows of arrays, and numpy adds up a thousand documents in the time
that Python takes for a hundred. The order of every sum is that of `fields`: `numpy.bincount` adds one weight after
another. What is not arithmetic (folding, n-grams, signals, phrases) is asked of the same functions.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from socialcls.explanations import is_telling
from socialcls.features import GROUPS_BY_NAME, Factor, expand_key
from socialcls.fields import WordField
from socialcls.records import Field, Reason
from socialcls.signals import OPENING_WORDS, Word, look_up
from socialcls.text import find_spans, find_words, fold, list_spellings
from socialcls.weights import SIGNAL_WORDS, StoredEntries

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_WORDS = 120_000
"""Different words and pieces of text that are remembered; then all are forgotten but those of the model's pairs."""

MAX_DOCUMENTS = 1_000
"""Read at once: numpy is as fast as it gets, and memory small."""

_NUMBER_BITS = 22  # of the number of a word: more than MAX_WORDS and what one block may add
_SEVERAL = 1 << 40  # numbers from here on are those of pieces with several words, or with none
_CODE_BITS = 32  # the first of two words in a row stands above them in their code, the second below
_SECOND = (1 << _CODE_BITS) - 1
_OPENS_PAIR, _OPENS_PHRASE, _SHOWS_SIGNAL, _IS_TELLING = 1, 2, 4, 8  # flags of a word


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
    places: Ints
    """Of words and pairs the word that they begin with, of signals the hit, counted through the block."""
    sums: Floats
    """Of each key, shape (n_keys, 4)."""


class _Hits(NamedTuple):
    """The signals that words show, in order."""

    first: Ints
    """The first word of each, counted through the block."""
    last: Ints
    signals: Ints
    """The row of each in `WordArrays.signal_sums`."""


class _CutPieces(NamedTuple):
    """The words of a block in the pieces of text they stand in, of one document after the other."""

    pieces: list[str]
    """What stands between two spaces."""
    n_words: Ints
    """Of each piece."""
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
        self._rows = np.frombuffer(weights.rows, "<f4").reshape(-1, 4).astype(np.float64)
        self._whole = vocabulary.number_lines(f"{name}.words")
        self._ngrams = vocabulary.number_lines(f"{name}.chars")
        self._entries = StoredEntries(vocabulary, SIGNAL_WORDS).list_all()
        entries = chain.from_iterable(self._entries.values())
        self.signals = list(dict.fromkeys([entry.signal for entry in entries]))
        self._signal_numbers = {signal: i for i, signal in enumerate(self.signals)}
        self.signal_sums = self._stack(f"{name}.signals")

        self.keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._pieces = _Pieces(self)
        self.spelled = _Spelled()
        self._several: list[tuple[int, ...]] = []
        self._openers: dict[int, Word] = {}
        self.sums = np.zeros((1024, 4))
        self.flags = np.zeros(1024, np.uint8)
        self._reaches = np.zeros(1024, np.int64)
        self._matched = _Matched(self)
        self._n_weighed = 0
        self._phrases: set[int] = set()
        self._phrase_codes = _sort_codes(self._phrases)

        pairs = vocabulary.number_lines(f"{name}.pairs")
        codes = {self._join(*pair.split("\t")): number for pair, number in pairs.items()}
        self._pair_codes = _sort_codes(codes)
        self.pair_sums = self._rows[[codes[code] for code in self._pair_codes[:-1].tolist()]]
        self._weigh()
        self.flags[self._pair_codes[:-1] >> _CODE_BITS] |= _OPENS_PAIR
        self._n_kept = len(self.keys)

    def read(self, texts: Sequence[str]) -> "ReadColumn":
        """Read the field of a block of documents."""
        if len(self._pieces) > MAX_WORDS or len(self.keys) > self._n_kept + MAX_WORDS:
            self._forget()
        split = [text.split() for text in texts]
        pieces = list(chain.from_iterable(split))
        numbers = np.fromiter(map(self._pieces.__getitem__, pieces), np.int64, len(pieces))
        self._weigh()
        documents = np.repeat(np.arange(len(texts)), np.fromiter(map(len, split), np.int64, len(texts)))
        n_words = np.ones(len(pieces), np.int64)
        are_several = np.flatnonzero(numbers >= _SEVERAL)
        several = [self._several[i] for i in (numbers[are_several] - _SEVERAL).tolist()]
        n_words[are_several] = np.fromiter(map(len, several), np.int64, len(several))
        piece_of = np.repeat(np.arange(len(pieces)), n_words)
        words = numbers[piece_of]
        words[words >= _SEVERAL] = np.fromiter(chain.from_iterable(several), np.int64)
        return ReadColumn(self, _CutPieces(pieces, n_words, piece_of, words, documents[piece_of], len(texts)))

    def find_pairs(self, words: Ints, documents: Ints) -> tuple[Ints, Ints]:
        """The known pairs: the place of the first word of each, and its row of `pair_sums`."""
        opens = (self.flags[words[:-1]] & _OPENS_PAIR).astype(np.bool_) & (documents[:-1] == documents[1:])
        places = np.flatnonzero(opens)
        rows, are_known = _find_codes(self._pair_codes, words, places)
        return places[are_known], rows[are_known]

    def find_hits(self, words: Ints, ends: Ints) -> _Hits:
        """The signals that are shown, in order.

        Args:
            words: The numbers of all words, of one document after the other.
            ends: For each word, where the opening of its document ends.
        """
        listed, matched = words.tolist(), self._matched
        flags = self.flags[words]
        opens = np.flatnonzero(flags[:-1] & _OPENS_PHRASE)
        _, are_known = _find_codes(self._phrase_codes, words, opens)
        flags[opens[are_known]] |= _SHOWS_SIGNAL
        hits: list[tuple[int, int, int]] = []
        at = np.flatnonzero((flags & _SHOWS_SIGNAL).astype(np.bool_) & (np.arange(len(words)) < ends))
        furthest = np.minimum(at + 1 + self._reaches[words[at]], ends[at])
        for i, end in zip(at.tolist(), furthest.tolist(), strict=True):
            for signal, n in matched[tuple(listed[i:end])]:
                hits.append((i, i + n, signal))
        return _Hits(*np.array(hits, np.int64).reshape(-1, 3).T)

    def match(self, numbers: tuple[int, ...]) -> list[tuple[int, int]]:
        """The signals that a word shows with those behind it: the row of each, and how many of them it takes."""
        opener = self._openers[numbers[0]]
        found = [(signal, 0) for signal in opener.signals]
        if len(numbers) > 1:
            found += opener.match([self.keys[number] for number in numbers[1:]])
        return [(self._signal_numbers[signal], n) for signal, n in found]

    def _stack(self, group: str) -> Floats:
        """What each signal weighs in a group; nothing where it is not known."""
        sums = np.zeros((len(self.signals), 4))
        for signal, number in self.field.weights.vocabulary.number_lines(group).items():
            sums[self._signal_numbers[signal]] = self._rows[number]
        return sums

    def learn(self, piece: str) -> int:
        """The number of a piece of text that was not met before."""
        words = find_words(piece)
        if len(words) == 1:
            return self._number(fold(words[0]))
        self._several.append(tuple([self._number(fold(word)) for word in words]))
        return _SEVERAL + len(self._several) - 1

    def _number(self, key: str) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return number

    def _join(self, first: str, second: str) -> int:
        """The code of two words in a row."""
        return (self._number(first) << _CODE_BITS) | self._number(second)

    def _weigh(self) -> None:
        """Look up and add up what the words weigh that were numbered since the last time."""
        n_phrases = len(self._phrases)
        while self._n_weighed < len(self.keys):  # a word may open a phrase whose second word was not met
            self._weigh_new()
        if len(self._phrases) > n_phrases:
            self._phrase_codes = _sort_codes(self._phrases)

    def _weigh_new(self) -> None:
        first, n = self._n_weighed, len(self.keys)
        new = self.keys[first:]
        if n > len(self.flags):
            self.sums = np.concatenate((self.sums, np.zeros((n, 4))))
            self.flags = np.concatenate((self.flags, np.zeros(n, np.uint8)))
            self._reaches = np.concatenate((self._reaches, np.zeros(n, np.int64)))
        group = GROUPS_BY_NAME[f"{self.field.name}.chars"]
        ngrams = [expand_key(group, key) for key in new]
        of = np.repeat(np.arange(len(new)), np.fromiter(map(len, ngrams), np.int64, len(new)))
        rows = np.fromiter([self._ngrams.get(ngram, -1) for ngram in chain.from_iterable(ngrams)], np.int64, len(of))
        whole = np.fromiter([self._whole.get(key, -1) for key in new], np.int64, len(new))
        sums = _add_up(of[rows >= 0], self._rows[rows[rows >= 0]], len(new))
        are_known = whole >= 0
        sums[are_known] = self._rows[whole[are_known]] + sums[are_known]
        self.sums[first:n] = sums
        for number, key in enumerate(new, first):
            flags = _IS_TELLING * is_telling(key)
            if opened := look_up(key, self._entries):
                opener = self._openers[number] = Word(key, opened)
                self._reaches[number] = opener.reach
                flags |= _SHOWS_SIGNAL * bool(opener.signals or opener.by_beginning)
                flags |= _OPENS_PHRASE * bool(opener.by_second)
                self._phrases.update([self._join(key, second) for second in opener.by_second])
            self.flags[number] = flags
        self._n_weighed = n

    def _forget(self) -> None:
        for key in self.keys[self._n_kept :]:
            del self._numbers[key]
        del self.keys[self._n_kept :]
        self._openers = {number: word for number, word in self._openers.items() if number < self._n_kept}
        self._phrases = {code for code in self._phrases if max(code >> _CODE_BITS, code & _SECOND) < self._n_kept}
        self._phrase_codes = _sort_codes(self._phrases)
        self._n_weighed = self._n_kept
        self._matched.clear()
        self.spelled.clear()
        self._pieces.clear()
        self._several.clear()


class _Pieces(dict[str, int]):
    """The number of each piece of text between two spaces."""

    def __init__(self, arrays: WordArrays) -> None:
        super().__init__()
        self._arrays = arrays

    def __missing__(self, piece: str) -> int:
        number = self[piece] = self._arrays.learn(piece)
        return number


class _Spelled(dict[str, str]):
    """The word in a piece of text with one word, as it is written."""

    def __missing__(self, piece: str) -> str:
        (word, *_) = find_words(piece) or [piece]
        if len(self) < MAX_WORDS:
            self[piece] = word
        return word


class _Matched(dict[tuple[int, ...], list[tuple[int, int]]]):
    """What `WordArrays.match` finds for words in a row."""

    def __init__(self, arrays: WordArrays) -> None:
        super().__init__()
        self._arrays = arrays

    def __missing__(self, numbers: tuple[int, ...]) -> list[tuple[int, int]]:
        found = self._arrays.match(numbers)
        if len(self) < MAX_WORDS:
            self[numbers] = found
        return found


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
        self._ends = np.cumsum(self.n_words)

        places, counts = _find_first(documents, words)
        pair_places, pairs = known.find_pairs(words, documents)
        kept, pair_counts = _find_first(documents[pair_places], pairs)
        self._n_distinct = len(places)
        self._plain = _Counted(
            np.concatenate((documents[places], documents[pair_places[kept]])),
            np.concatenate((places, pair_places[kept])),
            np.concatenate((known.sums[words[places]], known.pair_sums[pairs[kept]])),
        )
        self.scores, self._plain_scales = self._divide(field.factor, self._plain)
        """Of each document and each label but the last."""

        openings = np.minimum(self._ends, self._ends - self.n_words + OPENING_WORDS)
        self._hits = hits = known.find_hits(words, openings[documents])
        of_hits = documents[hits.first]
        shown, hit_counts = _find_first(of_hits, hits.signals)
        first, last = hits.first[shown], hits.last[shown]
        self.are_known = np.bincount(of_hits, minlength=self._n) > 0
        """Of each document, whether the model knows anything of it."""
        self.are_known[self._plain.documents[self._plain.sums[:, 3] > 0]] = True
        self._first = np.concatenate((self._plain.places, first))
        self._last = np.concatenate((places, pair_places[kept] + 1, last))
        self._counts = np.concatenate((counts, pair_counts, hit_counts))
        self._shown = _Counted(of_hits[shown], shown, known.signal_sums[hits.signals[shown]])
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
        flags = self._known.flags[self._cut.words[plain.places[: self._n_distinct]]]
        n_others = len(plain.places) - self._n_distinct + len(shown.places)
        return Parts(
            np.concatenate((plain.documents, shown.documents)),
            np.concatenate((contributions, signals)),
            np.concatenate(((flags & _IS_TELLING).astype(np.bool_), np.ones(n_others, np.bool_))),
        )

    def make_reasons(self, parts: Ints, contributions: Sequence[float]) -> list[Reason]:
        """The reasons that some parts are.

        Args:
            parts: Their indices in `list_parts`.
            contributions: What to say that each adds.
        """
        cut, n_plain = self._cut, len(self._plain.places)
        signals: list[str | None] = [None] * len(parts)
        are_signals = np.flatnonzero(parts >= n_plain)
        rows = self._hits.signals[self._shown.places[parts[are_signals] - n_plain]]
        for i, row in zip(are_signals.tolist(), rows.tolist(), strict=True):
            signals[i] = self._known.signals[row]
        first, last = self._first[parts], self._last[parts]
        pieces = cut.piece_of[first]
        spell = self._known.spelled.__getitem__
        words: list[tuple[str, ...]] = [(spell(cut.pieces[i]),) for i in pieces.tolist()]
        others = np.flatnonzero((first != last) | (cut.n_words[pieces] != 1))
        for i, quoted in zip(others.tolist(), self._quote(first[others], last[others]), strict=True):
            words[i] = (quoted,)
        for i in np.flatnonzero(self._counts[parts] > 1).tolist():
            words[i] = list_spellings(self._quote(*self._find_places(int(parts[i]))))
        return list(map(Reason, repeat(self.name), signals, words, contributions))

    def _quote(self, first: Ints, last: Ints) -> list[str]:
        """Words in a row as they were written, with one space between pieces."""
        cut, spelled, quoted = self._cut, self._known.spelled, []
        starts, ends = cut.piece_of[first], cut.piece_of[last]
        are_lone = (cut.n_words[starts] == 1) & (cut.n_words[ends] == 1)
        before, before_last = first - np.searchsorted(cut.piece_of, starts), last - np.searchsorted(cut.piece_of, ends)
        places = zip(*[x.tolist() for x in (starts, ends, are_lone, before, before_last)], strict=True)
        for start, end, is_lone, n_before, n_before_last in places:
            piece, last_piece = cut.pieces[start], cut.pieces[end]
            if is_lone:
                a, word = piece.index(spelled[piece]), spelled[last_piece]
                z = last_piece.index(word) + len(word)
            else:
                a, z = find_spans(piece)[n_before][0], find_spans(last_piece)[n_before_last][1]
            between = cut.pieces[start + 1 : end]
            quoted.append(piece[a:z] if start == end else " ".join([piece[a:], *between, last_piece[:z]]))
        return quoted

    def _find_places(self, part: int) -> tuple[Ints, Ints]:
        """The first and the last word of each place where a part stands."""
        hits, place, n_plain = self._hits, self._first.item(part), len(self._plain.places)
        end = self._ends.item(self._cut.documents.item(place))
        if part >= n_plain:
            hit = self._shown.places[part - n_plain]
            of_document = slice(hit, np.searchsorted(hits.first, end))
            are_same = hits.signals[of_document] == hits.signals[hit]
            return hits.first[of_document][are_same], hits.last[of_document][are_same]
        words = self._cut.words[place:end]
        are_same = words == words[0]
        if part < self._n_distinct:
            first = place + np.flatnonzero(are_same)
            return first, first
        first = place + np.flatnonzero(are_same[:-1] & (words[1:] == words[1]))
        return first, first + 1


def _find_first(documents: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """The places where a key stands for the first time in its document, in order, and how often it stands there."""
    n_bits = max(len(keys), 1).bit_length()
    codes = (((documents << _NUMBER_BITS) | keys) << n_bits) | np.arange(len(keys))
    codes.sort()
    are_first = np.ones(len(codes), np.bool_)
    are_first[1:] = (codes[1:] >> n_bits) != (codes[:-1] >> n_bits)
    firsts = np.flatnonzero(are_first)
    places = codes[firsts] & ((1 << n_bits) - 1)
    order = places.argsort()
    return places[order], np.diff(firsts, append=len(codes))[order]


def _sort_codes(codes: Iterable[int]) -> Ints:
    """Codes of two words, sorted, and one behind them that is greater than all."""
    return np.array([*sorted(codes), np.iinfo(np.int64).max], np.int64)


def _find_codes(codes: Ints, words: Ints, places: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Where the codes of words and those behind them stand, and whether they do."""
    sought = (words[places] << _CODE_BITS) | words[places + 1]
    found = np.searchsorted(codes, sought)
    return found, codes[found] == sought


def _add_up(of: Ints, sums: Floats, n: int) -> Floats:
    """The sums of rows by what they are of, shape (n, 4), added one after another in the order given."""
    return np.stack([np.bincount(of, sums[:, i], n) for i in range(4)], axis=1)


def _lean(counted: _Counted, directions: Floats) -> Floats:
    """How much each key adds to its document's margin, not divided by its length factor (see `weights.lean`)."""
    sums, directed = counted.sums, directions[counted.documents]
    return sums[:, 0] * directed[:, 0] + sums[:, 1] * directed[:, 1] + sums[:, 2] * directed[:, 2]
