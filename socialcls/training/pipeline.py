"""Make a model of labelled examples: fit, calibrate, export, measure the export.

Every example is measured by a model that never saw its host: hosts are dealt into folds, each fold's model is
fitted on the others, *exported*, and scores its fold as the shipped classifier would. The temperature and the
thresholds come from those scores; the shipped model is fitted on everything.
"""

import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, cast

import joblib
import numpy as np
import scipy
import sklearn
from numpy.typing import NDArray

from socialcls import __version__
from socialcls.classifier import find_ground
from socialcls.dataset.metrics import Figures, measure
from socialcls.dataset.reader import name_place
from socialcls.dataset.services import Service
from socialcls.dataset.splits import check_folds, check_trainable, find_voice, group_key, split_by_host
from socialcls.features.extractor import Reader
from socialcls.features.groups import GROUPS
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import Artifact, Card, hash_row
from socialcls.model.weights import Arrays
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.training.calibration import (
    Scored,
    calibrate,
    calibrate_kinds,
    choose_fullest,
    decide_all,
    estimate_probabilities,
    measure_log_loss,
)
from socialcls.training.export import export
from socialcls.training.fit import count_shown, fit_counted
from socialcls.training.kinds import fit_kinds, list_learnable_kinds
from socialcls.training.knowledge import KnowledgeBase
from socialcls.training.matrix import Counted
from socialcls.training.settings import Settings
from socialcls.training.views import MEASURED_VIEWS, Shown, show_examples, show_fields
from socialcls.types import GROUNDS, Example, Ground, Label


class Trained(NamedTuple):
    """A model, and what was measured while it was made."""

    artifact: Artifact
    held_out: list[Scored]
    """The examples in each of MEASURED_VIEWS, scored by models that never saw their hosts."""


