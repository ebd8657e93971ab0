"""Make text from outside fit to be shown: a terminal obeys nothing in it, and a parser of pages refuses nothing.

What is written out: controls, marks of direction, invisible characters (soft hyphens, blanks of no width, tags), what
begins a line, halves of characters, and what XML has no place for. What stays: whatever is seen, variants of emoji,
and the two joiners between two characters that they may join, as in Persian words and families of emoji.
"""

import re
from collections.abc import Sequence

_LINE_BREAKS = "\t\n"
_OBEYED = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_NOT_JOINED = _OBEYED + "\t\n !-/:-@\\[-`{-\xa0\u2000-\u206f\u3000"
_JOINERS = f"(?<![^{_NOT_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![^{_NOT_JOINED}])"
_IN_LINES = re.compile(f"[{_OBEYED}]|{_JOINERS}")
_IN_LINE = re.compile(f"[{_OBEYED}{_LINE_BREAKS}]|{_JOINERS}")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def neutralise(text: str) -> str:
    r"""Write out every character of a text that a terminal would obey, line breaks too: a name is no second line.

    >>> print(neutralise("a\x1b[31mb\nerror: c"))
    a\x1b[31mb\nerror: c
    """
    return _IN_LINE.sub(_write_out, text)


def neutralise_lines(text: str) -> str:
    r"""Do the same to a text of several lines: line breaks and tabs stay.

    >>> print(neutralise_lines("a\r\nb\x1bc"))
    a
    b\x1bc
    """
    return _IN_LINES.sub(_write_out, text.replace("\r\n", "\n"))


def neutralise_passages(passages: Sequence[str]) -> list[str]:
    r"""Do the same to passages of one text, in order: what joins two of them is between characters too.

    >>> neutralise_passages(["a\x1b", "b"])
    ['a\\x1b', 'b']
    """
    whole = "".join(passage.replace("\r\n", "\n") for passage in passages)
    obeyed = {match.start(): _write_out(match) for match in _IN_LINES.finditer(whole)}
    written, start = [], 0
    for passage in passages:
        end = start + len(passage.replace("\r\n", "\n"))
        written.append("".join([obeyed.get(i, whole[i]) for i in range(start, end)]))
        start = end
    return written


def neutralise_json(text: str) -> str:
    r"""Do the same to a JSON text, in JSON's own notation: it reads back as it was, but for halves of characters.

    Those are nothing that JSON could say, so they become U+FFFD.

    >>> neutralise_json('"\u202e"')
    '"\\u202e"'
    """
    return _IN_LINES.sub(_write_json, text)


def _write_out(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _write_json(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
