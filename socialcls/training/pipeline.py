"""Fit, calibrate, export, measure the export: the only room with scikit-learn and joblib.

A document's row of the design matrix is D · E, where D holds 1 / F(factor) for each of its distinct keys and E the
counts of features in each key, times their inverse document frequency (`model` has the formula).

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
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
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
from socialcls.classifier import find_ground
from socialcls.dataset.metrics import Figures, Outcome, measure
from socialcls.dataset.reader import check_trainable, find_voice, name_place, split_by_host
from socialcls.features.extractor import Keys, Reader
from socialcls.features.groups import GROUPS, GROUPS_BY_NAME, PAGE_MARKS, Factor, Group, expand_key
from socialcls.model.linear import LinearModel
from socialcls.model.persistence import Artifact, Card
from socialcls.model.vocabulary import lay_out
from socialcls.model.weights import Arrays, Scores
from socialcls.pages.marks import read_mark_weights
from socialcls.taxonomy.taxonomy import Taxonomy, list_shares
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import GROUNDS, UNSURE, Document, Example, Ground, Label

Matrix = sp.csr_matrix[np.float64]
Vector = NDArray[np.float64]

MIN_EXAMPLES = {
    "text.words": 3,
    "text.pairs": 3,
    "text.chars": 3,
    "name.chars": 3,
    "url.chars": 3,
    **{group.name: 1 for group in GROUPS if not group.is_rare_better},
}
"""How many examples a feature needs to be learnt, by group; two where nothing is said."""

_SERVICES = frozenset(group.name for group in GROUPS if group.factor.name.endswith(".services"))
_LEARNT = [group for group in GROUPS if group.name not in _SERVICES]
VIEWS: dict[str, frozenset[str]] = {
    "text alone": frozenset(group.name for group in _LEARNT if group.factor.field == "text"),
    "URL alone": frozenset(group.name for group in _LEARNT if group.factor.field == "url"),
    "all fields": frozenset(group.name for group in _LEARNT),
    "words and n-grams": frozenset({"text.words", "text.pairs", "text.chars"}),
    "words": frozenset({"text.words", "text.pairs"}),
    "n-grams": frozenset({"text.chars"}),
    "signals": frozenset({"text.signals"}),
    "heads": frozenset({"text.heads"}),
    "services": _SERVICES,
}
"""The groups that each view of a document shows in training. Known services are shown by themselves alone: the table
knows nearly every host that training meets, and beside it nothing else would be learnt."""

KNOWN_SHARE = 0.25
"""Share of the hosts people ask about that are taken to be among those that the model was fitted on."""

MIN_OF_VOICES = 500
"""Rows of voices, each view counted, from which on they alone say how sure a description is."""

MEASURED_VIEWS = ("all fields", "text alone", "URL alone")
"""The views that users give, on which a model is calibrated and measured."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen about a training run."""

    seed: int = 0
    """Decides which hosts share a fold; nothing else in training is random."""
    n_folds: int = 4
    strength: float = 1.0
    """Inverse strength of the L2 penalty: scikit-learn's C."""
    target_accuracy: float = 0.95
    """What share of the answers of each label shall be right on held-out voices; decides the thresholds."""
    target_accuracy_url: float = 0.92
    """The same where there is a URL and nothing else, on the mixture of `mix_addresses`."""
    tolerance: float = 1e-4
    """Of the gradient when fitting ends: scikit-learn's tol."""
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


def show_examples(examples: Sequence[Example], reader: Reader) -> list[_Shown]:
    """Every example in each view that shows something new of it: a row with nothing but a URL is seen once."""
    shown = []
    for i, example in enumerate(examples):
        with name_place(example):
            keys = reader.read(example.document)
        seen: list[Keys] = []
        for view, groups in VIEWS.items():
            visible = keys.restrict_to(groups)
            if any(visible.by_group) and visible not in seen:
                seen.append(visible)
                shown.append(_Shown(i, view, visible))
    return shown


def show_fields(document: Document, view: str) -> Document:
    """What one of MEASURED_VIEWS shows of a document."""
    if view == "text alone":
        return Document(text=document.text)
    return Document(url=document.url) if view == "URL alone" else document


def fit(examples: Sequence[Example], shown: Sequence[_Shown], settings: Settings) -> Fit:
    """Fit scikit-learn's multinomial logistic regression on the views of the examples."""
    index = np.array([s.index for s in shown])
    counted = {group.name: _count_group(group, [s.keys.by_group[i] for s in shown]) for i, group in enumerate(GROUPS)}
    kept = {name: _keep_features(name, group, index) for name, group in counted.items()}
    # Newton's method with conjugate gradients (Nocedal & Wright 2006, ch. 7) is there in eight steps. Two hundred
    # of L-BFGS are not: features of one or two examples, as nearly all of URLs are, come last in it.
    estimator = LogisticRegression(C=settings.strength, solver="newton-cg", tol=settings.tolerance)
    gold = [examples[s.index].gold for s in shown]
    estimator.fit(_assemble(kept), gold, sample_weight=weigh_rows(gold, list_shares()))
    features = {name: group.features for name, group in kept.items()}
    return Fit(estimator, features, np.concatenate([group.idf for group in kept.values()]))


