"""What `batch` takes in each format: time beside the same rows as CSV, and memory at two lengths.

    python -m benchmarks.formats

Writes the same rows as CSV, TSV, JSON Lines, lines, a workbook and Parquet, and lets the command of this tree read each
and write the same format. Formats take turns. It prints a table with the verdict on each target, and ends with 1 when
one is missed.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench import MB, ROOT
from benchmarks.clock import Run, run_command, take_turns
from benchmarks.texts import Texts
from socialcls.dataset.reader import read_examples

COLUMNS = ["id", "date", "title", "url", "description", "reach"]
MAX_XLSX_RATIO = 2.5
MAX_PEAK_MB = 250


def write_formats(directory: Path, n_rows: int) -> dict[str, Path]:
    """Write rows in each format; the path of each."""
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415
    import xlsxwriter  # noqa: PLC0415  (an extra)

    texts = islice(Texts(read_examples([str(ROOT / "data")])), n_rows)
    rows: list[list[Any]] = [
        [n, f"2024-05-{n % 28 + 1:02d}", f"Mention {n}", f"https://host{n % 5_000}.example/t/{n}", text, n * 17 % 9_999]
        for n, text in enumerate(texts)
    ]
    paths = {form: directory / f"in{n_rows}.{form}" for form in ("csv", "tsv", "jsonl", "lines", "xlsx", "parquet")}
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        with paths[form].open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([COLUMNS, *rows])
    paths["lines"].write_text("".join(" ".join(row[4].split()) + "\n" for row in rows), encoding="utf-8")
    with paths["jsonl"].open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")
    with xlsxwriter.Workbook(str(paths["xlsx"]), {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate([COLUMNS, *rows]):
            sheet.write_row(y, 0, row)
    pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}), paths["parquet"])
    return paths


def run_batch(source: Path, form: str, options: Sequence[str]) -> Run:
    """Classify a file into one of another format, or of its own."""
    target = source.with_name(f"out.{form}")
    command = [sys.executable, "-m", "socialcls", "batch", str(source), "-o", str(target), "--force", "-q"]
    return run_command([*command, *options])


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs=2, default=(50_000, 200_000), help="the two lengths")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", help="a small one: then it is the files that take the time, and the ratio is higher")
    options = parser.parse_args()
    wishes = ["--model", options.model] if options.model else []
    ways: dict[str, Callable[[], Run]] = {}
    with tempfile.TemporaryDirectory() as name:
        for n_rows in options.rows:
            for form, path in write_formats(Path(name), n_rows).items():
                ways[f"{form} {n_rows}"] = partial(run_batch, path, form, wishes)
                if form == "xlsx":
                    ways[f"xlsx to csv {n_rows}"] = partial(run_batch, path, "csv", wishes)
        taken = take_turns(ways, options.rounds)
    sys.stdout.write(f"{'':24}{'seconds':>9}{'of CPU':>9}{'× CSV':>8}{'peak':>9}\n")
    is_missed = False
    for way, runs in taken.items():
        plain = taken[f"csv {way.rsplit(' ', 1)[1]}"]
        ratio = median(run.cpu_seconds / csv_run.cpu_seconds for run, csv_run in zip(runs, plain, strict=True))
        peak_mb = max(run.peak_bytes for run in runs) / MB
        seconds, cpu_s = median(run.seconds for run in runs), median(run.cpu_seconds for run in runs)
        is_slow, is_big = way.startswith("xlsx") and ratio > MAX_XLSX_RATIO, peak_mb > MAX_PEAK_MB
        is_missed |= is_slow or is_big
        said = "  too slow" * is_slow + "  too much memory" * is_big
        sys.stdout.write(f"{way:24}{seconds:9.1f}{cpu_s:9.1f}{ratio:8.2f}{peak_mb:6.0f} MB{said}\n")
    sys.exit(is_missed)


if __name__ == "__main__":
    main()
