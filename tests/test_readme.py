"""The README is true: its outputs, its pictures, its Python."""

import doctest
import re

import pytest

from docs.make_pictures import PICTURES, PICTURES_DIR, draw
from docs.refresh_readme import PAGES, README, ROOT, refresh
from socialcls.commands.app import COMMANDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_outputs_are_those_of_the_commands(page):
    """Each command of the README and of docs/, run again, prints what the page shows; `just readme` writes it anew."""
    shown = page.read_text(encoding="utf-8")
    assert "$ socialcls" in shown
    assert _leave_out_machine(refresh(shown)) == _leave_out_machine(shown)


def test_the_readme_is_short_and_every_command_and_page_is_in_it():
    """Two hundred lines; what is longer stands in docs/."""
    readme = README.read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 200
    for command in COMMANDS:
        assert f"| `{command}" in readme
    for page in PAGES[1:]:
        assert f"docs/{page.name}" in readme


@pytest.mark.parametrize("page", [README, *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    """Every link to a file of the repository."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


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
