"""CSV in and out."""

import csv
import io
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcls.errors import InputError
from socialcls.tables.csv import MAX_LINE_CHARS, CsvWriter
from socialcls.tables.formats import Reading, open_table
from socialcls.tables.table import Row

CASES = Path(__file__).parent.parent / "cases" / "files"
_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def _read(path, **options):
    with open_table(str(path), Reading(form="csv", **options)) as table:
        return table.columns, [row.cells for row in table.body.read_rows()]


def _write(rows):
    return CsvWriter().write_rows([Row(0, row) for row in rows], [()] * len(rows))


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=2)))
def test_what_is_written_is_read_back(tmp_path_factory, rows):
    """Quotes, newlines and delimiters in cells included."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes(_write([["text", "b"], *rows]).encode())
    assert _read(path, encoding="utf-8") == (["text", "b"], rows)


@given(st.lists(st.lists(st.text('",;\n\t ąb'), min_size=1, max_size=3)), st.sampled_from(",;\t"))
@example([["a,b", 'say "a"'], ["", "x\ny"]], ",")
@example([[""]], ",")
def test_rows_are_written_as_the_csv_module_writes_them(rows, delimiter):
    """To the letter, but for lone carriage returns (see `CsvWriter`)."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    writer = CsvWriter(delimiter)
    assert writer.write_rows([Row(0, row) for row in rows], [()] * len(rows)) == text.getvalue()


@given(st.text('",;\n\r ąb', max_size=20), st.sampled_from(",;"))
@example('a,"b\r\n\r,""\n"\r', ",")  # of a row with line breaks of each kind
@example('"', ",")  # it is never closed
def test_a_table_is_cut_between_its_rows(tmp_path_factory, repeated, delimiter):
    """Whatever stands in it: parts read alone are what is read of the whole, on the same lines, and lose nothing."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    content = "text\n" + repeated * 50
    path.write_text(content, encoding="utf-8", newline="")
    reading = Reading(form="csv", delimiter=delimiter)
    with open_table(str(path), reading) as table:
        parts: list[Any] = list(table.body.cut(10))
    assert "text\n" + "".join(line for part in parts for line in part.lines) == content
    with open_table(str(path), reading) as table:
        assert [row for part in parts for row in part.read_rows()] == list(table.body.read_rows())


@given(st.lists(st.lists(st.text('",;\n\r ąb', max_size=5), min_size=2, max_size=2), max_size=30))
def test_sound_rows_come_out_to_the_byte(tmp_path_factory, rows):
    """However they are quoted: with the delimiter and our cells behind, and nothing else changed."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([["text", "b"], *rows])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    with open_table(str(path), Reading(form="csv")) as table:
        read = list(table.body.read_rows())
        written = CsvWriter(line_end="\r\n").write_header(table.columns, ["x"], table.header)
    written += CsvWriter(line_end="\r\n").write_rows(read, [("1",)] * len(read))
    expected = io.StringIO(newline="")
    csv.writer(expected, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [["text", "b", "x"], *([*row, "1"] for row in rows)]
    )
    assert written == expected.getvalue().replace(',"1"\r\n', ",1\r\n").replace(',"x"\r\n', ",x\r\n", 1)


def test_a_part_has_many_rows_and_not_all(tmp_path):
    """As many as asked for, or as fit into a megabyte: memory does not grow with the file."""
    path = tmp_path / "t.csv"
    path.write_text("text,b\n" + '1,"x\ny"\n' * 25)
    with open_table(str(path)) as table:
        parts: list[Any] = list(table.body.cut(10))
    assert [len(list(part.read_rows())) for part in parts] == [10, 10, 5]
    assert [part.n_before for part in parts] == [1, 21, 41]
    path.write_text("text\n" + f"{'x' * 400_000}\n" * 7)
    with open_table(str(path)) as table:
        assert [len(list(part.read_rows())) for part in table.body.cut(10)] == [3, 3, 1]


