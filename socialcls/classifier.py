"""Decide what a document is, and explain the decision."""

from collections.abc import Sequence
from math import exp, fsum
from pathlib import Path

from socialcls.artifact import DEFAULT_MODEL_DIR, Artifact, load_artifact
from socialcls.errors import InputError
from socialcls.features import GROUPS, Keys, Reader
from socialcls.model import LinearModel, Scores
from socialcls.records import Document, Evidence, Field, Prediction
from socialcls.taxonomy import LABELS, SOCIAL_LABELS, UNSURE, Answer, Label, Taxonomy
from socialcls.urls import looks_like_url

MAX_TEXT_CHARS = 1_000_000
"""A longer text is a mistake (a whole file in a cell); it is refused, since cutting it in silence would lie."""

MIN_WORDS = 2
"""Of text and name together, without a URL; one word names a subject and describes no service."""

_TEXT_WORDS = next(i for i, group in enumerate(GROUPS) if group.name == "text.words")
_NAME_WORDS = next(i for i, group in enumerate(GROUPS) if group.name == "name.words")


class Classifier:
    """Says what an online service is, how surely, and why."""

    def __init__(self, artifact: Artifact) -> None:
        self.card = artifact.card
        self.taxonomy: Taxonomy = artifact.taxonomy
        self._reader = Reader(artifact.taxonomy.signals)
        self._model = LinearModel(artifact.arrays)

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
        check_document(document)
        keys = self._reader.read(document)
        scores = self._model.score(keys)
        asked = SOCIAL_LABELS if social_only else LABELS
        best, runner_up = sorted(asked, key=lambda label: -scores[LABELS.index(label)])[:2]
        probabilities = _softmax(scores, asked)
        i, j = LABELS.index(best), LABELS.index(runner_up)
        return Prediction(
            category=self._decide(document, keys, best, probabilities[best]),
            best_guess=best,
            runner_up=runner_up,
            confidence=probabilities[best],
            probabilities=probabilities,
            margin=scores[i] - scores[j],
            bias=self._model.intercepts[i] - self._model.intercepts[j],
            evidence=self._find_evidence(document, keys, i, j),
            known_share=self._share_known(keys),
        )

    def _decide(self, document: Document, keys: Keys, best_guess: Label, confidence: float) -> Answer:
        if keys.n_words < MIN_WORDS and not document.url.strip():
            return UNSURE
        thresholds = self.card.thresholds["description" if keys.n_words else "url"]
        return best_guess if confidence >= thresholds[best_guess] else UNSURE

    def _find_evidence(self, document: Document, keys: Keys, best: int, runner_up: int) -> tuple[Evidence, ...]:
        """Each place in the input with all that it adds to the margin; signals apart from plain words."""
        added: dict[tuple[Field, int, int, str | None], float] = {}
        weighed = self._model.weigh(keys)
        for group, group_keys, spans, known in zip(
            GROUPS, keys.by_group, self._reader.locate(document), weighed, strict=True
        ):
            for key, span in zip(group_keys, spans, strict=True):
                if key in known:
                    place = (group.field, *span)
                    each = known[key].each
                    added[place] = added.get(place, 0.0) + each[best] - each[runner_up]
        fields: dict[Field, str] = {"text": document.text, "name": document.name, "url": document.url}
        evidence = [
            Evidence(field, fields[field][start:end], start, end, signal, contribution)
            for (field, start, end, signal), contribution in added.items()
        ]
        return tuple(sorted(evidence, key=lambda part: -abs(part.contribution)))

    def _share_known(self, keys: Keys) -> float:
        known = sum(
            self._model.knows(group, word)
            for group in (_TEXT_WORDS, _NAME_WORDS)
            for word in keys.by_group[group]
            if " " not in word
        )
        return known / keys.n_words if keys.n_words else 0.0


def make_document(text: str, *, url: str = "", name: str = "") -> Document:
    """A document of what a user gave: a text that is a bare URL or host counts as the URL.

    >>> make_document("forum.muratordom.pl").url
    'forum.muratordom.pl'
    """
    if not url and looks_like_url(text):
        return Document(url=text.strip(), name=name)
    return Document(text=text, url=url, name=name)


def check_document(document: Document) -> None:
    """Check that a document can be classified.

    Raises:
        InputError: there is nothing to read, or far too much.
    """
    if document.is_blank:
        raise InputError("Nothing to read: text, URL and name are empty. Give a description or a URL.")
    for field, value in (("text", document.text), ("name", document.name), ("URL", document.url)):
        if len(value) > MAX_TEXT_CHARS:
            message = (
                f"The {field} has {len(value):,} characters; at most {MAX_TEXT_CHARS:,} are read. Give its beginning."
            )
            raise InputError(message)


def _softmax(scores: Scores, asked: Sequence[Label]) -> dict[Label, float]:
    highest = max(scores[LABELS.index(label)] for label in asked)
    powers = {
        label: exp(score - highest) if label in asked else 0.0 for label, score in zip(LABELS, scores, strict=True)
    }
    total = fsum(powers.values())
    return {label: power / total for label, power in powers.items()}
