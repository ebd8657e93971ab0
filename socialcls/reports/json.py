"""Describe records as plain JSON values: the stable form of every answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from socialcls.dataset.metrics import Figures
from socialcls.explain.sentence import ReasonWriter
from socialcls.features.groups import GROUPS
from socialcls.model.persistence import FORMAT, Artifact
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.text.escaping import neutralise_json
from socialcls.types import Evidence, Label, Prediction

if TYPE_CHECKING:  # `classify --json` needs neither
    from socialcls.explain.top_features import Pull
    from socialcls.taxonomy.guide import Guide
    from socialcls.training.comparison import Comparison
    from socialcls.training.pipeline import Learnt


def describe_prediction(prediction: Prediction, taxonomy: Taxonomy, language: str) -> dict[str, Any]:
    """Describe a prediction by the names of the columns of `batch`, then what only JSON has."""
    return {
        "category": prediction.category,
        "confidence": prediction.confidence,
        "best_guess": prediction.best_guess,
        **{f"p_{label}": share for label, share in prediction.probabilities.items()},
        "reason": ReasonWriter(taxonomy, language).write(prediction),
        "error": "",
        "kind": prediction.kind,
        "p_kind": prediction.p_kind,
        "runner_up": prediction.runner_up,
        "margin": prediction.margin,
        "bias": prediction.bias,
        "evidence": [_describe_evidence(part) for part in prediction.evidence],
    }


def _describe_evidence(part: Evidence) -> dict[str, Any]:
    """A part of the input; what stands in a page's markup has no position in any field."""
    described = part._asdict()
    return {**described, "start": None, "end": None} if part.field == "page" else described


def describe_figures(figures: Figures) -> dict[str, Any]:
    """Describe what an evaluation measured."""
    return asdict(figures)


def describe_model(artifact: Artifact) -> dict[str, Any]:
    """Describe the card of a model, with the sizes of its groups."""
    return {
        **artifact.card._asdict(),
        "format": FORMAT,
        "n_features": artifact.n_features,
        "n_signals": len(artifact.taxonomy.signals),
        "kinds": artifact.arrays.kinds.names,
        "groups": {group.name: artifact.arrays.lines.sections[group.name].n_lines for group in GROUPS},
    }


def describe_training(
    artifact: Artifact, comparison: "Comparison | None", traced: "Sequence[Learnt]", seconds: float
) -> dict[str, Any]:
    """A model that was just made: its card, beside the one it replaces, and how it learnt."""
    return {
        **describe_model(artifact),
        "comparison": None if comparison is None else {**asdict(comparison), "is_noise": comparison.is_noise},
        "learning_curve": [learnt._asdict() for learnt in traced],
        "seconds": round(seconds, 1),
    }


def describe_pulls(ranked: "Mapping[Label, Mapping[str, Sequence[Pull]]]") -> dict[str, Any]:
    """Describe the features that pull most to each label, and the unit of their weights."""
    return {
        "unit": "logits times the length factor of the group, above the mean of the labels",
        "labels": {
            label: {group: [pull._asdict() for pull in pulls] for group, pulls in by_group.items()}
            for label, by_group in ranked.items()
        },
    }


def describe_guide(guide: "Guide") -> dict[str, Any]:
    """Describe the categories with all words of their signals, and the boundaries between them."""
    return {
        "categories": {
            answer: {
                "name": category.name,
                "definition": category.definition,
                **category.questions,
                "kinds": [kind._asdict() for kind in category.kinds],
                "signals": {
                    criterion: [signal._asdict() for signal in signals]
                    for criterion, signals in category.signals.items()
                },
            }
            for answer, category in guide.categories.items()
        },
        "criteria": guide.criteria,
        "boundaries": [boundary._asdict() for boundary in guide.boundaries],
    }


def dump_line(values: Mapping[str, Any]) -> str:
    """Write one JSON object on one line, safe to show on a terminal."""
    return neutralise_json(json.dumps(values, ensure_ascii=False))
