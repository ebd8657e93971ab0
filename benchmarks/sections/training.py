"""What making a model takes, and how that grows."""

import csv
from collections.abc import Callable, Iterator
from functools import partial
from math import log
from pathlib import Path
from statistics import linear_regression

from benchmarks.bench import DATA, Bench
from benchmarks.clock import run_command, take_turns
from benchmarks.page import Figure, Section
from socialcls.dataset.reader import find_data_files


def measure_training(bench: Bench) -> Iterator[Section]:
    """What making a model takes, and how that grows."""
    n_rows: dict[str, int] = {}
    commands: dict[str, Callable[[], float]] = {}
    for n_parts in (4, 2, 1):
        source, part = bench.scratch / f"train_{n_parts}.csv", f"{1 / n_parts:.0%}"
        n_rows[part] = _write_part(source, n_parts)
        model = bench.scratch / f"model_{n_parts}"
        command = bench.installed.name_command("train", str(source), "--base", "none", "-o", str(model))
        commands[part] = partial(_time_command, command)
    taken = {part: seconds for part, (seconds,) in take_turns(commands, 1).items()}
    slope, _ = linear_regression([log(n) for n in n_rows.values()], [log(seconds) for seconds in taken.values()])
    rows = [[part, f"{n_rows[part]:,}", f"{seconds:.1f} s"] for part, seconds in taken.items()]
    figures = [Figure("`train` on all of data/", [taken["100%"]], at_most=120, unit=" s")]
    yield Section("Training", _NOTE.format(slope=slope), figures, (["part of the rows", "rows", "whole"], rows))


_NOTE = """\
`socialcls train --base none` from start to end, once for each part of the rows: it reads, then fits on all
rows and measures four folds, two at a time, and saves. The time grows as the number of rows to the power of
{slope:.2f}."""


def _time_command(command: list[str]) -> float:
    return run_command(command).seconds


def _write_part(target: Path, n_parts: int) -> int:
    """Write every so manieth row of data/ to a file, and say how many they are."""
    rows: list[dict[str, str]] = []
    for file in find_data_files([str(DATA)]):
        with Path(file).open(encoding="utf-8", newline="") as stream:
            rows += csv.DictReader(stream)
    kept = rows[::n_parts]
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in kept for name in row)))
        writer.writeheader()
        writer.writerows(kept)
    return len(kept)
