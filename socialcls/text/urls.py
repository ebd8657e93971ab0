"""Read a URL leniently into the parts that say something.

People paste hosts without a scheme, with two of them, defanged, percent-encoded, in brackets, behind the Wayback
Machine; nothing here ever fails, and one host is one host however it is spelt. The standard library's `urlsplit` is
strict and gives no positions, so the few rules that matter are here (docs/decisions/0005-urls.md); internationalised
names are read by the `idna` package.
"""

import re
import unicodedata
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
_HOST = r"(?i)(?:[\w-]+\.)+(?:[^\W\d_]{2,24}|xn--[\w-]{2,59})\.?(?::\d{1,5})?(?:[/?#]\S*)?"
# What needs no cleaning: nearly every URL.
_PLAIN = r"(?i)(?:https?://)?(?P<host>(?:[a-z0-9_-]+\.)+[a-z0-9_-]+)(?P<rest>[/?#][!-~]*)?"
_SCHEME = r"(?i)(?:(?:https?|hxxps?|ftp)(?::/*|/{2,})|[a-z][a-z0-9+.-]*://|/{2,})"
_PARTS = r"(?s)(?:[^/?#]*@)?(?P<host>\[[^\]]*\]|[^/?#:\s]*)(?::\d+)?(?P<rest>.*)"
_WRAPPERS = {
    "web.archive.org": r"(?i)/web/[\d*a-z_]*/(?P<inner>.+)",
    "archive.ph": r"(?i)/(?:\d+|newest|o/\w+)/(?P<inner>.+)",
    "translate.google.com": r"(?i).*?[?&]u=(?P<inner>[^&]+)",
    "google.com": r"(?i)/url\?(?:.*&)?(?:q|url)=(?P<inner>https?[^&]+)",
}
_IP = r"\d{1,3}(?:\.\d{1,3}){3}"
_LABEL = r"[^.]+"
_SEGMENT = r"[^/?#&=;\s]+"
_DOTS = dict.fromkeys("\u3002\uff0e\uff61", ".")
_SPACE = re.compile(r"\s")
_DEFANGED = re.compile(r"[\[({](?:\.|dot)[\])}]", re.IGNORECASE)
_QUOTES = "<>\"'`()[]{}\u201e\u201d\u201c\u2018\u2019\u00ab\u00bb"
_AROUND = _QUOTES + " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85"
_BEHIND = _AROUND + ",;.!"
_MAX_WRAPPERS = 5  # put around one another
_MAX_URL_CHARS = 4_000  # what says something stands early
_MAX_HOST_CHARS = 253  # of a name in the DNS (RFC 1035); what is longer is none

compile_once = cache(re.compile)  # when first needed: a text without a URL starts without them


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
    """Pieces of path, query and fragment."""
    ip: str = ""
    """The IP address that stands for a host; it says nothing. Then there is no site."""

    @property
    def host(self) -> str:
        """The host without "www": "forum.example.co.uk"; an IP address where there is one."""
        return self.ip or ".".join(part.text for part in (*self.subdomains, self.site, self.suffix) if part)

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
    text = text.strip().strip(_BEHIND)
    if len(text) > _MAX_URL_CHARS:
        if _SPACE.search(text):
            return False
        text = text[:_MAX_URL_CHARS]  # a pattern takes sixty times the memory of what it tries
    text = _DEFANGED.sub(".", text)
    if compile_once(_URL).fullmatch(text):
        return True
    is_file = "/" not in text and text.lower().endswith(_FILE_ENDINGS)
    return bool(compile_once(_HOST).fullmatch(text)) and not is_file


