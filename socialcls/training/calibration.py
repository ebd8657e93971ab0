"""Temperature and thresholds, from documents on hosts that were held out (Guo et al. 2017)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from socialcls.dataset.metrics import Figures, Outcome, measure
from socialcls.model.weights import Scores
from socialcls.training.matrix import Vector
from socialcls.training.settings import Settings
from socialcls.training.views import MEASURED_VIEWS
from socialcls.types import GROUNDS, UNSURE, Ground, Label

KNOWN_SHARE = 0.25
"""Share of the hosts people ask about that are taken to be among those that the model was fitted on."""

MIN_OF_VOICES = 500
"""Rows of voices, each view counted, from which on they alone say how sure a description is."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A document as one view shows it, with the logits that a model gave it, not calibrated."""

    gold: Label
    view: str
    ground: Ground
    scores: Scores
    has_clue: bool
    """Whether some part of its URL shows a signal: forum., /viewtopic.php."""
    is_of_voice: bool = False
    """Whether its row is of a voice, which was held out as a whole."""
    index: int = -1
    """Of its example."""
    kind: str = ""
    """The gold kind; empty where the model has learnt none like it."""
    kind_scores: tuple[float, ...] = ()
    """The logit of each kind of the gold label, not calibrated."""


def decide_all(
    scored: Sequence[Scored],
    labels: Sequence[Label],
    temperatures: Mapping[Ground, float],
    thresholds: Mapping[Ground, Mapping[Label, float]] | None = None,
) -> list[Outcome]:
    """Decide what would be said of many documents at once; without thresholds the best guesses."""
    if not scored:
        return []
    scaled = np.array([s.scores for s in scored]) / np.array([[temperatures[s.ground]] for s in scored])
    chances = np.exp(log_softmax(scaled, axis=1))
    outcomes = []
    for s, n, confidence in zip(scored, chances.argmax(axis=1).tolist(), chances.max(axis=1).tolist(), strict=True):
        is_sure = thresholds is None or confidence >= thresholds[s.ground][labels[n]]
        outcomes.append(Outcome(s.gold, labels[n], confidence, labels[n] if is_sure else UNSURE))
    return outcomes


def choose_fullest(scored: Iterable[Scored]) -> dict[int, Scored]:
    """Choose for each example what it got with most of its fields, by its index."""
    fullest: dict[int, Scored] = {}
    for s in sorted(scored, key=lambda s: MEASURED_VIEWS.index(s.view)):
        fullest.setdefault(s.index, s)
    return fullest


def calibrate(
    held_out: Sequence[Scored], known: Sequence[Scored], labels: Sequence[Label], settings: Settings
) -> tuple[dict[Ground, float], dict[Ground, dict[Label, float]]]:
    """Temperature and thresholds for each ground, from documents on hosts that were held out.

    Args:
        held_out: Scored by models that never saw their hosts.
        known: Addresses scored by the model that was fitted on them.
        labels: In the order of the scores.
        settings: Of the run; they say what share of the answers shall be right.
    """
    temperatures: dict[Ground, float] = {}
    thresholds: dict[Ground, dict[Label, float]] = {}
    for ground in GROUNDS:
        scored = [s for s in held_out if s.ground == ground]
        weights = np.ones(len(scored))
        if ground == "url":
            scored, weights = mix_addresses(scored, known)
        elif sum(s.is_of_voice for s in scored) >= MIN_OF_VOICES:
            scored = [s for s in scored if s.is_of_voice]  # sources unseen, as those of users are
            weights = np.ones(len(scored))
        if not scored:
            scored, weights = list(held_out), np.ones(len(held_out))
        logits, gold = np.array([s.scores for s in scored]), np.array([labels.index(s.gold) for s in scored])
        temperatures[ground] = fit_temperature(logits, gold, weights)
        outcomes = decide_all(scored, labels, dict.fromkeys(GROUNDS, temperatures[ground]))
        target = settings.target_accuracy_url if ground == "url" else settings.target_accuracy
        thresholds[ground] = choose_thresholds(outcomes, labels, target, weights)
    # Our pages are easier than the web's: one is not answered with less than a description needs.
    for label in labels:
        thresholds["page"][label] = max(thresholds["page"][label], thresholds["description"][label])
    return temperatures, thresholds


