"""Find the columns of a table that hold a text, a URL, a name, a page's HTML and a label, by their names.

A name is known when it equals one of the lists below, without regard to case, spaces, punctuation or diacritics, or
when it contains one as whole words ("Adres URL", "Opis serwisu"). Where a column has a known name itself, columns that
merely contain one are left alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from socialcls.errors import InputError
from socialcls.types import Document, Field

if TYPE_CHECKING:
    from socialcls.pages.saved import ReadPage

TEXT_NAMES = (
    "description", "text", "full text", "opening text", "hit sentence", "opis", "summary", "about", "bio", "snippet",
    "content", "treść", "tekst", "abstract", "lead", "body", "meta description", "streszczenie",
)  # fmt: skip
URL_NAMES = (
    # whole addresses
    "url", "link", "permalink", "original", "adres url", "url strony", "link url", "original url", "target uri",
    # of a site
    "website", "site", "web", "adres", "adres strony", "strona", "strona www", "strona internetowa", "www", "witryna",
    "adres www", "uri",
    # hosts
    "host", "hostname", "host url", "url host name", "serwis",
    # domains
    "domain", "source domain", "domain name", "domena",
)  # fmt: skip
"""Better ones first."""
NAME_NAMES = ("title", "headline", "name", "source name", "nazwa", "nazwa serwisu", "tytuł", "site name", "page title")
PAGE_NAMES = (
    "html", "page html", "raw html", "content html", "body html", "full html", "html content", "html body",
    "html source", "source html", "page source", "kod html", "treść html",
)  # fmt: skip
"""Of columns that hold the HTML of a page."""
GOLD_NAMES = ("category", "label", "gold", "kategoria", "etykieta")

# What says that a column is about a text or an address and does not hold it: "text_language", "URL count".
_ABOUT_WORDS = (
    "id ids count counts length lang language languages type score rank rating authority date country sentiment num "
    "nr number size code status hash time year visits traffic digest sha md5 reach volume popularity liczba data jezyk "
    "dlugosc typ wynik ocena kod rok czas key surtkey color colour image img photo avatar icon"
)
_ABOUT = frozenset(_ABOUT_WORDS.split(" "))
# What exporters write where there is no value.
_PLACEHOLDERS = frozenset(
    [
        *("nan", "NaN", "NAN", "n/a", "N/A", "#N/A", "#NA", "NA", "<NA>", "null", "NULL", "Null", "None", "\\N"),
        *("-", "–", "—", "--", "---"),
    ]
)
_MAX_LISTED = 10
_MAX_NAME_CHARS = 500  # of a column that is found by its words; what is longer is a text
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i"})
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The names that a user gave to columns; empty where the known names shall do."""

    text: str = ""
    url: str = ""
    name: str = ""
    html: str = ""


BY_KNOWN_NAMES = ColumnNames()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cells of a row hold what; empty where the table has no such column."""

    text: tuple[int, ...] = ()
    """All are read, in this order."""
    url: tuple[int, ...] = ()
    """The first that is not empty is read."""
    name: tuple[int, ...] = ()
    """Likewise."""
    is_mixed: bool = False
    """Whether the one text column may hold bare URLs too, as the lines of a list do."""
    html: tuple[int, ...] = ()
    """The first that is not empty is read, as a page."""

    @property
    def used(self) -> frozenset[int]:
        """All that are read."""
        return frozenset((*self.text, *self.url, *self.name, *self.html))

    def read_document(self, cells: Sequence[str]) -> Document:
        """Read the document in a row's cells, with their page; what stands for "no value" is empty."""
        document = self.read_own(cells)
        page = self.read_page(cells) if self.html else None
        if page is None:
            return document
        from socialcls.pages.html import add_page  # noqa: PLC0415  (only tables of pages need it)

        return add_page(document, page.document)

    def read_page(self, cells: Sequence[str]) -> "ReadPage | None":
        """Read the page whose HTML stands in a row's cells; None where there is none."""
        html = _find_first(cells, self.html)
        if not html:
            return None
        from socialcls.pages.html import read_page  # noqa: PLC0415  (only tables of pages need it)
        from socialcls.pages.saved import ReadPage  # noqa: PLC0415

        url = _find_first(cells, self.url)
        page = read_page(html, url)
        return ReadPage(page.make_document(url), page.is_shell)

    def read_own(self, cells: Sequence[str]) -> Document:
        """Read what a row's cells say beside their page."""
        text = _clear(cells[self.text[0]]) if self.text else ""
        for i in self.text[1:]:
            more = _clear(cells[i])
            if more.strip() and more.strip() not in text:
                text = f"{text}\n{more}" if text.strip() else more
        document = Document(text, _find_first(cells, self.url), _find_first(cells, self.name))
        if self.is_mixed:
            from socialcls.text.urls import looks_like_url  # noqa: PLC0415  (only lists of lines need it)

            if looks_like_url(text):
                return document._replace(text="", url=text.strip())
        return document


