"""The commands whose start is measured, as installed in a fresh environment: ours from its wheel, and others."""

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.clock import make_environment

PACKAGES = ("typer", "rich", "scikit-learn", "joblib", "numpy", "scipy")
"""Installed there in the very versions that the benchmark itself runs with."""

HEAVY = ("joblib", "numpy", "scipy", "sklearn")
"""Modules that no command but `train` should import."""

EMPTY = """
import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

app = typer.Typer()


@app.command()
def show(text: str) -> None:
    console = Console()
    console.print(Panel(text, title="panel"))
    table = Table("label", "share")
    for label in ("community", "blog", "platform", "other"):
        table.add_row(label, "25%")
    console.print(table)


app()
"""
"""A command that does nothing but start typer and show a panel and a table with rich."""

PIPELINE = """
import sys
import joblib

print(joblib.load(sys.argv[1]).predict([sys.argv[2]])[0])
"""
"""A script that loads a pipeline of scikit-learn and prints one label."""

_LIST_HEAVY = f"""
import sys
from socialcls.commands.app import main
try:
    main()
finally:
    print(*sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""

_LOAD = """
import json, os, time
from socialcls.classifier import Classifier

def held():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

before = held()
started = time.perf_counter()
classifier = Classifier.load()
print(json.dumps({"seconds": time.perf_counter() - started, "held_bytes": held() - before}))
"""


_READ = """
import json, sys, time
from socialcls.classifier import Classifier

classifiers = {}
for line in sys.stdin:
    reader, with_evidence, texts = json.loads(line)
    if reader not in classifiers:
        classifiers[reader] = Classifier.load()
    classify = classifiers[reader].classify
    started = time.perf_counter()
    for text in texts:
        prediction = classify(text)
        if with_evidence:
            prediction.evidence
    print((time.perf_counter() - started) / len(texts), flush=True)
"""
"""Reads texts for readers, of which each has a memory of its own, and says the seconds that each text took."""


class Readers:
    """The installed package in a process that stays, reading texts one by one."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it.

        Args:
            command: Runs the program that reads.
        """
        self._process = subprocess.Popen(
            command, env=make_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def read(self, reader: str, texts: Sequence[str], *, with_evidence: bool = False) -> float:
        """The seconds that a reader takes for each text."""
        assert self._process.stdin and self._process.stdout  # noqa: S101  (they are pipes)
        self._process.stdin.write(json.dumps([reader, with_evidence, texts]) + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


class Installed:
    """A fresh environment with the wheel of this working tree, and scripts beside it."""

    def __init__(self, directory: Path, root: Path) -> None:
        """Make it; this takes a minute.

        Args:
            directory: Where; nothing is there yet.
            root: Of the working tree.
        """
        self._directory = directory
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        constraints = directory / "constraints.txt"
        constraints.write_text("".join(f"{name}=={version(name)}\n" for name in PACKAGES))
        install = [self._find("python"), "-m", "pip", "install", "-qq", "-c", str(constraints), str(root)]
        subprocess.run(install, env=make_environment(), check=True)

    def name_command(self, *arguments: str) -> list[str]:
        """`socialcls` with arguments."""
        return [self._find("socialcls"), *arguments]

    def name_script(self, name: str, program: str, *arguments: str) -> list[str]:
        """A program, written to a file of that name, with arguments."""
        path = self._directory / name
        path.write_text(program, encoding="utf-8")
        return [self._find("python"), str(path), *arguments]

    def list_heavy(self, *arguments: str) -> list[str]:
        """Which of HEAVY `socialcls` imports, given these arguments."""
        command = self.name_script("list_heavy.py", _LIST_HEAVY, *arguments)
        return self._run(command).stderr.decode().split()

    def load_model(self) -> tuple[float, int]:
        """Seconds that loading the built-in model takes, and the bytes that the process holds more for it."""
        loaded: dict[str, Any] = json.loads(self._run(self.name_script("load.py", _LOAD)).stdout)
        return loaded["seconds"], loaded["held_bytes"]

    def start_readers(self) -> Readers:
        """A process that reads texts."""
        return Readers(self.name_script("read.py", _READ))

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(command, env=make_environment(), capture_output=True, check=True)

    def _find(self, name: str) -> str:
        return str(self._directory / "bin" / name)
