"""Rows in, the same rows out, in order, with the answer."""

import pytest

from socialcls.batch import APPENDED, classify_rows, name_columns
from socialcls.columns import find_columns
from socialcls.errors import InputError
from socialcls.tables import open_table


@pytest.fixture
def classify(tiny, tmp_path):
    """Classify the text of a CSV file with the hand-made model."""

    def run(content, **options):
        path = tmp_path / "in.csv"
        path.write_text(content, encoding="utf-8")
        with open_table(str(path)) as table:
            columns = find_columns(table.name, table.columns)
            return list(classify_rows(table, columns, tiny, **options))

    return run


def test_rows_pass_through_in_order_with_their_answer(classify):
    """Unknown columns included; the appended cells have the order of APPENDED."""
    rows = classify("id,opis,extra\n7,forum forum forum,ą\n8,shop,\n")
    assert [row.cells[:3] for row in rows] == [["7", "forum forum forum", "ą"], ["8", "shop", ""]]
    first = dict(zip(APPENDED, rows[0].cells[3:], strict=True))
    assert first["category"] == rows[0].category
    assert first["best_guess"] == "community"
    assert sum(float(first[f"p_{label}"]) for label in ("community", "blog", "platform", "other")) == pytest.approx(
        1, abs=2e-4
    )
    assert "forum" in first["reason"]
    assert first["error"] == ""


def test_a_failed_row_is_kept_with_its_error(classify):
    """Blank and ragged rows have no category, an error, and all their cells."""
    rows = classify("opis,url\n ,\nforum\nforum,x.pl\n")
    assert [row.category for row in rows] == [None, None, "community"]
    assert [len(row.cells) for row in rows] == [2 + len(APPENDED)] * 3
    assert rows[0].cells[-1].startswith("Nothing to read")
    assert rows[1].cells[-1] == "1 cells where the header has 2"


def test_reasons_come_in_the_language_asked_for(classify):
    """Polish for pl."""
    assert "słowo „forum”" in classify("opis\nforum\n", language="pl")[0].cells[-2]


def test_a_taken_column_name_is_an_error(tmp_path):
    """With the way out; a prefix makes it free."""
    (tmp_path / "in.csv").write_text("opis,category\nx,y\n")
    with open_table(str(tmp_path / "in.csv")) as table:
        with pytest.raises(InputError, match=r"column 'category' already.*--prefix"):
            name_columns(table, "")
        assert name_columns(table, "predicted_")[2] == "predicted_category"
