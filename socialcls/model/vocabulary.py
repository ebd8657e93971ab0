"""Find lines of text by key in a block of bytes that is never parsed as a whole.

A model knows some two hundred thousand features, of which one text needs a few hundred. Making a dictionary of
them would take longer than everything else that `socialcls classify` does, so the lines lie in buckets by the CRC-32
of their key, a small directory says where each bucket begins, and looking up a key reads the few lines of its bucket.
For the sections where thousands of keys are looked up for few rows, `weights` makes a dictionary in time.

A line is a key, or a key, a tab and a value; several lines may have the same key. Lines are told by their number.
"""

import struct
from array import array
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from zlib import crc32

_LINES_IN_BUCKET = 8
_START: Final = struct.Struct("<2I")
_START_BYTES: Final = 8
_BOUNDS: Final = struct.Struct("<3I")


class Section(NamedTuple):
    """A part of the lines with keys of its own."""

    first_bucket: int
    n_buckets: int
    n_lines: int


class Found:
    """A line found by its key."""

    __slots__ = ("number", "value")

    def __init__(self, number: int, value: str) -> None:
        self.number = number
        """Of the line, counted from 0 over all sections."""
        self.value = value
        """What stands behind the key; empty where nothing does."""


class Lines(NamedTuple):
    """What a vocabulary is made of, as it stands in a model directory."""

    text: bytes
    """Every line, UTF-8, with a line feed before each and behind the last."""
    directory: bytes
    """For each bucket and for the end, uint32: where it begins in `text`, the number of its first line."""
    sections: Mapping[str, Section]


def lay_out(sections: Mapping[str, Sequence[str]]) -> tuple[Lines, list[int]]:
    """Lay lines out in buckets.

    Returns:
        The lines, and for each line of the result its index in the sections as given, one after the other.
    """
    text, starts, laid, order = bytearray(), array("I"), {}, list[int]()
    n_before = 0
    for name, lines in sections.items():
        n_buckets = max(1, len(lines) // _LINES_IN_BUCKET)
        laid[name] = Section(len(starts) // 2, n_buckets, len(lines))
        buckets: list[list[int]] = [[] for _ in range(n_buckets)]
        for i, line in enumerate(lines):
            buckets[crc32(_encode(line.split("\t")[0])) % n_buckets].append(i)
        for bucket in buckets:
            starts.extend((len(text), len(order)))
            order += [n_before + i for i in bucket]
            for i in bucket:
                text += b"\n" + _encode(lines[i])
        n_before += len(lines)
    starts.extend((len(text), len(order)))
    text += b"\n"
    return Lines(bytes(text), struct.pack(f"<{len(starts)}I", *starts), laid), order


class Vocabulary:
    r"""Finds lines by section and key.

    >>> lines, _ = lay_out({"words": ["forum", "blog"], "pairs": ["ask\tquestions", "ask\tus"]})
    >>> vocabulary = Vocabulary(lines)
    >>> vocabulary.find("words", "blog"), vocabulary.find("words", "shop")
    (1, None)
    >>> [found.value for found in vocabulary.find_all("pairs", "ask")]
    ['questions', 'us']
    """

    def __init__(self, lines: Lines) -> None:
        self._text, self._directory = lines.text, lines.directory
        self._sections = lines.sections

    def __len__(self) -> int:
        return sum(section.n_lines for section in self._sections.values())

    def find(self, section: str, key: str) -> int | None:
        """Find the number of the line that is just the key; None when there is none."""
        encoded, bucket, first = self._open_bucket(section, key)
        place = bucket.find(b"\n" + encoded + b"\n")
        return first + bucket.count(b"\n", 0, place) if place >= 0 else None

    def find_all(self, section: str, key: str) -> list[Found]:
        """Find all lines with a key and a value, in the order in which they were laid out."""
        encoded, bucket, first = self._open_bucket(section, key)
        sought = encoded + b"\t"
        if bucket.find(b"\n" + sought) < 0:  # `in` is slower: it takes bytes for a number first
            return []
        return [
            Found(number, _decode(line[len(sought) :]))
            for number, line in enumerate(bucket[1:-1].split(b"\n"), first)
            if line.startswith(sought)
        ]

    def list_section(self, section: str) -> list[str]:
        """List every line of a section, in the order of their numbers."""
        part = self._sections[section]
        start, _ = self._find_start(part.first_bucket)
        end, _ = self._find_start(part.first_bucket + part.n_buckets)
        return _decode(self._text[start + 1 : end]).split("\n") if part.n_lines else []

    def number_lines(self, section: str) -> dict[str, int]:
        """Map every line of a section to its number."""
        return dict(zip(self.list_section(section), self.number_section(section), strict=False))

    def number_section(self, section: str) -> range:
        """Give the numbers of the lines of a section."""
        part = self._sections[section]
        _, first = self._find_start(part.first_bucket)
        return range(first, first + part.n_lines)

    def _find_start(self, bucket: int) -> tuple[int, int]:
        start, first = _START.unpack_from(self._directory, bucket * _START_BYTES)
        return start, first

    def _open_bucket(self, section: str, key: str) -> tuple[bytes, bytes, int]:
        encoded = _encode(key)
        part = self._sections[section]
        bucket = part.first_bucket + crc32(encoded) % part.n_buckets
        start, first, end = _BOUNDS.unpack_from(self._directory, bucket * _START_BYTES)
        return encoded, self._text[start : end + 1], first  # with the line feed that ends the last line


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # half a surrogate pair can stand in a text; it is simply not found


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # of a damaged vocabulary: what stands there is simply not found
        return text.decode("utf-8", "replace")
