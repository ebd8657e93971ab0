"""What is shown of text from outside: nothing is obeyed, nothing refused by a parser, and joiners join."""

import json
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.text.escaping import neutralise, neutralise_json, neutralise_lines, neutralise_passages

_HOSTILE = [
    *map(chr, [*range(9), *range(0xB, 0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F]),
    *map(chr, [*range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFFC)]),
    *("\ufffe", "\uffff", "\ud83d", "\udc80", "\U000e0001", "\U000e0041", "\U000e007f", "\U0001d173", "\U0001bca0"),
]
_JOINED = [
    "می\u200cخواهم", "क्\u200dष", "👨\u200d👩\u200d👧", "👁\ufe0f\u200d🗨\ufe0f", "🏳️\u200d🌈", "Auf\u200clage",
]  # fmt: skip


@pytest.mark.parametrize("char", _HOSTILE, ids=lambda char: f"{ord(char):04x}")
def test_what_is_obeyed_or_not_seen_is_written_out(char):
    """In names, in texts of several lines, in passages of a text and in JSON."""
    shown = [neutralise(f"a{char}b"), neutralise_lines(f"a{char}b"), *neutralise_passages([f"a{char}", "b"])]
    assert not [text for text in shown if char in text]
    assert shown[0] == neutralise(shown[0])
    assert f"{ord(char):x}" in shown[0] or char == "\r"
    text = neutralise_json(json.dumps(f"a{char}b", ensure_ascii=False))
    assert char not in text
    assert json.loads(text) == ("a\ufffdb" if "\ud800" <= char <= "\udfff" else f"a{char}b")


@pytest.mark.parametrize("text", _JOINED)
def test_joiners_between_what_they_join_stay(text):
    """In words and emoji, wherever a text is cut."""
    assert neutralise(text) == neutralise_lines(text) == text
    assert json.loads(neutralise_json(f'"{text}"')) == text
    assert neutralise_passages(list(text)) == list(text)


@pytest.mark.parametrize("text", ["\u200da", "a\u200c", "a \u200db", "a\u200d\u200cb", "a\u200d-", "\u202e\u200da"])
def test_joiners_elsewhere_are_written_out(text):
    """They would be a mark that nobody sees."""
    assert not set(neutralise(text)) & set("\u200c\u200d")


def test_a_name_is_one_line():
    """A text may be several."""
    assert neutralise("a\nerror: b\tc\r\nd") == "a\\nerror: b\\tc\\r\\nd"
    assert neutralise_lines("a\nb\tc\r\nd\re") == "a\nb\tc\nd\\re"
    assert neutralise_passages(["a\r\n", "b\n"]) == ["a\n", "b\n"]


@given(st.text())
def test_what_is_shown_is_text(text):
    """No control or format character but joiners and what is seen, no half of a character; XML takes it."""
    shown = neutralise(text)
    ET.fromstring(f"<a>{shown.replace('&', '&amp;').replace('<', '&lt;')}</a>")  # noqa: S314  (our own)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert neutralise(shown) == shown


@given(st.lists(st.text(st.sampled_from("aé\u200d\u200c👩\x1b\n \u0301"))))
def test_passages_are_shown_as_their_text_is(passages):
    """Wherever it was cut."""
    assert "".join(neutralise_passages(passages)) == neutralise_lines("".join(passages))
