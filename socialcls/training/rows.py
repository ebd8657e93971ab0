"""The rows a model is made of: somebody's own, and the shipped ones beside them, and what is to be said of both."""

from collections import Counter
from collections.abc import Mapping, Sequence

from socialcls.dataset.splits import group_key
from socialcls.types import Document, Example, Label

MAX_WEIGHT = 10.0
OWN_SHARE = 0.2
"""What own rows shall count for beside the shipped ones, as far as a weight of at most MAX_WEIGHT goes."""

FEW_ROWS, FEW_HOSTS = 30, 15
"""Below, a label is learnt from too little to be trusted."""

_LOPSIDED = 0.9


def choose_weight(n_own: int, n_base: int) -> float:
    """Choose how many shipped rows each own row counts for: 1 to MAX_WEIGHT.

    >>> choose_weight(300, 36_000), choose_weight(30_000, 36_000)
    (10.0, 1.0)
    """
    if not n_own or not n_base:
        return 1.0
    return round(min(MAX_WEIGHT, max(1.0, OWN_SHARE / (1 - OWN_SHARE) * n_base / n_own)), 2)


def join_base(own: Sequence[Example], base: Sequence[Example], weight: float) -> list[Example]:
    """Put own rows before the shipped ones, each with its weight; a shipped row that stands among them is left out.

    A host that own rows label is theirs: shipped rows of it are left out where they say otherwise.
    """
    said = {_normalise(example.document) for example in own}
    golds: dict[str, set[Label]] = {}
    for example in own:
        if example.document.url.strip():
            golds.setdefault(group_key(example), set()).add(example.gold)
    kept = [
        example
        for example in base
        if _normalise(example.document) not in said and example.gold in golds.get(group_key(example), {example.gold})
    ]
    return [*(example._replace(weight=weight) for example in own), *kept]


def warn_of_rows(examples: Sequence[Example], labels: Sequence[Label]) -> list[str]:
    """Say what is doubtful about rows as a whole: labels with few, languages or sources that go with a label."""
    warnings = []
    for label in labels:
        of_label = [example for example in examples if example.gold == label]
        n_hosts = len({group_key(example) for example in of_label})
        if of_label and (len(of_label) < FEW_ROWS or n_hosts < FEW_HOSTS):
            warnings.append(
                f"{label}: {len(of_label)} rows of {n_hosts} hosts; {FEW_ROWS} of {FEW_HOSTS} are the least to trust."
            )
    for column in ("language", "source", "style"):
        values = {label: Counter(e.about.get(column, "") for e in examples if e.gold == label) for label in labels}
        warnings += _find_lopsided(column, values)
    return warnings


def _find_lopsided(column: str, values: Mapping[Label, Counter[str]]) -> list[str]:
    """Find labels whose rows nearly all share a value that hardly stands elsewhere: it may be learnt instead."""
    found = []
    for label, counted in values.items():
        if counted.total() < 10:
            continue
        value, n = counted.most_common(1)[0]
        elsewhere = sum(other[value] for name, other in values.items() if name != label)
        total = sum(other.total() for name, other in values.items() if name != label)
        if value and n > _LOPSIDED * counted.total() and total and elsewhere < 0.3 * total:
            found.append(
                f'{label}: {n / counted.total():.0%} of its rows have {column} "{value}", '
                f"{elsewhere / total:.0%} of the others: the model may learn that instead."
            )
    return found


def _normalise(document: Document) -> tuple[str, ...]:
    return tuple(" ".join(field.split()).casefold() for field in document.fields)
