"""The keys of a URL: its parts under the names of what they are, the words of its host, its signals, its service."""

from collections.abc import Iterator
from typing import NamedTuple

from socialcls.features.services import ServiceTable, find_service
from socialcls.features.signals import Entries, look_up
from socialcls.text.tokenizer import fold
from socialcls.text.urls import Url, UrlPart, compile_once, read_url

MAX_URL_SEGMENTS = 4  # what says forum or blog stands early; session ids stand late

# Suffixes that say nothing of what is under them: anybody's, nobody's (RFC 2606), a country's (our rows of a country
# would teach that they do). Those of countries that the world has made its own mean something: blog.io, radio.fm.
_ANYBODYS_SUFFIXES = frozenset(
    {"com", "net", "org", "info", "biz", "eu", "co", "or", "ne", "example", "test", "invalid"}
)
_WORLDS_SUFFIXES = frozenset(
    {"ai", "cc", "fm", "gg", "im", "io", "la", "li", "me", "sh", "st", "to", "tv", "ws", "xyz"}
)
_URL_PIECE = r"[^\W\d_]+"


class UrlKey(NamedTuple):
    """A key of a URL with its group and its place, in characters of the URL as given."""

    group: str
    key: str
    start: int
    end: int


def read_url_keys(text: str, entries: Entries, services: ServiceTable) -> Iterator[UrlKey]:
    """Yield the keys of a URL, by place; one key may stand in several places.

    Args:
        text: The URL as given.
        entries: Of the signals, for parts of URLs.
        services: The known ones.
    """
    url = read_url(text)
    if service := find_service(url, services):
        key, start, end = service
        yield UrlKey("url.services", key, start, end)
    for name, (start, end) in _name_parts(url):
        yield UrlKey("url.parts", name, start, end)
    host_parts = (*url.subdomains, *([url.site] if url.site else []))
    for part in host_parts:
        yield UrlKey("url.chars", fold(part.text), part.start, part.end)
    for part in (*host_parts, *url.segments[:MAX_URL_SEGMENTS]):
        for match in compile_once(_URL_PIECE).finditer(part.text):
            # a few capitals become longer in lower case ("İ"): what stands behind them still ends within the part
            start = min(part.start + match.start(), part.end - 1)
            end = max(start + 1, min(part.start + match.end(), part.end))
            for entry in look_up(fold(match[0]), entries):
                yield UrlKey("url.signals", entry.signal, start, end)


def _name_parts(url: Url) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name the parts of a URL by what they are: `sub=forum`, `site=example`, `tld=gov`, `path=…`."""
    site = url.site
    if site is None:
        return
    end = url.suffix.end if url.suffix else site.end
    yield f"domain={url.domain}", (site.start, end)
    yield f"site={site.text}", (site.start, site.end)
    if url.suffix and (meaning := _read_suffix(url.suffix.text)):
        yield f"tld={meaning}", (url.suffix.start, url.suffix.end)
    for part in url.subdomains:
        yield f"sub={fold(part.text)}", (part.start, part.end)
        yield f"on={url.domain}", (site.start, end)  # somebody's place on a larger host
    for i, part in enumerate(url.segments[:MAX_URL_SEGMENTS]):
        yield from _name_segment(url, part, is_first=i == 0)


def _name_segment(url: Url, part: UrlPart, *, is_first: bool) -> Iterator[tuple[str, tuple[int, int]]]:
    span = (part.start, part.end)
    mark = part.text[0] if part.text[0] in "@~" else ""
    yield f"path={fold(part.text)}", span
    if is_first:
        yield f"first={url.domain}/{mark or fold(part.text)}", span
    if mark:
        yield f"path={mark}…", span


def _read_suffix(suffix: str) -> str:
    """Read what a suffix says: "gov" of gov.pl, "social", "io"; nothing for .com and for most countries."""
    first, *_ = suffix.split(".")
    if first in _ANYBODYS_SUFFIXES or (len(first) == 2 and first != "ac" and first not in _WORLDS_SUFFIXES):
        return ""
    return first
