"""What a file takes: time beside others, time and memory by length."""

import filecmp
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks.bench import MB, Bench
from benchmarks.clock import compare_rounds, run_command, take_turns
from benchmarks.loops import CHUNK_ROWS, copy_rows, label_rows
from benchmarks.page import Figure, Section

N_FASTTEXT, N_TFIDF = 100_000, 10_000  # rows at the most: each has the same speed on all of them


def measure_files(bench: Bench) -> Iterator[Section]:
    """What a file takes: time beside others, time and memory by length."""
    whole = bench.find_rows(bench.n_rows)
    sizes = sorted({1, bench.n_rows} | {n for n in (10_000, 100_000, 1_000_000) if n < bench.n_rows})
    peaks: dict[str, list[int]] = defaultdict(list)

    def batch(name: str, n_rows: int, *options: str) -> Callable[[], float]:
        source, target = bench.find_rows(n_rows), bench.scratch / f"{name}.csv"
        command = bench.installed.name_command("batch", str(source), "-o", str(target), "--force", *options)

        def run() -> float:
            measured = run_command(command)
            peaks[name].append(measured.peak_bytes)
            return measured.seconds

        return run

    n_fasttext, n_tfidf = min(bench.n_rows, N_FASTTEXT), min(bench.n_rows, N_TFIDF)
    copied = bench.scratch / "copy.csv"
    model, pipeline = bench.fasttext, bench.tfidf
    taken = take_turns(
        {
            **{str(n): batch(str(n), n) for n in sizes},
            "two": batch("two", bench.n_rows, "--jobs", "2"),
            "copy": lambda: copy_rows(whole, copied),
            "fastText": lambda: label_rows(whole, copied, lambda chunk: _ask_fasttext(model, chunk), n_fasttext),
            "scikit-learn": lambda: label_rows(whole, copied, pipeline.predict, n_tfidf),
        },
        bench.n_rounds,
    )
    one = str(bench.n_rows)
    if not filecmp.cmp(bench.scratch / f"{one}.csv", bench.scratch / "two.csv", shallow=False):
        raise SystemExit("two processes wrote another file than one")
    yield _compare_batch(bench, taken, n_fasttext, n_tfidf)
    if bench.is_long:
        sizes.append(10 * bench.n_rows)
        taken |= take_turns({str(sizes[-1]): batch(str(sizes[-1]), sizes[-1])}, 1)
    yield from _compare_sizes(sizes, taken, peaks)


def _ask_fasttext(model: Any, chunk: Sequence[str]) -> list[str]:  # noqa: ANN401  (an optional library)
    labels, _ = model.predict([text.lower() for text in chunk])
    return [label for (label,) in labels]


def _compare_batch(bench: Bench, taken: dict[str, list[float]], n_fasttext: int, n_tfidf: int) -> Section:
    ours = taken[str(bench.n_rows)]
    per_row = [seconds / bench.n_rows for seconds in ours]
    figures = [
        Figure("fastText in bulk : `batch`", compare_rounds(taken["fastText"], per_row), at_least=2, unit="×"),
        Figure("scikit-learn in bulk : `batch`", compare_rounds(taken["scikit-learn"], per_row), at_least=8, unit="×"),
        Figure("`batch` : copying the file", compare_rounds(ours, taken["copy"]), at_most=8, unit="×"),
        Figure("`batch`, one process : two", compare_rounds(ours, taken["two"]), at_least=1.7, unit="×"),
    ]
    medians = {
        "socialcls batch": (bench.n_rows, median(per_row)),
        "socialcls batch --jobs 2": (bench.n_rows, median(taken["two"]) / bench.n_rows),
        "copying": (bench.n_rows, median(taken["copy"]) / bench.n_rows),
        "fastText": (n_fasttext, median(taken["fastText"])),
        "scikit-learn": (n_tfidf, median(taken["scikit-learn"])),
    }
    rows = [[name, f"{n:,}", f"{1e6 * s:,.1f} µs", f"{1 / s:,.0f}"] for name, (n, s) in medians.items()]
    note = _NOTE.format(n_chunk=CHUNK_ROWS)
    return Section("A file", note, figures, (["", "rows", "a row", "rows a second"], rows))


def _compare_sizes(
    sizes: Sequence[int], taken: dict[str, list[float]], peaks: dict[str, list[int]]
) -> Iterator[Section]:
    start = median(taken["1"])
    per_row = {n: (median(taken[str(n)]) - start) / n for n in sizes[1:]}
    peak = {n: max(peaks[str(n)]) for n in sizes}
    first, last = sizes[1], sizes[-1]
    base = max(n for n in sizes[:-1] if n <= 100_000)
    figures = [
        Figure(f"time of a row, {last:,} rows : {first:,}", [per_row[last] / per_row[first]], at_most=1.2, unit="×"),
        Figure(f"peak memory, {last:,} rows : {base:,}", [peak[last] / peak[base]], at_most=1.2, unit="×"),
        Figure("peak memory", [peak[last] / MB], at_most=150, unit=" MB"),
    ]
    rows = [
        [f"{n:,}", f"{median(taken[str(n)]):,.2f} s", f"{1e6 * per_row[n]:,.1f} µs", f"{peak[n] / MB:.0f} MB"]
        for n in sizes[1:]
    ]
    rows.insert(0, ["1", f"{start:,.2f} s", "", f"{peak[1] / MB:.0f} MB"])
    yield Section("Files of many lengths", _SIZES_NOTE, figures, (["rows", "whole", "a row", "peak memory"], rows))


_NOTE = """\
The installed command, from start to end, reads a file with columns id and description and writes category, confidence,
probabilities and the reason behind them. Copying reads and writes the same file with Python's csv module. The peers
label {n_chunk:,} texts at once within such a loop and write the label; they are timed without their start, on the first
rows of the file, since each takes as long as the next. Two processes wrote the same bytes as one, and start anew each
time."""

_SIZES_NOTE = """\
One process; the time of a row is without what a file of one row takes. Memory is the most that the process held at once
(the resident set), of all rounds the most. New words never cease to come in these texts, so this is also what a memory
of words costs."""
