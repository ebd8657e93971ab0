"""Rows of one host share one answer, made of what all of them say."""

from collections.abc import Iterable
from typing import NamedTuple

from socialcls.tables.columns import Columns
from socialcls.tables.table import Row, read_row
from socialcls.text.urls import host_key, read_url
from socialcls.types import Document, Mark

_MAX_TEXTS = 50  # of one host; what is behind adds little
_MAX_CHARS = 20_000  # of them together


class Pooled(NamedTuple):
    """What the rows of one host say together."""

    document: Document
    n_rows: int
    address: str
    """Of its front page, with the scheme and port that its first row has."""


class _Gathering:
    """What is gathered of one host."""

    __slots__ = ("address", "marks", "n_chars", "n_rows", "names", "texts", "url")

    def __init__(self, url: str, address: str) -> None:
        self.url, self.address = url, address
        self.marks: dict[str, Mark] = {}
        self.names: dict[str, None] = {}
        self.texts: dict[str, None] = {}
        self.n_chars = 0
        self.n_rows = 0

    def add(self, document: Document) -> None:
        self.n_rows += 1
        for mark in document.marks:
            self.marks.setdefault(mark.id, mark)
        if document.name.strip() and not self.names:
            self.names[document.name] = None
        text = document.text[:_MAX_CHARS]
        has_room = not self.texts or (len(self.texts) < _MAX_TEXTS and self.n_chars + len(text) <= _MAX_CHARS)
        if text.strip() and text not in self.texts and has_room:
            self.texts[text] = None
            self.n_chars += len(text)


def find_host(url: str) -> str:
    """Find what rows are pooled by: a host without "www."; where many share one, the place that belongs to one of them.

    >>> find_host("https://www.forum.gazeta.pl/x"), find_host("https://www.reddit.com/r/Polska/new"), find_host("")
    ('forum.gazeta.pl', 'reddit.com/r/polska', '')
    """
    if not url.strip():
        return ""
    key = host_key(url)
    return key if "/" in key else read_url(url).host.removeprefix("www.")


def pool_rows(rows: Iterable[Row], columns: Columns) -> dict[str, Pooled]:
    """Pool the documents of rows by host: each text once, the first name, the host as the address."""
    gathered: dict[str, _Gathering] = {}
    for row in rows:
        if row.problem is not None:
            continue
        document, _ = read_row(row, columns)
        host = find_host(document.url)
        if host:
            if host not in gathered:
                gathered[host] = _Gathering(host, _find_front(document.url, host))
            gathered[host].add(document)
    return {
        host: Pooled(
            Document("\n".join(of.texts), of.url, next(iter(of.names), ""), tuple(of.marks.values())),
            of.n_rows,
            of.address,
        )
        for host, of in gathered.items()
    }


def _find_front(url: str, host: str) -> str:
    """Find the address of a host's front page, or of the place on a host that many share."""
    from urllib.parse import urlsplit  # noqa: PLC0415  (only this way of reading rows needs it)

    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return host
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return host
    return f"{parts.scheme}://{parts.netloc}/{host.partition('/')[2]}"
