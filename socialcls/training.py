"""Fit, calibrate, export, measure the export: the only room with scikit-learn and joblib.

The keys of all documents are counted once. A document's row of the design matrix is then D · E, where D holds
√count / F(group) for each of its keys and E the counts of features in each key, times their inverse document
frequency (`model` has the formula).

Groups are dropped in training. The same example is shown in several views: with all that it has, its text alone,
its URL alone, and of its text the words, the n-grams or the signals alone. So a model meets at home what users will
give it, and each group learns to carry an answer by itself instead of leaning on the others: the sum is then worth
an ensemble (the idea of dropout, Srivastava et al. 2014, on whole groups and exhaustively). Text alone gained four
points of macro-F1 by it, and signals that stand alone serve languages whose words were never seen.

Every example is measured by a model that never saw its host: hosts are dealt into folds, each fold's model is
fitted on the others, *exported*, and scores its fold as the shipped classifier would. The temperature
(Guo et al. 2017) and the thresholds come from those scores; the shipped model is fitted on everything.
"""

import hashlib
import platform
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import joblib
import numpy as np
import scipy
import scipy.sparse as sp
import sklearn
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from socialcls import __version__
from socialcls.artifact import Artifact, Card
from socialcls.dataset import check_trainable, split_by_host
from socialcls.evaluation import Figures, Outcome, measure
from socialcls.features import GROUPS, Group, Keys, Reader, expand_key
from socialcls.model import Arrays, LinearModel, Scores
from socialcls.records import Example
from socialcls.taxonomy import LABELS, UNSURE, Ground, Label, Taxonomy

Matrix = sp.csr_matrix[np.float64]
Vector = NDArray[np.float64]

MIN_EXAMPLES = {
    "text.words": 3,
    "text.chars": 5,  # rarer n-grams are of one word, which the words know; half the model's size for nothing
    "name.chars": 3,
    "url.parts": 1,  # what a known host is, is knowledge
    "text.signals": 1,
    "text.opening": 1,
    "name.signals": 1,
    "url.signals": 1,
}
"""How many examples a feature needs to be learnt, by group; two where nothing is said."""

VIEWS: dict[str, frozenset[str]] = {
    "text alone": frozenset({"text.words", "text.chars", "text.signals", "text.opening"}),
    "URL alone": frozenset({"url.parts", "url.chars", "url.signals"}),
    "all fields": frozenset(group.name for group in GROUPS),
    "words and n-grams": frozenset({"text.words", "text.chars"}),
    "words": frozenset({"text.words"}),
    "n-grams": frozenset({"text.chars"}),
    "signals": frozenset({"text.signals", "text.opening"}),
}
"""The groups that each view of a document shows in training."""

