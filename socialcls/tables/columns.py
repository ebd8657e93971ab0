"""Find the columns of a table that hold a text, a URL, a name and a label, by their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from socialcls.errors import InputError
from socialcls.text.tokenizer import fold
from socialcls.types import Document

TEXT_NAMES = ("description", "text", "opis", "summary", "about", "bio", "snippet", "content", "treść")
URL_NAMES = ("url", "link", "website", "domain", "host", "adres", "strona")
NAME_NAMES = ("name", "title", "nazwa", "tytuł")
GOLD_NAMES = ("category", "label", "gold", "kategoria", "etykieta")


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """The names that a user gave to columns; empty where the known names shall do."""

    text: str = ""
    url: str = ""
    name: str = ""


BY_KNOWN_NAMES = ColumnNames()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row holds what; None where the table has no such column."""

    text: int | None
    url: int | None
    name: int | None

    def read_document(self, cells: Sequence[str]) -> Document:
        """The document in a row's cells."""
        return Document(
            text="" if self.text is None else cells[self.text],
            url="" if self.url is None else cells[self.url],
            name="" if self.name is None else cells[self.name],
        )


def find_columns(table_name: str, columns: Sequence[str], given: ColumnNames = BY_KNOWN_NAMES) -> Columns:
    """Find what a table's columns hold; a name that is given wins over the known ones.

    >>> find_columns("a.csv", ["ID", "Opis", "Adres"])
    Columns(text=1, url=2, name=None)

    Raises:
        InputError: a column that is asked for is not there, or there is none to read.
    """
    found = Columns(
        text=_find(table_name, columns, given.text, TEXT_NAMES),
        url=_find(table_name, columns, given.url, URL_NAMES),
        name=_find(table_name, columns, given.name, NAME_NAMES),
    )
    if found.text is None and found.url is None and found.name is None:
        message = (
            f"{table_name}: no column to read among: {', '.join(columns)}. "
            "Name one with --text-column, --url-column or --name-column."
        )
        raise InputError(message)
    return found


def find_gold(table_name: str, columns: Sequence[str]) -> int:
    """The index of the column with the gold labels.

    Raises:
        InputError: there is none.
    """
    found = _find(table_name, columns, "", GOLD_NAMES)
    if found is None:
        raise InputError(f"{table_name}: no column of labels among: {', '.join(columns)}. Call it {GOLD_NAMES[0]}.")
    return found


def find_named(columns: Sequence[str], name: str) -> int | None:
    """The index of a column by name, without regard to case or diacritics; None when there is none."""
    wanted = fold(name.strip())
    return next((i for i, column in enumerate(columns) if fold(column.strip()) == wanted), None)


def _find(table_name: str, columns: Sequence[str], wanted: str, known: Sequence[str]) -> int | None:
    if wanted:
        if wanted in columns:
            return columns.index(wanted)
        index = find_named(columns, wanted)
        if index is None:
            raise InputError(f"{table_name}: no column {wanted!r} among: {', '.join(columns)}.")
        return index
    return next((index for name in known if (index := find_named(columns, name)) is not None), None)
