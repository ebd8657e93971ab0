"""Columns found by name."""

import pytest

from socialcls.errors import InputError
from socialcls.tables.columns import ColumnNames, Columns, describe_columns, find_columns, find_gold, guess_columns


@pytest.mark.parametrize(
    ("columns", "text", "url", "name"),
    [
        ("description url name", (0,), (1,), (2,)),
        ("ID Treść ADRES Tytul", (1,), (2,), (3,)),
        ("Opis", (0,), (), ()),
        ("host", (), (0,), ()),
        ("Nazwa_serwisu Adres_URL Opis", (2,), (1,), (0,)),
        ("Nazwa-serwisu Adres-strony-www Opis-serwisu", (2,), (1,), (0,)),
        ("Date Source URL Title Opening_Text Hit_Sentence Sentiment", (4, 5), (2,), (3,)),
        ("id urlkey timestamp original mimetype statuscode digest length", (), (3,), ()),
        ("url_host_name fetch_time content_languages", (), (0,), ()),
        ("fullText pageUrl pageTitle", (0,), (1,), (2,)),
        ("domain link host", (), (1, 2, 0), ()),
        ("text_language text_length url_count text", (3,), (), ()),
        ("Site_description Website_title", (0,), (), (1,)),
        ("opis1 opis2", (0, 1), (), ()),
        ("Opis opis_dodatkowy", (0,), (), ()),
        ("descri\0ption", (0,), (), ()),
    ],
)
def test_known_names_are_found(columns, text, url, name):
    """In any case and punctuation, inside longer headers; several texts; better addresses before worse."""
    found = find_columns("t.csv", columns.split())
    assert (found.text, found.url, found.name) == (text, url, name)


def test_a_name_that_is_given_wins():
    """Over a column that would be found; and the very name over one that differs in a digit."""
    assert find_columns("t.csv", ["description", "notes"], ColumnNames(text="Notes")).text == (1,)
    assert find_columns("t.csv", ["opis1", "opis2"], ColumnNames(text="opis2")).text == (1,)
    assert find_columns("t.csv", ["Opis", "opis"], ColumnNames(text="opis")).text == (1,)


def test_a_table_without_a_usable_column_lists_ten_of_what_it_has():
    """The error names the columns and the options."""
    with pytest.raises(InputError, match=r"t\.csv: no column to read among: a, b\. .*--text-column"):
        find_columns("t.csv", ["a", "b"])
    with pytest.raises(InputError, match=r": a0, a1, .*, a9 and 5 more\. Name one"):
        find_columns("t.csv", [f"a{i}" for i in range(15)])


def test_a_named_column_that_is_not_there():
    """The error says which, and what there is."""
    with pytest.raises(InputError, match=r"no column 'x' among: a, opis"):
        find_columns("t.csv", ["a", "opis"], ColumnNames(text="x"))


def test_two_columns_of_one_name():
    """They are an error when they are read, and none of our business when they are not."""
    with pytest.raises(InputError, match="2 columns are called 'opis'"):
        find_columns("t.csv", ["opis", "opis", "url"])
    assert find_columns("t.csv", ["x", "x", "url"]).url == (2,)


def test_gold_labels_need_a_column():
    """Under a name that is known."""
    assert find_gold("t.csv", ["id", "Kategoria"]) == 1
    with pytest.raises(InputError, match="no column of labels"):
        find_gold("t.csv", ["id"])


def test_a_document_is_read_from_several_cells():
    """Texts are joined, each once; the first address that is not empty; placeholders are empty."""
    columns = Columns(text=(0, 1), url=(2, 3), name=(4,))
    assert columns.read_document(["a forum", "for cats", "nan", "x.pl", "-"])[:3] == (
        "a forum\nfor cats",
        "x.pl",
        "",
    )
    assert columns.read_document(["a forum for cats", "for cats", "y.pl", "x.pl", "N"])[:2] == (
        "a forum for cats",
        "y.pl",
    )


def test_what_was_taken_and_left_is_said():
    """In one line."""
    said = describe_columns(["id", "Opis", "Adres URL", "miasto"], Columns(text=(1,), url=(2,)))
    assert said == "text ← Opis; URL ← Adres URL; ignored: id, miasto"


def test_columns_without_names_are_guessed():
    """The one with URLs, the one with words."""
    assert guess_columns([["forum dla kotów", "koty.pl"], ["blog", "x.pl"]]) == Columns(text=(0,), url=(1,))
    assert guess_columns([["koty.pl"], ["x.pl"]]) == Columns(url=(0,))
