"""Many documents decided at once, with numpy: what `Classifier.classify` and `ReasonWriter` say, to the last bit."""

from collections.abc import Iterator, Sequence
from math import exp, inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from socialcls.batch.arrays import MAX_DOCUMENTS, Floats, Parts, ReadColumn, WordArrays
from socialcls.batch.codes import Ints
from socialcls.classifier import MIN_WORDS, Classifier, check_document, find_ground
from socialcls.errors import InputError
from socialcls.explain.sentence import LEAST_SHARE, Decision, ReasonWriter
from socialcls.model.evidence import mention
from socialcls.model.linear import LinearModel
from socialcls.model.reading import Part, ReadUrl, WordField
from socialcls.model.weights import point
from socialcls.taxonomy.taxonomy import GROUNDS, LABELS, UNSURE, Label
from socialcls.types import Document, Field, Mention

MAX_CHARS = 2_000_000
"""Of the documents of a block together, but for the last: it bounds memory, and the words that a block can add."""


class Answers(NamedTuple):
    """What is said of some documents: lists with a value for each."""

    best_guess: list[Label]
    are_sure: npt.NDArray[np.bool_]
    """Whether the best guess is the answer."""
    confidence: Floats
    probabilities: Floats
    """Shape (n_documents, n_labels)."""
    reason: list[str]
    error: list[str]
    """Why a document cannot be classified: all else that is said of it means nothing. Empty where it can."""


class BlockClassifier:
    """Classifies blocks of documents; remembers the words that it met."""

    def __init__(self, classifier: Classifier, writer: ReasonWriter, *, social_only: bool = False) -> None:
        """Say by which model, with which reasons.

        Args:
            classifier: Of the model.
            writer: Of the reasons.
            social_only: Ask only which kind of social media it is.
        """
        self._classifier, self._writer, self._social_only = classifier, writer, social_only
        self._known: dict[Field, WordArrays] = {}
        self._sharpness = np.array([classifier.sharpness[ground] for ground in GROUNDS])
        thresholds = classifier.card.thresholds
        self._thresholds = np.array([[thresholds[ground][label] for label in LABELS] for ground in GROUNDS])

    def classify(self, documents: Sequence[Document]) -> Answers:
        """Say what some documents are; at most what `cut_blocks` hands out at once."""
        errors = [_find_error(document) for document in documents]
        readable = [Document() if error else document for document, error in zip(documents, errors, strict=True)]
        columns = [
            self._find_known(field).read(column)
            for field, column in (
                (self._classifier.model.text, [document.text for document in readable]),
                (self._classifier.model.name, [document.name for document in readable]),
            )
            if any(column)
        ]
        block = _Block(self._classifier.model, columns, readable)
        grounds = np.array([GROUNDS.index(find_ground(n)) for n in block.n_words.tolist()], np.int64)
        scores = block.scores * self._sharpness[grounds][:, None]
        if self._social_only:
            scores[:, -1] = -inf
        best, runners_up, probabilities = _decide(scores)
        rows = np.arange(len(documents))
        confidence = probabilities[rows, best]
        are_sure = confidence >= self._thresholds[grounds, best]
        are_sure &= (block.n_words >= MIN_WORDS) | np.array(
            [bool(document.url.strip()) for document in readable], np.bool_
        )
        guesses = [LABELS[i] for i in best.tolist()]
        mentions, bounds, are_known = block.list_mentions(best, runners_up)
        decisions = zip(
            [guess if is_sure else UNSURE for guess, is_sure in zip(guesses, are_sure.tolist(), strict=True)],
            guesses,
            [LABELS[i] for i in runners_up.tolist()],
            confidence.tolist(),
            probabilities[rows, runners_up].tolist(),
            block.n_words.tolist(),
            are_known.tolist(),
            strict=True,
        )
        said = self._writer.compose_all(map(Decision._make, decisions), mentions, bounds)
        return Answers(guesses, are_sure, confidence, probabilities, said, errors)

    def _find_known(self, field: WordField) -> WordArrays:
        """What is known of a field's words: many tables have no names, and need no arrays for them."""
        if field.name not in self._known:
            self._known[field.name] = WordArrays(field)
        return self._known[field.name]


