"""The chapter docs/teaching.md: its commands run, and the model they make knows what the built-in one does not."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_COMMAND = str(Path(sys.executable).with_name("socialcls"))
_CHAPTER = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
_TYPED = re.findall(r"^\$ socialcls (.+)$", _CHAPTER, re.MULTILINE)


def _run(arguments, folder):
    environment = {**os.environ, "LANG": "C.UTF-8", "COLUMNS": "100"}
    return subprocess.run(
        [_COMMAND, *arguments], capture_output=True, env=environment, cwd=folder, check=False, timeout=1_500
    )


def test_the_chapter_names_every_command_of_teaching():
    """In the order in which they are used; and the files it speaks of are there."""
    assert [command.split()[0] for command in _TYPED] == ["check", "train", "evaluate", "classify", "review", "train"]
    for name in re.findall(r"\]\(\.\./(examples/[^)]+)\)", _CHAPTER):
        assert (ROOT / name).is_file()


@pytest.mark.slow
def test_the_commands_of_the_chapter_make_a_better_model(tmp_path):
    """A fifth label is told on hosts that were not trained on, and the other labels are not lost to it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    with (tmp_path / "decided.csv").open("w", encoding="utf-8", newline="") as stream:  # what a review would leave
        rows = csv.writer(stream)
        rows.writerow(["name", "url", "description", "category", "note", "best_guess", "confidence"])
        rows.writerow(
            ["Łowiska", "lowiska.example", "Ogłoszenia wędkarskie, sprzedam wędkę", "classifieds", "", "", ""]
        )
    for command in [command for command in _TYPED if not command.startswith("review")]:
        result = _run(shlex.split(command), tmp_path)
        assert result.returncode == 0, (command, result.stderr.decode())
        if command.startswith("classify"):
            assert "classifieds" in result.stdout.decode()
    test = "examples/classifieds-test.csv"
    after = json.loads(_run(["evaluate", test, "--model", "with-classifieds", "--json"], tmp_path).stdout)
    as_before = ["evaluate", test, "--map", "classifieds=other", "--json"]
    before = json.loads(_run(as_before, tmp_path).stdout)
    assert before["labels"]["other"]["recall"] > 0.5  # it cannot tell them from what else is no social media
    assert after["labels"]["classifieds"]["recall"] >= 0.75
    assert after["macro_f1"] >= 0.75