MEASURED_VIEWS = ("all fields", "text alone", "URL alone")
"""The views that users give, on which a model is calibrated and measured."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen about a training run."""

    seed: int = 0
    """Decides which hosts share a fold; nothing else in training is random."""
    n_folds: int = 4
    strength: float = 5.0
    """Inverse strength of the L2 penalty: scikit-learn's C."""
    target_accuracy: float = 0.96
    """What share of the answers of each label shall be right on held-out hosts; decides the thresholds. Rows from
    elsewhere are harder than our own: a point is set aside to have 0.95 there."""
    target_accuracy_url: float = 0.80
    """The same where there is a URL and nothing else. Held-out hosts are all unknown ones; of the hosts that people
    ask about many are known, so that answers on them are right far more often than this (docs/accuracy.md)."""
    n_jobs: int = 2
    """Folds fitted at the same time; the result does not depend on it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted scikit-learn model and the features that its columns stand for."""

    estimator: LogisticRegression
    features: dict[str, list[str]]
    """By group, in the order of the columns."""
    idf: Vector
    """Inverse document frequency of each column."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """An example as one view shows it."""

    index: int
    """Of the example."""
    view: str
    keys: Keys


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
    check_trainable(examples)
    progress(f"Reading {len(examples):,} rows")
    shown = show_examples(examples, Reader(taxonomy.signals))
    folds = split_by_host(examples, settings.n_folds, settings.seed)

    asked = [s for s in shown if s.view in MEASURED_VIEWS]
    asked_folds = [folds[s.index] for s in asked]
    progress(f"Measuring on held-out hosts, {settings.n_folds} folds")
    parallel = joblib.Parallel(n_jobs=settings.n_jobs)
    tasks = (joblib.delayed(_score_fold)(examples, shown, folds, n, settings) for n in range(settings.n_folds))
    by_fold = [iter(fold_scores) for fold_scores in parallel(tasks)]
    scores = np.array([next(by_fold[fold]) for fold in asked_folds])
    gold = np.array([LABELS.index(examples[s.index].gold) for s in asked])
    temperature = fit_temperature(scores, gold)
    outcomes = _make_outcomes(scores / temperature, gold)
    grounds: list[Ground] = ["url" if s.view == "URL alone" else "description" for s in asked]
    targets: dict[Ground, float] = {"description": settings.target_accuracy, "url": settings.target_accuracy_url}
    thresholds = {
        ground: choose_thresholds([o for o, g in zip(outcomes, grounds, strict=True) if g == ground], target)
        for ground, target in targets.items()
    }

    progress(f"Fitting on all {len(examples):,} rows")
    arrays = export(fit(examples, shown, settings), temperature)
    card = Card(
        name="socialcls",
        version=__version__,
        temperature=temperature,
        thresholds=thresholds,
        data=_describe_data(examples),
        training={**asdict(replace(settings, n_jobs=0)), "versions": _list_versions()},
        figures=_measure_views(outcomes, asked, grounds, thresholds),
    )
    return Artifact(card, taxonomy, arrays)


def show_examples(examples: Sequence[Example], reader: Reader) -> list[_Shown]:
    """Every example in each view that shows something new of it: a row with nothing but a URL is seen once."""
    shown = []
    for i, example in enumerate(examples):
        keys = reader.read(example.document)
        seen: list[Keys] = []
        for view, groups in VIEWS.items():
            visible = keys.restrict_to(groups)
            if any(visible.by_group) and visible not in seen:
                seen.append(visible)
                shown.append(_Shown(i, view, visible))
    return shown


def fit(examples: Sequence[Example], shown: Sequence[_Shown], settings: Settings) -> Fit:
    """Fit scikit-learn's multinomial logistic regression on the views of the examples."""
    features: dict[str, list[str]] = {}
    blocks: list[Matrix] = []
    idfs: list[Vector] = []
    for i, group in enumerate(GROUPS):
        block, features[group.name], idf = _fit_group(group, i, shown)
        blocks.append(block)
        idfs.append(idf)
    estimator = LogisticRegression(C=settings.strength, max_iter=500, tol=1e-4)
    estimator.fit(_join(blocks), [examples[s.index].gold for s in shown])
    return Fit(estimator, features, np.concatenate(idfs))


def make_matrix(fitted: Fit, all_keys: Sequence[Keys]) -> Matrix:
    """The design matrix of documents under the features of a fit, shape (n_documents, n_features)."""
    blocks: list[Matrix] = []
    start = 0
    for i, group in enumerate(GROUPS):
        names = fitted.features[group.name]
        column = {name: j for j, name in enumerate(names)}
        idf = fitted.idf[start : start + len(names)]
        start += len(names)
        key_ids, counts = _count_keys([keys.by_group[i] for keys in all_keys])
        blocks.append(_weigh(group, counts, _count_features(group, key_ids, column), idf))
    return _join(blocks)


def export(fitted: Fit, temperature: float) -> Arrays:
    """The plain arrays of a fit: scales, inverse document frequencies and temperature folded in."""
    scales = np.concatenate([np.full(len(fitted.features[group.name]), group.scale) for group in GROUPS])
    order = [list(fitted.estimator.classes_).index(label) for label in LABELS]
    coefficients = fitted.estimator.coef_[order] * (scales * fitted.idf) / temperature
    rows = np.vstack([coefficients, fitted.idf**2]).T.astype(np.float32)
    a, b, c, d = (float(value) for value in fitted.estimator.intercept_[order] / temperature)
    return Arrays((a, b, c, d), fitted.features, array("f", rows.tobytes()))


def fit_temperature(scores: Vector, gold: NDArray[np.int_]) -> float:
    """The temperature under which the scores are most probable: minimises the log loss (Guo et al. 2017).

    Args:
        scores: Logits, shape (n, n_labels).
        gold: Index of each row's label, shape (n,).
    """

    def log_loss(log_temperature: float) -> float:
        chances = log_softmax(scores / np.exp(log_temperature), axis=1)
        return -float(chances[np.arange(len(gold)), gold].mean())

    found = minimize_scalar(log_loss, bounds=(-3, 3), method="bounded")
    return round(float(np.exp(found.x)), 4)


def choose_thresholds(outcomes: Sequence[Outcome], target: float) -> dict[Label, float]:
    """For each label the least confidence above which the target share of its guesses is right.

    Never below one half: an answer should be likelier than all others together.
    """
    thresholds: dict[Label, float] = {}
    for label in LABELS:
        guesses = sorted((o for o in outcomes if o.best_guess == label), key=lambda o: -o.confidence)
        threshold, n_right = 0.99, 0
        for n, outcome in enumerate(guesses, start=1):
            n_right += outcome.gold == label
            if n_right >= target * n:
                threshold = outcome.confidence
        thresholds[label] = round(min(max(threshold, 0.5), 0.99), 3)
    return thresholds


