"""Read saved pages as documents, each by itself or all of a host together; pages of archives are saved ones too."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from socialcls.messages import Problem
from socialcls.pages.html import read_page
from socialcls.text.urls import host_key
from socialcls.types import Document

MAX_PAGES_OF_HOST = 20
"""Pages of one host that a document pooled by host is made of."""

_MAX_TEXT_CHARS = 3_000  # of a document pooled by host
_MAX_HEAD_BYTES = 4_096
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d{1,6}\)\s*(https?://[^\s<>]{1,2000}?)\s*-->", re.IGNORECASE)
"""What browsers write into a page that they save."""


class SavedPage(NamedTuple):
    """A page as it was saved."""

    url: str
    """Its address; empty where nothing but the page itself may tell it."""
    html: bytes
    """Unpacked; of a long page the beginning."""
    charset: str = ""
    """As the server said; empty when it said nothing."""
    file: str = ""
    """Where it was saved, if in a file of its own."""
    problem: Problem | None = None
    """Why it cannot be read; None when it can."""


class ReadPage(NamedTuple):
    """A page as it was read."""

    document: Document
    is_shell: bool = False
    """Whether it has hardly any text because scripts would make it."""


class Service(NamedTuple):
    """What the pages of one host say together."""

    page: ReadPage
    n_pages: int


def read_saved(saved: SavedPage) -> ReadPage:
    """Read a saved page; where its address is not known, that which a browser noted or it gives itself counts."""
    url = saved.url or _find_noted(saved.html)
    page = read_page(saved.html, url, saved.charset)
    return ReadPage(page.make_document(url), page.is_shell)


def pool_by_host(pages: Iterable[SavedPage]) -> Iterator[Service]:
    """Pool the first `MAX_PAGES_OF_HOST` pages of each host, or of each place on a host that many share.

    All hosts are held in memory. A page without an address is a service by itself.
    """
    pooled: dict[str, Service] = {}
    for n, saved in enumerate(pages):
        page = None
        url = saved.url
        if not url:
            page = read_saved(saved)
            url = page.document.url
        host = host_key(url) if url else f"\0{n}"
        known = pooled.get(host)
        if known is not None and known.n_pages >= MAX_PAGES_OF_HOST:
            pooled[host] = known._replace(n_pages=known.n_pages + 1)
            continue
        page = page or read_saved(saved)
        pooled[host] = Service(page, 1) if known is None else Service(_add(known.page, page), known.n_pages + 1)
    yield from pooled.values()


def _find_noted(html: bytes) -> str:
    found = _SAVED_FROM.search(html[:_MAX_HEAD_BYTES])
    return found[1].decode("utf-8", "replace") if found else ""


def _add(known: ReadPage, page: ReadPage) -> ReadPage:
    """Add a page to those of its host; the shortest address that was met stands for all."""
    old, new = known.document, page.document
    first, second = (old, new) if len(old.url) <= len(new.url) else (new, old)
    marks = {mark.id: mark for mark in (*new.marks, *old.marks)}
    text = f"{first.text} {second.text}"[:_MAX_TEXT_CHARS]
    document = Document(text, first.url, first.name or second.name, tuple(marks.values()))
    return ReadPage(document, known.is_shell and page.is_shell)