def test_a_header_may_have_line_breaks(tmp_path):
    """The rows begin behind it."""
    path = tmp_path / "t.csv"
    path.write_text('"text\nb",c\n1,2\n')
    with open_table(str(path)) as table:
        assert table.columns == ["text\nb", "c"]
        assert list(table.body.read_rows()) == [(3, ["1", "2"], None, "1,2\n", None, None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1250", "iso8859-2"])
def test_spreadsheet_files_need_no_options(tmp_path, delimiter, encoding):
    """Semicolons, tabs, byte order marks and the encodings of Central Europe are recognised."""
    path = tmp_path / "t.csv"
    path.write_text(f'opis{delimiter}url\n"żółw śpi źle, gęś też"{delimiter}x.pl\n', encoding=encoding)
    assert _read(path) == (["opis", "url"], [["żółw śpi źle, gęś też", "x.pl"]])


@pytest.mark.parametrize("given", ["", "utf-8", "cp1250"])
def test_a_byte_order_mark_wins(given):
    """Over what is given, too."""
    assert _read(CASES / "utf16-bom.csv", encoding=given)[0] == ["description", "url"]
    assert _read(CASES / "utf8-bom.csv", encoding=given)[0] == ["description", "url"]


@pytest.mark.parametrize("name", ["klingon", "punycode", "undefined", "idna", "hex", "unicode_escape"])
def test_what_is_no_encoding_of_files(name):
    """Is an error, codecs of Python's own included."""
    with pytest.raises(InputError, match=f"{name}: no such encoding"):
        _read(CASES / "plain.csv", encoding=name)


@pytest.mark.parametrize(
    ("name", "columns", "n_rows"),
    [
        ("delim-quoted-semicolons-in-comma-header.csv", ["id", "Description (forum; blog; platform; other)"], 1),
        ("delim-tie-comma-wins.csv", ["opis", "uwagi, komentarze"], 1),
        ("delim-unquoted-commas-in-semicolon-header.csv", ["Opis (kawa, herbata, ciasto)", "adres"], 1),
        ("excel-sep-line.csv", ["opis", "url"], 1),
        ("train-comment-line-before-header.csv", ["description", "category"], 1),
        ("fifo-header-word-recurs-at-4096.csv", ["text"], 373),
        ("train-unbalanced-quote-swallows-rows.csv", ["category", "description"], 4),
    ],
)
def test_the_header_is_found(name, columns, n_rows):
    """Its delimiter by parsing with each, its line by its names."""
    found, rows = _read(CASES / name)
    assert found == columns
    assert len(rows) == n_rows


def test_lines_above_the_header_are_skipped_and_said(tmp_path):
    """As exports of monitoring tools have them; --skip-rows says how many."""
    path = tmp_path / "t.csv"
    path.write_text("Export 2024-05-01\nFilter: brand, all\n\nDate;URL;Opening Text\n1;x.pl;a, b\n")
    with open_table(str(path)) as table:
        assert table.columns == ["Date", "URL", "Opening Text"]
        assert "skipped 2 lines above the header (line 4)" in table.notes
        assert [row.line for row in table.body.read_rows()] == [5]
    with open_table(str(path), Reading(n_skipped=3)) as table:
        assert table.columns == ["Date", "URL", "Opening Text"]
        assert [row.line for row in table.body.read_rows()] == [5]


def test_a_table_without_a_header(tmp_path):
    """Columns are called by their numbers, and what they hold is guessed."""
    path = tmp_path / "t.csv"
    path.write_text("Forum for cats,x.pl\nBlog of a cat,y.pl\n")
    with open_table(str(path), Reading(has_header=False)) as table:
        assert table.columns == ["1", "2"]
        assert table.find_columns().text == (0,)
        assert len(list(table.body.read_rows())) == 2


def test_a_quote_that_is_never_closed_costs_one_line():
    """Its own, which is named; the rows behind it are read."""
    with open_table(str(CASES / "quote-unclosed-last-column.csv")) as table:
        rows = list(table.body.read_rows())
    assert [row.line for row in rows] == [2, 3, 4]
    assert str(rows[0].problem).startswith("A quote that is opened on line 2 is never closed")
    assert [row.problem for row in rows[1:]] == [None, None]
    assert rows[0].cells == ["1", "Forum for owners of old Volvos"]


def test_a_quote_that_swallows_a_row_is_noticed(tmp_path):
    """Where it ends, no cell does."""
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,"a forum\n2,"a blog",\n3,x\n')
    with open_table(str(path)) as table:
        assert [(row.line, bool(row.problem)) for row in table.body.read_rows()] == [(2, True), (3, False), (4, False)]


def test_bytes_that_are_no_utf8_stay_in_their_row(tmp_path):
    """In a file that is UTF-8 otherwise; and go out as they came in."""
    path = tmp_path / "t.csv"
    path.write_bytes("text,b\nżółw i gęś,1\n".encode() + b"\xb3abc,2\n" + "źródło,3\n".encode())
    with open_table(str(path)) as table:
        rows = list(table.body.read_rows())
    assert [str(row.problem or "") for row in rows] == [
        "",
        "Not UTF-8 (byte 0xb3). Mend the line, or say what it is with --encoding.",
        "",
    ]
    assert CsvWriter().write_rows(rows[1:2], [("e",)]).encode("utf-8", "socialcls.keep") == b"\xb3abc,2,e\n"


def test_ragged_rows_lose_nothing(tmp_path):
    """Short rows are filled; what is too much is told, unless it is empty."""
    path = tmp_path / "t.csv"
    path.write_text("a,text\n1\n1,2\n1,2,3,4\n\n5,6,,\n")
    with open_table(str(path)) as table:
        rows = list(table.body.read_rows())
    assert [row.cells for row in rows] == [["1", ""], ["1", "2"], ["1", "2"], ["5", "6"]]
    assert [str(row.problem or "") for row in rows] == [
        "",
        "",
        "4 cells where the header has 2; beyond it: '3', '4'",
        "",
    ]
    assert [row.line for row in rows] == [2, 3, 4, 6]
    assert CsvWriter().write_rows(rows[:1], [("x",)]) == "1,,x\n"


def test_an_empty_cell_in_a_single_column_is_a_row(tmp_path):
    """A blank line under one column is an empty text, not nothing."""
    path = tmp_path / "t.csv"
    path.write_text("text\na\n\nb\n")
    assert _read(path)[1] == [["a"], [""], ["b"]]


def test_commas_in_the_only_column_are_text(tmp_path):
    """As in a list made by hand; in quotes they are what quotes make them."""
    path = tmp_path / "t.csv"
    path.write_text('text\nForum, for cats\n"a, b"\n')
    assert _read(path)[1] == [["Forum, for cats"], ["a, b"]]


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff"])
def test_an_empty_file_is_an_error(tmp_path, content):
    """There is not even a header."""
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="empty"):
        _read(path)


def test_files_that_cannot_be_read(tmp_path):
    """A missing file and a directory are named."""
    with pytest.raises(InputError, match="no such file"):
        _read(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="cannot be read"):
        _read(tmp_path)


def test_our_cells_never_start_a_formula():
    """What came in stays as it is."""
    assert CsvWriter().write_rows([Row(1, ["=1+1"])], [("=cmd", "-x", "0.5")]) == "=1+1,'=cmd,'-x,0.5\n"


def test_cells_on_a_terminal_are_not_obeyed():
    """Escapes are shown."""
    rows = [Row(1, ["\x1b[31m"], raw="\x1b[31m\n")]
    assert CsvWriter(";", is_shown=True).write_rows(rows, [("1",)]) == "\\x1b[31m;1\n"


def test_a_line_without_end_falls_into_rows(tmp_path):
    """None of it is lost, and no more of it is held than a row may have."""
    path = tmp_path / "t.csv"
    path.write_text("text\nx\n" + "y" * (2 * MAX_LINE_CHARS + 5) + "\nz\n")
    with open_table(str(path)) as table:
        cells = [row.cells[0] for row in table.body.read_rows()]
    assert [len(cell) for cell in cells] == [1, MAX_LINE_CHARS, MAX_LINE_CHARS, 5, 1]
    assert set("".join(cells)) == set("xyz")


@pytest.mark.parametrize(
    "content", ['"' * 200_001, "a," * 100_000, '"x"\n' * 50_000, '"\n' * 20_000, "a." * 200_000], ids=range(5)
)
def test_reading_takes_linear_time(tmp_path, content):
    """Of quotes, delimiters and lines without end."""
    path = tmp_path / "t.csv"
    path.write_text("text\n" + content)
    started = time.monotonic()
    _read(path)
    path.write_text(content)
    with suppress(InputError), open_table(str(path)) as table:
        list(table.body.read_rows())
    assert time.monotonic() - started < 20


def test_encoded_surrogates_are_broken_utf8(tmp_path):
    """And no encoding of eight bits, though nothing else is beyond ASCII."""
    path = tmp_path / "in.csv"
    path.write_bytes(b"text,b\nForum \xed\xa0\x80 for owners,1\nBlog,2\n")
    with open_table(str(path)) as table:
        first, second = table.body.read_rows()
        assert table.notes == []
    assert str(first.problem).startswith("Not UTF-8 (byte 0xed)")
    assert (second.problem, second.cells) == (None, ["Blog", "2"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_by_their_family_name_need_no_mark(tmp_path, encoding):
    """`--encoding utf-16` finds the order of the bytes itself."""
    path = tmp_path / "in.csv"
    path.write_bytes("id,opis\n1,Forum miłośników żółwi\n".encode(encoding))
    assert _read(path, encoding=encoding[:6]) == (["id", "opis"], [["1", "Forum miłośników żółwi"]])


def test_a_wide_encoding_that_is_plainly_not_that_of_the_text(tmp_path):
    """Is an error, and not a table of Chinese characters."""
    path = tmp_path / "in.csv"
    path.write_text("id,opis\n1,Forum\n")
    with pytest.raises(InputError, match="utf-16: not the encoding of this text"):
        _read(path, encoding="UTF-16")


def test_a_mark_of_utf16_within_a_text_says_nothing(tmp_path):
    """Found by mutation: charset-normalizer, asked about the lines that are not ASCII, took it for the beginning."""
    path = tmp_path / "in.csv"
    path.write_bytes(b'id,opis\n1,"Forum for owners of old Volvos"\n\xff\xfe')
    assert len(_read(path)[1]) == 2
