"""CSV in and out."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcls.errors import InputError, OutputError
from socialcls.tables.csv import RowFormat, choose_format, open_table, replace_file, write_table

_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def _read(path, **options):
    with open_table(str(path), **options) as table:
        return table.columns, [row.cells for row in table.body.read_rows()]


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=2)))
def test_what_is_written_is_read_back(tmp_path_factory, rows):
    """Quotes, newlines and delimiters in cells included."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    write_table(str(path), ["a", "b"], [RowFormat().format_rows(rows)])
    assert _read(path) == (["a", "b"], rows)


@given(st.lists(st.lists(st.text('",;\n\t ąb'), min_size=1, max_size=3)), st.sampled_from(",;\t"))
@example([["a,b", 'say "a"'], ["", "x\ny"]], ",")
@example([[""]], ",")
def test_rows_are_written_as_the_csv_module_writes_them(rows, delimiter):
    """To the letter, but for lone carriage returns (see `RowFormat`)."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    assert RowFormat(delimiter).format_rows(rows) == text.getvalue()


@given(st.text('",;\n\r ąb', max_size=20), st.sampled_from(",;"))
@example('a,"b\r\n\r,""\n"\r', ",")  # of a row with line breaks of each kind
@example('"', ",")  # it is never closed
def test_a_table_is_cut_between_its_rows(tmp_path_factory, repeated, delimiter):
    """Whatever stands in it: excerpts read alone are what the csv module reads of the whole, on the same lines."""
    path = tmp_path_factory.mktemp("t") / "t.csv"
    content = "a\n" + repeated * 50
    path.write_text(content, encoding="utf-8", newline="")
    with open_table(str(path), delimiter=delimiter) as table:
        excerpts = list(table.body.cut(10))
    assert "a\n" + "".join(line for excerpt in excerpts for line in excerpt.lines) == content
    whole = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    read = [(1, ["a"])]
    for excerpt in excerpts:
        part = csv.reader(excerpt.lines, delimiter=delimiter)
        read += [(excerpt.n_before + part.line_num, cells) for cells in part]
    assert read == [(whole.line_num, cells) for cells in whole]


def test_an_excerpt_has_many_rows_and_not_all(tmp_path):
    """As many as asked for, however many lines they have: memory does not grow with the file."""
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + '1,"x\ny"\n' * 25)
    with open_table(str(path)) as table:
        excerpts = list(table.body.cut(10))
    assert [len(list(excerpt.read_rows())) for excerpt in excerpts] == [10, 10, 5]
    assert [excerpt.n_before for excerpt in excerpts] == [1, 21, 41]


def test_a_header_may_have_line_breaks(tmp_path):
    """The rows begin behind it."""
    path = tmp_path / "t.csv"
    path.write_text('"a\nb",c\n1,2\n')
    with open_table(str(path)) as table:
        assert table.columns == ["a\nb", "c"]
        assert list(table.body.read_rows()) == [(3, ["1", "2"], "")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_spreadsheet_files_need_no_options(tmp_path, delimiter, encoding):
    """Semicolons, tabs and byte order marks are recognised."""
    path = tmp_path / "t.csv"
    path.write_text(f"opis{delimiter}url\nżółw{delimiter}x.pl\n", encoding=encoding)
    assert _read(path) == (["opis", "url"], [["żółw", "x.pl"]])


def test_another_encoding_is_named(tmp_path):
    """Bytes that are not UTF-8 are an error with the way out, and the way out works."""
    path = tmp_path / "t.csv"
    path.write_text("opis\nżółw\n", encoding="cp1250")
    with pytest.raises(InputError, match=r"t\.csv: not UTF-8 \(byte 0xbf\).*--encoding cp1250"):
        _read(path)
    assert _read(path, encoding="cp1250") == (["opis"], [["żółw"]])
    with pytest.raises(InputError, match="no such encoding"):
        _read(path, encoding="klingon")


def test_ragged_rows_lose_nothing(tmp_path):
    """Short rows are filled, what is too much is told, and neither passes for a sound row."""
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1\n1,2\n1,2,3,4\n\n5,6\n")
    with open_table(str(path)) as table:
        rows = list(table.body.read_rows())
    assert [row.cells for row in rows] == [["1", ""], ["1", "2"], ["1", "2"], ["5", "6"]]
    assert [row.problem for row in rows] == [
        "1 cells where the header has 2",
        "",
        "4 cells where the header has 2; beyond it: '3', '4'",
        "",
    ]
    assert [row.line for row in rows] == [2, 3, 4, 6]


def test_an_empty_cell_in_a_single_column_is_a_row(tmp_path):
    """A blank line under one column is an empty text, not nothing."""
    path = tmp_path / "t.csv"
    path.write_text("text\na\n\nb\n")
    assert _read(path)[1] == [["a"], [""], ["b"]]


@pytest.mark.parametrize("content", ["", "\n\n  \n"])
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


def test_a_failure_leaves_what_was_there(tmp_path):
    """A result appears whole or not at all."""
    path = tmp_path / "t.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), replace_file(path) as stream:
        stream.write("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    """Its directory is not there."""
    with pytest.raises(OutputError, match=r"nowhere/t\.csv: cannot be written"):
        write_table(str(tmp_path / "nowhere" / "t.csv"), ["a"], [])


def test_cells_on_a_terminal_are_not_obeyed(monkeypatch):
    """Escapes are shown when standard output is a terminal, and kept when it is a pipe."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream, shown in ((Terminal(), "\\x1b[31m"), (io.StringIO(), "\x1b[31m")):
        monkeypatch.setattr("sys.stdout", stream)
        form = choose_format("-", ";")
        write_table("-", ["\x1b[31m", "b"], [form.format_rows([["1", "\x1b[31m"]])], form)
        assert stream.getvalue() == f"{shown};b\n1;{shown}\n"
