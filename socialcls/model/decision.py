"""Decide what a document is, from its scores: calibrate, compare with the threshold, abstain."""

from math import exp, inf

from socialcls.model.evidence import ReadExplanation
from socialcls.model.linear import LinearModel, Reading
from socialcls.model.persistence import Card
from socialcls.model.weights import Scores
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.types import UNSURE, Ground, Label, Prediction


class Decider:
    """Decides by the temperatures and thresholds of one model."""

    def __init__(self, card: Card, taxonomy: Taxonomy, model: LinearModel) -> None:
        self._card = card
        self._labels = card.labels
        self._taxonomy = taxonomy
        self._model = model
        self._intercepts = model.intercepts
        self._are_social = [taxonomy.is_social(label) for label in card.labels]
        self._sharpness = {ground: 1 / temperature for ground, temperature in card.temperatures.items()}
        self._thresholds = {
            ground: [of_ground[label] for label in card.labels] for ground, of_ground in card.thresholds.items()
        }

    def decide(self, reading: Reading, ground: Ground, *, may_answer: bool, social_only: bool) -> Prediction:
        """Decide what a document is.

        Args:
            reading: The document as it was read.
            ground: What the answer rests on: it chooses temperature and thresholds.
            may_answer: Whether there is enough to be answered at all; if not, the answer is `unsure`.
            social_only: Whether labels that are not social are left out.
        """
        labels, sharpness = self._labels, self._sharpness[ground]
        scores = [score * sharpness for score in reading.scores]
        if social_only:
            scores = [score if is_social else -inf for score, is_social in zip(scores, self._are_social, strict=True)]
        i, j = rank(scores)
        highest = scores[i]
        powers = [exp(score - highest) for score in scores]
        total = 0.0  # from Python 3.12 on `sum` rounds otherwise
        for power in powers:
            total += power
        probabilities = {label: power / total for label, power in zip(labels, powers, strict=True)}
        confidence = powers[i] / total
        is_sure = may_answer and confidence >= self._thresholds[ground][i]
        category = labels[i] if is_sure else UNSURE
        margin = highest - scores[j]
        bias = (self._intercepts[i] - self._intercepts[j]) * sharpness
        explanation = ReadExplanation(reading, i, j, sharpness, self._taxonomy)
        kind, p_kind = self._tell_kind(reading, labels[i]) if is_sure else (None, None)
        # by place, since a record given by name takes twice as long to make
        return Prediction(
            category, labels[i], labels[j], confidence, probabilities, margin, bias, explanation, kind, p_kind
        )

    def guess_kind(self, reading: Reading, label: Label) -> tuple[str, float] | None:
        """Guess the kind under a label, whether or not it is sure enough to be told; None when it has no kinds."""
        scores = self._model.score_kinds(reading, label)
        if not scores:
            return None
        temperature = self._card.kind_temperatures[label]
        highest = max(scores)
        best = scores.index(highest)
        total = 0.0
        for score in scores:
            total += exp((score - highest) / temperature)
        return self._model.weights.kinds.find_names(label)[best], 1 / total

    def _tell_kind(self, reading: Reading, label: Label) -> tuple[str | None, float | None]:
        guessed = self.guess_kind(reading, label)
        if guessed is None or guessed[1] < self._card.kind_thresholds[label][guessed[0]]:
            return None, None
        return guessed


def rank(scores: Scores) -> tuple[int, int]:
    """Find the indices of the highest and of the second highest score; of equal ones the first.

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
