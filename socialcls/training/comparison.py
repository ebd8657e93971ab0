"""Compare a new model with the one it replaces, on the same rows, while their hosts are held out from the new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from socialcls.classifier import Classifier
from socialcls.dataset.metrics import Interval, Outcome, compare_guesses, estimate_accuracy, measure
from socialcls.dataset.reader import name_place
from socialcls.model.persistence import Card
from socialcls.training.calibration import Scored, choose_fullest, decide_all
from socialcls.types import UNSURE, Example, Label


@dataclass(frozen=True, slots=True)
class Compared:
    """A model on some rows beside others."""

    name: str
    n_rows: int
    accuracy: float
    interval: Interval
    """Of the accuracy, 95 %."""
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models on the same rows, the new one first."""

    models: tuple[Compared, ...]
    better: int
    """Rows that the new model has right and the replaced one wrong."""
    worse: int
    p_value: float
    """Of McNemar's exact test: how often chance alone would part them so."""
    n_trained_on: int
    """Rows that the replaced model was trained on, which flatters it."""

    @property
    def is_noise(self) -> bool:
        """Whether the difference may well be chance."""
        return self.p_value >= 0.05


def decide_held_out(held_out: Sequence[Scored], card: Card) -> dict[int, Outcome]:
    """Decide what the new model says of each example with all its fields, by the index of the example."""
    fullest = choose_fullest(held_out)
    outcomes = decide_all(list(fullest.values()), card.labels, card.temperatures, card.thresholds)
    return dict(zip(fullest, outcomes, strict=True))


def compare_with_replaced(
    examples: Sequence[Example], outcomes: Mapping[int, Outcome], replaced: Classifier, indices: Sequence[int]
) -> Comparison:
    """Compare what was said of held-out rows with what the replaced model says of them, and with one label for all.

    Args:
        examples: All of them.
        outcomes: Of the new model, by the index of the example.
        replaced: The other model; labels that it does not know it gets wrong.
        indices: The examples to compare on.
    """
    asked = [i for i in indices if i in outcomes]
    new = [outcomes[i] for i in asked]
    old = []
    for i in asked:
        with name_place(examples[i]):
            said = replaced.classify(examples[i].document)
        old.append(Outcome(examples[i].gold, said.best_guess, said.confidence, said.category))
    golds = [outcome.gold for outcome in new]
    commonest = max(sorted(set(golds)), key=golds.count) if golds else UNSURE
    baseline = [Outcome(gold, commonest, 1.0, commonest) for gold in golds]
    labels = tuple(dict.fromkeys([*golds, *(outcome.best_guess for outcome in [*new, *old])]))
    listed = (("new", new), ("replaced", old), (f"always {commonest}", baseline))
    better, worse, p_value = compare_guesses(new, old)
    return Comparison(
        tuple(_describe(name, outcomes_of, labels) for name, outcomes_of in listed),
        better,
        worse,
        p_value,
        replaced.artifact.count_trained_on([examples[i].document for i in asked]),
    )


def _describe(name: str, outcomes: Sequence[Outcome], labels: Sequence[Label]) -> Compared:
    figures = measure(outcomes, labels)
    return Compared(name, len(outcomes), figures.accuracy, estimate_accuracy(outcomes), figures.macro_f1)