def train(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    settings: Settings,
    progress: Callable[[str], None] = lambda step: None,
) -> Trained:
    """Make a model of labelled examples, and keep what the examples got while their hosts were held out.

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
    folds = split_by_host(examples, settings.n_folds, settings.seed)
    check_folds(examples, folds, labels)
    progress(f"Reading {len(examples):,} rows")
    knowledge = KnowledgeBase.gather(taxonomy)
    shown = show_examples(examples, Reader(knowledge.open()))
    kinds = list_learnable_kinds(examples, labels, {label: tuple(of) for label, of in taxonomy.kinds["en"].items()})

    progress(f"Fitting on all {len(examples):,} rows, and {settings.n_folds} times on all but some hosts, to measure")
    views = _Views.of(examples, shown)
    addresses = [asked for asked in views.asked if asked.view == "URL alone"]
    on_all = _Task(np.arange(len(shown)), addresses, knowledge)
    (arrays, known), *of_folds = _fit_and_score(
        [on_all, *_list_fold_tasks(views, folds, knowledge.without_services())], views, labels, kinds, settings
    )
    held_out = [scored for _, of_fold in of_folds for scored in of_fold]
    temperatures, thresholds = calibrate(held_out, known, labels, settings)
    kind_temperatures, kind_thresholds, kind_figures = calibrate_kinds(
        held_out, arrays.kinds.names, settings.target_accuracy_kind
    )
    card = Card(
        name="socialcls",
        version=__version__,
        labels=labels,
        temperatures=temperatures,
        thresholds=thresholds,
        data=_describe_data(examples, labels),
        training={**asdict(replace(settings, n_jobs=0)), "versions": _list_versions()},
        figures=_measure_views(held_out, labels, temperatures, thresholds),
        kind_temperatures=kind_temperatures,
        kind_thresholds=kind_thresholds,
        kind_figures={label: _round_figures(figures) for label, figures in kind_figures.items()},
    )
    rows = b"".join(sorted({hash_row(example.document) for example in examples}))
    return Trained(Artifact(card, taxonomy, arrays, rows), held_out)


def tune_strength(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    settings: Settings,
    n_tried: int,
    progress: Callable[[str], None] = lambda step: None,
) -> Settings:
    """Choose the strength of regularisation under which held-out hosts are most probable.

    Args:
        examples: All there are.
        taxonomy: As for `train`.
        settings: Those to begin with.
        n_tried: How many strengths are tried at most; each takes as long as measuring does.
        progress: Called with a sentence whenever a step begins.
    """
    labels = taxonomy.labels
    knowledge = KnowledgeBase.gather(taxonomy)
    shown = show_examples(examples, Reader(knowledge.open()))
    folds = split_by_host(examples, settings.n_folds, settings.seed)
    losses: dict[float, float] = {}
    for factor in _STRENGTH_FACTORS[:n_tried]:
        tried = replace(settings, strength=settings.strength * factor)
        progress(f"Trying a strength of {tried.strength:g}")
        held_out = score_held_out(examples, shown, folds, labels, knowledge.without_services(), {}, tried)
        losses[tried.strength] = measure_log_loss([s for s in held_out if s.view == MEASURED_VIEWS[0]], labels)
    return replace(settings, strength=min(losses, key=lambda strength: losses[strength]))


_STRENGTH_FACTORS = (1.0, 0.3, 3.0, 0.1, 10.0, 0.03, 30.0, 0.01)


class Learnt(NamedTuple):
    """How good a model is that learnt from a part of the rows."""

    n_rows: int
    macro_f1: float


def trace_learning(  # noqa: PLR0913, PLR0917
    examples: Sequence[Example],
    n_own: int,
    taxonomy: Taxonomy,
    settings: Settings,
    progress: Callable[[str], None] = lambda step: None,
    shares: Sequence[float] = (0.5, 0.75, 1.0),
) -> list[Learnt]:
    """Trace how good models are on held-out own rows that learnt from a part of the others.

    Args:
        examples: Own rows first, then others, which are never left out.
        n_own: How many are one's own.
        taxonomy: As for `train`.
        settings: Of the run.
        progress: Called with a sentence whenever a step begins.
        shares: Of the own rows.
    """
    labels = taxonomy.labels
    traced = []
    for share in shares:
        progress(f"Learning from {share:.0%} of the rows")
        kept = [
            i
            for i, example in enumerate(examples)
            if i >= n_own or _draw(group_key(example), settings.seed) < share or share == 1
        ]
        # hosts that are left out are still asked: the same rows measure each share
        knowledge = KnowledgeBase.gather(taxonomy)
        shown = show_examples(examples, Reader(knowledge.open()))
        folds = split_by_host(examples, settings.n_folds, settings.seed)
        learnable = set(kept)
        without = knowledge.without_services()
        held_out = score_held_out(examples, shown, folds, labels, without, {}, settings, learnable)
        of_own = [s for s in held_out if s.view == MEASURED_VIEWS[0] and s.index < n_own]
        outcomes = decide_all(of_own, labels, dict.fromkeys(GROUNDS, 1.0))
        n_learnt = sum(i < n_own for i in kept)
        traced.append(Learnt(n_learnt, round(measure(outcomes, labels).macro_f1, 4)))
    return traced


def _draw(key: str, seed: int) -> float:
    return int.from_bytes(hashlib.blake2b(f"curve {seed} {key}".encode(), digest_size=4).digest()) / 2**32


def score_held_out(  # noqa: PLR0913, PLR0917  (what all folds share)
    examples: Sequence[Example],
    shown: Sequence[Shown],
    folds: Sequence[int],
    labels: Sequence[Label],
    knowledge: KnowledgeBase,
    kinds: Mapping[Label, tuple[str, ...]],
    settings: Settings,
    learnable: Collection[int] | None = None,
) -> list[Scored]:
    """Score every example by a model that was fitted on the other folds and exported.

    Args:
        examples: All there are.
        shown: Their views.
        folds: The fold of each example.
        labels: In the order of the scores.
        knowledge: What the models carry: to calibrate and measure it is without services, as if no host were known, for
            held-out hosts stand for those that are unknown to the world as well.
        kinds: Those to learn, by label.
        settings: Of the run.
        learnable: Indices of the examples that may be learnt from; all when None.
    """
    views = _Views.of(examples, shown)
    tasks = _list_fold_tasks(views, folds, knowledge, learnable)
    return [scored for _, of_fold in _fit_and_score(tasks, views, labels, kinds, settings) for scored in of_fold]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A view of an example that a model is asked about."""

    index: int
    view: str
    has_clue: bool


@dataclass(frozen=True, slots=True)
class _Views:
    """What all tasks share: the keys of all views are counted once, and processes map the same memory."""

    examples: Sequence[Example]
    index: NDArray[np.int_]
    """Of the example that each view shows."""
    counted: Mapping[str, Counted]
    """The keys of each view, by group."""
    asked: Sequence[_Asked]
    """Those in MEASURED_VIEWS."""

    @classmethod
    def of(cls, examples: Sequence[Example], shown: Sequence[Shown]) -> "_Views":
        asked = [
            _Asked(s.index, s.view, has_clue=any(s.keys.by_group[_URL_SIGNALS]))
            for s in shown
            if s.view in MEASURED_VIEWS
        ]
        return cls(examples, np.array([s.index for s in shown], dtype=np.int64), count_shown(shown), asked)