def _score_fold(
    examples: Sequence[Example], shown: Sequence[_Shown], folds: Sequence[int], fold: int, settings: Settings
) -> list[Scores]:
    """The scores of one fold's measured views, in order, by a model exported without them."""
    model = LinearModel(export(fit(examples, [s for s in shown if folds[s.index] != fold], settings), 1.0))
    return [model.score(s.keys) for s in shown if folds[s.index] == fold and s.view in MEASURED_VIEWS]


def _fit_group(group: Group, index: int, shown: Sequence[_Shown]) -> tuple[Matrix, list[str], Vector]:
    key_ids, counts = _count_keys([s.keys.by_group[index] for s in shown])
    all_features = {f: None for key in key_ids for f in expand_key(group, key)}
    column = {name: j for j, name in enumerate(sorted(all_features))}
    in_keys = _count_features(group, key_ids, column)
    examples = np.array([s.index for s in shown])
    n_examples = examples.max() + 1
    to_example = sp.csr_matrix((np.ones(len(shown)), (examples, np.arange(len(shown)))), (n_examples, len(shown)))
    per_example = to_example @ counts @ in_keys
    frequency = np.bincount(per_example.indices, minlength=len(column))
    kept = np.flatnonzero(frequency >= MIN_EXAMPLES.get(group.name, 2))
    names = list(column)
    n = len(np.unique(examples))
    idf = np.log((1 + n) / (1 + frequency[kept])) + 1
    if group.name.endswith(("signals", "opening")):
        idf = np.ones(len(kept))
    return _weigh(group, counts, in_keys[:, kept], idf), [names[j] for j in kept], idf


def _count_keys(keys: Sequence[Sequence[str]]) -> tuple[dict[str, int], Matrix]:
    """The keys met, each with a column, and how often each document has them, shape (n_documents, n_keys)."""
    ids: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for row, occurring in enumerate(keys):
        for key, count in Counter(occurring).items():
            rows.append(row)
            columns.append(ids.setdefault(key, len(ids)))
            counts.append(count)
    return ids, sp.csr_matrix((np.array(counts, float), (rows, columns)), (len(keys), len(ids)))


def _count_features(group: Group, key_ids: dict[str, int], column: dict[str, int]) -> Matrix:
    """How often each key has each known feature, shape (n_keys, n_features)."""
    rows, columns = [], []
    for key, row in key_ids.items():
        known = [column[feature] for feature in expand_key(group, key) if feature in column]
        rows += [row] * len(known)
        columns += known
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), (len(key_ids), len(column)))


def _weigh(group: Group, counts: Matrix, in_keys: Matrix, idf: Vector) -> Matrix:
    squares = np.asarray(counts @ (in_keys @ idf**2), dtype=np.float64)
    factors = 1 / np.sqrt(group.smoothing + squares)
    return cast("Matrix", sp.diags(factors) @ (counts.sqrt() @ in_keys) @ sp.diags(idf * group.scale))


def _join(blocks: Sequence[Matrix]) -> Matrix:
    return cast("Matrix", sp.hstack(blocks, format="csr"))


def _make_outcomes(scores: Vector, gold: NDArray[np.int_]) -> list[Outcome]:
    chances = np.exp(log_softmax(scores, axis=1))
    return [
        Outcome(LABELS[g], LABELS[best], float(row[best]), LABELS[best])
        for g, row, best in zip(gold, chances, chances.argmax(axis=1), strict=True)
    ]


def _measure_views(
    outcomes: Sequence[Outcome],
    shown: Sequence[_Shown],
    grounds: Sequence[Ground],
    thresholds: dict[Ground, dict[Label, float]],
) -> dict[str, Any]:
    decided = [
        replace(o, category=o.best_guess if o.confidence >= thresholds[ground][o.best_guess] else UNSURE)
        for o, ground in zip(outcomes, grounds, strict=True)
    ]
    measured = {}
    for view in MEASURED_VIEWS:
        of_view = [o for o, s in zip(decided, shown, strict=True) if s.view == view]
        if of_view:
            measured[view] = _round_figures(measure(of_view))
    return measured


def _round_figures(figures: Figures) -> dict[str, Any]:
    def round_all(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
        if isinstance(value, dict):
            return {key: round_all(inner) for key, inner in value.items()}
        return round(value, 4) if isinstance(value, float) else value

    return cast("dict[str, Any]", round_all(asdict(figures)))


def _describe_data(examples: Sequence[Example]) -> dict[str, Any]:
    digest = hashlib.sha256()
    for example in examples:
        document = example.document
        digest.update(f"{document.text}\x1f{document.url}\x1f{document.name}\x1f{example.gold}\x1e".encode())
    return {
        "n_rows": len(examples),
        "labels": {label: sum(e.gold == label for e in examples) for label in LABELS},
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
