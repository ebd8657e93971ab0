"""Read a URL leniently into the parts that say something.

People paste hosts without a scheme, paths with typos and capitals; nothing here ever fails. The standard
library's `urlsplit` is strict and gives no positions, and a public suffix list weighs more than the model
(docs/decisions/0005-urls.md), so the few rules that matter are here.
"""

import re
from functools import cache
from typing import NamedTuple

# Second levels under a country's domain that belong to nobody: example.co.uk, example.com.pl.
_SHARED_SECOND_LEVELS = frozenset(
    [
        "ac",
        "biz",
        "co",
        "com",
        "edu",
        "gen",
        "go",
        "gob",
        "gouv",
        "gov",
        "ind",
        "info",
        "ltd",
        "me",
        "mil",
        "ne",
        "net",
        "nom",
        "or",
        "org",
        "plc",
        "sch",
        "waw",
    ]
)
# Hosts where each subdomain, or each first path segment, is somebody else's place.
_SHARED_HOSTS = frozenset(
    [
        "blogspot",
        "blogger",
        "wordpress",
        "tumblr",
        "livejournal",
        "substack",
        "medium",
        "github",
        "gitlab",
        "bearblog",
        "blox",
        "blogfree",
        "hatenablog",
        "over-blog",
        "canalblog",
        "centerblog",
        "skyrock",
        "typepad",
        "wixsite",
        "weebly",
        "neocities",
        "mataroa",
        "write",
        "reddit",
        "discourse",
        "proboards",
        "forumotion",
        "forumieren",
        "forumactif",
        "forumeiros",
        "foroactivo",
        "jun",
        "phorum",
        "facebook",
        "telegram",
        "t",
        "discord",
        "twitter",
        "x",
        "instagram",
        "youtube",
        "linkedin",
        "vk",
        "mastodon",
        "stackexchange",
        "groups",
        "google",
        "blog",
        "pinger",
        "bloog",
        "fora",
        "forumer",
        "iq24",
        "pagesperso-orange",
        "home",
        "ning",
        "webnode",
        "altervista",
        "blogs",
    ]
)
_URL = r"(?i)(?:[a-z][a-z0-9+.-]*:)?//\S+"
_HOST = r"(?i)(?:[\w-]+\.)+(?:[^\W\d_]{2,24}|xn--[\w-]{2,59})(?::\d{1,5})?(?:[/?#]\S*)?"
_PARTS = r"(?is)\s*(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@\s]*@)?(?P<host>[^/?#:\s]*)(?::\d+)?(?P<rest>.*)"
_BARE_PORT = r"\s*[^/?#:@\s]+:\d"  # "example.com:8080/x": what looks like a scheme is a host
_LABEL = r"[^.]+"
_SEGMENT = r"[^/?#&=;\s]+"

_compile = cache(re.compile)  # when first needed: a text without a URL starts without them


class UrlPart(NamedTuple):
    """A part of a URL as given, with its place."""

    text: str
    """Lower case, as it stands."""
    start: int
    end: int


class Url(NamedTuple):
    """The parts of a URL that say what stands there."""

    subdomains: tuple[UrlPart, ...]
    """Labels left of the site's own name, leftmost first, without "www"."""
    site: UrlPart | None
    """The label that somebody registered: "example" of forum.example.co.uk; None of an empty URL."""
    suffix: UrlPart | None
    """What it stands under: "co.uk"; None of a host with a single label."""
    segments: tuple[UrlPart, ...]
    """Parts of path, query and fragment."""

    @property
    def host(self) -> str:
        """The host without "www": "forum.example.co.uk"."""
        return ".".join(part.text for part in (*self.subdomains, self.site, self.suffix) if part)

    @property
    def domain(self) -> str:
        """The registered domain: "example.co.uk"."""
        return ".".join(part.text for part in (self.site, self.suffix) if part)


def looks_like_url(text: str) -> bool:
    """Whether a text is a URL or a bare host and nothing else.

    >>> looks_like_url("forum.muratordom.pl"), looks_like_url("A forum for gardeners."), looks_like_url("Node.js")
    (True, False, False)
    """
    if " " in text.strip(" "):
        return False  # nearly every description, without trying the patterns
    text = text.strip()
    if _compile(_URL).fullmatch(text):
        return True
    return bool(_compile(_HOST).fullmatch(text)) and not text.lower().endswith(_FILE_ENDINGS)


_FILE_ENDINGS = (".js", ".txt", ".csv", ".md", ".pdf", ".json")  # "Node.js" and file names are not hosts


def read_url(url: str) -> Url:
    """Read a URL or bare host; leave out what cannot be read.

    >>> url = read_url("https://forum.Example.co.uk/viewtopic.php?t=9")
    >>> url.host, url.domain, [part.text for part in url.segments]
    ('forum.example.co.uk', 'example.co.uk', ['viewtopic.php', 't', '9'])
    """
    parts = _compile(_PARTS).match(url if not _compile(_BARE_PORT).match(url) else "//" + url)
    if parts is None:  # cannot be: every part of the pattern is optional
        return _assemble([], ())
    shift = len(parts.string) - len(url)
    labels = _find_parts(_compile(_LABEL), parts, "host", shift)
    return _assemble(labels, tuple(_find_parts(_compile(_SEGMENT), parts, "rest", shift)))


def host_key(url: str) -> str:
    """Name the site that a URL belongs to: rows of one site stay together when data is split.

    On a host that many share (blogspot.com, reddit.com) it is the part that belongs to one of them.

    >>> host_key("https://anna.blogspot.com/2012/"), host_key("reddit.com/r/Polska"), host_key("www.onet.pl")
    ('anna.blogspot.com', 'reddit.com/r/polska', 'onet.pl')
    """
    parts = read_url(url)
    if parts.site is None or parts.site.text not in _SHARED_HOSTS:
        return parts.domain
    if parts.subdomains:
        return parts.host
    return "/".join([parts.domain, *(segment.text for segment in parts.segments[:2])])


def _find_parts(pattern: re.Pattern[str], url: re.Match[str], group: str, shift: int) -> list[UrlPart]:
    return [
        UrlPart(match[0].lower(), match.start() - shift, match.end() - shift)
        for match in pattern.finditer(url.string, url.start(group), url.end(group))
    ]


def _assemble(labels: list[UrlPart], segments: tuple[UrlPart, ...]) -> Url:
    if len(labels) > 2 and labels[0].text in {"www", "www2", "ww"}:
        labels = labels[1:]
    if len(labels) < 2:
        return Url((), labels[0] if labels else None, None, segments)
    size = 1
    if len(labels) > 2 and len(labels[-1].text) == 2 and labels[-2].text in _SHARED_SECOND_LEVELS:
        size = 2
    first, last = labels[-size], labels[-1]
    suffix = UrlPart(".".join(part.text for part in labels[-size:]), first.start, last.end)
    return Url(tuple(labels[: -size - 1]), labels[-size - 1], suffix, segments)
