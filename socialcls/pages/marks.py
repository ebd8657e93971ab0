"""Find the marks of a page: its engine, what it declares in schema.org's words, the shape of its links and its build.

Which marks there are, what shows them and what they weigh are data (`marks.toml`).
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from socialcls.pages.markup import Markup
from socialcls.text.urls import read_url
from socialcls.types import Label, Mark

MAX_QUOTE_CHARS = 100
_MAX_SEGMENTS = 5  # of a path; what says what it is stands early
_MAX_BLOCK_CHARS = 30  # of a block of text that may be a heading of a column or a button

_TYPE = re.compile(r'"@type"\s*:\s*(?:"([^"]{1,80})"|\[([^\]]{1,400})\])')
_PRICE = re.compile(
    r"[$€£¥]\s?\d{1,6}(?:[.,]\d\d)?\b|\b\d{1,6}(?:[.,]\d\d)?\s?(?:zł|PLN|€|EUR|USD|GBP|Kč|CZK|kr|руб|₽|₴|TL|грн)(?!\w)"
)
_POWERED = re.compile(r"powered(?: by|:)\b:?([^{};]{1,160})")
_TAG = re.compile(r"<[^>]*>?|&\w+;")
_Hit = tuple[str, str, int]
"""What shows a mark: its id, what to quote, how much it counts towards the least."""

ENOUGH = 1_000
"""What shows a mark by itself, whatever the least."""

_MAX_PRICE_CHARS = 80  # of a block of text that may be a price with what it is for
_MAX_POWERED_CHARS = 40
_MAX_LINE_CHARS = 60
_DIGITS = re.compile(r"\d")
_COUNTED = {"prices": "prices", "comment_feeds": "a feed of comments"}
"""What is quoted of things counted, where it is not the first of them."""

_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|paz|lis|gru|mär|mai|okt|dez|"
    "janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out|led|úno|bře|dub|kvě|čer|srp|"
    "zář|říj|pro|мая|янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру"
)
_DATE = re.compile(
    rf"\b(?:(?:3[01]|[12]\d|0?[1-9])(?:\.|st|nd|rd|th)? (?:de |of )?(?:{_MONTHS})\w{{0,9}}\.?,? (?:de )?(?:19|20)\d\d"
    rf"|(?:{_MONTHS})\w{{0,9}}\.? (?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|(?:19|20)\d\d[-./](?:1[0-2]|0?[1-9])[-./](?:3[01]|[12]\d|0?[1-9])"
    r"|(?:3[01]|[12]\d|0?[1-9])[-./](?:1[0-2]|0?[1-9])[-./](?:19|20)\d\d)(?!\d)"
)
_COMMENT_WORDS = (
    r"comments?|komentarz[ey]?|komentarzy|kommentare?|commentaires?|comentarios?|commenti|комментари\w+|коментар\w+|"
    r"komentáře?|komentářů|reacties|kommentarer|yorum"
)
_COMMENTS = re.compile(rf"\b(?:{_COMMENT_WORDS})[ :]{{0,2}}[(\[]?\d{{1,4}}\b|\b\d{{1,4}} (?:{_COMMENT_WORDS})\b")
_MAX_DATE_CHARS = 60  # of a block of text that may be the heading or the foot of an entry


class _Rule(NamedTuple):
    """What shows a mark."""

    id: str
    least: int
    unless: tuple[str, ...]


class _Rules(NamedTuple):
    """All rules, by what is looked at."""

    by_id: Mapping[str, _Rule]
    parts: Mapping[str, tuple[tuple[str, str], ...]]
    """By "generator", "asset", "site", "html", "powered_by": each needle with the id of its mark."""
    wholes: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By "class", "link", "schema", "words", "count": what is looked up with the ids of its marks."""
    metas: Mapping[str, tuple[tuple[str, str], ...]]
    """By the name of a meta element: part of its content, and the id of the mark."""


@cache
def read_marks() -> dict[str, dict[str, Any]]:
    """Read `marks.toml`: by the mark's id ("engine.phpbb") what shows it and what it weighs."""
    with (Path(__file__).parent / "marks.toml").open("rb") as stream:
        families = tomllib.load(stream)
    return {f"{family}.{name}": table for family, marks in families.items() for name, table in marks.items()}