def mix_addresses(held_out: Sequence[Scored], known: Sequence[Scored]) -> tuple[list[Scored], Vector]:
    """Addresses in the proportions in which people are taken to ask about them (docs/decisions/0008).

    A held-out host is unknown by construction. Of those asked about, a quarter is taken to be known to the model; of
    the rest one half to have a clue in it.

    Args:
        held_out: Scored by models that never saw their hosts.
        known: Scored by the model that was fitted on them.

    Returns:
        All of them, and their weights.
    """
    clue = [s for s in held_out if s.has_clue]
    bare = [s for s in held_out if not s.has_clue]
    shares = ((known, KNOWN_SHARE), (clue, (1 - KNOWN_SHARE) / 2), (bare, (1 - KNOWN_SHARE) / 2))
    weights = [np.full(len(part), share / len(part)) for part, share in shares if part]
    return [*known, *clue, *bare], np.concatenate([np.zeros(0), *weights])


def fit_temperature(scores: Vector, gold: NDArray[np.int_], weights: Vector) -> float:
    """The temperature under which the scores are most probable: minimises the log loss (Guo et al. 2017).

    Args:
        scores: Logits, shape (n, n_labels).
        gold: Index of each row's label, shape (n,).
        weights: Of each row, shape (n,).
    """

    def log_loss(log_temperature: float) -> float:
        chances = log_softmax(scores / np.exp(log_temperature), axis=1)
        return -float(np.average(chances[np.arange(len(gold)), gold], weights=weights))

    found = minimize_scalar(log_loss, bounds=(-3, 3), method="bounded")
    return round(float(np.exp(found.x)), 4)


def choose_thresholds(
    outcomes: Sequence[Outcome], labels: Sequence[Label], target: float, weights: Vector
) -> dict[Label, float]:
    """For each label the least confidence above which the target share of its guesses is right.

    Never below one half: an answer should be likelier than all others together.
    """
    thresholds: dict[Label, float] = {}
    for label in labels:
        guesses = [(o, weight) for o, weight in zip(outcomes, weights, strict=True) if o.best_guess == label]
        threshold, right, total = 0.99, 0.0, 0.0
        for outcome, weight in sorted(guesses, key=lambda guess: -guess[0].confidence):
            total += weight
            right += weight * (outcome.gold == label)
            if right >= target * total:
                threshold = outcome.confidence
        thresholds[label] = round(min(max(threshold, 0.5), 0.99), 3)
    return thresholds


def calibrate_kinds(
    held_out: Sequence[Scored], kinds: Mapping[Label, tuple[str, ...]], target: float
) -> tuple[dict[Label, float], dict[Label, dict[str, float]], dict[Label, Figures]]:
    """Temperature, thresholds and figures for the kinds of each label, from documents on hosts that were held out.

    Args:
        held_out: Scored by models that never saw their hosts.
        kinds: Of each label, in the order of their scores.
        target: What share of the kinds that are told shall be right.
    """
    temperatures: dict[Label, float] = {}
    thresholds: dict[Label, dict[str, float]] = {}
    figures: dict[Label, Figures] = {}
    for label, of_label in kinds.items():
        scored = [s for s in held_out if s.gold == label and s.kind in of_label and s.kind_scores]
        alike = np.ones(len(scored))
        logits = np.array([s.kind_scores for s in scored]).reshape(len(scored), len(of_label))
        gold = np.array([of_label.index(s.kind) for s in scored], dtype=np.int64)
        temperatures[label] = fit_temperature(logits, gold, alike) if scored else 1.0
        as_labels = [
            Scored(s.kind, s.view, s.ground, list(s.kind_scores), has_clue=s.has_clue, index=s.index) for s in scored
        ]
        by_ground = dict.fromkeys(GROUNDS, temperatures[label])
        guesses = decide_all(as_labels, of_label, by_ground)
        thresholds[label] = choose_thresholds(guesses, of_label, target, alike)
        of_all_fields = [s for s in as_labels if s.view == "all fields"]
        told = decide_all(of_all_fields, of_label, by_ground, dict.fromkeys(GROUNDS, thresholds[label]))
        figures[label] = measure(told, of_label)
    return temperatures, thresholds, figures


def measure_log_loss(scored: Sequence[Scored], labels: Sequence[Label]) -> float:
    """Measure how improbable the gold labels are under the best temperature, in nats a document."""
    logits, gold = np.array([s.scores for s in scored]), np.array([labels.index(s.gold) for s in scored])
    temperature = fit_temperature(logits, gold, np.ones(len(gold)))
    return -float(log_softmax(logits / temperature, axis=1)[np.arange(len(gold)), gold].mean())


def estimate_probabilities(scored: Sequence[Scored], labels: Sequence[Label]) -> dict[int, list[float]]:
    """Estimate the probability of each label under the temperature that suits these documents, by example."""
    logits, gold = np.array([s.scores for s in scored]), np.array([labels.index(s.gold) for s in scored])
    temperature = fit_temperature(logits, gold, np.ones(len(gold)))
    chances = np.exp(log_softmax(logits / temperature, axis=1))
    return {s.index: [float(value) for value in row] for s, row in zip(scored, chances, strict=True)}
