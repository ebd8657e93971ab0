"""The categories as they are shown: all that the guide says, in any terminal."""

import pytest
from rich.cells import cell_len

from socialcls.messages import list_languages
from socialcls.taxonomy.guide import load_guide
from socialcls.terminal.guide import render_guide
from tests.conftest import show


def _show(language, width, *, colour=False):
    return show(render_guide(load_guide(language), language, width), width, colour=colour)


@pytest.mark.parametrize("width", [40, 60, 120, 200])
@pytest.mark.parametrize("language", list_languages())
def test_everything_is_said_and_no_line_is_too_wide(language, width):
    """Names, definitions, questions, kinds, examples and signals, without colour; lines end where reading tires."""
    shown = _show(language, width)
    assert max(cell_len(line) for line in shown.splitlines()) <= min(width, 120)
    for category in load_guide(language).categories.values():
        said = [category.name, category.definition, *category.questions.values()]
        said += [text for kind in category.kinds for text in (kind.name, ", ".join(kind.examples))]
        said += [signal.name for signals in category.signals.values() for signal in signals]
        assert set(" ".join(said).split()) <= set(shown.split())


def test_boundaries_are_sentences():
    """In the language, both categories named as they stand in one."""
    english, polish = (" ".join(_show(language, 120).split()) for language in ("en", "pl"))
    assert (
        "• A shop with its customers' reviews is not social media, but a forum of that shop's customers is" in english
    )
    assert "• Bank z profilem na Facebooku to nie media społecznościowe, ale sam Facebook to platforma" in polish


def test_a_few_words_of_each_signal():
    """Not three forms of one; a beginning ends in three dots."""
    shown = " ".join(_show("pl", 120).split())
    assert "moderatorzy „moderacj…”, „administracja forum”, „ekipa forum”" in shown
    assert "*" not in shown


def test_colour_adds_nothing_that_is_said():
    """Without it the same is there."""
    coloured = _show("en", 80, colour=True)
    assert "\x1b[" in coloured
    assert "\x1b[" not in _show("en", 80)
