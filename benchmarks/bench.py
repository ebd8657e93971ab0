"""What speed is measured with: trained peers, files of rows, an installed wheel; made when first asked for."""

import argparse
import hashlib
import os
import platform
import sys
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib

from benchmarks import peers, texts
from benchmarks.installed import PACKAGES, Installed
from socialcls.dataset.reader import find_data_files, read_examples
from socialcls.types import Example

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"

SENTENCE = "Forum miłośników kaktusów: zadaj pytanie, odpowiedz w wątku"
MB = 1_000_000


class Bench:
    """What is measured with: made when first asked for."""

    def __init__(self, cache: Path, scratch: Path, options: argparse.Namespace) -> None:
        """Choose where things are made.

        Args:
            cache: Where trained peers and files of rows may be found again.
            scratch: Where everything else is made.
            options: The choices of the run.
        """
        self._cache, self.scratch = cache, scratch
        self.n_rows: int = options.rows
        self.n_rounds: int = options.rounds
        self.is_long: bool = options.long

    @cached_property
    def examples(self) -> list[Example]:
        """All rows of data/."""
        return read_examples([str(DATA)])

    @cached_property
    def installed(self) -> Installed:
        """The wheel of this working tree in an environment of its own."""
        return Installed(self.scratch / "venv", ROOT)

    @cached_property
    def tfidf_path(self) -> Path:
        """scikit-learn's pipeline, as joblib dumps it."""
        return self._make("tfidf.joblib", peers, lambda path: joblib.dump(peers.train_tfidf(self.examples), path))

    @cached_property
    def tfidf(self) -> Any:  # noqa: ANN401  (scikit-learn has no types)
        """scikit-learn's pipeline."""
        return joblib.load(self.tfidf_path)

    @cached_property
    def fasttext(self) -> Any:  # noqa: ANN401  (an optional library)
        """The model of fastText in its default size; how well it has learnt does not change its speed."""
        import fasttext  # noqa: PLC0415  (an optional peer)

        def train(path: Path) -> None:
            peers.train_fasttext(self.examples, dim=100, epoch=5).save_model(str(path))

        return fasttext.load_model(str(self._make("fasttext.bin", peers, train)))

    def find_rows(self, n_rows: int) -> Path:
        """A file of so many rows."""
        return self._make(f"rows_{n_rows}.csv", texts, lambda path: texts.write_rows(path, self.examples, n_rows))

    def _make(self, name: str, module: ModuleType, make: Callable[[Path], object]) -> Path:
        """A file that depends on nothing but data/ and the module that makes it, found again or made."""
        digest = hashlib.blake2b(Path(str(module.__file__)).read_bytes(), digest_size=6)
        for file in find_data_files([str(DATA)]):
            digest.update(Path(file).read_bytes())
        path = self._cache / f"{digest.hexdigest()}_{name}"
        if not path.exists():
            print(f"making {name} …", file=sys.stderr)
            part = path.with_suffix(".part")
            make(part)
            part.replace(path)
        return path


def describe_machine() -> str:
    """Processor, versions and load of the machine, in a line."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    processor = next(named, platform.processor() or platform.machine())
    versions = ", ".join(f"{name} {version(name)}" for name in ("socialcls", *PACKAGES, "fasttext-numpy2"))
    system = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{processor}, {system}, {versions}; load when it began {os.getloadavg()[0]:.1f}"