_FILE_ENDINGS = (
    *(".js", ".txt", ".csv", ".tsv", ".md", ".pdf", ".json", ".jsonl", ".xml", ".html", ".htm", ".php"),
    *(".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".bmp", ".mp3", ".mp4", ".avi"),
    *(".doc", ".docx", ".xls", ".xlsx", ".odt", ".ods", ".ppt", ".pptx", ".gz", ".parquet", ".warc"),
)
"""Of file names, which are no hosts: "Node.js", "photo.jpg"."""


def read_url(url: str) -> Url:
    """Read a URL or bare host, however it is spelt; what cannot be read is left out.

    >>> url = read_url("https://forum.Example.co.uk/viewtopic.php?t=9")
    >>> url.host, url.domain, [part.text for part in url.segments]
    ('forum.example.co.uk', 'example.co.uk', ['viewtopic.php', 't', '9'])
    >>> read_url("<hxxps://nk[.]pl>,").host, read_url("http://10.0.0.1/forum").host
    ('nk.pl', '10.0.0.1')
    """
    url = url[:_MAX_URL_CHARS]
    plain = compile_once(_PLAIN).fullmatch(url)
    if plain is not None and "//" not in (plain["rest"] or "") and len(plain["host"]) <= _MAX_HOST_CHARS:
        host = plain["host"].lower()
        is_name = "xn--" not in host and not host[-1].isdigit()
        if is_name and _strip_www(host) not in _WRAPPERS and not host.endswith(".translate.goog"):
            return _assemble(_find_parts(compile_once(_LABEL), plain, "host"), _find_segments(plain))
    return _Spelling(url).read()


class _Spelling:
    """A URL whose spelling has to be set right: its characters with the places that they had."""

    def __init__(self, url: str) -> None:
        chars, places = [], []
        for i, char in enumerate(url):
            for one in _clean(char):
                chars.append(one)
                places.append(i)
        self._text, self._places = "".join(chars), places

    def read(self) -> Url:
        """Read what it spells."""
        self._refang()
        self._strip()
        for _ in range(_MAX_WRAPPERS):
            self._cut_schemes()
            parts = compile_once(_PARTS).match(self._text)
            if parts is None:  # cannot be: every piece of the pattern is optional
                break
            if not self._unwrap(parts):
                return self._assemble(parts)
        return _assemble([], ())

    def _refang(self) -> None:
        """Put a dot where "[.]" stands in its place."""
        while found := _DEFANGED.search(self._text[:1_000]):
            self._text = self._text[: found.start()] + "." + self._text[found.end() :]
            self._places[found.start() : found.end()] = [self._places[found.start()]]

    def _keep(self, start: int, end: int) -> None:
        self._text, self._places = self._text[start:end], self._places[start:end]

    def _strip(self) -> None:
        """Take off brackets and quotes around the whole, and marks behind it; an IPv6 address keeps its brackets."""
        start, end = 0, len(self._text)
        while (
            start < end
            and self._text[start] in _AROUND
            and not compile_once(r"\[[0-9a-fA-F:.]+\]").match(self._text, start)
        ):
            start += 1
        while end > start and self._text[end - 1] in _BEHIND and "[" not in self._text[start:end]:
            end -= 1
        self._keep(start, end)

    def _cut_schemes(self) -> None:
        """Cut off all schemes in front, whole or broken."""
        end = 0
        while found := compile_once(_SCHEME).match(self._text, end):
            end = found.end()
        self._keep(end, len(self._text))

    def _unwrap(self, parts: re.Match[str]) -> bool:
        """Take the address out of an archive's or a translator's."""
        pattern = _WRAPPERS.get(_strip_www(parts["host"].lower()))
        inner = compile_once(pattern).match(parts["rest"]) if pattern else None
        if inner is None:
            return False
        start = parts.start("rest") + inner.start("inner")
        end = parts.start("rest") + inner.end("inner")
        if "." not in self._text[start:end]:
            return False
        self._keep(start, end)
        self._decode_percents()
        return True

    def _decode_percents(self) -> None:
        """Decode what is percent-encoded; what is no UTF-8 stays."""
        found = compile_once(r"(?:%[0-9a-fA-F]{2})+").finditer(self._text)
        for match in reversed(list(found)):
            try:
                decoded = bytes.fromhex(match[0].replace("%", "")).decode()
            except UnicodeDecodeError:
                continue
            self._text = self._text[: match.start()] + decoded + self._text[match.end() :]
            place = self._places[match.start()]
            self._places[match.start() : match.end()] = [place] * len(decoded)

    def _assemble(self, parts: re.Match[str]) -> Url:
        segments = tuple(self._find(_SEGMENT, parts.start("rest"), parts.end("rest")))
        host, start = parts["host"], parts.start("host")
        if host.startswith("[") or compile_once(_IP).fullmatch(host.strip(".")):
            return Url((), None, None, segments, host.strip(".[]").lower())
        if len(host) > _MAX_HOST_CHARS:
            return Url((), None, None, segments)
        if "%" in host:
            self._keep(start, start + len(host))
            self._decode_percents()
            start, host = 0, self._text
        labels = self._find(_LABEL, start, start + len(host))
        labels = [_decode_label(part) for part in labels if part.text.strip("-_")]
        if len(labels) > 2 and [part.text for part in labels[-2:]] == ["translate", "goog"]:
            first = labels[-3]
            names = first.text.replace("--", "\0").replace("-", ".").replace("\0", "-").split(".")
            labels = [UrlPart(name, first.start, first.end) for name in names]
        return _assemble(labels, segments)

    def _find(self, pattern: str, start: int, end: int) -> list[UrlPart]:
        places = self._places
        return [
            UrlPart(match[0].lower(), places[match.start()], places[match.end() - 1] + 1)
            for match in compile_once(pattern).finditer(self._text, start, min(end, len(self._text)))
        ]


def _clean(char: str) -> str:
    """A character as it is meant: full-width letters and dots plain, backslashes as slashes, no invisible ones."""
    if char.isascii():
        return "/" if char == "\\" else char
    if char in _DOTS:
        return "."
    if char.isspace():
        return " "
    if unicodedata.category(char) == "Cf":
        return ""
    return unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" else char


def _decode_label(part: UrlPart) -> UrlPart:
    """A label of an internationalised name as people read it."""
    if not part.text.startswith("xn--"):
        return part
    import idna  # noqa: PLC0415  (few need it)

    try:
        return part._replace(text=idna.decode(part.text).lower())
    except (idna.IDNAError, UnicodeError):
        return part


def _strip_www(host: str) -> str:
    return host.removeprefix("www.")


def host_key(url: str) -> str:
    """Name the site that a URL belongs to: rows of one site stay together when data is split.

    On a host that many share (blogspot.com, reddit.com) it is the part that belongs to one of them.

    >>> host_key("https://anna.blogspot.com/2012/"), host_key("reddit.com/r/Polska"), host_key("www.onet.pl")
    ('anna.blogspot.com', 'reddit.com/r/polska', 'onet.pl')
    """
    parts = read_url(url)
    if parts.site is None:
        return parts.ip
    if parts.site.text not in _SHARED_HOSTS:
        return parts.domain
    if parts.subdomains:
        return parts.host
    return "/".join([parts.domain, *(segment.text for segment in parts.segments[:2])])


def _find_parts(pattern: re.Pattern[str], url: re.Match[str], group: str) -> list[UrlPart]:
    return [
        UrlPart(match[0].lower(), match.start(), match.end())
        for match in pattern.finditer(url.string, url.start(group), url.end(group))
    ]


def _find_segments(url: re.Match[str]) -> tuple[UrlPart, ...]:
    return tuple(_find_parts(compile_once(_SEGMENT), url, "rest")) if url["rest"] else ()


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
