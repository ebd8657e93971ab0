"""Kill `batch` with -9 at random moments and resume it: the output is to the byte what an uninterrupted run gives.

    python -m tests.torture.kills --kills 100

Formats in and out and the number of processes change from kill to kill, and some runs pool the rows of each host. Each
second run has parts of a hundred rows and notes each of them, so that a kill falls between any two steps; the others
have the parts and notes that users have. Only kills of a run that was still at work are counted. Ends with 1 when an
output differed or files were left.
"""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tests.torture.command import run_command
from tests.torture.tables import write_plain_table

FORMATS = ("csv", "tsv", "jsonl", "xlsx", "parquet", "csv.gz")
_NOTES = ("fine", "plain")
_FAULTS = ("outputs that differ", "resumed runs that failed", "files left")

_PROGRAM = """
import sys
from socialcls.batch import checkpoint, runner
from socialcls.commands.app import main
if sys.argv.pop(1) == "fine":
    runner._CHUNK_ROWS, checkpoint._INTERVAL_S = 100, 0.0
sys.argv = ["socialcls", "batch", *sys.argv[1:]]
main()
"""


class Way(NamedTuple):
    """How a run is made."""

    form: str
    n_jobs: int
    notes: str
    """`fine`: each hundred rows are noted; `plain`: as users have it."""
    options: tuple[str, ...] = ()


def _list_ways() -> list[Way]:
    ways = [Way(*way) for way in product(FORMATS, (1, 2), _NOTES)]
    return ways + [Way(form, 1, notes, ("--by-host",)) for form, notes in product(FORMATS, _NOTES)]


def run_and_kill(directory: Path, n_kills: int, n_rows: int, seed: int) -> Counter[str]:
    """Kill so many runs at work, one way after the other, and resume each until it is done."""
    randomness = random.Random(seed)  # noqa: S311
    counts: Counter[str] = Counter()
    ways = _list_ways()
    randomness.shuffle(ways)
    took_s: dict[Way, float] = {}
    for form in FORMATS:
        write_plain_table(directory / f"in.{form}", n_rows)
    while counts["kills"] < n_kills:
        way = ways[counts["runs"] % len(ways)]
        counts["runs"] += 1
        expected = directory / f"expected{''.join(way.options)}.{way.form}"
        if way not in took_s:
            started = time.monotonic()
            with start(way, directory, expected, "--force") as process:
                process.communicate()
            took_s[way] = time.monotonic() - started
        counts += _kill_and_resume(way, directory, expected, took_s[way], randomness)
    return counts


def start(way: Way, directory: Path, target: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a run from `in.FORM` in the directory."""
    command = [sys.executable, "-c", _PROGRAM, way.notes, str(directory / f"in.{way.form}"), "-o", str(target), "-q"]
    return subprocess.Popen([*command, "--jobs", str(way.n_jobs), *way.options, *options], stderr=subprocess.PIPE)


def _kill_and_resume(way: Way, directory: Path, expected: Path, whole_s: float, r: random.Random) -> Counter[str]:
    counts: Counter[str] = Counter()
    inner = directory / "killed"
    inner.mkdir()
    target = inner / f"out.{way.form}"
    options: list[str] = []
    for _ in range(r.choice((1, 1, 2, 3))):  # some are killed again while they are resumed
        with start(way, directory, target, *options) as process:
            time.sleep(r.uniform(0.1, 1.0) * whole_s)
            is_killed = process.poll() is None
            process.kill()
        options = ["--resume"]
        if not is_killed:
            break
        counts["kills"] += 1
        counts[" ".join([f"kills of {way.form} --jobs {way.n_jobs}", *way.options])] += 1
        counts["kills that left rows"] += any(path.stat().st_size for path in inner.glob(".*.part"))
    if not counts["kills"]:
        shutil.rmtree(inner)
        return counts
    with start(way, directory, target, "--resume", "--force") as process:
        _, said = process.communicate()
    if process.returncode not in (0, 1) or b"Traceback" in said:
        counts["resumed runs that failed"] += 1
        sys.stderr.write(f"{way}: {process.returncode} {said.decode()}\n")
    if not target.exists() or target.read_bytes() != expected.read_bytes():
        counts["outputs that differ"] += 1
        sys.stderr.write(f"{way}: another output\n")
    else:
        counts["kills resumed to the byte"] += counts["kills"]
    left = [path.name for path in inner.iterdir() if path != target]
    if left:
        counts["files left"] += 1
        sys.stderr.write(f"{way}: left {left}\n")
    shutil.rmtree(inner)
    return counts


def main() -> None:
    """Run what the options ask for, print the counts, end with 1 when anything went wrong."""
    run_command(
        __doc__,
        lambda path, options: run_and_kill(path, options.kills, options.rows, options.seed),
        lambda what: what in _FAULTS,
        {"kills": 100, "rows": 3_000},
        _FAULTS,
    )


if __name__ == "__main__":
    main()
