"""How many label errors `socialcls check` finds among rows of `data/`, when some are planted there.

    python -m benchmarks.planted --rows 6000 --percent 5 --seed 1

Labels of rows drawn by chance are replaced by another, all others alike. Nearly all hosts of `data/` are in the table
of known services; `--unknown` measures as if none were, which is how it is with hosts of nobody's table.
"""

import argparse
import random
import sys
from collections.abc import Sequence

from socialcls.dataset.checks import (
    CHECKS,
    Suspicion,
    find_contradictions,
    find_disputed,
    find_duplicates,
    sort_suspicions,
)
from socialcls.dataset.reader import DEFAULT_DATA_DIR, read_examples
from socialcls.dataset.services import Service, read_services
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.pipeline import cross_validate
from socialcls.types import Example, Label


def plant(
    examples: Sequence[Example], labels: Sequence[Label], percent: float, seed: int
) -> tuple[list[Example], set[int]]:
    """Replace the labels of some examples by others.

    Returns:
        The examples, and the indices of those whose label is now wrong.
    """
    randomness = random.Random(seed)  # noqa: S311
    planted = set(randomness.sample(range(len(examples)), round(len(examples) * percent / 100)))
    return [
        e._replace(gold=randomness.choice([label for label in labels if label != e.gold])) if i in planted else e
        for i, e in enumerate(examples)
    ], planted


def find_errors(examples: Sequence[Example], services: Sequence[Service]) -> list[Suspicion]:
    """Find what `socialcls check` says of labels, in its order."""
    taxonomy = load_taxonomy()
    probabilities = cross_validate(examples, taxonomy, len(examples), services=services)
    disputed = find_disputed(examples, probabilities, taxonomy.labels)
    return sort_suspicions([*find_duplicates(examples), *find_contradictions(examples, services), *disputed])


def describe(name: str, rows: set[int], planted: set[int]) -> str:
    """Say how many of some rows are planted, and how many of the planted are among them."""
    right = len(rows & planted)
    return (
        f"{name:10} {len(rows):5,} rows, precision {right / max(len(rows), 1):.2f}, recall {right / len(planted):.2f}"
    )


def main() -> None:
    """Plant, check, and print what was found by each check and by all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_000)
    parser.add_argument("--percent", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unknown", action="store_true")
    options = parser.parse_args()
    examples = read_examples([str(DEFAULT_DATA_DIR)])
    sample = random.Random(options.seed).sample(examples, min(options.rows, len(examples)))  # noqa: S311
    sample, planted = plant(sample, load_taxonomy().labels, options.percent, options.seed)
    found = find_errors(sample, [] if options.unknown else read_services())
    lines = [describe(check, {s.row for s in found if s.check == check}, planted) for check in CHECKS]
    lines = [
        f"{len(planted):,} planted among {len(sample):,}",
        *lines,
        describe("all", {s.row for s in found}, planted),
    ]
    sys.stdout.write("\n".join(line for line in lines if " 0 rows" not in line) + "\n")


if __name__ == "__main__":
    main()
