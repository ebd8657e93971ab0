"""Read a web page as a document: its text as the model reads it, and its marks."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import unescape
from typing import NamedTuple

from socialcls.pages.marks import find_marks
from socialcls.pages.markup import MAX_CHARS, Block, Markup, read_markup
from socialcls.text.urls import host_key, read_url
from socialcls.types import Document, Mark

PROSE_WORDS = 60
"""The first words of a page's prose: without navigation, side bars and lists of links."""

FIRST_WORDS = 60
"""Its first visible words, behind them, navigation included: "log in, register, members", "home, about me"."""

SHELL_WORDS = 25
"""A page with fewer visible words, whose text is made by scripts, is a shell."""

_MAX_FIELD_CHARS = 500
_LEAST_OWN_LINKS = 5
_FEED_HOSTS = ("feeds.", "feeds2.", "feed.", "feedproxy.", "rss.")
"""How the hosts of feeds begin that are not those of the site."""

_WORD_CHARS = 12
_LEAST_PROSE = 4  # words of a block
_LEAST_HEADING = 8  # words of a heading; a shorter one names a part of the page: "Discussion", "Latest from our blog"
_MAX_NAME_WORDS = 4  # of the part of a title that may name the site
_TITLE_STROKE = re.compile(r"\s+(?:[|/·•»:-]|::|--|[–—])\s+")
_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,300}>")
_HASH = re.compile(r"#(?=\w)")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS = re.compile(
    r"(iso-?8859-\d+|latin-?[12]|windows-12\d\d|cp12\d\d|ibm866|cp866|koi8-[ru]|gb(k|2312|18030)|big5(-hkscs)?|"
    r"euc-(jp|kr)|shift_jis|iso-2022-jp|tis-620|mac-roman|macintosh|us-ascii)"
)
"""Encodings that a page may name beside UTF-8; Python knows others that are none of text."""

_AS_BROWSERS_DO = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "tis-620": "cp874",
}  # fmt: skip


class Page(NamedTuple):
    """What a page tells."""

    title: str
    site_name: str
    description: str
    """Of its meta elements, each sentence once."""
    language: str
    """ISO 639-1 where it names one; empty else."""
    words: str
    """Its first visible words, then the first of its prose."""
    address: str
    """Its own address, as it gives it; empty where it gives none."""
    host: str
    """The host that it names as its own: of its address, else of its feeds or most of its links; empty where none."""
    marks: tuple[Mark, ...]
    is_shell: bool
    """Whether it has hardly any text because scripts would make it."""

    def make_document(self, url: str = "") -> Document:
        """Make the document that the model reads.

        Its name is that of the site, where the page says it, so that a known service is known by it; else the last
        part of the title. On a host that many share the site is the host, and the whole title names the place.

        Args:
            url: Its address; that which it gives itself when empty, or else its host.
        """
        parts = [self.title, self.description, self.words]
        text = " ".join([part if part[-1] in ".!?…" else f"{part}." for part in parts if part])
        url = url or self.address or self.host
        is_shared = host_key(url) != read_url(url).domain
        name = self.title if is_shared else self.site_name or _find_name(self.title)
        return Document(text, url, name, self.marks)


def add_page(own: Document, page: Document) -> Document:
    """Add what a page tells to what is said of a service elsewhere, which comes first: its own words, name and URL."""
    text = f"{own.text} {page.text}".strip() if own.text.strip() else page.text
    name = own.name if own.name.strip() else page.name
    return Document(text, own.url if own.url.strip() else page.url, name, page.marks)


def read_page(html: str | bytes, url: str = "", charset: str = "") -> Page:
    """Read a page.

    Args:
        html: Its source.
        url: Its address: links to its own site are told from others by it.
        charset: What the server said of its encoding.
    """
    source = html if isinstance(html, str) else decode(html, charset)
    markup = read_markup(source)
    metas = markup.metas
    title = (markup.title or metas.get("og:title", "") or metas.get("twitter:title", ""))[:_MAX_FIELD_CHARS]
    blocks = markup.blocks
    n_visible = sum([block.n_words for block in blocks])
    is_shell = n_visible < SHELL_WORDS and markup.has_scripts
    address = _find_address(markup)
    host = read_url(address).host or _find_host(markup)
    return Page(
        title=_clean(title),
        site_name=_clean(metas.get("og:site_name") or metas.get("application-name", ""))[:_MAX_FIELD_CHARS],
        description=_join_descriptions(markup),
        language=markup.language[:2].lower(),
        words=choose_words(blocks),
        address=address,
        host=host,
        marks=find_marks(markup, source, url or host),
        is_shell=is_shell,
    )


