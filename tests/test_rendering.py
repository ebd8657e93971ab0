"""A prediction as it is shown: fits the terminal, and obeys nothing that came from outside."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from socialcls.classifier import Classifier
from socialcls.records import Document
from socialcls.rendering import render_prediction
from socialcls.terminal import neutralise, neutralise_json
from tests.conftest import show

_DEFAULT = Classifier.load()


def _show(document, width, *, language="en", colour=False):
    rendered = render_prediction(document, _DEFAULT.classify(document), _DEFAULT.taxonomy, language, width)
    return show(rendered, width, colour=colour)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_line_is_wider_than_the_terminal(width, language):
    """Nor is one cut off: the text is there whole."""
    text = "Forum miłośników kaktusów i sukulentów 🌵 漢字 e\u0301: zadaj pytanie, odpowiedz w wątku, pokaż kolekcję."
    shown = _show(Document(text, "https://forum.kaktusy.pl/viewtopic.php?t=1", "Kaktusy"), width, language=language)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for word in ("kaktusów", "漢字", "pytanie", "viewtopic", "Kaktusy"):
        assert word in shown


@given(st.text())
def test_nothing_in_the_input_is_obeyed(text):
    """No control character, no direction mark, no markup gets through, in any field."""
    document = Document(text=f"{text}\x1b[31m[red]forum[/red]\u202e\x9b", name=text, url=f"x.pl/{text}")
    shown = _show(document, 80)
    assert not set(shown) & set("\x1b\x07\x08\x9b\u202e\u2066\u200f\r")
    assert "[red]" in shown.replace("\n", "")


def test_colour_says_for_and_against():
    """With colour there are escapes of our own making; without there are none."""
    document = Document("A forum with a shop")
    assert "\x1b[" in _show(document, 80, colour=True)
    assert "\x1b[" not in _show(document, 80)


@given(st.text())
def test_text_made_safe_has_no_control_left(text):
    """Except line breaks and tabs."""
    assert all(c in "\n\t" or ord(c) >= 32 for c in neutralise(text))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_made_safe_reads_back(text):
    """The escapes are JSON's own."""
    assert json.loads(neutralise_json(json.dumps(text, ensure_ascii=False))) == text
