"""A prediction as it is shown: fits the terminal, and obeys nothing that came from outside."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from socialcls.classifier import Classifier
from socialcls.terminal.prediction import render_comparison, render_features, render_prediction
from socialcls.text.escaping import neutralise, neutralise_json
from socialcls.types import Document
from tests.conftest import show

_DEFAULT = Classifier.load()


def _show(document, width, *, language="en", colour=False):
    rendered = render_prediction(document, _DEFAULT.classify(document), _DEFAULT.taxonomy, language, width)
    return show(rendered, width, colour=colour)


def _join(shown):
    """What is shown without lines, frames and marks, so that words are whole again."""
    return "".join(character for character in shown if character not in "\n│ ⁺⁻")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_line_is_wider_than_the_terminal(width, language):
    """Nor is one cut off: the text is there whole."""
    text = "Forum miłośników kaktusów i sukulentów 🌵 漢字 e\u0301: zadaj pytanie, odpowiedz w wątku, pokaż kolekcję."
    shown = _show(Document(text, "https://forum.kaktusy.pl/viewtopic.php?t=1", "Kaktusy"), width, language=language)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for word in ("kaktusów", "漢字", "pytanie", "viewtopic", "Kaktusy"):
        assert word in _join(shown)


@given(st.text())
def test_nothing_in_the_input_is_obeyed(text):
    """No control character, no direction mark, no markup gets through, in any field."""
    document = Document(text=f"{text}\x1b[31m[red]forum[/red]\u202e\x9b", name=text, url=f"x.pl/{text}")
    shown = _show(document, 80)
    assert not set(shown) & set("\x1b\x07\x08\x9b\u202e\u2066\u200f\r")
    assert "[red]" in _join(shown)


@pytest.mark.parametrize("first", ["\ufe0f", "\u200d", "\u0301", "\U0010251a", "\x0b", "ﾞ"])
def test_a_word_may_begin_with_a_character_of_no_width(first):
    """Before 14.3.3 rich went round for ever in one that is longer than a line."""
    word = first + "forum" * 40
    assert "forum" in _show(Document(word, "", word), 60)


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


def test_without_colour_marks_say_for_and_against():
    """Behind the words that count; with colour there are none."""
    document = Document("Forum miłośników kaktusów: zadaj pytanie w wątku. Mamy też sklep internetowy z doniczkami.")
    assert "⁺" in _show(document, 80)
    assert "⁻" in _show(document, 80)
    assert "⁺" not in _show(document, 80, colour=True)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_comparison_fits_and_names_every_service(width):
    """One row each, with what it is and why."""
    documents = [Document("Piszę o kotach i psach"), Document(url="reddit.com/r/cats"), Document("qwzx")]
    predictions = [_DEFAULT.classify(document) for document in documents]
    shown = show(render_comparison(documents, predictions, _DEFAULT.taxonomy, "en", width), width)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    for said in ("kotach", "cats", "qwzx", "unsure"):
        assert said in _join(shown)


def test_everything_is_each_feature_with_its_weight(tiny):
    """From the bias to the margin; the lines between are the features."""
    prediction = tiny.classify("shop forum threads")
    lines = show(render_features(prediction, "en"), 80).splitlines()
    assert lines[1].split() == ["+0.250", "before", "anything", "is", "read"]
    assert lines[-1].split()[0] == f"{prediction.margin:+.3f}"
    assert len(lines) == 3 + len(prediction.explanation.features)
    assert any(line.split()[1:] == ["text.words", "forum"] for line in lines)
