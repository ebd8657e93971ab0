"""What became of the rows of a table: how many are what, how surely, which are the most doubtful, which failed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, NamedTuple

N_BINS = 20
"""Of the histogram of confidences: each is a twentieth."""

MAX_DOUBTFUL = 20
MAX_FAILURES = 10

FAILED = ""
"""Stands among the counts for rows that could not be classified."""

BLANK = "\0blank"
"""Stands among the counts for rows without any value, which pass through as they are."""


PAGE_READ = "read"
"""Stands among the pages for those that were read."""

PAGE_SHELL = "shell"
"""Stands among the pages for those that were read and have hardly any text, because scripts would make it."""


class Doubt(NamedTuple):
    """A row whose answer is not sure."""

    confidence: float
    line: int
    said: str
    """What was read, shortened."""
    category: str
    best_guess: str
    reason: str


@dataclass(slots=True)
class Tally:
    """What became of some rows. Tallies are added."""

    counts: Counter[str] = field(default_factory=Counter)
    """How many rows became what, by the words that stand in the column; FAILED and BLANK are among them."""
    bins: list[int] = field(default_factory=lambda: [0] * N_BINS)
    """How many answers have a confidence of so many twentieths."""
    doubtful: list[Doubt] = field(default_factory=list)
    """The least certain, the least first."""
    failures: list[tuple[int, str]] = field(default_factory=list)
    """The first that failed: the line of the input and why."""
    pages: Counter[str] = field(default_factory=Counter)
    """What became of the pages that were read with the rows: PAGE_READ, PAGE_SHELL, or what was wrong, as a word."""

    @property
    def n_rows(self) -> int:
        """How many rows there were."""
        return self.counts.total()

    @property
    def n_failed(self) -> int:
        """How many could not be classified."""
        return self.counts[FAILED]

    @property
    def n_blank(self) -> int:
        """How many had no value at all."""
        return self.counts[BLANK]

    @property
    def n_pages_missing(self) -> int:
        """How many pages could not be had; their rows were classified all the same."""
        return self.pages.total() - self.pages[PAGE_READ] - self.pages[PAGE_SHELL]

    @property
    def answers(self) -> dict[str, int]:
        """How many rows became what, the most frequent first, of those that were classified."""
        kept = {name: n for name, n in self.counts.items() if name not in (FAILED, BLANK) and n}
        return dict(sorted(kept.items(), key=lambda item: (-item[1], item[0])))

    def add(self, other: "Tally") -> None:
        """Add what became of the rows behind."""
        self.counts.update(other.counts)
        self.bins = [a + b for a, b in zip(self.bins, other.bins, strict=True)]
        if other.doubtful:
            self.doubtful = nsmallest(MAX_DOUBTFUL, [*self.doubtful, *other.doubtful])
        self.failures += other.failures[: MAX_FAILURES - len(self.failures)]
        self.pages.update(other.pages)

    def pack(self) -> dict[str, Any]:
        """Write it as plain JSON values."""
        return {
            "counts": dict(self.counts),
            "bins": self.bins,
            "doubtful": [list(doubt) for doubt in self.doubtful],
            "failures": [list(failure) for failure in self.failures],
            "pages": dict(self.pages),
        }

    @classmethod
    def unpack(cls, packed: dict[str, Any]) -> "Tally":
        """Read what `pack` wrote."""
        return cls(
            Counter(packed["counts"]),
            list(packed["bins"]),
            [Doubt(*values) for values in packed["doubtful"]],
            [(line, error) for line, error in packed["failures"]],
            Counter(packed.get("pages", {})),
        )


def describe_tally(tally: Tally, *, source: str, output: str, seconds: float) -> dict[str, Any]:
    """Write a tally as the JSON of a summary."""
    n_classified = sum(tally.answers.values())
    pages = {"pages": dict(sorted(tally.pages.items()))} if tally.pages else {}
    return {
        "input": source,
        "output": output,
        "rows": tally.n_rows,
        "failed": tally.n_failed,
        "empty": tally.n_blank,
        "seconds": round(seconds, 3),
        "categories": {
            name: {"rows": n, "share": round(n / n_classified, 6)} for name, n in tally.answers.items()
        },
        "confidence": [
            {"from": i / N_BINS, "to": (i + 1) / N_BINS, "rows": n} for i, n in enumerate(tally.bins)
        ],
        "least_certain": [
            {"line": d.line, "input": d.said, "category": d.category, "best_guess": d.best_guess,
             "confidence": d.confidence, "reason": d.reason}
            for d in tally.doubtful
        ],
        "errors": [{"line": line, "error": error} for line, error in tally.failures],
        **pages,
    }  # fmt: skip


def tally_rows(  # noqa: PLR0913, PLR0917  (columns of one table)
    lines: Sequence[int],
    said: Sequence[str],
    categories: Sequence[str],
    confidences: Sequence[str],
    guesses: Sequence[str],
    reasons: Sequence[str],
    errors: Sequence[str],
) -> Tally:
    """Count rows by their cells; one with an error and no category failed, one with neither is blank."""
    tally = Tally()
    doubtful = []
    for i, category in enumerate(categories):
        if errors[i] and not category:
            tally.counts[FAILED] += 1
            if len(tally.failures) < MAX_FAILURES:
                tally.failures.append((lines[i], errors[i]))
        elif not category:
            tally.counts[BLANK] += 1
        else:
            tally.counts[category] += 1
            confidence = float(confidences[i])
            tally.bins[min(N_BINS - 1, int(confidence * N_BINS))] += 1
            doubtful.append((confidence, lines[i], i))
    tally.doubtful = [
        Doubt(confidence, line, said[i], categories[i], guesses[i], reasons[i])
        for confidence, line, i in nsmallest(MAX_DOUBTFUL, doubtful)
    ]
    return tally