def cut_blocks(documents: Sequence[Document]) -> Iterator[slice]:
    """Cut documents into blocks that can be read at once."""
    start = n_chars = 0
    for i, document in enumerate(documents):
        if i - start == MAX_DOCUMENTS or n_chars > MAX_CHARS:
            yield slice(start, i)
            start, n_chars = i, 0
        n_chars += len(document.text) + len(document.name)
    yield slice(start, len(documents))


class _Block:
    """Documents as they were read."""

    def __init__(self, model: LinearModel, columns: Sequence[ReadColumn], documents: Sequence[Document]) -> None:
        self._columns = columns
        self._urls = [(i, ReadUrl(model.url, document.url)) for i, document in enumerate(documents) if document.url]
        self.n_words = np.zeros(len(documents), np.int64)
        self.scores = np.tile(np.array(model.intercepts), (len(documents), 1))
        """Not calibrated, shape (n_documents, n_labels)."""
        for column in self._columns:
            self.n_words += column.n_words
            self.scores[:, :-1] += column.scores
        for i, read in self._urls:
            self.scores[i, :-1] += read.scores

    def list_mentions(self, best: Ints, runners_up: Ints) -> tuple[list[Mention], list[int], npt.NDArray[np.bool_]]:
        """What a sentence might mention, of one document after the other, strongest first.

        Returns:
            It; where that of each document begins, and where the last one ends; of each document, whether anything
            that was read is known.
        """
        n = len(self.n_words)
        labels = np.arange(len(LABELS) - 1)
        directions = (best[:, None] == labels).astype(np.float64) - (runners_up[:, None] == labels)
        parts = [column.list_parts(directions) for column in self._columns]
        url_parts: list[Part] = []
        of_urls: list[int] = []
        for i, read in self._urls:
            url_parts += read.list_parts(point(int(best[i]), int(runners_up[i])))
            of_urls += [i] * (len(url_parts) - len(of_urls))
        documents = np.concatenate([*(part.documents for part in parts), np.array(of_urls, np.int64)])
        contributions = np.concatenate([*(part.contributions for part in parts), np.array([p[0] for p in url_parts])])
        are_telling = np.concatenate([*(part.are_telling for part in parts), np.ones(len(url_parts), np.bool_)])
        are_known = np.zeros(n, np.bool_)
        for column in self._columns:
            are_known |= column.are_known
        are_known[of_urls] = True
        least = LEAST_SHARE * np.bincount(documents, np.maximum(contributions, 0.0), n)
        strong = np.flatnonzero(are_telling & (contributions > least[documents]))
        strong = strong[np.lexsort((-contributions[strong], documents[strong]))]
        bounds = np.searchsorted(documents[strong], np.arange(n + 1)).tolist()
        mentions = self._mention(parts, url_parts, strong)
        return mentions, bounds, are_known

    def _mention(self, parts: Sequence[Parts], url_parts: Sequence[Part], chosen: Ints) -> list[Mention]:
        """How to mention some parts, of those of the columns one after the other and then those of the URLs."""
        mentions: list[Mention] = []
        places: list[Ints] = []
        start = 0
        for column, of_column in zip(self._columns, parts, strict=True):
            end = start + len(of_column.documents)
            places.append(np.flatnonzero((chosen >= start) & (chosen < end)))
            mentions += column.mention(chosen[places[-1]] - start)
            start = end
        if len(places) == 1 and not url_parts:
            return mentions
        places.append(np.flatnonzero(chosen >= start))
        mentions += [mention(url_parts[i]) for i in (chosen[places[-1]] - start).tolist()]
        return [mentions[i] for i in np.concatenate(places).argsort().tolist()]


def _decide(scores: Floats) -> tuple[Ints, Ints, Floats]:
    """The indices of the best guesses and the runners-up, and the probabilities."""
    rows = np.arange(len(scores))
    best = scores.argmax(axis=1)
    others = scores.copy()
    others[rows, best] = -inf
    differences = scores - scores[rows, best][:, None]
    # not numpy's exp: the last bit of its results differs between processors
    powers = np.array([exp(difference) for difference in differences.ravel().tolist()]).reshape(scores.shape)
    total = powers[:, 0] + powers[:, 1] + powers[:, 2] + powers[:, 3]
    return best, others.argmax(axis=1), powers / total[:, None]


def _find_error(document: Document) -> str:
    try:
        check_document(document)
    except InputError as error:
        return str(error)
    return ""
