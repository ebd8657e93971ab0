"""Bytes in: a file, a pipe or standard input, compressed or not, read once from beginning to end."""

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from socialcls.errors import InputError, MissingExtraError

STDIO = "-"
"""The path that means standard input or output."""

SAMPLE_BYTES = 1 << 18
"""What is looked at to find out what a file is."""

COMPRESSIONS = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}
"""Suffixes with the bytes that such a file begins with."""

_MAX_SCAN_BYTES = 1 << 26
_ZIP = b"PK\x03\x04"
_NAMED = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"BZh", "a bzip2 file. Unpack it first: bunzip2"),
    (b"\xfd7zXZ\x00", "an xz file. Unpack it first: unxz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive. Unpack it first"),
    (b"Rar!", "a RAR archive. Unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database. Export a table of it as CSV"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # workbooks of Excel before 2007


@dataclass(slots=True)
class Source:
    """A file that is open."""

    path: str
    name: str
    """What to call it in messages."""
    stream: BinaryIO
    """Its bytes, unpacked."""
    sample: bytes
    """The first of them; the stream still has them."""
    is_whole: bool
    """Whether the sample is all there is."""
    share_read: Callable[[], float | None]
    suffix: str
    """What its name ends in, without that of a compression, in lower case: ".csv"."""
    is_regular: bool
    """Whether it can be opened once more: a file, and not compressed."""
    notes: list[str] = field(default_factory=list)

    def is_utf8(self) -> bool | None:
        """Whether the whole file is UTF-8, as far as can be known before it is read; None where it cannot."""
        if not self.is_regular:
            return None
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with Path(self.path).open("rb") as stream:
                n_left = _MAX_SCAN_BYTES
                while n_left > 0 and (block := stream.read(1 << 20)):
                    decoder.decode(block)
                    n_left -= len(block)
                if n_left > 0:
                    decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except OSError:
            return None
        return True


@contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Open a file, or standard input for "-".

    Raises:
        InputError: it is missing, unreadable, or of a kind that is no table.
        MissingExtraError: it is compressed with Zstandard, and that is not installed.
    """
    name = "standard input" if path == STDIO else path
    with open_raw(path) as raw:
        counted = _Counted(raw, name)
        size = _find_size(raw)
        first = _read_first(counted)
        suffixes = Path(path).suffixes
        notes = []
        stream: io.RawIOBase = _Rewound(first, counted)
        packing = next((suffix for suffix, magic in COMPRESSIONS.items() if first.startswith(magic)), "")
        if suffixes and suffixes[-1].lower() in COMPRESSIONS:
            suffix = suffixes[-2] if len(suffixes) > 1 else ""
            if not packing and first:
                notes.append(f"not compressed, although its name ends in {suffixes[-1]}")
        else:
            suffix = suffixes[-1] if suffixes else ""
            if packing and path != STDIO:
                notes.append(f"compressed with {_PACKERS[packing]}, although its name does not say so; unpacked")
        if packing:
            unpacked = _Counted(_unpack(packing, stream), name)
            first = _read_first(unpacked)
            stream = _Rewound(first, unpacked)
        for magic, kind in _NAMED:
            if first.startswith(magic):
                raise InputError(f"{name}: {kind}, and not a table.")
        is_whole = len(first) < SAMPLE_BYTES
        buffered = cast("BinaryIO", io.BufferedReader(stream, 1 << 16))
        source = Source(
            path, name, buffered, first, is_whole, lambda: min(1.0, counted.n_read / size) if size else None,
            suffix.lower(), is_regular=bool(size) and not packing and path != STDIO, notes=notes,
        )  # fmt: skip
        yield source


_PACKERS = {".gz": "gzip", ".zst": "Zstandard"}


def find_kind(sample: bytes) -> str:
    """Find which format that is no text a file has, by its first bytes: xlsx, parquet or zip; empty when none."""
    if sample.startswith(b"PAR1"):
        return "parquet"
    if sample.startswith(_OLE):
        return "xlsx"
    if sample.startswith(_ZIP):
        is_workbook = b"xl/" in sample or b"[Content_Types].xml" in sample[:200] or b"spreadsheet" in sample[:200]
        return "xlsx" if is_workbook else "zip"
    return ""


class _Counted(io.RawIOBase):
    """Counts what is read, and says in whose file an error was."""

    def __init__(self, stream: BinaryIO | io.RawIOBase, name: str) -> None:
        self._stream = stream
        self._name = name
        self.n_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (any buffer)
        import zlib  # noqa: PLC0415  (it is small, and built in)

        try:
            data = self._stream.read(len(buffer))
        except InputError:
            raise
        except (OSError, EOFError, zlib.error) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{self._name}: cannot be read to its end ({said}).") from error
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise InputError(f"{self._name}: cannot be read to its end ({error}).") from error
        data = data or b""
        buffer[: len(data)] = data
        self.n_read += len(data)
        return len(data)


class _Rewound(io.RawIOBase):
    """A stream with what was read of it put back."""

    def __init__(self, first: bytes, rest: io.RawIOBase) -> None:
        self._first = memoryview(first)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (any buffer)
        if not self._first:
            return self._rest.readinto(buffer)
        n = min(len(buffer), len(self._first))
        buffer[:n] = self._first[:n]
        self._first = self._first[n:]
        return n


@contextmanager
def open_raw(path: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for "-", to read its bytes as they are.

    Raises:
        InputError: it is missing or unreadable.
    """
    if path == STDIO:
        if sys.stdin is None:
            raise InputError("standard input: closed. Give a file, or send it one.")
        yield sys.stdin.buffer
        return
    try:
        stream = Path(path).open("rb")  # noqa: SIM115  (closed below, when it could be opened)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    with stream:
        yield stream


def _find_size(raw: BinaryIO) -> int:
    try:
        import stat  # noqa: PLC0415

        status = os.fstat(raw.fileno())
        return status.st_size if stat.S_ISREG(status.st_mode) else 0
    except (OSError, ValueError):
        return 0


def _read_first(stream: io.RawIOBase) -> bytes:
    """Read the sample, or less when the stream ends before; a terminal is asked for one line."""
    parts: list[bytes] = []
    n_left = SAMPLE_BYTES
    while n_left > 0 and (part := stream.read(n_left)):
        parts.append(part)
        n_left -= len(part)
    return b"".join(parts)


def _unpack(packing: str, stream: io.RawIOBase) -> BinaryIO:
    if packing == ".gz":
        import gzip  # noqa: PLC0415  (only where it is used)

        return cast("BinaryIO", gzip.GzipFile(fileobj=io.BufferedReader(stream, 1 << 16), mode="rb"))
    return cast("BinaryIO", io.BufferedReader(_Unzstd(stream), 1 << 16))


class _Unzstd(io.RawIOBase):
    """Unpacks frames of Zstandard; one that is cut off is an error, where zstandard's own reader says nothing."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream
        self._new = import_zstandard().ZstdDecompressor().decompressobj
        self._frame: Any = None
        self._left = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (any buffer)
        while not self._ready:
            data = self._left or self._stream.read(1 << 16) or b""
            self._left = b""
            if not data:
                if self._frame is not None:
                    raise EOFError("it is cut off")
                return 0
            if self._frame is None:
                self._frame = self._new()
            self._ready = memoryview(self._frame.decompress(data))
            if self._frame.eof:
                self._left = self._frame.unused_data
                self._frame = None
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        self._ready = self._ready[n:]
        return n


def import_zstandard() -> Any:  # noqa: ANN401  (a module without types)
    """Import what packs and unpacks Zstandard.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import zstandard  # noqa: PLC0415  (an extra)
    except ImportError as error:
        message = "Zstandard files need an extra. Install it with: pip install 'socialcls[zstd]'"
        raise MissingExtraError(message) from error
    return zstandard