def weigh_rows(gold: Sequence[Label], shares: Mapping[Label, float]) -> Vector:
    """Weigh rows so that labels have their shares of what people ask about; all alike where a share is not known.

    >>> weigh_rows(["blog", "blog", "blog", "other"], {"blog": 0.5, "other": 0.5}).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    counts = Counter(gold)
    if set(counts) != set(shares):
        return np.ones(len(gold))
    weights = {label: shares[label] * len(gold) / n for label, n in counts.items()}
    return np.array([weights[label] for label in gold])


def make_matrix(fitted: Fit, all_keys: Sequence[Keys]) -> Matrix:
    """The design matrix of documents under the features of a fit, shape (n_documents, n_features)."""
    counted = {}
    start = 0
    for i, group in enumerate(GROUPS):
        features = fitted.features[group.name]
        counted[group.name] = _count_group(group, [keys.by_group[i] for keys in all_keys], features)
        counted[group.name].idf = fitted.idf[start : start + len(features)]
        start += len(features)
    return _assemble(counted)


def score_keys(fitted: Fit, all_keys: Sequence[Keys], labels: Sequence[Label]) -> Vector:
    """Score documents with scikit-learn: logits in the order of the labels, shape (n_documents, n_labels)."""
    order = [list(fitted.estimator.classes_).index(label) for label in labels]
    scores: Vector = fitted.estimator.decision_function(make_matrix(fitted, all_keys))
    if scores.ndim == 1:  # of two labels it gives the second one's over the first
        scores = np.column_stack([np.zeros(len(scores)), scores])
    return scores[:, order]


def export(fitted: Fit, labels: Sequence[Label], knowledge: KnowledgeBase) -> Arrays:
    """Export a fit as plain integers: scales and inverse document frequencies folded in.

    Marks of pages that no example had get the weights that were set by hand; those that were learnt keep theirs.
    """
    coefficients, intercepts = fitted.estimator.coef_, fitted.estimator.intercept_
    if len(labels) == 2:  # of two labels it keeps the second one's alone
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.hstack([-intercepts, intercepts]) / 2,
        )
    order = [list(fitted.estimator.classes_).index(label) for label in labels]
    relative = (coefficients[order[:-1]] - coefficients[order[-1]]) * fitted.idf
    features = dict(fitted.features)
    rows, scales, start = [], {}, 0
    for group in GROUPS:
        n = len(fitted.features[group.name])
        of_group = relative[:, start : start + n] * group.scale
        squares = fitted.idf[start : start + n] ** 2
        if group.factor is PAGE_MARKS:
            set_by_hand = weigh_marks(labels, but=features[group.name])
            features[group.name] = [*features[group.name], *set_by_hand]
            of_group = np.hstack([of_group, np.array([*set_by_hand.values()]).reshape(-1, len(labels) - 1).T])
            squares = np.hstack([squares, np.zeros(len(set_by_hand))])
        scales[group.name] = (_choose_scale(of_group), _choose_scale(squares))
        numbers = [of_group / scales[group.name][0], squares[None, :] / scales[group.name][1]]
        rows.append(np.rint(np.vstack(numbers)).T.astype("<i4"))
        start += n
    lines, line_order = lay_out({**features, **knowledge.list_lines()})
    weights = np.concatenate(rows)
    relative_intercepts = intercepts[order] - intercepts[order[-1]]
    return Arrays(
        [float(value) for value in relative_intercepts], scales, lines, weights[line_order[: len(weights)]].tobytes()
    )


def weigh_marks(labels: Sequence[Label], but: Collection[str] = ()) -> dict[str, list[float]]:
    """List the marks of pages with their coefficients for all labels but the last, as they were set by hand.

    Their squared idf is 0: they do not count towards the length factor, so where no other mark counts there, a mark
    adds exactly its weight. Labels that a weight does not name get nothing.

    Args:
        labels: Of the model, in order.
        but: Ids of marks that have other coefficients.
    """
    return {
        name: [weights.get(label, 0.0) - weights.get(labels[-1], 0.0) for label in labels[:-1]]
        for name, weights in read_mark_weights().items()
        if name not in but and not set(weights).isdisjoint(labels)
    }


def _choose_scale(values: Vector) -> float:
    """Choose the power of two by which the largest value just fits an int32: what is exact in eye's sums stays so."""
    largest = float(np.abs(values).max(initial=0.0))
    return float(2.0 ** (np.ceil(np.log2(largest)) - 30)) if largest else 1.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A document as one view shows it, with the logits that a model gave it, not calibrated."""

    gold: Label
    view: str
    ground: Ground
    scores: Scores
    has_clue: bool
    """Whether some part of its URL shows a signal: forum., /viewtopic.php."""
    is_of_voice: bool
    """Whether its row is of a voice, which was held out as a whole."""

    def decide(
        self, labels: Sequence[Label], temperature: float, thresholds: dict[Label, float] | None = None
    ) -> Outcome:
        """Decide what would be said of it; without thresholds the best guess."""
        chances = np.exp(log_softmax(np.array(self.scores) / temperature))
        best = labels[int(chances.argmax())]
        confidence = float(chances.max())
        is_sure = thresholds is None or confidence >= thresholds[best]
        return Outcome(self.gold, best, confidence, best if is_sure else UNSURE)


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
        outcomes = [s.decide(labels, temperatures[ground]) for s in scored]
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


def _score_fold(  # noqa: PLR0913, PLR0917  (what a process is handed)
    examples: Sequence[Example],
    learnt: Sequence[_Shown],
    asked: Sequence[_Shown],
    labels: Sequence[Label],
    knowledge: KnowledgeBase,
    settings: Settings,
) -> list[Scored]:
    """Some views of examples, scored by a model that was fitted on others and exported."""
    fitted = fit(examples, learnt, settings)
    return _score_documents(LinearModel(export(fitted, labels, knowledge)), examples, asked)


def _score_documents(model: LinearModel, examples: Sequence[Example], shown: Sequence[_Shown]) -> list[Scored]:
    scored = []
    for s in shown:
        with name_place(examples[s.index]):
            reading = model.read(show_fields(examples[s.index].document, s.view))
        has_clue = any(s.keys.by_group[_URL_SIGNALS])
        is_of_voice = find_voice(examples[s.index]) != ""
        ground = find_ground(reading.n_words)
        scored.append(Scored(examples[s.index].gold, s.view, ground, reading.scores, has_clue, is_of_voice))
    return scored


_URL_SIGNALS = next(i for i, group in enumerate(GROUPS) if group.name == "url.signals")


@dataclass(slots=True)
class _Counted:
    """The keys and features of one group in some documents."""

    keys: Matrix
    """Which document has which key, shape (n_documents, n_keys)."""
    in_keys: Matrix
    """How often each key has each feature, shape (n_keys, n_features)."""
    features: list[str]
    idf: Vector
    """Of each feature; ones until it is known."""


def _count_group(group: Group, keys: Sequence[Sequence[str]], features: Sequence[str] | None = None) -> _Counted:
    """Count a group's keys in documents, and in the keys the features given, or all there are."""
    ids: dict[str, int] = {}
    rows = np.repeat(np.arange(len(keys)), [len(occurring) for occurring in keys])
    columns = np.array([ids.setdefault(key, len(ids)) for occurring in keys for key in occurring], dtype=np.int64)
    in_documents = sp.csr_matrix((np.ones(len(columns)), (rows, columns)), (len(keys), len(ids)))
    expanded = [expand_key(group, key) for key in ids]
    known = list(features) if features is not None else sorted({f for listed in expanded for f in listed})
    number = {feature: n for n, feature in enumerate(known)}
    found = [[number[f] for f in listed if f in number] for listed in expanded]
    key_rows = np.repeat(np.arange(len(ids)), [len(listed) for listed in found])
    feature_columns = np.array([n for listed in found for n in listed], dtype=np.int64)
    in_keys = sp.csr_matrix((np.ones(len(feature_columns)), (key_rows, feature_columns)), (len(ids), len(known)))
    return _Counted(in_documents, in_keys, known, np.ones(len(known)))


