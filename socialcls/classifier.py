"""Decide what a document is, and explain the decision."""

import re
from functools import cached_property
from math import exp, fsum, inf
from operator import itemgetter
from pathlib import Path

from socialcls.artifact import DEFAULT_MODEL_DIR, Artifact, load_artifact
from socialcls.errors import InputError
from socialcls.model import Key, LinearModel, Part, Reading, UrlPlace
from socialcls.records import Document, Evidence, Feature, Prediction, Reason
from socialcls.taxonomy import LABELS, UNSURE, Ground, Taxonomy
from socialcls.urls import looks_like_url
from socialcls.weights import WeighedWord

MAX_CHARS = 1_000_000
"""Of all fields together. More is a mistake (a whole file in a cell) and refused: cutting it in silence would lie."""

MIN_WORDS = 2
"""Of text and name together, without a URL; one word names a subject and describes no service."""

PAGE_WORDS = 60
"""A text with more is a page; descriptions on the web have fewer."""


class Classifier:
    """Says what an online service is, how surely, and why."""

    def __init__(self, artifact: Artifact) -> None:
        self.card = artifact.card
        self.taxonomy: Taxonomy = artifact.taxonomy
        self._model = LinearModel(artifact.arrays)
        self._sharpness = {ground: 1 / temperature for ground, temperature in artifact.card.temperatures.items()}

    @classmethod
    def load(cls, model_dir: str | Path | None = None) -> "Classifier":
        """Load a model directory, or the model that comes with the package.

        Raises:
            ModelError: it is missing, broken or of another format.
        """
        return cls(load_artifact(DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)))

    def classify(self, text: str | Document, *, url: str = "", name: str = "", social_only: bool = False) -> Prediction:
        """Say what a service is.

        Args:
            text: Its description; or its bare URL or host; or a whole Document.
            url: Its URL, when there is a text too.
            name: Its name or title.
            social_only: Ask only which kind of social media it is: `other` is left out and the probabilities
                of the rest are scaled to one.

        >>> prediction = Classifier.load().classify("Forum miłośników kaktusów. Zadaj pytanie, odpowiedz w wątku.")
        >>> prediction.category
        'community'

        Raises:
            InputError: there is nothing to read, or far too much.
        """
        document = text if isinstance(text, Document) else make_document(text, url=url, name=name)
        reading = self.read(document)
        ground = find_ground(reading.n_words)
        sharpness = self._sharpness[ground]
        a, b, c, d = reading.scores
        scores = (a * sharpness, b * sharpness, c * sharpness, -inf if social_only else d)
        i, j, *_ = sorted(_INDICES, key=scores.__getitem__, reverse=True)
        best, highest = LABELS[i], scores[i]
        powers = [exp(score - highest) for score in scores]
        total = fsum(powers)
        confidence = powers[i] / total
        is_sure = confidence >= self.card.thresholds[ground][best]
        if reading.n_words < MIN_WORDS and not document.url.strip():
            is_sure = False
        intercepts = self._model.intercepts
        return Prediction(
            category=best if is_sure else UNSURE,
            best_guess=best,
            runner_up=LABELS[j],
            confidence=confidence,
            probabilities={label: power / total for label, power in zip(LABELS, powers, strict=True)},
            margin=highest - scores[j],
            bias=(intercepts[i] - intercepts[j]) * sharpness,
            explanation=_Explanation(reading, i, j, sharpness),
        )

    def read(self, document: Document) -> Reading:
        """Read a document without deciding: its scores, and what each key of it contributes to each label.

        Raises:
            InputError: there is nothing to read, or far too much.
        """
        check_document(document)
        return self._model.read(document)


def find_ground(n_words: int) -> Ground:
    """What an answer rests on, by the number of words read.

    Long texts say the same thing many times over, so that their scores are surer than they are right; addresses say
    little. Each has its own temperature and thresholds.
    """
    if not n_words:
        return "url"
    return "page" if n_words > PAGE_WORDS else "description"