def read_mark_weights() -> dict[str, dict[Label, float]]:
    """Read what each mark weighs for the labels that it speaks for, in logits.

    >>> read_mark_weights()["engine.phpbb"]
    {'community': 5.0}
    """
    return {name: table["weight"] for name, table in read_marks().items()}


@cache
def _index_rules() -> _Rules:
    by_id: dict[str, _Rule] = {}
    parts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    wholes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    metas: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, table in read_marks().items():
        by_id[name] = _Rule(name, table.get("least", 1), tuple(_list_excuses(table.get("unless", ()), name)))
        for kind in ("generator", "asset", "site", "html", "powered_by"):
            parts[kind] += [(needle, name) for needle in table.get(kind, ())]
        for kind in ("class", "link", "schema", "words"):
            for whole in table.get(kind, ()):
                wholes[kind][whole].append(name)
        if "count" in table:
            wholes["count"][table["count"]].append(name)
        for written in table.get("meta", ()):
            meta, _, content = written.partition("=")
            metas[meta].append((content, name))
    return _Rules(
        by_id,
        {kind: tuple(needles) for kind, needles in parts.items()},
        {kind: {whole: tuple(names) for whole, names in found.items()} for kind, found in wholes.items()},
        {meta: tuple(found) for meta, found in metas.items()},
    )


def _list_excuses(unless: Iterable[str], own: str) -> Iterator[str]:
    """The ids of the marks beside which another says nothing."""
    for written in unless:
        family, stroke, label = written.partition("/")
        if not stroke:
            yield written
            continue
        for name, table in read_marks().items():
            if name.startswith(f"{family}.") and label in table["weight"] and name != own:
                yield name


def find_marks(markup: Markup, html: str, url: str = "") -> tuple[Mark, ...]:
    """Find the marks of a page, in the order of `marks.toml`.

    Args:
        markup: What was read in it.
        html: Its source.
        url: Its address or host; empty where unknown.
    """
    rules = _index_rules()
    quotes: dict[str, str] = {}
    hits: Counter[str] = Counter()
    for name, quote, n in _find_hits(rules, markup, html.lower(), url):
        hits[name] += n
        quotes.setdefault(name, quote)
    shown = {name for name, rule in rules.by_id.items() if hits[name] >= rule.least}
    return tuple(
        Mark(name, _cut_quote(quotes[name], hits[name] if rule.least > 1 else 1))
        for name, rule in rules.by_id.items()
        if name in shown and shown.isdisjoint(rule.unless)
    )


def _find_hits(rules: _Rules, markup: Markup, source: str, url: str) -> Iterator[_Hit]:
    """Yield all that shows a mark."""
    generator = markup.metas.get("generator", "")
    yield from _search(rules.parts["generator"], generator.lower(), f"generator: {generator}")
    addresses = [*markup.assets, *(address for _, address in markup.feeds)]
    yield from _search(rules.parts["asset"], "\n".join(addresses).lower())
    yield from _search(rules.parts["site"], "\n".join(markup.links).lower())
    yield from _search(rules.parts["html"], source)
    for said in _POWERED.finditer(source):
        by = " ".join(_TAG.sub(" ", said[1]).split())[:_MAX_POWERED_CHARS]
        for needle, name in rules.parts["powered_by"]:
            if by.startswith(needle) or f" {needle}" in by:
                yield name, f"powered by {by}", ENOUGH
    for meta in rules.metas.keys() & markup.metas.keys():
        content = markup.metas[meta]
        yield from _search(rules.metas[meta], content.lower(), f"{meta}: {content}")
    yield from _look_up(rules.wholes["schema"], _list_types(markup), "schema.org {}", ENOUGH)
    for whole, names in rules.wholes["class"].items():
        if n := min([markup.classes[one] for one in whole.split("+")]):
            words = whole.replace("body.", "").replace("+", " ")
            quote = f'id="{whole[1:]}"' if whole[0] == "#" else f'class="{words}"'
            for name in names:
                yield name, quote, min(n, 2)
    yield from _count_links(rules.wholes["link"], markup, url)
    short = {block.text.lower().rstrip(":"): None for block in markup.blocks if len(block.text) <= _MAX_BLOCK_CHARS}
    yield from _look_up(rules.wholes["words"], short, "{}", 1)
    yield from _count(rules.wholes["count"], markup)