def _keep_features(name: str, counted: _Counted, examples: NDArray[np.int_]) -> _Counted:
    """The features that enough examples have, with their inverse document frequencies."""
    n_examples = len(np.unique(examples))
    to_example = sp.csr_matrix((np.ones(len(examples)), (examples, np.arange(len(examples)))))
    frequency = np.bincount((to_example @ counted.keys @ counted.in_keys).indices, minlength=len(counted.features))
    kept = np.flatnonzero(frequency >= MIN_EXAMPLES.get(name, 2))
    idf = np.ones(len(kept))
    if GROUPS_BY_NAME[name].is_rare_better:
        idf = np.log((1 + n_examples) / (1 + frequency[kept])) + 1
    return _Counted(counted.keys, counted.in_keys[:, kept], [counted.features[n] for n in kept], idf)


def _assemble(counted: dict[str, _Counted]) -> Matrix:
    """The design matrix of all groups, each divided by its length factor."""
    squares: dict[Factor, Vector] = {}
    for group in GROUPS:
        of_group = counted[group.name]
        known = of_group.keys @ (of_group.in_keys @ of_group.idf**2)
        squares[group.factor] = squares.get(group.factor, np.full(len(known), group.factor.smoothing)) + known
    blocks = [
        sp.diags(1 / np.sqrt(squares[group.factor]))
        @ (counted[group.name].keys @ counted[group.name].in_keys)
        @ sp.diags(counted[group.name].idf * group.scale)
        for group in GROUPS
    ]
    return cast("Matrix", sp.hstack(blocks, format="csr"))


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