class _Explanation:
    """What speaks for one label and against another in a document that was read."""

    def __init__(self, reading: Reading, best: int, runner_up: int, sharpness: float) -> None:
        self._reading, self._best, self._runner_up, self._sharpness = reading, best, runner_up, sharpness

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Explanation) and self.evidence == other.evidence

    def __hash__(self) -> int:
        return hash(self.evidence)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Each place in the input with all that it adds to the margin; signals apart from plain words."""
        evidence = []
        for contribution, read, key in self._rank():
            spans = read.find_spans(key)
            each = contribution * self._sharpness / len(spans)
            signal = _name_signal(key)
            evidence += [Evidence(read.name, read.text[a:b], a, b, signal, each) for a, b in spans]
        return tuple(sorted(evidence, key=lambda part: -abs(part.contribution)))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence gathered by signal, by word and by piece of the URL, for and against."""
        reasons = [self._make_reason(part) for part in self._rank()]
        return tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution)))

    def choose_reasons(self, most: int, least_share: float) -> list[Reason]:
        """The few reasons for the best guess that a person would name: telling ones, and no word twice."""
        ranked = self._rank()
        least = least_share * sum([part[0] for part in ranked if part[0] > 0])
        chosen: list[Reason] = []
        said: set[str] = set()
        for part in ranked:
            if len(chosen) == most or part[0] <= least:
                break
            if _is_telling(part[2]):
                reason = self._make_reason(part)
                words = {word for phrase in reason.words for word in _PARTS_OF_A_PHRASE.split(phrase.lower())}
                is_said = words & said if reason.field == "url" else words <= said
                if not is_said:
                    chosen.append(reason)
                    said |= words
        shown = {word.lower() for reason in chosen if reason.signal for word in reason.words}
        return [r for r in chosen if r.signal or not shown.issuperset(word.lower() for word in r.words)]

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Each feature that was read, largest first: the same sum, left apart as far as it goes."""
        features = self._reading.list_features(self._best, self._runner_up)
        scaled = [Feature(group, name, contribution * self._sharpness) for group, name, contribution in features]
        return tuple(sorted(scaled, key=lambda feature: -abs(feature.contribution)))

    @property
    def n_words(self) -> int:
        """How many words stand in text and name."""
        return self._reading.n_words

    @property
    def known_share(self) -> float:
        """Share of the words read that the model knows as whole words; 0 when there are none."""
        return self._reading.n_known_words / self._reading.n_words if self._reading.n_words else 0.0

    def _rank(self) -> list[Part]:
        """All parts, from what speaks most for the best guess to what speaks most against it."""
        parts = self._reading.list_parts(self._best, self._runner_up)
        parts.sort(key=itemgetter(0), reverse=True)
        return parts

    def _make_reason(self, part: Part) -> Reason:
        contribution, read, key = part
        words: dict[str, str] = {}
        for start, end in read.find_spans(key):
            word = read.text[start:end]
            words.setdefault(word.lower(), word)
        return Reason(read.name, _name_signal(key), tuple(words.values()), contribution * self._sharpness)


def _name_signal(key: Key) -> str | None:
    """The signal that a key is, if it is one."""
    if isinstance(key, UrlPlace):
        return key.signal
    return key if isinstance(key, str) else None


def _is_telling(key: Key) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    return not isinstance(key, WeighedWord) or len(key.key) >= _TELLING_CHARS


_PARTS_OF_A_PHRASE = re.compile(r"[\s./]+")
_TELLING_CHARS = 4  # shorter words are nearly all function words, in every language we have


def make_document(text: str, *, url: str = "", name: str = "") -> Document:
    """A document of what a user gave: a text that is a bare URL or host counts as the URL.

    >>> make_document("forum.muratordom.pl").url
    'forum.muratordom.pl'
    """
    if not url and looks_like_url(text):
        return Document("", text.strip(), name)
    return Document(text, url, name)


def check_document(document: Document) -> None:
    """Check that a document can be classified.

    Raises:
        InputError: there is nothing to read, or far too much.
    """
    text, url, name = document
    if document.is_blank:
        raise InputError("Nothing to read: text, URL and name are empty. Give a description or a URL.")
    if len(text) + len(url) + len(name) > MAX_CHARS:
        field, value = max(zip(Document._fields, document, strict=True), key=lambda pair: len(pair[1]))
        message = f"The {field} has {len(value):,} characters; at most {MAX_CHARS:,} are read. Give its beginning."
        raise InputError(message)


_INDICES = tuple(range(len(LABELS)))
