"""The command line that every torture has: how much, with which seed, and what came of it."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn


def run_command(
    description: str | None,
    torture: Callable[[Path, argparse.Namespace], Mapping[str, int]],
    is_fault: Callable[[str], bool],
    defaults: Mapping[str, int],
    shown_last: Sequence[str] = (),
) -> NoReturn:
    """Run what the options ask for in a directory of its own, print the counts, end with 1 when there is a fault.

    Args:
        description: For the help.
        torture: Takes the directory and the options, and counts what came of it.
        is_fault: Whether something that was counted ought not to be.
        defaults: The options and what they are when nobody says; `seed`, which is 0, comes by itself.
        shown_last: What is shown at the end, also where none was counted.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (dict(defaults) | {"seed": 0}).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        counts = torture(Path(directory), options)
    for what in [*sorted(set(counts) - set(shown_last)), *shown_last]:
        sys.stdout.write(f"{counts.get(what, 0):>10,} {what}\n")
    sys.exit(any(count and is_fault(what) for what, count in counts.items()))
