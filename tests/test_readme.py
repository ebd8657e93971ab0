"""The README is true: its outputs, its pictures, its Python."""

import doctest
import re

import pytest

from docs.make_pictures import PICTURES, PICTURES_DIR, draw
from docs.refresh_readme import README, refresh


def test_outputs_in_the_readme_are_those_of_its_commands():
    """Each command, run again, prints what the README shows; `just readme` writes it anew."""
    readme = README.read_text(encoding="utf-8")
    assert readme.count("$ socialcls") >= 7
    assert _leave_out_machine(refresh(readme)) == _leave_out_machine(readme)


def test_python_in_the_readme_runs():
    """As a doctest."""
    assert doctest.testfile(str(README), module_relative=False).failed == 0


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_what_the_terminal_shows(name):
    """Drawn again, each is the same; `just pictures` writes it anew."""
    assert draw(name) == (PICTURES_DIR / f"{name}.svg").read_text(encoding="utf-8")


def _leave_out_machine(text):
    """Without times and the versions that a fresh training run names."""
    return re.sub(r"\d+\.\d s\b|(?<=made with).*", "…", text)
