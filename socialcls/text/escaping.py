"""Make text from outside fit to be shown: a terminal obeys nothing in it."""

import re

# C0 and C1 controls (ESC among them), zero-width and direction marks, line separators, byte order marks.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def neutralise(text: str) -> str:
    r"""Write out every character of a text that a terminal would obey.

    >>> print(neutralise("a\x1b[31mb"))
    a\x1b[31mb
    """
    return _OBEYED.sub(_write_out, text)


def neutralise_json(text: str) -> str:
    r"""Do the same to a JSON text, in JSON's own notation: it still reads back as it was.

    >>> neutralise_json('"\u202e"')
    '"\\u202e"'
    """
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _write_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
