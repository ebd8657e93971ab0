"""Which encoding a text is in: a byte order mark, UTF-8, UTF-16, Central European by what letters make words.

Bytes that are not of the encoding stay in their line as lone surrogates (PEP 383), so that one broken line costs no
file and comes out as it went in.
"""

import codecs
import re
from typing import NamedTuple

from socialcls.errors import InputError

KEEP = "socialcls.keep"
"""The error handler, of decoding and encoding, that keeps bytes which cannot be decoded."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark its own begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs of Python's that are no encodings of files.
_NO_TEXT = frozenset(["punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7", "mbcs", "oem"])
# No text of eight bits, and told by other signs.
_WIDE = ("utf_7", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be")
_NEEDING_MARK = frozenset(["utf-16", "utf-32"])
_POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_TELLING = frozenset("ąęłśźżćńĄĘŁŚŹŻĆŃ")
_KEPT = re.compile("[\udc80-\udcff]")
_SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")  # UTF-8 may not encode them, and some programs do
_IN_WORDS = re.compile(r"[^\W\d_]+")
_ASKED_BYTES = 50_000


class Guess(NamedTuple):
    """What a text's encoding is held to be."""

    encoding: str
    n_mark: int = 0
    """Bytes of the byte order mark."""
    is_guessed: bool = False
    """Whether it is worth saying."""


def find_encoding(sample: bytes, given: str = "", *, is_whole: bool = True, is_utf8: bool | None = None) -> Guess:
    """Find the encoding of a text by its beginning. A byte order mark wins over what is given.

    Args:
        sample: Its first bytes.
        given: What the user says it is.
        is_whole: Whether the sample is all of it.
        is_utf8: Whether the whole is known to be UTF-8, where more was read than the sample.

    Raises:
        InputError: there is no encoding of the name that is given, or it is plainly not that of the text.
    """
    name = check_encoding(given) if given else ""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return Guess(encoding, len(mark))
    if name:
        return Guess(_choose_order(name, sample) if name in _NEEDING_MARK else name)
    if wide := _find_utf16(sample):
        return Guess(wide, is_guessed=True)
    if is_utf8 or (is_utf8 is None and _is_utf8(sample, is_whole=is_whole)):
        return Guess("utf-8")
    decoded = sample.decode("utf-8", KEEP)
    n_kept = len(_KEPT.findall(decoded))
    n_sound = sum(not c.isascii() for c in decoded) - n_kept
    is_whole_but_surrogates = _is_utf8(_SURROGATES.sub(b"", sample), is_whole=is_whole)
    if n_kept * 5 <= n_sound or is_whole_but_surrogates:  # UTF-8 with some broken lines
        return Guess("utf-8")
    return Guess(_find_eight_bit(sample), is_guessed=True)


def check_encoding(name: str) -> str:
    """Check the name of an encoding, and write it in one way.

    Raises:
        InputError: there is none of that name for files.
    """
    try:
        known = codecs.lookup(name).name
        is_text = known.replace("-", "_") not in _NO_TEXT and "a".encode(known).decode(known) == "a"
    except (LookupError, UnicodeError, ValueError):
        known, is_text = name, False
    if not is_text:
        raise InputError(f"{name}: no such encoding. Try utf-8, utf-16, cp1250 or iso8859-2.")
    return known


def find_bad_byte(text: str) -> str:
    """Find the first byte that could not be decoded, as "0xb3"; empty when there is none."""
    if text.isascii():
        return ""
    found = _KEPT.search(text)
    return f"0x{ord(found[0]) - 0xDC00:02x}" if found else ""


def clean(text: str) -> str:
    r"""Replace what no encoding can write by the replacement character.

    >>> clean("a\udcb3") == "a\ufffd"
    True
    """
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_utf8(sample: bytes, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _choose_order(name: str, sample: bytes) -> str:
    """Choose the order of bytes of a text without a mark, which Python's own decoders demand."""
    if sample and 0 not in sample:
        message = f"{name}: not the encoding of this text, in which no character takes two bytes. Leave out --encoding."
        raise InputError(message)
    if name == "utf-16":
        return _find_utf16(sample) or "utf-16-le"
    return "utf-32-be" if sample.startswith(b"\0\0") else "utf-32-le"


def _find_utf16(sample: bytes) -> str:
    """Find UTF-16 without a mark: the high bytes of its spaces, digits and delimiters are nought."""
    first, second = sample[0:4096:2], sample[1:4096:2]
    n_first, n_second = first.count(0), second.count(0)
    least = max(2, len(second) // 10)
    if n_second >= least and n_second > 5 * n_first:
        return "utf-16-le"
    if n_first >= least and n_first > 5 * n_second:
        return "utf-16-be"
    return ""


def _find_eight_bit(sample: bytes) -> str:
    """Windows-1250 against ISO-8859-2 by the letters in words, where they are Polish; else ask charset-normalizer."""
    best = max(("cp1250", "iso8859-2"), key=lambda encoding: _weigh_polish(sample, encoding)[0])
    share, is_telling = _weigh_polish(sample, best)
    if share >= 0.85 and is_telling:
        return best
    try:
        from charset_normalizer import from_bytes  # noqa: PLC0415  (an extra)
    except ImportError:
        return "cp1250" if share > 0.5 else "cp1252"
    lines = sample.splitlines(keepends=True)
    telling = b"".join(line for line in lines if not line.isascii())[:_ASKED_BYTES]
    found = from_bytes(telling, cp_exclusion=list(_WIDE)).best()
    encoding = found.encoding if found else "cp1252"
    return {"cp1257": "cp1250", "utf_8": "utf-8"}.get(encoding, encoding)


def _weigh_polish(sample: bytes, encoding: str) -> tuple[float, bool]:
    """Weigh a reading: the share of Polish letters in words among all that is not ASCII, and whether some tell."""
    text = sample.decode(encoding, "replace")
    letters = [c for word in _IN_WORDS.findall(text) if not word.isascii() for c in word if not c.isascii()]
    n_others = sum(1 for c in text if not c.isascii() and not c.isalpha() and c not in "„”“’‘–—…§°«»\xa0")
    polish = [c for c in letters if c in _POLISH]
    return len(polish) / max(1, len(letters) + n_others), any(c in _TELLING for c in polish)


def _keep(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return "".join(chr(0xDC00 + byte) if byte >= 0x80 else "\ufffd" for byte in bad), error.end
    if isinstance(error, UnicodeEncodeError):
        lost = error.object[error.start : error.end]
        parts = [bytes([ord(c) - 0xDC00]) if "\udc80" <= c <= "\udcff" else "\ufffd".encode() for c in lost]
        return b"".join(parts), error.end
    raise error


codecs.register_error(KEEP, _keep)
