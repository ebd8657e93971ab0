"""Where the time of a file goes."""

import cProfile
import pstats
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.page import Section
from socialcls.commands.batch import batch

MOST_ROWS = 100_000


def profile_batch(bench: Bench) -> Iterator[Section]:
    """Where the time of a file goes."""
    n_rows = min(bench.n_rows, MOST_ROWS)
    profile = cProfile.Profile()
    source, target = bench.find_rows(n_rows), bench.scratch / "profiled.csv"
    profile.runcall(batch, [str(source)], output=str(target))
    timed: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in timed.values())
    most = sorted(timed.items(), key=lambda item: -item[1][2])[:15]
    rows = [
        [
            f"`{Path(file).name}:{line} {name}`" if line else f"`{name}`",
            f"{calls:,}",
            f"{own:.2f} s",
            f"{own / total:.0%}",
        ]
        for (file, line, name), (_, calls, own, _, _) in most
    ]
    note = (
        f"The fifteen functions that `batch` spends most in by itself, on {n_rows:,} rows, by cProfile, which makes "
        "small functions look larger than they are."
    )
    yield Section("Where the time goes", note, [], (["function", "calls", "own time", "share"], rows))