def decode(html: bytes, charset: str = "") -> str:
    """Decode a page as browsers do: byte order mark, then what the server says, then what the page says.

    A page that says it is something else and is well-formed UTF-8 with letters beyond ASCII is UTF-8: hardly any other
    text can be. What cannot be decoded becomes U+FFFD.
    """
    html = html[: 2 * MAX_CHARS]
    for mark, encoding in _BOMS:
        if html.startswith(mark):
            return html[len(mark) :].decode(encoding, "replace")
    try:
        return html.decode("utf-8") if not html[:200].count(b"\0") else html.decode(_guess_utf16(html), "replace")
    except UnicodeDecodeError:
        return html.decode(_find_encoding(html, charset), "replace")


def _guess_utf16(html: bytes) -> str:
    """The encoding of a page that begins with NULs: every other byte is one in UTF-16."""
    if html[:200].count(b"\0") * 3 < len(html[:200]):
        return "utf-8"
    return "utf-16-be" if html[:1] == b"\0" else "utf-16-le"


def _find_encoding(html: bytes, charset: str) -> str:
    """The encoding that server or page name, as browsers take it; else that of most old pages."""
    said = charset.strip().lower()
    if not said and (found := _META_CHARSET.search(html[:4096]) or _XML_CHARSET.match(html.lstrip()[:256])):
        said = found[1].decode("ascii", "replace").lower()
    if said in {"utf-8", "utf8"}:
        return "utf-8"
    encoding = _AS_BROWSERS_DO.get(said, said) if _ENCODINGS.fullmatch(said) else "cp1252"
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"


def choose_words(blocks: Sequence[Block]) -> str:
    """Choose the words of a page: the first of its prose, then the first visible ones that were not among them.

    Prose comes first because what a text calls itself stands at its beginning, and an entry of a menu ("Forum",
    "Blog", "Press") is not what the page is.
    """
    prose = _take_words(choose_prose(blocks), PROSE_WORDS)
    first = _take_words([block for block in blocks if block.text not in prose], FIRST_WORDS)
    words = " ".join([text if text[-1] in ".!?…" else f"{text}." for text in (*prose.values(), *first.values())])
    return _HASH.sub("", words)


def choose_prose(blocks: Sequence[Block]) -> list[Block]:
    """Choose the blocks that are prose: no navigation, no list of links, no short heading."""
    return [block for block in blocks if not block.is_aside and _is_prose(block)]


def _is_prose(block: Block) -> bool:
    least = _LEAST_HEADING if block.is_heading else _LEAST_PROSE
    return block.n_link_words * 2 <= block.n_words and block.n_words >= least


def _take_words(blocks: Iterable[Block], n: int) -> dict[str, str]:
    """Take the first n words of blocks: what is taken of each, by its whole text.

    Where words are not parted by spaces, a dozen characters count as one.
    """
    taken: dict[str, str] = {}
    for block in blocks:
        if n <= 0:
            break
        if block.text not in taken:
            text = block.text[: n * _WORD_CHARS]
            taken[block.text] = " ".join(text.split(" ", n)[:n])
            n -= max(block.n_words, len(text) // _WORD_CHARS)
    return taken


def _find_address(markup: Markup) -> str:
    """The address that a page gives as its own, if it is a whole one."""
    metas = markup.metas
    for address in (markup.canonical, *(metas.get(key, "") for key in ("og:url", "twitter:url", "al:web:url"))):
        if address.startswith(("http://", "https://")) and "." in read_url(address).host:
            return address
    return ""


def _find_host(markup: Markup) -> str:
    """The host that a page without an address names as its own, by its feeds or its links.

    Many sites write their own links in full. Those to one host say whose page it is where they are half of all its
    links; where links are written without a host, the few with one lead elsewhere.
    """
    for _, address in markup.feeds:
        host = read_url(address).host if address.startswith(("http://", "https://")) else ""
        if host and not host.startswith(_FEED_HOSTS):
            return host
    hosts = Counter(
        [address.split("/", 3)[2] for address in markup.links if address.startswith(("http://", "https://"))]
    )
    for host, n in hosts.most_common(1):
        if n >= _LEAST_OWN_LINKS and n * 2 >= len(markup.links):
            return read_url(host).host
    return ""


def _find_name(title: str) -> str:
    """The last part of a title, if it is short enough to be a site's name ("… | Goodreads"); else the whole title."""
    part = _TITLE_STROKE.split(title)[-1]
    return part if len(part.split()) <= _MAX_NAME_WORDS else title


def _clean(text: str) -> str:
    """Clean what stands in the head of a page: tags and references written as text, the `#` before tags of a topic.

    A word with a `#` names a channel where a server describes itself; on pages it is a tag that any network has.
    """
    if "&" in text:
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(_HASH.sub("", text).split())


def _join_descriptions(markup: Markup) -> str:
    """The descriptions of a page, each that says something new."""
    said: list[str] = []
    for key in ("description", "og:description", "twitter:description", "abstract"):
        text = _clean(markup.metas.get(key, "")[:_MAX_FIELD_CHARS])
        if text and not any(text[:60].lower() in other.lower() for other in said):
            said.append(text)
    return " ".join(said)
