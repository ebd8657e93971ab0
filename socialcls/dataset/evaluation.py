"""Evaluate a model on labelled rows: figures with intervals, curves, breakdowns, kinds, and another model beside it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from random import Random
from typing import Any, NamedTuple

from socialcls.dataset.metrics import (
    Interval,
    Outcome,
    bin_confidences,
    compare_guesses,
    estimate_share,
    measure,
    trace_coverage,
)
from socialcls.dataset.splits import group_key
from socialcls.errors import InputError
from socialcls.types import UNSURE, Example, Label

_RESAMPLES = 300
_MOST_RESAMPLED = 20_000
"""Rows; with more, the interval of macro-F1 is narrower than anybody reads, and resampling takes minutes."""

_LENGTHS = ((0, "no text"), (5, "1–5 words"), (15, "6–15 words"), (40, "16–40 words"), (100, "41–100 words"))
_LONGER = "more than 100 words"


class Judged(NamedTuple):
    """A row with what a model says of it."""

    example: Example
    outcome: Outcome
    reason: str
    """The sentence that gives the reason."""
    gold_kind: str
    """Empty where the row says none, or the model has not learnt it."""
    kind: str
    """The likeliest kind under the gold label."""
    told_kind: bool
    """Whether it was sure enough to be told."""
    is_known_host: bool
    """Whether the model was trained on rows of its host, or the host is a known service."""


def describe_evaluation(
    judged: Sequence[Judged], labels: Sequence[Label], by: Sequence[str] = (), *, n_trained_on: int = 0
) -> dict[str, Any]:
    """Describe what was measured, as plain JSON values.

    Args:
        judged: The rows.
        labels: Of the model, in order.
        by: Columns to break the figures down by; `length` and `known_host` are made here.
        n_trained_on: How many rows are among those that the model was trained on.

    Raises:
        InputError: there is no such column.
    """
    outcomes = [j.outcome for j in judged]
    described = describe_outcomes(outcomes, labels)
    described["intervals"]["macro_f1"] = _estimate_macro_f1(judged, labels)
    described["coverage_curve"] = trace_coverage(outcomes)
    described["calibration"] = [b._asdict() for b in bin_confidences(outcomes)]
    described["n_trained_on"] = n_trained_on
    if kinds := _describe_kinds(judged, labels):
        described["kinds"] = kinds
    described["by"] = {}
    for column in by:
        name, values = read_column([j.example for j in judged], column, lambda i: judged[i].is_known_host)
        described["by"][name] = {
            value: describe_outcomes([o for o, v in zip(outcomes, values, strict=True) if v == value], labels)
            for value in dict.fromkeys(sorted(values, key=_order_value))
        }
    return described


def describe_outcomes(outcomes: Sequence[Outcome], labels: Sequence[Label]) -> dict[str, Any]:
    """Describe the figures of some outcomes with their intervals; nothing is right of no answers."""
    figures = measure(outcomes, labels)
    described = asdict(figures)
    answered = [o for o in outcomes if o.category != UNSURE]
    right = sum(o.category == o.gold for o in answered)
    described["accuracy_answered"] = figures.accuracy_answered if answered else None
    described["intervals"] = {
        "accuracy": estimate_share(sum(o.gold == o.best_guess for o in outcomes), len(outcomes)),
        "accuracy_answered": estimate_share(right, len(answered)) if answered else None,
        "coverage": estimate_share(len(answered), len(outcomes)),
        "precision": {
            label: estimate_share(figures.confusion[label][label], sum(o.best_guess == label for o in outcomes))
            for label in labels
        },
        "recall": {
            label: estimate_share(figures.confusion[label][label], figures.labels[label].support) for label in labels
        },
    }
    return described


def describe_comparison(judged: Sequence[Judged], others: Sequence[Judged]) -> dict[str, Any]:
    """Describe two models on the same rows: McNemar's test, and the rows on which they differ."""
    better, worse, p_value = compare_guesses([j.outcome for j in judged], [j.outcome for j in others])
    changed = [
        {
            "place": a.example.place,
            "gold": a.outcome.gold,
            "this": a.outcome.best_guess,
            "other": b.outcome.best_guess,
            "name": a.example.document.name or a.example.document.url or a.example.document.text[:60],
        }
        for a, b in zip(judged, others, strict=True)
        if a.outcome.best_guess != b.outcome.best_guess
    ]
    labels = tuple(dict.fromkeys(o.gold for o in (j.outcome for j in judged)))
    figures = measure([j.outcome for j in others], labels)
    return {
        "accuracy": figures.accuracy,
        "macro_f1": figures.macro_f1,
        "coverage": figures.coverage,
        "better": better,
        "worse": worse,
        "p_value": p_value,
        "changed": changed,
    }


