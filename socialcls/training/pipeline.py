"""Make a model of labelled examples: fit, calibrate, export, measure the export.

Every example is measured by a model that never saw its host: hosts are dealt into folds, each fold's model is
fitted on the others, *exported*, and scores its fold as the shipped classifier would. The temperature and the
thresholds come from those scores; the shipped model is fitted on everything.
"""

import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

import joblib
import numpy as np
import scipy
import sklearn

from socialcls import __version__
from socialcls.classifier import find_ground
from socialcls.dataset.metrics import Figures, measure
from socialcls.dataset.reader import check_trainable, name_place, split_by_host
from socialcls.features.extractor import Reader
from socialcls.features.groups import GROUPS
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import Artifact, Card
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.training.calibration import Scored, calibrate
from socialcls.training.export import export
from socialcls.training.fit import fit
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.settings import Settings
from socialcls.training.views import MEASURED_VIEWS, Shown, show_examples, show_fields
from socialcls.types import Example, Ground, Label


def train(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    settings: Settings,
    progress: Callable[[str], None] = lambda step: None,
) -> Artifact:
    """Make a model of labelled examples.

    Args:
        examples: All there are; some are held out in turn to calibrate and measure.
        taxonomy: Whose signals the model learns to weigh, and carries with it.
        settings: The choices of the run.
        progress: Called with a sentence whenever a step begins.

    Raises:
        DatasetError: the examples cannot make a model.
    """
    labels = taxonomy.labels
    check_trainable(examples, labels)
    progress(f"Reading {len(examples):,} rows")
    knowledge = KnowledgeBase.gather(taxonomy)
    shown = show_examples(examples, Reader(knowledge.open()))
    folds = split_by_host(examples, settings.n_folds, settings.seed)

    progress(f"Measuring on held-out hosts, {settings.n_folds} folds")
    parallel = joblib.Parallel(n_jobs=settings.n_jobs)
    tasks = (
        joblib.delayed(_score_fold)(
            examples,
            [s for s in shown if folds[s.index] != fold],
            [s for s in shown if folds[s.index] == fold and s.view in MEASURED_VIEWS],
            labels,
            knowledge.without_services(),
            settings,
        )
        for fold in range(settings.n_folds)
    )
    held_out = [scored for of_fold in parallel(tasks) for scored in of_fold]

    progress(f"Fitting on all {len(examples):,} rows")
    arrays = export(fit(examples, shown, settings), labels, knowledge)
    known = _score_documents(LinearModel(arrays), examples, [s for s in shown if s.view == "URL alone"])
    temperatures, thresholds = calibrate(held_out, known, labels, settings)
    card = Card(
        name="socialcls",
        version=__version__,
        labels=labels,
        temperatures=temperatures,
        thresholds=thresholds,
        data=_describe_data(examples, labels),
        training={**asdict(replace(settings, n_jobs=0)), "versions": _list_versions()},
        figures=_measure_views(held_out, labels, temperatures, thresholds),
    )
    return Artifact(card, taxonomy, arrays)


def _score_fold(  # noqa: PLR0913, PLR0917  (what a process is handed)
    examples: Sequence[Example],
    learnt: Sequence[Shown],
    asked: Sequence[Shown],
    labels: Sequence[Label],
    knowledge: KnowledgeBase,
    settings: Settings,
) -> list[Scored]:
    """Some views of examples, scored by a model that was fitted on others and exported."""
    fitted = fit(examples, learnt, settings)
    return _score_documents(LinearModel(export(fitted, labels, knowledge)), examples, asked)


def _score_documents(model: LinearModel, examples: Sequence[Example], shown: Sequence[Shown]) -> list[Scored]:
    scored = []
    for s in shown:
        with name_place(examples[s.index]):
            reading = model.read(show_fields(examples[s.index].document, s.view))
        has_clue = any(s.keys.by_group[_URL_SIGNALS])
        scored.append(Scored(examples[s.index].gold, s.view, find_ground(reading.n_words), reading.scores, has_clue))
    return scored


_URL_SIGNALS = next(i for i, group in enumerate(GROUPS) if group.name == "url.signals")


def _measure_views(
    held_out: Sequence[Scored],
    labels: Sequence[Label],
    temperatures: dict[Ground, float],
    thresholds: dict[Ground, dict[Label, float]],
) -> dict[str, Any]:
    measured = {}
    for view in MEASURED_VIEWS:
        of_view = [s.decide(labels, temperatures[s.ground], thresholds[s.ground]) for s in held_out if s.view == view]
        if of_view:
            measured[view] = _round_figures(measure(of_view, labels))
    return measured


def _round_figures(figures: Figures) -> dict[str, Any]:
    def round_all(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
        if isinstance(value, dict):
            return {key: round_all(inner) for key, inner in value.items()}
        return round(value, 4) if isinstance(value, float) else value

    return cast("dict[str, Any]", round_all(asdict(figures)))


def _describe_data(examples: Sequence[Example], labels: Sequence[Label]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for example in examples:
        document = example.document
        digest.update(f"{document.text}\x1f{document.url}\x1f{document.name}\x1f{example.gold}\x1e".encode())
    return {
        "n_rows": len(examples),
        "labels": {label: sum(e.gold == label for e in examples) for label in labels},
        "languages": dict(sorted(Counter(e.about.get("language", "") for e in examples).items())),
        "styles": dict(sorted(Counter(e.about.get("style", "") for e in examples).items())),
        "sha256": digest.hexdigest(),
    }


def _list_versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }
