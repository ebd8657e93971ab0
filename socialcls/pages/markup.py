"""Read HTML in one pass: what its head declares, where it links to, and its visible blocks of text.

No tree is built. The parsers that build one correctly take quadratic time on nested elements or on many attributes
(numbers in docs/decisions/0020-pages.md), and a page may be anybody's; this pass is linear in what it reads, and all
that it keeps is bounded. What a tree would add, the repair of broken nesting, changes nothing that is asked here.
"""

import re
from collections import Counter
from html import unescape
from typing import NamedTuple

MAX_CHARS = 2_000_000
"""Of a page; what stands behind is not read."""

MAX_LINKS = 3_000
MAX_BLOCKS = 3_000
_MAX_ASSETS = 500
_MAX_VALUE_CHARS = 2_000  # of an attribute that is kept
_MAX_JSON_CHARS = 200_000  # of one script of JSON-LD
_MAX_JSON = 20
_MAX_METAS = 200

_TOKEN = re.compile(
    r"""<(?:!--|[!?][^>]*>?|(/?)([a-zA-Z][^\s/>]*)((?:[^>"'=]|=\s*(?:"[^"]*"|'[^']*')?|["'])*+)>?)""",
)
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_RAW = {
    tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE)
    for tag in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "template", "select",
                "svg", "math", "object", "canvas", "noscript")
}  # fmt: skip
"""Elements whose content is no text of the page; of these a title and a JSON-LD script are kept."""

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SOURCED_TAGS = frozenset({"iframe", "img", "script"})
"""Tags of which nothing but the source is read."""

_NOTED_TAGS = frozenset({"a", "html", "link", "meta"})
"""Tags all of whose attributes are read."""

_BOX_TAGS = frozenset(
    [
        "article",
        "aside",
        "blockquote",
        "body",
        "div",
        "dl",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "header",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "section",
        "span",
        "table",
        "td",
        "tr",
        "ul",
    ]
)
"""Tags whose classes, id and role are read."""