def is_blank(cells: Iterable[str]) -> bool:
    """Whether no cell holds a value."""
    return all(not cell.strip() or cell.strip() in _PLACEHOLDERS for cell in cells)


def find_columns(table_name: str, columns: Sequence[str], given: ColumnNames = BY_KNOWN_NAMES) -> Columns:
    """Find what a table's columns hold; a name that is given wins over the known ones.

    >>> find_columns("a.csv", ["ID", "Opis", "Adres"])
    Columns(text=(1,), url=(2,), name=(), is_mixed=False, html=())

    Raises:
        InputError: a column that is asked for is not there, there is none to read, or two have the name of one.
    """
    keys = [_split(column) for column in columns]
    text = _find(table_name, columns, keys, given.text, "text")
    url = _find(table_name, columns, keys, given.url, "url")
    name = _find(table_name, columns, keys, given.name, "name")
    html = _find(table_name, columns, keys, given.html, "page")
    pairs = ((html, given.html), (url, given.url), (name, given.name), (text, given.text))
    asked = {i for found, wanted in pairs if wanted for i in found}
    taken: set[int] = set(asked)
    fields = []
    # a column is read once: as what was asked, or else as a page before an address before a name before a text
    for found, wanted in pairs:
        kept = found if wanted else tuple(i for i in found if i not in taken)
        taken.update(kept)
        fields.append(kept)
    if not taken:
        message = (
            f"{table_name}: no column to read among: {list_names(columns)}. "
            "Name one with --text-column, --url-column or --name-column; if the first line is a row, say --no-header."
        )
        raise InputError(message)
    found_columns = Columns(text=fields[3], url=fields[1], name=fields[2], html=fields[0])
    _check_single(table_name, columns, found_columns.used)
    return found_columns


def guess_columns(rows: Sequence[Sequence[str]]) -> Columns:
    """Guess what columns without names hold: the one with most URLs, and the one with most words.

    >>> guess_columns([["1", "onet.pl", "Portal z wiadomościami"]])
    Columns(text=(2,), url=(1,), name=(), is_mixed=False, html=())
    """
    from socialcls.text.urls import looks_like_url  # noqa: PLC0415  (only tables without a header need it)

    width = max(map(len, rows), default=0)
    columns = [[row[i] for row in rows if i < len(row) and row[i].strip()] for i in range(width)]
    n_urls = [sum(map(looks_like_url, cells)) for cells in columns]
    url = max(range(width), key=n_urls.__getitem__, default=None)
    if url is not None and n_urls[url] * 2 <= len(columns[url]):
        url = None
    n_words = [0 if i == url else sum(len(cell.split()) for cell in cells) for i, cells in enumerate(columns)]
    text = max(range(width), key=n_words.__getitem__, default=None)
    if text is not None and (text == url or (url is not None and n_words[text] <= len(columns[text]))):
        text = None
    return Columns(text=() if text is None else (text,), url=() if url is None else (url,))


def describe_columns(columns: Sequence[str], found: Columns) -> str:
    """Say in a line what was taken and what was left.

    >>> describe_columns(["id", "Opis", "Adres URL"], Columns(text=(1,), url=(2,)))
    'text ← Opis; URL ← Adres URL; ignored: id'
    """
    fields = (("text", found.text), ("URL", found.url), ("name", found.name), ("page", found.html))
    said = [f"{field} ← {' + '.join(columns[i] for i in indices)}" for field, indices in fields if indices]
    left = [column for i, column in enumerate(columns) if i not in found.used]
    if left:
        said.append(f"ignored: {list_names(left)}")
    return "; ".join(said)


def list_names(columns: Sequence[str]) -> str:
    """List the first ten names of columns, and how many more there are."""
    names = [" ".join(column.split())[:60] or "(no name)" for column in columns[:_MAX_LISTED]]
    more = len(columns) - _MAX_LISTED
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def count_known(columns: Sequence[str], given: ColumnNames = BY_KNOWN_NAMES) -> tuple[int, int]:
    """Count the fields that names of columns speak of: by their very name, and by containing one."""
    keys = [_split(column) for column in columns]
    exact: set[str] = {_EXACT[key][0] for key in keys if key in _EXACT}
    asked = (given.text, given.url, given.name, given.html)
    exact |= {name for name in asked if name and find_named(columns, name) is not None}
    similar = {field for key in keys if (field := _find_similar(key))} - exact
    return len(exact), len(similar)


