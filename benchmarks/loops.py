"""What others would write around a peer to classify a CSV file: a loop that reads, labels and writes."""

import csv
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

CHUNK_ROWS = 1_000
"""Texts handed to a peer at once."""


def copy_rows(source: Path, target: Path) -> float:
    """Copy a CSV file through the csv module; the seconds that it took."""
    started = time.perf_counter()
    with source.open(encoding="utf-8", newline="") as read, target.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written, lineterminator="\n").writerows(csv.reader(read))
    return time.perf_counter() - started


def label_rows(source: Path, target: Path, label: Callable[[list[str]], Sequence[str]], n_rows: int) -> float:
    """Write the first rows of a CSV file with the label of their last cell behind it; the seconds that each row took.

    Args:
        source: Has a header and at least so many rows.
        target: Where they go.
        label: Called with CHUNK_ROWS texts at once.
        n_rows: How many.
    """
    started = time.perf_counter()
    with source.open(encoding="utf-8", newline="") as read, target.open("w", encoding="utf-8", newline="") as written:
        reader, writer = csv.reader(read), csv.writer(written, lineterminator="\n")
        writer.writerow([*next(reader), "category"])
        rows = islice(reader, n_rows)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            labels = label([row[-1] for row in chunk])
            writer.writerows([*row, found] for row, found in zip(chunk, labels, strict=True))
    return (time.perf_counter() - started) / n_rows
