"""Web pages as rows: files, archives, one on standard input, a column of HTML."""

import csv
import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcls.errors import InputError
from socialcls.tables.columns import ColumnNames, find_columns
from socialcls.tables.formats import Reading, list_pages, list_tables, open_table
from socialcls.tables.pages import open_files
from socialcls.tables.table import MAX_CHUNK_CHARS, read_row

_FORUM = "<html><title>Kolce</title><meta name=generator content=phpBB><p>Forum o kaktusach: zadaj pytanie."


def _write(path: Path, content: str = _FORUM) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return str(path)


def test_a_folder_has_pages_without_what_browsers_save_beside_them(tmp_path):
    """Frames and scripts in `NAME_files` are none, nor are robots.txt and hidden files; other folders are searched."""
    pages = [_write(tmp_path / "Forum 2.0.html"), _write(tmp_path / "b_files" / "x.HTM"), _write(tmp_path / "z.mht")]
    packed = tmp_path / "c.xhtml.gz"
    packed.write_bytes(gzip.compress(_FORUM.encode()))
    _write(tmp_path / "Forum 2.0_files" / "ad.html")
    _write(tmp_path / ".hidden.html")
    _write(tmp_path / "robots.txt")
    _write(tmp_path / "manifest.json", "{}")
    assert sorted(list_pages(str(tmp_path))) == sorted([*pages, str(packed)])
    assert list_tables(str(tmp_path)) == []
    _write(tmp_path / "own.csv")
    assert [name for _, name in list_tables(str(tmp_path))] == ["own.csv"]


def test_a_folder_with_nothing_to_read_is_an_error(tmp_path):
    """It says what is looked for."""
    with pytest.raises(InputError, match=r"neither tables nor pages in this folder.*\.html"):
        list_tables(str(tmp_path))


def test_files_are_rows_and_one_that_cannot_be_read_has_a_problem(tmp_path):
    """Each with its file, its address and what it says."""
    good, pdf = _write(tmp_path / "a.html"), _write(tmp_path / "b.html", "%PDF-1.7")
    table = open_files([good, pdf, str(tmp_path / "gone.html"), good], "pages")
    columns = table.find_columns()
    rows = list(table.body.read_rows())
    assert table.columns == ["file", "url"]
    assert [row.cells[0] for row in rows] == [good, pdf, str(tmp_path / "gone.html"), good]
    document, page = read_row(rows[0], columns)
    assert document.name == "Kolce"
    assert [mark.id for mark in document.marks] == ["engine.phpbb"]
    assert page is not None
    assert "a PDF document" in str(rows[1].problem)
    assert "no such file" in str(rows[2].problem)


def test_parts_of_pages_are_small_and_number_their_rows_as_the_whole_does(tmp_path):
    """A part ends when it holds a million bytes, so that memory stays bounded whatever a page weighs."""
    paths = [_write(tmp_path / f"{n}.html", _FORUM + " " * (MAX_CHUNK_CHARS // 3)) for n in range(7)]
    parts = list(open_files(paths, "pages").body.cut(1_000))
    assert [[row.line for row in part.read_rows()] for part in parts] == [[1, 2, 3], [4, 5, 6], [7]]


def test_a_page_of_any_name_is_known_by_its_beginning(tmp_path):
    """As one on standard input is."""
    with open_table(_write(tmp_path / "saved", f"\n<!DOCTYPE HTML>\n{_FORUM}")) as table:
        assert table.has_pages
        assert [row.cells for row in table.body.read_rows()] == [[str(tmp_path / "saved"), ""]]


def test_pages_of_a_host_are_one_row(tmp_path):
    """With how many there were; those that could not be read come last."""
    link = "<link rel=canonical href='https://kolce.example/{}'>"
    paths = [_write(tmp_path / f"{n}.html", link.format(n) + _FORUM) for n in range(3)]
    table = open_files([str(tmp_path / "gone.html"), *paths], "pages", by_host=True)
    rows = list(table.body.read_rows())
    assert table.columns == ["url", "pages"]
    assert rows[0].cells == ["https://kolce.example/0", "3"]
    assert rows[1].problem is not None


def test_a_wacz_package_under_a_false_name_is_refused(tmp_path):
    """A ZIP file is no table, and what ends in .warc must be one."""
    with pytest.raises(InputError, match="web archive"), open_table(_write(tmp_path / "a.warc")) as table:
        list(table.body.read_rows())


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (["id", "html"], 1),
        (["page_html", "opis"], 0),
        (["Content-HTML", "x"], 0),
        (["bodyHtml"], 0),
        (["raw_html", "html_length"], 0),
        (["url", "Treść HTML"], 1),
    ],
)
def test_a_column_of_html_is_found_by_its_name(header: list[str], taken: int):
    """And is no longer read as a text."""
    found = find_columns("t.csv", header)
    assert found.html == (taken,)
    assert taken not in found.text


def test_a_column_of_html_can_be_named():
    """It wins over what its name would say else."""
    found = find_columns("t.csv", ["content", "html"], ColumnNames(html="content"))
    assert (found.html, found.text) == ((0,), ())


def test_the_own_cells_of_a_row_come_before_its_page(tmp_path):
    """The page fills in what is empty and adds its words and marks."""
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        own = csv.writer(stream)
        own.writerow(["nazwa", "opis", "url", "html"])
        own.writerow(["Ogród", "Kaktusy", "ogrod.example", _FORUM])
        own.writerow(["", "", "", "<link rel=canonical href='https://kolce.example/'>" + _FORUM])
        own.writerow(["Ogród", "Kaktusy", "ogrod.example", ""])
    with open_table(str(path), Reading()) as table:
        columns = table.find_columns()
        first, second, third = (read_row(row, columns)[0] for row in table.body.read_rows())
    assert (first.name, first.url) == ("Ogród", "ogrod.example")
    assert first.text.startswith("Kaktusy Kolce.")
    assert [mark.id for mark in first.marks] == ["engine.phpbb"]
    assert (second.name, second.url) == ("Kolce", "https://kolce.example/")
    assert third == ("Kaktusy", "ogrod.example", "Ogród", ())


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"<html>", b"Content-Type: text/html\r\n\r\n", b"WARC/1.0\r\nWARC-Type: response\r\n", b"PK"]
    ),
    st.sampled_from(["html", "mhtml", "xhtml.gz", "warc", "warc.gz", "wacz"]),
)
def test_any_bytes_are_pages_or_refused(tmp_path_factory, content: bytes, beginning: bytes, ending: str):
    """Each row with a page or a problem; never a traceback."""
    path = tmp_path_factory.mktemp("t") / f"in.{ending}"
    path.write_bytes(beginning + content)
    try:
        with open_table(str(path)) as table:
            assert all((row.page is None) == (row.problem is not None) for row in table.body.read_rows())
    except InputError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("html", ["<div>" * 200_000, "<a b=" + "'x" * 500_000, "&#x" * 300_000, "\x00\ufeff" * 100_000])
def test_hostile_cells_take_no_longer_than_others(tmp_path, html: str):
    """A column may hold anybody's page."""
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"html": html}) + "\n", "utf-8")
    started = time.monotonic()
    with open_table(str(path)) as table:
        columns = table.find_columns()
        assert len([read_row(row, columns) for row in table.body.read_rows()]) == 1
    assert time.monotonic() - started < 5
