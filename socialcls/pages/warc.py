"""Read the pages of web archives: WARC files, packed or not, and WACZ packages of them."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from socialcls.errors import InputError, MissingExtraError
from socialcls.pages.html import read_page
from socialcls.pages.markup import MAX_CHARS
from socialcls.text.urls import host_key
from socialcls.types import Document

MAX_PAGES_OF_HOST = 20
"""Pages of one host that a document pooled by host is made of."""

_MAX_TEXT_CHARS = 3_000  # of a document pooled by host
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


class ArchivedPage(NamedTuple):
    """A page in an archive."""

    url: str
    html: bytes
    """Unpacked; of a long page the beginning."""
    charset: str
    """As the server said; empty when it said nothing."""


def read_archive(path: str | Path) -> Iterator[ArchivedPage]:
    """Read the web pages of an archive, one after the other; what is no page, or was not answered with one, is skipped.

    Args:
        path: A `.warc` or `.warc.gz` file, or a `.wacz` package.

    Raises:
        InputError: it cannot be read.
        MissingExtraError: FastWARC is absent.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".wacz":
            with zipfile.ZipFile(path) as package:
                names = [name for name in package.namelist() if name.endswith((".warc", ".warc.gz"))]
                if not names:
                    raise InputError(f"{path}: no WARC file in it. Give a WACZ package or a WARC file.")
                for name in names:
                    with package.open(name) as stream:
                        yield from _read_warc(stream)
        else:
            with path.open("rb") as stream:
                yield from _read_warc(stream)
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise InputError(f"{path}: cannot be read as a web archive ({error}).") from error


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
    documents = (read_page(page.html, page.url, page.charset).make_document(page.url) for page in read_archive(path))
    if not by_host:
        yield from documents
        return
    pooled: dict[str, tuple[int, Document]] = {}
    for document in documents:
        host = host_key(document.url)
        n, known = pooled.get(host, (0, None))
        if known is None:
            pooled[host] = 1, document
        elif n < MAX_PAGES_OF_HOST:
            pooled[host] = n + 1, _add(known, document)
    for _, document in pooled.values():
        yield document


def _add(known: Document, document: Document) -> Document:
    """Add a page to the document of its host, whose address is the shortest that was met."""
    first, second = (known, document) if len(known.url) <= len(document.url) else (document, known)
    marks = {mark.id: mark for mark in (*document.marks, *known.marks)}
    text = f"{first.text} {second.text}"[:_MAX_TEXT_CHARS]
    return Document(text, first.url, first.name or second.name, tuple(marks.values()))


def _read_warc(stream: IO[bytes]) -> Iterator[ArchivedPage]:
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415  (of the extra)
    except ImportError as error:
        raise MissingExtraError(
            'Reading web archives needs FastWARC. Install it with: pip install "socialcls[pages]".'
        ) from error
    for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True, auto_decode="all"):
        url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        content_type = (record.http_content_type or "").lower()
        if content_type in _PAGE_TYPES and record.http_headers.status_code == 200:
            yield ArchivedPage(url, record.reader.read(2 * MAX_CHARS), record.http_charset or "")
