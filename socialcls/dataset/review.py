"""A labelling session: which rows are worth a person's minute, what was decided, and how far two people agree."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from socialcls.dataset.metrics import estimate_kappa
from socialcls.errors import DatasetError, InputError
from socialcls.tables.files import replace_file
from socialcls.text.tokenizer import find_words, fold
from socialcls.types import Document, Label

COLUMNS = ("name", "url", "description", "category", "note", "best_guess", "confidence")
"""Of a file of decisions: `train` takes it as it is."""

_MOST_COMPARED = 400  # rows among which the next one is sought: likeness is worked out for each
_RECENT = 12
_LIKENESS_COST = 0.5


class Question(NamedTuple):
    """A row that may be asked about, with what the model says of it."""

    document: Document
    best_guess: Label
    confidence: float
    reason: str


class Decision(NamedTuple):
    """What a person said of a row."""

    question: Question
    label: Label
    note: str = ""


def choose_order(questions: Sequence[Question], most: int = 0) -> list[int]:
    """Choose in which order to ask: least certain first, and not one after another that are alike.

    Each next row is the most uncertain one after what it shares with the last dozen is taken off: maximal marginal
    relevance (Carbonell and Goldstein 1998).

    Args:
        questions: All there are.
        most: How many at the most; all when 0.
    """
    waiting = sorted(range(len(questions)), key=lambda i: questions[i].confidence)
    words = {i: _gather_words(questions[i].document) for i in waiting}
    chosen: list[int] = []
    while waiting and len(chosen) < (most or len(questions)):
        recent = chosen[-_RECENT:]
        best = min(
            waiting[:_MOST_COMPARED],
            key=lambda i: (
                questions[i].confidence
                + _LIKENESS_COST * max((_find_likeness(words[i], words[j]) for j in recent), default=0.0)
            ),
        )
        waiting.remove(best)
        chosen.append(best)
    return chosen


class DecisionFile:
    """Decisions in a CSV file that is whole after each of them, whatever kills the program."""

    def __init__(self, path: Path, labels: Sequence[Label]) -> None:
        """Open the file, and read what was decided before.

        Raises:
            DatasetError: it is no file of decisions, or has labels that there are not.
        """
        self.path = path
        self.decisions: list[Decision] = _read_decisions(path, labels) if path.exists() else []

    def is_decided(self, document: Document) -> bool:
        """Whether somebody decided a row that says this."""
        return document in {decision.question.document for decision in self.decisions}

    def add(self, decision: Decision) -> None:
        """Add a decision, and save.

        Raises:
            OutputError: the file cannot be written.
        """
        self.decisions.append(decision)
        self._save()

    def undo(self) -> Decision | None:
        """Take the last decision back, and save; None when there is none."""
        if not self.decisions:
            return None
        taken = self.decisions.pop()
        self._save()
        return taken

    @property
    def agreement(self) -> float | None:
        """Share of decisions that are what the model guessed; None when there are none."""
        if not self.decisions:
            return None
        return sum(d.label == d.question.best_guess for d in self.decisions) / len(self.decisions)

    def _save(self) -> None:
        with replace_file(self.path) as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            for question, label, note in self.decisions:
                text, url, name = question.document.fields
                writer.writerow([name, url, text, label, note, question.best_guess, f"{question.confidence:.4f}"])


class Agreement(NamedTuple):
    """How far two people agree on the rows that both decided."""

    n_rows: int
    kappa: float
    """Cohen's; 1 is full agreement, 0 what chance would give."""
    disputed: tuple[tuple[Document, Label, Label], ...]
    """The rows to discuss, with what each said."""


def compare_decisions(one: Mapping[Document, Label], other: Mapping[Document, Label]) -> Agreement:
    """Compare what two people decided.

    Raises:
        InputError: they have no row in common.
    """
    common = [document for document in one if document in other]
    if not common:
        raise InputError("The two files have no row in common, so there is nothing to compare.")
    disputed = tuple((d, one[d], other[d]) for d in common if one[d] != other[d])
    return Agreement(len(common), estimate_kappa([one[d] for d in common], [other[d] for d in common]), disputed)


def _read_decisions(path: Path, labels: Sequence[Label]) -> list[Decision]:
    decisions = []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise DatasetError(f"{path}: not a file of decisions. Name another with -o.")
        for row in rows:
            if row["category"] not in labels:
                raise DatasetError(f'{path}: unknown category "{row["category"]}". Labels are: {", ".join(labels)}.')
            document = Document(row["description"], row["url"], row["name"])
            question = Question(document, row["best_guess"], float(row["confidence"] or 0), "")
            decisions.append(Decision(question, row["category"], row["note"]))
    return decisions


def _gather_words(document: Document) -> frozenset[str]:
    return frozenset(fold(word) for word in find_words(" ".join(document.fields)) if len(word) > 3)


def _find_likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