_URL_SIGNALS = next(i for i, group in enumerate(GROUPS) if group.name == "url.signals")


class _Task(NamedTuple):
    """What a process fits and then asks."""

    learnt: NDArray[np.int_]
    """The views to learn from."""
    asked: Sequence[_Asked]
    knowledge: KnowledgeBase


def _list_fold_tasks(
    views: _Views, folds: Sequence[int], knowledge: KnowledgeBase, learnable: Collection[int] | None = None
) -> list[_Task]:
    """List for each fold what is learnt from the others and asked about it."""
    of_view = np.array(folds)[views.index]
    is_learnable = np.array([learnable is None or i in learnable for i in views.index], dtype=bool)
    return [
        _Task(
            np.flatnonzero((of_view != fold) & is_learnable),
            [asked for asked in views.asked if folds[asked.index] == fold],
            knowledge,
        )
        for fold in sorted(set(folds))
    ]


def _fit_and_score(
    tasks: Sequence[_Task],
    views: _Views,
    labels: Sequence[Label],
    kinds: Mapping[Label, tuple[str, ...]],
    settings: Settings,
) -> list[tuple[Arrays, list[Scored]]]:
    """Fit and export a model for each task, and score what it asks; the longest task is best the first."""
    parallel = joblib.Parallel(n_jobs=settings.n_jobs)
    return list(parallel(joblib.delayed(_do_task)(task, views, labels, kinds, settings) for task in tasks))


def _do_task(
    task: _Task,
    views: _Views,
    labels: Sequence[Label],
    kinds: Mapping[Label, tuple[str, ...]],
    settings: Settings,
) -> tuple[Arrays, list[Scored]]:
    fitted = fit_counted(views.examples, views.index, views.counted, task.learnt, settings)
    kind_fit = fit_kinds(fitted, views.examples, kinds, settings)
    arrays = export(fitted, labels, task.knowledge, kind_fit)
    return arrays, _score_documents(LinearModel(arrays), views.examples, task.asked)


def _score_documents(model: LinearModel, examples: Sequence[Example], asked: Sequence[_Asked]) -> list[Scored]:
    scored = []
    for a in asked:
        example = examples[a.index]
        with name_place(example):
            reading = model.read(show_fields(example.document, a.view))
        kind_scores = tuple(model.score_kinds(reading, example.gold))
        scored.append(
            Scored(
                example.gold,
                a.view,
                find_ground(reading.n_words),
                reading.scores,
                has_clue=a.has_clue,
                is_of_voice=find_voice(example) != "",
                index=a.index,
                kind=example.about.get("kind", "") if kind_scores else "",
                kind_scores=kind_scores,
            )
        )
    return scored


def _measure_views(
    held_out: Sequence[Scored],
    labels: Sequence[Label],
    temperatures: dict[Ground, float],
    thresholds: dict[Ground, dict[Label, float]],
) -> dict[str, Any]:
    measured = {}
    for view in MEASURED_VIEWS:
        of_view = decide_all([s for s in held_out if s.view == view], labels, temperatures, thresholds)
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
        if example.weight != 1:
            digest.update(f"{example.weight:g}\x1f".encode())
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


def cross_validate(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    n_asked: int,
    progress: Callable[[str], None] = lambda step: None,
    services: Sequence[Service] | None = None,
) -> dict[int, list[float]]:
    """Find how probable each label is for examples, by models that never saw their hosts but know the services.

    Args:
        examples: All there are.
        taxonomy: As for `train`.
        n_asked: How many of the examples, from the first, are asked about.
        progress: Called with a sentence whenever a step begins.
        services: Others than those of this version.

    Returns:
        A probability for each label, calibrated, by the index of the example.

    Raises:
        DatasetError: the examples cannot make a model.
    """
    settings = Settings()
    labels = taxonomy.labels
    check_trainable(examples, labels)
    folds = split_by_host(examples, settings.n_folds, settings.seed)
    check_folds(examples, folds, labels)
    knowledge = KnowledgeBase.gather(taxonomy, services=services)
    shown = show_examples(examples, Reader(knowledge.open()))
    progress(f"Asking models that never saw a host, {settings.n_folds} folds")
    held_out = score_held_out(examples, shown, folds, labels, knowledge, {}, settings)
    asked = [s for i, s in choose_fullest(held_out).items() if i < n_asked]
    probabilities: dict[int, list[float]] = {}
    for ground in dict.fromkeys(s.ground for s in asked):
        probabilities |= estimate_probabilities([s for s in asked if s.ground == ground], labels)
    return probabilities