_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "dialog", "menu"})
_ASIDE_ROLES = frozenset({"navigation", "contentinfo", "search", "dialog", "alertdialog", "banner", "menu"})
_ASIDE_WORDS = re.compile(
    r"cookie|consent|gdpr|rodo|onetrust|cmp-|truste|didomi|nav(?![a-z])|navbar|navigation|menu|breadcrumb|sidebar|skip-|"
    r"popup|modal|newsletter|share|social|widget|advert|banner-ad|related|sponsor"
)
_SOURCE = re.compile(r"""\bsrc\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
_BOX = re.compile(r"""\b(class|id|role|itemtype|style)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_HIDING = re.compile(r"""\bhidden(?=[\s>=]|$)|\baria-hidden\s*=\s*["']?true""")
_CONSENT_WORDS = re.compile(r"cookie|consent|gdpr|rodo|onetrust|cmp-|truste|didomi")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


class Block(NamedTuple):
    """Text between two block elements."""

    text: str
    """With single spaces."""
    n_words: int
    n_link_words: int
    """How many of the words stand in links."""
    is_aside: bool
    """Whether it stands in navigation, a footer, a side bar or the like."""
    is_heading: bool


class Markup:
    """What was found in a page."""

    def __init__(self) -> None:
        self.title = ""
        self.language = ""
        """Of the root element: "pl-PL"; empty where it says none."""
        self.metas: dict[str, str] = {}
        """By name, property or http-equiv in lower case: the first content."""
        self.links: list[str] = []
        """Addresses that the page links to, as they stand, in order."""
        self.link_rels: Counter[str] = Counter()
        """How often each relation is named by links of the text: author, me, nofollow, …"""
        self.assets: list[str] = []
        """Addresses of its scripts, style sheets, frames and images; of links of its head, behind their relation."""
        self.feeds: list[tuple[str, str]] = []
        """Title and address of each feed that it names."""
        self.canonical = ""
        self.json_ld: list[str] = []
        """Each script of JSON-LD, as it stands."""
        self.item_types: Counter[str] = Counter()
        """Types of microdata, the last part of their address: "BlogPosting"."""
        self.classes: Counter[str] = Counter()
        """Classes and ids (`#` before them) of elements, in lower case; those of the body also as `body.x`."""
        self.blocks: list[Block] = []
        self.has_scripts = False


def read_markup(html: str) -> Markup:
    """Read a page.

    Args:
        html: Its source; what stands behind MAX_CHARS is not read.
    """
    reader = _Reader(html[:MAX_CHARS])
    reader.read()
    return reader.found


class _Reader:
    """One pass over a page."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.found = Markup()
        self._pieces: list[tuple[str, bool]] = []
        self._in_link = False
        self._heading = ""
        self._never_closed: set[str] = set()
        # the element that is left out, or aside, with how many of its name are open in it
        self._hidden_tag, self._hidden_depth = "", 0
        self._aside_tag, self._aside_depth = "", 0

    def read(self) -> None:
        html, search, size = self.html, _TOKEN.search, len(self.html)
        place = 0
        while place < size:
            token = search(html, place)
            if token is None:
                self._add_text(html[place:])
                break
            start = token.start()
            if start > place and not self._hidden_tag:
                self._add_text(html[place:start])
            place = token.end()
            closes, tag, written = token.groups()
            if tag is None:
                if html.startswith("<!--", start):
                    end = html.find("-->", place)
                    place = size if end < 0 else end + 3
                continue
            tag = tag.lower()
            if closes:
                self._close(tag)
            else:
                self._open(tag, written)
                if tag in _RAW and not written.endswith("/"):
                    place = self._skip_raw(tag, written, place)
        self._flush()

    def _skip_raw(self, tag: str, written: str, start: int) -> int:
        end = None if tag in self._never_closed else _RAW[tag].search(self.html, start)
        if end is None and tag not in {"script", "style"}:
            self._never_closed.add(tag)  # looked for once: each time would take quadratic time
            return start
        stop = len(self.html) if end is None else end.start()
        found = self.found
        if tag == "title" and not found.title:
            found.title = _tidy(self.html[start : min(stop, start + 1_000)])
        elif tag == "script":
            found.has_scripts = True
            if "ld+json" in written.lower() and len(found.json_ld) < _MAX_JSON:
                found.json_ld.append(self.html[start : min(stop, start + _MAX_JSON_CHARS)])
        return len(self.html) if end is None else stop

    def _open(self, tag: str, written: str) -> None:
        if tag in _BLOCK_TAGS:
            if self._pieces:
                self._flush()
            if tag in _HEADINGS:
                self._heading = tag
        if tag in _SOURCED_TAGS:
            if len(self.found.assets) < _MAX_ASSETS and (source := _SOURCE.search(written)):
                self.found.assets.append(source[1][:_MAX_VALUE_CHARS])
        elif tag in _NOTED_TAGS:
            if written:
                self._note(tag, _read_attributes(written))
            self._enter_link(tag)
        elif self._hidden_tag:
            self._hidden_depth += tag == self._hidden_tag
        elif tag in _BOX_TAGS:
            is_hidden, is_aside = self._note_box(tag, written) if written else (False, tag in _ASIDE_TAGS)
            if is_hidden:
                self._hidden_tag, self._hidden_depth = tag, 1
            elif self._aside_tag:
                self._aside_depth += tag == self._aside_tag
            elif is_aside:
                self._aside_tag, self._aside_depth = tag, 1

    def _enter_link(self, tag: str) -> None:
        if tag == "a" and self._pieces and self._pieces[-1][1]:
            self._pieces.append((" ", False))  # two links side by side are two words
        self._in_link = self._in_link or tag == "a"

    def _close(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        elif tag in _BLOCK_TAGS:
            if self._pieces:
                self._flush()
            if tag == self._heading:
                self._heading = ""
        if tag == self._hidden_tag:
            self._hidden_depth -= 1
            if not self._hidden_depth:
                self._hidden_tag = ""
        elif tag == self._aside_tag and not self._hidden_tag:
            self._aside_depth -= 1
            if not self._aside_depth:
                self._flush()
                self._aside_tag = ""

    def _add_text(self, text: str) -> None:
        if not text.isspace():
            self._pieces.append((text, self._in_link))

    def _flush(self) -> None:
        """End a block of text."""
        pieces = self._pieces
        if not pieces:
            return
        self._pieces = []
        blocks = self.found.blocks
        if len(blocks) >= MAX_BLOCKS:
            return
        text = _tidy("".join([piece for piece, _ in pieces]))
        if text:
            n_link_words = sum([len(piece.split()) for piece, in_link in pieces if in_link])
            blocks.append(Block(text, text.count(" ") + 1, n_link_words, bool(self._aside_tag), bool(self._heading)))

    def _note_box(self, tag: str, written: str) -> tuple[bool, bool]:
        """Keep the classes and the id of an element; say whether it is hidden, and whether it is an aside."""
        found, said, role, style = self.found, "", "", ""
        for name, double, single, bare in _BOX.findall(written):
            value = (double or single or bare)[:_MAX_VALUE_CHARS].lower()
            match name.lower():
                case "class":
                    for word in value.split():
                        found.classes[word] += 1
                    said += f" {value}"
                case "id":
                    found.classes[f"#{value}"] += 1
                    said += f" {value}"
                case "itemtype":
                    found.item_types[(double or single or bare).rstrip("/").rpartition("/")[2]] += 1
                case "role":
                    role = value
                case _:
                    style = value
        if tag == "body":
            for word in said.split():
                found.classes[f"body.{word}"] += 1
            return False, False
        is_named = bool(said and _ASIDE_WORDS.search(said))
        is_hidden = (
            (is_named and _CONSENT_WORDS.search(said) is not None)
            or bool(style and _HIDDEN.search(style))
            or ("hidden" in written and _HIDING.search(written) is not None)
        )
        return is_hidden, is_named or tag in _ASIDE_TAGS or role in _ASIDE_ROLES

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep what an element's attributes tell."""
        found = self.found
        for name in attributes.get("class", "").lower().split():
            found.classes[name] += 1
        if "id" in attributes:
            found.classes["#" + attributes["id"].lower()] += 1
        if "itemtype" in attributes:
            found.item_types[attributes["itemtype"].rstrip("/").rpartition("/")[2]] += 1
        if tag == "a":
            address = attributes.get("href", "")
            if address and len(found.links) < MAX_LINKS:
                found.links.append(unescape(address.strip()) if "&" in address else address.strip())
            for rel in attributes.get("rel", "").lower().split():
                found.link_rels[rel] += 1
        elif tag == "meta":
            key = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
            if key and len(found.metas) < _MAX_METAS:
                found.metas.setdefault(key, _tidy(attributes.get("content", "")))
        elif tag == "link":
            self._note_link(attributes)
        elif tag == "html":
            found.language = found.language or attributes.get("lang", "") or attributes.get("xml:lang", "")

    def _note_link(self, attributes: dict[str, str]) -> None:
        found = self.found
        rels, address = attributes.get("rel", "").lower().split(), attributes.get("href", "")
        if "canonical" in rels:
            found.canonical = found.canonical or address
        elif "alternate" in rels and ("rss" in attributes.get("type", "") or "atom" in attributes.get("type", "")):
            if len(found.feeds) < _MAX_ASSETS:
                found.feeds.append((unescape(attributes.get("title", "")), address))
        elif "me" not in rels and len(found.assets) < _MAX_ASSETS:  # who the author is elsewhere says nothing of here
            rels += attributes.get("type", "").split() if "alternate" in rels else []
            found.assets.append(f"{' '.join(rels)} {address}")


def _read_attributes(written: str) -> dict[str, str]:
    """Read the attributes of a tag; the first of a name counts."""
    attributes: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written[:20_000]):
        value = double or single or bare
        attributes.setdefault(name.lower(), value if len(value) <= _MAX_VALUE_CHARS else value[:_MAX_VALUE_CHARS])
    return attributes


def _tidy(text: str) -> str:
    """Resolve character references and make every run of white space one space."""
    return " ".join((unescape(text) if "&" in text else text).split())
