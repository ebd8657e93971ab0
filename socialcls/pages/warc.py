"""Read the pages of web archives: WARC files, packed or not, and WACZ packages of them."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from socialcls.errors import InputError, MissingExtraError
from socialcls.pages.markup import MAX_CHARS
from socialcls.pages.saved import SavedPage, pool_by_host, read_saved
from socialcls.types import Document

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def read_archive(path: str | Path) -> Iterator[SavedPage]:
    """Read the web pages of an archive, one after the other; what is no page, or was not answered with one, is skipped.

    Args:
        path: A `.warc` or `.warc.gz` file, or a `.wacz` package.

    Raises:
        InputError: it cannot be read.
        MissingExtraError: FastWARC is absent.
    """
    path = Path(path)
    if path.suffix.lower() == ".wacz":
        yield from read_wacz(path, str(path))
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read as a web archive ({error.strerror}).") from error
    with stream:
        yield from read_warc(stream, str(path))


def read_warc(stream: IO[bytes], name: str) -> Iterator[SavedPage]:
    """Read the web pages of a WARC file that is open, packed or not.

    Args:
        stream: Its bytes.
        name: What to call it in messages.

    Raises:
        InputError: it cannot be read.
        MissingExtraError: FastWARC is absent.
    """
    with _name_errors(name):
        yield from _read_warc(stream)


def read_wacz(package: Path | IO[bytes], name: str) -> Iterator[SavedPage]:
    """Read the web pages of a WACZ package; for arguments and errors see `read_warc`."""
    with _name_errors(name), zipfile.ZipFile(package) as opened:
        names = [inner for inner in opened.namelist() if inner.endswith((".warc", ".warc.gz"))]
        if not names:
            raise InputError(f"{name}: no WARC file in it. Give a WACZ package or a WARC file.")
        for inner in names:
            with opened.open(inner) as stream:
                yield from _read_warc(stream)


def read_documents(path: str | Path, *, by_host: bool = False) -> Iterator[Document]:
    """Read an archive as documents: one for each page, or one for each service.

    Args:
        path: Of the archive.
        by_host: Pool the first `MAX_PAGES_OF_HOST` pages of each host (of each place on a host that many share); all
            hosts are held in memory then.

    Raises:
        InputError: it cannot be read.
        MissingExtraError: FastWARC is absent.
    """
    pages = read_archive(path)
    if by_host:
        yield from (service.page.document for service in pool_by_host(pages))
    else:
        yield from (read_saved(page).document for page in pages)


@contextmanager
def _name_errors(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise InputError(f"{name}: cannot be read as a web archive ({error}).") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what FastWARC raises when it is at its wits' end
            raise
        raise InputError(f"{name}: cannot be read as a web archive.") from error


class _Forward:
    """A stream that is only read forward and knows where it is: FastWARC asks, and pipes cannot say."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._place += len(data)
        return data

    def tell(self) -> int:
        return self._place


def _read_warc(stream: IO[bytes]) -> Iterator[SavedPage]:
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415  (of the extra)
    except ImportError as error:
        raise MissingExtraError(
            'Reading web archives needs FastWARC. Install it with: pip install "socialcls[pages]".'
        ) from error
    forward: Any = _Forward(stream)  # it asks for no more than this, whatever its types say
    responses = ArchiveIterator(forward, record_types=WarcRecordType.response, parse_http=True, auto_decode="all")
    for record in responses:
        url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        content_type = (record.http_content_type or "").lower()
        if content_type in _PAGE_TYPES and record.http_headers.status_code == 200:
            if not url.lower().startswith(("http://", "https://")):
                url = ""  # it would stand in a cell, which a spreadsheet may take for a formula
            yield SavedPage(url, record.reader.read(2 * MAX_CHARS), record.http_charset or "")
