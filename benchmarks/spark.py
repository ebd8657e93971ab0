"""How many rows does Spark classify in a second on two cores of this machine, beside one process without Spark?

    python -m benchmarks.spark [ROWS]

Realistic texts (`benchmarks.texts`) are written as Parquet; Spark reads, classifies and writes them; one process
classifies a part of the same texts in batches of the same size. A first, short run warms Spark up and is not counted.
Cores are counted by the seconds that they worked (Java and Python together, from /proc, so on Linux), which is what a
cluster charges for, and which hardly changes when others use the machine.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from pyspark.sql import SparkSession

from benchmarks.texts import Texts
from socialcls.batch.rows import RowClassifier
from socialcls.batch.spark import classify_columns
from socialcls.dataset.reader import read_examples

ROOT = Path(__file__).parent.parent
_CORES = 2
_BATCH_ROWS = 10_000  # Spark's own default
_FILES = 8  # a task each
_WARM_UP_ROWS = 2_000


class Figure(NamedTuple):
    """What one way of doing it took."""

    name: str
    n_rows: int
    seconds: float
    core_seconds: float


def main(n_rows: int) -> None:
    """Measure, and print a table."""
    texts = list(islice(Texts(read_examples([str(ROOT / "data")])), n_rows + _WARM_UP_ROWS))
    warm_up, measured = texts[:_WARM_UP_ROWS], texts[_WARM_UP_ROWS:]
    some = measured[: n_rows // _CORES]  # what each worker of Spark meets
    figures = [_measure("RowClassifier, one process", len(some), lambda: _classify_alone(some))]
    with tempfile.TemporaryDirectory() as scratch:
        for name, part in (("warm_up", warm_up), ("measured", measured)):
            _write_files(Path(scratch) / name, part)
        session = _start_session()
        _classify_with_spark(session, f"{scratch}/warm_up")
        name = f"Spark, local[{_CORES}], Parquet to Parquet"
        figures.append(_measure(name, n_rows, lambda: _classify_with_spark(session, f"{scratch}/measured")))
        session.stop()
    print(f"\n{_name_processor()}, Python {platform.python_version()}, Spark {pyspark.__version__}\n")
    print("| | rows | seconds | rows/s | core-seconds | rows per core-second |\n|---|---:|---:|---:|---:|---:|")
    for name, rows, seconds, core_seconds in figures:
        cells = [name, f"{rows:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}"]
        print(f"| {' | '.join([*cells, f'{core_seconds:.1f}', f'{rows / core_seconds:,.0f}'])} |")


def _measure(name: str, n_rows: int, work: Callable[[], None]) -> Figure:
    started, worked = time.perf_counter(), _sum_core_seconds(os.getpid())
    work()
    return Figure(name, n_rows, time.perf_counter() - started, _sum_core_seconds(os.getpid()) - worked)


def _sum_core_seconds(pid: int) -> float:
    """What a process, its children that live and those that have ended have worked so far."""
    process = Path(f"/proc/{pid}")
    times = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:15]
    children = [int(child) for task in process.glob("task/*/children") for child in task.read_text().split()]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK") + sum(map(_sum_core_seconds, children))


def _classify_alone(texts: list[str]) -> None:
    classifier = RowClassifier()
    for start in range(0, len(texts), _BATCH_ROWS):
        classifier.classify_columns({"text": texts[start : start + _BATCH_ROWS]})


def _classify_with_spark(session: SparkSession, folder: str) -> None:
    classify_columns(session.read.parquet(folder)).write.parquet(f"{folder}-out")


def _write_files(folder: Path, texts: list[str]) -> None:
    folder.mkdir()
    for i in range(_FILES):
        pq.write_table(pa.table({"text": texts[i::_FILES]}), folder / f"{i}.parquet")


def _start_session() -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{_CORES}]").config("spark.ui.enabled", "false")
    # One file, one task, as on a cluster; Spark would otherwise pack the small files together.
    return builder.config("spark.sql.files.openCostInBytes", "128MB").getOrCreate()


def _name_processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
