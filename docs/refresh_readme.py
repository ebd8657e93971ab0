"""Write the outputs in the README and in the pages of docs/ again: `just readme`.

A block marked `<!-- output -->` holds commands behind `$ `; what follows each is what it prints, at 80 columns and
without colour. A test compares each page with what this makes of it.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
_MARK = "<!-- output -->"
PAGES = (README, *(page for page in sorted((ROOT / "docs").glob("*.md")) if _MARK in page.read_text(encoding="utf-8")))
"""All that show outputs."""

_BLOCK = re.compile(rf"({_MARK}\n```console\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)


def refresh(page: str) -> str:
    """Run every command of a page and put its output in place of the old one."""
    return _BLOCK.sub(lambda block: block[1] + _run_all(block[2]) + block[3], page)


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
    """Refresh all pages in place."""
    for page in PAGES:
        page.write_text(refresh(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
