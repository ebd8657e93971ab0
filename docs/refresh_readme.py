"""Write the outputs in the README again: `just readme`.

A block marked `<!-- output -->` holds commands behind `$ `; what follows each is what it prints, at 80 columns and
without colour. A test compares the README with what this makes of it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

_BLOCK = re.compile(r"(<!-- output -->\n```console\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)


def refresh(readme: str) -> str:
    """The README with the output of every command as it is now."""
    return _BLOCK.sub(lambda block: block[1] + _run_all(block[2]) + block[3], readme)


def _run_all(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_run(command[2:])}" for command in commands)


def _run(command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "80", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    result = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, cwd=ROOT, env=environment, check=False, timeout=300
    )
    lines = result.stdout.decode().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def main() -> None:
    """Refresh the README in place."""
    README.write_text(refresh(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