def _search(needles: Iterable[tuple[str, str]], text: str, quote: str = "") -> Iterator[_Hit]:
    """Search parts of a text; without a quote its line is quoted up to where the part ends, of a long one the end."""
    for needle, name in needles:
        place = text.find(needle)
        if place >= 0:
            start, end = text.rfind("\n", 0, place) + 1, place + len(needle)
            if end - start > MAX_QUOTE_CHARS:
                start = max(end - _MAX_LINE_CHARS, start)
            yield name, quote or text[start:end], ENOUGH


def _list_types(markup: Markup) -> dict[str, None]:
    """List the types of schema.org that a page names, in JSON-LD and microdata."""
    types = dict.fromkeys(markup.item_types)
    for script in markup.json_ld:
        for one, several in _TYPE.findall(script):
            for written in [one] if one else several.replace('"', "").split(","):
                types[written.strip().rpartition("/")[2]] = None
    return types


def _count(wholes: Mapping[str, tuple[str, ...]], markup: Markup) -> Iterator[_Hit]:
    """Count prices, dates of entries, counts of comments, and feeds of comments."""
    found: dict[str, list[str]] = {"prices": [], "dates": [], "comments": []}
    for block in markup.blocks:
        if len(block.text) <= _MAX_PRICE_CHARS and _DIGITS.search(block.text):
            found["prices"] += _PRICE.findall(block.text)
            if len(block.text) <= _MAX_DATE_CHARS:
                text = block.text.lower()
                found["dates"] += _DATE.findall(text)
                found["comments"] += _COMMENTS.findall(text)
    found["dates"] = list(dict.fromkeys(found["dates"]))
    found["comment_feeds"] = [a for _, a in markup.feeds if "comments/feed" in a or "feeds/comments" in a]
    for what, names in wholes.items():
        for name in names:
            if found[what]:
                yield name, _COUNTED.get(what, found[what][0]), len(found[what])


def _look_up(wholes: Mapping[str, tuple[str, ...]], found: Iterable[str], quote: str, each: int) -> Iterator[_Hit]:
    for what in found:
        for name in wholes.get(what, ()):
            yield name, quote.format(what), each


def _count_links(by_piece: Mapping[str, tuple[str, ...]], markup: Markup, url: str) -> Iterator[_Hit]:
    """Count the different links to the page's own site that have a piece that is looked for."""
    own = read_url(url).domain
    for address in dict.fromkeys(markup.links):
        path = _find_own_path(address, own)
        if path:
            names: dict[str, None] = {}
            for piece in _list_pieces(path):
                for name in by_piece.get(piece, ()):
                    names[name] = None
            for name in names:
                yield name, address, 1


def _find_own_path(address: str, own: str) -> str:
    """The path of a link to the page's own site, in lower case; empty of any other link."""
    lower = address[:300].lower()
    if lower.startswith(("http://", "https://", "//")):
        host, _, path = lower.partition("//")[2].partition("/")
        return path if own and (host == own or host.endswith(f".{own}")) else ""
    return "" if lower.startswith(("#", "javascript:", "mailto:", "tel:", "data:")) else lower


def _list_pieces(path: str) -> Iterator[str]:
    """The pieces of a path that a rule may look for.

    >>> list(_list_pieces("2024/05/viewtopic.php?f=1&t=2"))
    ['0000/', '00/', '0000/00/', 'viewtopic.php', '00/viewtopic.php', '?f', '?t']
    """
    path, _, query = path.partition("#")[0].partition("?")
    segments = [_DIGITS.sub("0", segment) for segment in path.split("/") if segment not in {"", ".", ".."}]
    ends_open = path.endswith("/")
    last = len(segments) - 1
    before = ""
    for i, segment in enumerate(segments[:_MAX_SEGMENTS]):
        if segment[0] == "@" and len(segment) > 1:
            yield "@"
        if i == last and ends_open:
            yield segment
            if before:
                yield before + segment
        piece = segment if i == last and not ends_open else f"{segment}/"
        if i != last or not ends_open:
            yield piece
            if before:
                yield before + piece
        before = f"{segment}/"
    for parameter in query.split("&")[:5]:
        if parameter:
            yield f"?{parameter.partition('=')[0]}"


def _cut_quote(quote: str, n: int) -> str:
    """What shows a mark, in one short line."""
    quote = " ".join(quote.split())
    cut = quote if len(quote) <= MAX_QUOTE_CHARS else quote[: MAX_QUOTE_CHARS - 1] + "…"
    return f"{cut} and {n - 1} more" if 1 < n < ENOUGH else cut
