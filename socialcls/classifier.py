"""Decide what a document is, and explain the decision."""

from math import exp, inf
from pathlib import Path

from socialcls.errors import InputError
from socialcls.model.evidence import ReadExplanation
from socialcls.model.linear import LinearModel, Reading
from socialcls.model.persistence import DEFAULT_MODEL_DIR, Artifact, load_artifact
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.text.urls import looks_like_url
from socialcls.types import UNSURE, Document, Ground, Label, Prediction

MAX_CHARS = 1_000_000
"""Of all fields together. More is a mistake (a whole file in a cell) and refused: cutting it in silence would lie."""

MIN_WORDS = 2
"""Of text and name together, without a URL; one word names a subject and describes no service, unless it is the name
of a known one."""

PAGE_WORDS = 60
"""A text with more is a page; descriptions on the web have fewer."""


class Classifier:
    """Says what an online service is, how surely, and why."""

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self.card = artifact.card
        self.taxonomy: Taxonomy = artifact.taxonomy
        self.labels = artifact.card.labels
        self.are_social = [self.taxonomy.is_social(label) for label in self.labels]
        self.model = LinearModel(artifact.arrays)
        self.sharpness = {ground: 1 / temperature for ground, temperature in artifact.card.temperatures.items()}

    @classmethod
    def load(cls, model_dir: str | Path | None = None) -> "Classifier":
        """Load a model directory, or the model that comes with the package.

        Raises:
            ModelError: it is missing, broken or of another format.
        """
        return cls(load_artifact(DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)))

    def classify(
        self, text: str | Document = "", *, url: str = "", name: str = "", social_only: bool = False
    ) -> Prediction:
        """Say what a service is.

        Args:
            text: Its description; or its bare URL or host; or a whole Document. Empty when there is only a URL or name.
            url: Its URL, when there is a text too.
            name: Its name or title.
            social_only: Ask only which of the social media it is: other labels are left out and the probabilities
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
        sharpness = self.sharpness[ground]
        labels = self.labels
        scores = [score * sharpness for score in reading.scores]
        if social_only:
            scores = [score if is_social else -inf for score, is_social in zip(scores, self.are_social, strict=True)]
        i, j = rank(scores)
        best_guess, highest = labels[i], scores[i]
        powers = [exp(score - highest) for score in scores]
        total = sum(powers)
        probabilities = {label: power / total for label, power in zip(labels, powers, strict=True)}
        confidence = powers[i] / total
        is_sure = confidence >= self.card.thresholds[ground][best_guess]
        if reading.n_words < MIN_WORDS and not document.url.strip() and not reading.has_known_service:
            is_sure = False
        category = best_guess if is_sure else UNSURE
        margin = highest - scores[j]
        bias = (self.model.intercepts[i] - self.model.intercepts[j]) * sharpness
        explanation = ReadExplanation(reading, i, j, sharpness)
        kind, p_kind = self._tell_kind(reading, best_guess) if is_sure else (None, None)
        # by place, since a record given by name takes twice as long to make
        return Prediction(
            category, best_guess, labels[j], confidence, probabilities, margin, bias, explanation, kind, p_kind
        )

    def guess_kind(self, reading: Reading, label: Label) -> tuple[str, float] | None:
        """Guess the kind of a document that was read under a label, whether or not it is sure enough to be told.

        Returns:
            The likeliest kind and its probability, calibrated on held-out hosts; None when the label has no kinds.
        """
        scores = self.model.score_kinds(reading, label)
        if not scores:
            return None
        temperature = self.card.kind_temperatures[label]
        highest = max(scores)
        best = scores.index(highest)
        total = 0.0
        for score in scores:
            total += exp((score - highest) / temperature)
        return self.model.weights.kinds.find_names(label)[best], 1 / total

    def _tell_kind(self, reading: Reading, label: Label) -> tuple[str | None, float | None]:
        guessed = self.guess_kind(reading, label)
        if guessed is None or guessed[1] < self.card.kind_thresholds[label][guessed[0]]:
            return None, None
        return guessed

    def read(self, document: Document) -> Reading:
        """Read a document without deciding: its scores, and what each key of it contributes to each label.

        Raises:
            InputError: there is nothing to read, or far too much.
        """
        check_document(document)
        return self.model.read(document)


def rank(scores: list[float]) -> tuple[int, int]:
    """Indices of the highest and of the second highest score; of equal ones the first.

    >>> rank([1.0, 3.0, 2.0, 3.0])
    (1, 3)
    """
    best, second = (1, 0) if scores[1] > scores[0] else (0, 1)
    for i in range(2, len(scores)):
        if scores[i] > scores[best]:
            best, second = i, best
        elif scores[i] > scores[second]:
            second = i
    return best, second


def find_ground(n_words: int) -> Ground:
    """What an answer rests on, by the number of words read.

    Long texts say the same thing many times over, so that their scores are surer than they are right; addresses say
    little. Each has its own temperature and thresholds.
    """
    if not n_words:
        return "url"
    return "page" if n_words > PAGE_WORDS else "description"


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
