"""Time and memory, side by side: contenders take turns, and only what one round measured is compared."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar

Measured = TypeVar("Measured")

_LAUNCH = Path(__file__).with_name("launch.py")


class Run(NamedTuple):
    """What a command took from its start to its end."""

    seconds: float
    cpu_seconds: float
    """Of the processor: what counts where others use the machine too."""
    peak_bytes: int
    """The most memory that it, or any one process that it started, held at once."""


def run_command(command: Sequence[str], environment: Mapping[str, str] = MappingProxyType({})) -> Run:
    """Run a command as a user would who has set nothing for Python, and measure it.

    Args:
        command: The program and its arguments; what it prints is thrown away.
        environment: Variables that are set besides.

    Raises:
        CalledProcessError: it failed.
    """
    launch = [sys.executable, "-I", "-S", str(_LAUNCH), *command]
    result = subprocess.run(launch, capture_output=True, env={**make_environment(), **environment}, check=False)
    if result.returncode:
        sys.stderr.buffer.write(result.stderr)
        result.check_returncode()
    return Run(**json.loads(result.stdout))


def make_environment() -> dict[str, str]:
    """The environment without what is set for Python: above all not the order to write no compiled modules."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def take_turns(contenders: Mapping[str, Callable[[], Measured]], n_rounds: int) -> dict[str, list[Measured]]:
    """What each contender measured in each round; every second round goes backwards, so that none is always first."""
    measured: dict[str, list[Measured]] = {name: [] for name in contenders}
    for i in range(n_rounds):
        for name in list(contenders)[:: -1 if i % 2 else 1]:
            measured[name].append(contenders[name]())
    return measured


def time_calls(function: Callable[[str], object], texts: Sequence[str]) -> float:
    """Seconds that a function takes for one text, called with one after the other."""
    started = time.perf_counter()
    for text in texts:
        function(text)
    return (time.perf_counter() - started) / len(texts)


def compare_rounds(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """How many times the one is the other, round by round.

    >>> compare_rounds([6.0, 9.0], [2.0, 3.0])
    [3.0, 3.0]
    """
    return [a / b for a, b in zip(over, under, strict=True)]