def list_errors(judged: Sequence[Judged]) -> list[dict[str, str]]:
    """List the rows whose best guess is wrong, the most confident first, as cells by column."""
    wrong = sorted((j for j in judged if j.outcome.gold != j.outcome.best_guess), key=lambda j: -j.outcome.confidence)
    return [
        {
            "place": j.example.place,
            "name": j.example.document.name,
            "url": j.example.document.url,
            "description": j.example.document.text,
            "category": j.outcome.gold,
            "best_guess": j.outcome.best_guess,
            "confidence": f"{j.outcome.confidence:.4f}",
            "answered": "" if j.outcome.category == UNSURE else "yes",
            "reason": j.reason,
        }
        for j in wrong
    ]


def read_column(
    examples: Sequence[Example], column: str, is_known_host: Callable[[int], bool]
) -> tuple[str, list[str]]:
    """Read the values of a column, whatever its capitals, or of what is made here: `length`, `known_host`.

    Returns:
        The column's name as it stands there, and its value in each row.

    Raises:
        InputError: there is no such column.
    """
    known = list(dict.fromkeys(name for example in examples for name in example.about))
    named = next((name for name in known if name.casefold() == column.casefold()), None)
    if named is not None:
        return named, [example.about.get(named, "") for example in examples]
    if column == "length":
        return column, [_name_length(example) for example in examples]
    if column == "known_host":
        return column, ["known" if is_known_host(i) else "unknown" for i in range(len(examples))]
    listed = ", ".join([*known, "length", "known_host"])
    raise InputError(f"No column {column!r} to break the figures down by, or several. There are: {listed}.")


def _name_length(example: Example) -> str:
    n_words = len(example.document.text.split())
    return next((name for most, name in _LENGTHS if n_words <= most), _LONGER)


def _order_value(value: str) -> tuple[int, str]:
    lengths = [name for _, name in _LENGTHS] + [_LONGER]
    return (lengths.index(value) if value in lengths else 0, value)


def _describe_kinds(judged: Sequence[Judged], labels: Sequence[Label]) -> dict[str, Any]:
    """Describe how kinds fare under their gold label: whether the label itself was guessed is no matter here."""
    described = {}
    for label in labels:
        outcomes = [
            Outcome(j.gold_kind, j.kind, 1.0, j.kind if j.told_kind else UNSURE)
            for j in judged
            if j.example.gold == label and j.gold_kind and j.kind
        ]
        if outcomes:
            described[label] = describe_outcomes(
                outcomes,
                tuple(dict.fromkeys(o.gold for o in outcomes))
                + tuple(sorted({o.best_guess for o in outcomes} - {o.gold for o in outcomes})),
            )
    return described


def _estimate_macro_f1(judged: Sequence[Judged], labels: Sequence[Label]) -> Interval | None:
    """Estimate macro-F1 by drawing hosts with replacement (Efron 1979), always in the same way."""
    if not judged or len(judged) > _MOST_RESAMPLED:
        return None
    by_host: dict[str, list[Outcome]] = {}
    for j in judged:
        by_host.setdefault(group_key(j.example), []).append(j.outcome)
    hosts = list(by_host.values())
    random = Random(0)  # noqa: S311  (a bootstrap, no secret)
    drawn = []
    for _ in range(_RESAMPLES if len(judged) < _MOST_RESAMPLED // 4 else _RESAMPLES // 5):
        sample = [outcome for host in random.choices(hosts, k=len(hosts)) for outcome in host]
        drawn.append(_find_macro_f1(sample, labels))
    drawn.sort()
    tail = round(len(drawn) * 0.025)
    return Interval(drawn[tail], drawn[-1 - tail])


def _find_macro_f1(outcomes: Sequence[Outcome], labels: Sequence[Label]) -> float:
    right, golds, guesses = dict.fromkeys(labels, 0), dict.fromkeys(labels, 0), dict.fromkeys(labels, 0)
    for o in outcomes:
        golds[o.gold] += 1
        guesses[o.best_guess] += 1
        right[o.gold] += o.gold == o.best_guess
    shares = [2 * right[label] / (golds[label] + guesses[label]) for label in labels if golds[label]]
    return sum(shares) / len(shares) if shares else 0.0