def find_gold(table_name: str, columns: Sequence[str]) -> int:
    """Find the index of the column with the gold labels.

    Raises:
        InputError: there is none.
    """
    keys = [_split(column) for column in columns]
    for name in GOLD_NAMES:
        if _split(name) in keys:
            index = keys.index(_split(name))
            _check_single(table_name, columns, frozenset([index]))
            return index
    raise InputError(f"{table_name}: no column of labels among: {list_names(columns)}. Call it {GOLD_NAMES[0]}.")


def find_named(columns: Sequence[str], name: str) -> int | None:
    """Find the index of a column by name, the very name before one that differs in case, punctuation or diacritics."""
    for candidates, wanted in (
        (list(columns), name),
        ([column.strip() for column in columns], name.strip()),
        ([column.strip().casefold() for column in columns], name.strip().casefold()),
    ):
        if wanted in candidates:
            return candidates.index(wanted)
    key = _split(name)
    return next((i for i, column in enumerate(columns) if key and _split(column) == key), None)


Key = tuple[str, ...]


def _find(table_name: str, columns: Sequence[str], keys: Sequence[Key], wanted: str, field: Field) -> tuple[int, ...]:
    if wanted:
        index = find_named(columns, wanted)
        if index is None:
            raise InputError(f"{table_name}: no column {wanted!r} among: {list_names(columns)}.")
        return (index,)
    exact = sorted((_EXACT[key][1], i) for i, key in enumerate(keys) if key in _EXACT and _EXACT[key][0] == field)
    found = exact or [(0, i) for i, key in enumerate(keys) if _find_similar(key) == field]
    indices = tuple(i for _, i in found)
    return tuple(sorted(indices)) if field == "text" else indices


def _find_similar(key: Key) -> Field | None:
    """Find the field that a longer name speaks of, if any: "Opis strony www" is an opis, "Site title" a title."""
    if len(key) < 2 or key in _EXACT or _ABOUT.intersection(key):
        return None
    if key[:1] in _EXACT and key[0] in _HEADS_FIRST:
        return _EXACT[key[:1]][0]
    for n in range(len(key) - 1, 0, -1):  # in English the head stands last
        for start in range(len(key) - n, -1, -1):
            if key[start : start + n] in _EXACT:
                return _EXACT[key[start : start + n]][0]
    return None


def _split(name: str) -> Key:
    """Split a name into folded words and numbers; those of one word and of several are the same when run together."""
    if len(name) > _MAX_NAME_CHARS:
        return ()
    decomposed = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name).casefold().translate(_STROKES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and c != "\0")
    words = tuple(_WORD.findall(bare))
    return _RUN_TOGETHER.get("".join(words), words)


_RUN_TOGETHER: dict[str, Key] = {}
_RUN_TOGETHER.update(
    {"".join(_split(name)): _split(name) for name in (*TEXT_NAMES, *URL_NAMES, *NAME_NAMES, *PAGE_NAMES, *GOLD_NAMES)}
)
_KNOWN: dict[Field, tuple[str, ...]] = {"text": TEXT_NAMES, "url": URL_NAMES, "name": NAME_NAMES, "page": PAGE_NAMES}
_EXACT = {_split(name): (field, rank) for field, names in _KNOWN.items() for rank, name in enumerate(names)}
_HEADS_FIRST = frozenset(["opis", "tresc", "tekst", "streszczenie", "nazwa", "tytul", "adres", "strona", "domena"])


def _check_single(table_name: str, columns: Sequence[str], used: frozenset[int]) -> None:
    counts = Counter(columns)
    for i in sorted(used):
        if counts[columns[i]] > 1:
            message = (
                f"{table_name}: {counts[columns[i]]} columns are called {columns[i]!r}, so it is not clear which to "
                "read. Rename all but one."
            )
            raise InputError(message)


def _clear(cell: str) -> str:
    return "" if cell in _PLACEHOLDERS or cell.strip() in _PLACEHOLDERS else cell


def _find_first(cells: Sequence[str], indices: Sequence[int]) -> str:
    for i in indices:
        cell = _clear(cells[i])
        if cell.strip():
            return cell
    return ""
