"""Columns found by name."""

import pytest

from socialcls.errors import InputError
from socialcls.tables.columns import ColumnNames, find_columns, find_gold


@pytest.mark.parametrize(
    ("columns", "text", "url", "name"),
    [
        (["description", "url", "name"], 0, 1, 2),
        (["ID", "Treść", "ADRES", "Tytul"], 1, 2, 3),
        (["Opis"], 0, None, None),
        (["text", "description"], 1, None, None),
        (["host"], None, 0, None),
    ],
)
def test_known_names_are_found(columns, text, url, name):
    """Without regard to case or Polish letters; the first of the known names wins."""
    found = find_columns("t.csv", columns)
    assert (found.text, found.url, found.name) == (text, url, name)


def test_a_name_that_is_given_wins():
    """Over a column that would be found."""
    assert find_columns("t.csv", ["description", "notes"], ColumnNames(text="Notes")).text == 1


def test_a_table_without_a_usable_column_lists_what_it_has():
    """The error names the columns and the options."""
    with pytest.raises(InputError, match=r"t\.csv: no column to read among: a, b\. .*--text-column"):
        find_columns("t.csv", ["a", "b"])


def test_a_named_column_that_is_not_there():
    """The error says which, and what there is."""
    with pytest.raises(InputError, match=r"no column 'x' among: a, opis"):
        find_columns("t.csv", ["a", "opis"], ColumnNames(text="x"))


def test_gold_labels_need_a_column():
    """Under a name that is known."""
    assert find_gold("t.csv", ["id", "Kategoria"]) == 1
    with pytest.raises(InputError, match="no column of labels"):
        find_gold("t.csv", ["id"])
