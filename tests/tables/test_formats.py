"""Formats of tables: recognised, read, and written from any to any."""

import gzip
import json
import random
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcls.errors import InputError, OutputError
from socialcls.tables.formats import (
    FORMATS,
    Reading,
    Writing,
    check_format,
    find_output_format,
    list_tables,
    open_table,
)
from socialcls.tables.table import Row, RowsBody, Table
from tests.conftest import ROOT

ROWS = [["1", "forum żółwi", "x.pl"], ["2", "blog", ""]]
COLUMNS = ["id", "text", "url"]
WRITTEN = ROOT / "tests" / "cases" / "written"


def write(path, table, rows, appended):
    """Write a table as the runner does: text, or a journal and what is made of it."""
    form = FORMATS[find_output_format(str(path), "", table.form)]
    writing = Writing(table, ("category", "confidence"), frozenset(["confidence"]))
    writer = form.make_writer(writing)
    text = writer.write_header(table.columns, writing.appended, table.header) + writer.write_rows(rows, appended)
    if form.is_text:
        path.write_bytes(text.encode("utf-8", "socialcls.keep"))
    else:
        form.convert(text.splitlines(keepends=True), path, writing)


def read(path, **options):
    """The columns and the cells of a file."""
    with open_table(str(path), Reading(**options)) as table:
        return table.columns, [row.cells for row in table.body.read_rows()]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "xlsx", "parquet"])
@pytest.mark.parametrize("source_ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_any_format_becomes_any(tmp_path, source_ending, ending):
    """With its columns, rows and order, and ours behind."""
    first, source, target = tmp_path / "first.csv", tmp_path / f"in.{source_ending}", tmp_path / f"out.{ending}"
    first.write_text('id,text,url\n1,"forum żółwi",x.pl\n2,blog,\n')
    with open_table(str(first)) as table:
        write(source, table, list(table.body.read_rows()), [("a", "0.5000"), ("b", "")])
    with open_table(str(source)) as table:
        assert table.columns[:3] == COLUMNS
        rows = list(table.body.read_rows())
        table.columns = [*COLUMNS, "old", "older"]
        table.header = ""
        rows = [row._replace(raw="") for row in rows] if source_ending == "jsonl" else rows
    with open_table(str(source)) as table:
        write(target, table, list(table.body.read_rows()), [("blog", "0.2500"), ("unsure", "")])
    columns, cells = read(target)
    assert columns[:3] == COLUMNS
    assert [row[:3] for row in cells] == ROWS


def test_numbers_and_dates_of_a_workbook_stay_what_they_are(tmp_path):
    """The header is frozen, addresses are links, and the same rows make the same bytes."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    source = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(source) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 0, ["opis", "n", "dnia", "url"])
        sheet.write_row(3, 0, ["forum", 3.5])
        sheet.write_datetime(3, 2, date(2024, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_string(3, 3, "https://x.pl")
        sheet.write_string(0, 0, "Export")
    for name in ("out.xlsx", "again.xlsx"):
        with open_table(str(source)) as table:
            assert table.columns == ["opis", "n", "dnia", "url"]
            rows = list(table.body.read_rows())
            assert rows[0].cells == ["forum", "3.5", "2024-05-01", "https://x.pl"]
            assert rows[0].line == 4
            write(tmp_path / name, table, rows, [("=blog", "0.5000")])
    with open_table(str(tmp_path / "out.xlsx")) as table:
        (row,) = table.body.read_rows()
    assert row.values is not None
    assert [type(value).__name__ for value in row.values] == ["str", "float", "date", "str", "str", "float"]
    assert row.cells[4] == "=blog"
    assert (tmp_path / "out.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_a_long_sheet_is_read_as_a_short_one(tmp_path):
    """Though its rows wait in a file: numbers, dates, times and texts are what they are."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    moments = (datetime(2024, 5, 1, 13, 5, 7), date(1999, 12, 31), time(23, 59), timedelta(hours=30, seconds=1))  # noqa: DTZ001
    formats = ("yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "hh:mm:ss", "[h]:mm:ss")
    read_rows = {}
    for n_rows in (10, 10_001):
        path = tmp_path / f"{n_rows}.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["text", "n", "is", *"abcd"])
            written = [book.add_format({"num_format": form}) for form in formats]
            for y in range(1, n_rows + 1):
                sheet.write_row(y, 0, [f'"żółw"\n{y} 漢 \\ {{}}', y / 3, y % 2 == 0])
                for x, moment in enumerate(moments):
                    sheet.write_datetime(y, 3 + x, moment, written[x])
        with open_table(str(path)) as table:
            read_rows[n_rows] = list(table.body.read_rows())
            assert table.share_read() == 1
    assert read_rows[10_001][:10] == read_rows[10]
    assert [row.line for row in read_rows[10_001]] == list(range(2, 10_003))
    values = read_rows[10][0].values
    assert values is not None
    assert [type(value).__name__ for value in values] == [
        "str",
        "float",
        "bool",
        "datetime",
        "date",
        "time",
        "timedelta",
    ]


def test_parquet_keeps_its_types(tmp_path):
    """Its own columns are those that it had."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"text": ["forum", None], "n": pa.array([1, 2], pa.int16()), "tags": [["a"], []]})
    pq.write_table(table, tmp_path / "in.parquet")
    with open_table(str(tmp_path / "in.parquet")) as opened:
        rows = list(opened.body.read_rows())
        form = FORMATS["parquet"]
        writing = Writing(opened, ("category", "confidence"), frozenset(["confidence"]))
        text = form.make_writer(writing).write_rows(rows, [("blog", "0.5"), ("", "")])
        form.convert(text.splitlines(keepends=True), tmp_path / "out.parquet", writing)
    made = pq.read_table(tmp_path / "out.parquet")
    assert made.select(["text", "n", "tags"]).equals(table)
    assert made.column("confidence").to_pylist() == [0.5, None]


def test_json_lines_come_out_as_they_stood(tmp_path):
    """Each with its own spaces and numbers; what is no object has a problem."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "forum",  "n": 1.10}\n\n{}\n[1]\n{"text": "\\ud800"}\n{"x": \n')
    with open_table(str(path)) as table:
        rows = list(table.body.read_rows())
        assert [row.line for row in rows] == [1, 3, 4, 5, 6]
        assert [bool(row.problem) for row in rows] == [False, False, True, False, True]
        write(tmp_path / "out.jsonl", table, rows, [("blog", "0.5")] * 5)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert lines[0] == '{"text": "forum",  "n": 1.10, "category": "blog", "confidence": 0.5}'
    assert lines[1] == '{"category": "blog", "confidence": 0.5}'
    assert [json.loads(line)["category"] for line in lines] == ["blog"] * 5


def test_json_lines_that_cannot_be_read_lose_nothing(tmp_path):
    """As CSV, their text stands in the first cell."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"text": "forum", "n": 1}\n{"x": \n[1, 2]\n')
    with open_table(str(path)) as table:
        rows = list(table.body.read_rows())
    assert [row.cells for row in rows[1:]] == [['{"x":', ""], ["[1, 2]", ""]]
    assert all(row.problem for row in rows[1:])


def test_a_row_of_csv_may_end_in_a_brace(tmp_path):
    """It is no JSON for all that."""
    path = tmp_path / "in.csv"
    path.write_text("text,n\nforum,{}\n")
    with open_table(str(path)) as table:
        write(tmp_path / "out.jsonl", table, list(table.body.read_rows()), [("blog", "0.5")])
    said = json.loads((tmp_path / "out.jsonl").read_text())
    assert said == {"text": "forum", "n": "{}", "category": "blog", "confidence": 0.5}


def test_plain_lines_are_texts_and_addresses(tmp_path):
    """Of a list, each by what it is; a table in a .txt is a table."""
    path = tmp_path / "urls.txt"
    path.write_text("forum.gazeta.pl\nA blog of a cat\n\n")
    with open_table(str(path)) as table:
        columns = table.find_columns()
        documents = [columns.read_document(row.cells)[:3] for row in table.body.read_rows()]
    assert documents == [("", "forum.gazeta.pl", ""), ("A blog of a cat", "", ""), ("", "", "")]
    path.write_text("Opis\tURL\nforum, kota\tx.pl\n")
    assert read(path) == (["Opis", "URL"], [["forum, kota", "x.pl"]])


def test_an_index_of_captures(tmp_path):
    """With a legend, without, and as CDXJ."""
    path = tmp_path / "in.cdx"
    path.write_text(" CDX N b a m s k S\npl,x)/ 2024 http://x.pl/ text/html 200 ABC 12\n")
    assert read(path)[0][:3] == ["urlkey", "timestamp", "original"]
    path.write_text("pl,x)/ 2024 http://x.pl/ text/html 200 ABC 12\n")
    assert read(path)[1][0][2] == "http://x.pl/"
    path.write_text('pl,x)/ 2024 {"url": "http://x.pl/", "mime": "text/html"}\n')
    with open_table(str(path)) as table:
        assert table.find_columns().url == (2,)
    with pytest.raises(OutputError, match="can be read and not written"):
        find_output_format("out.cdx", "", "csv")


def test_compressed_files(tmp_path):
    """Are unpacked, whatever they are called; one that is cut off is an error."""
    zstandard = pytest.importorskip("zstandard")
    content = b"text,url\n" + b"forum,x.pl\n" * 50_000
    for name, packed in (("a.csv.gz", gzip.compress(content)), ("b.csv.zst", zstandard.compress(content))):
        path = tmp_path / name
        path.write_bytes(packed)
        assert len(read(path)[1]) == 50_000
        path.write_bytes(packed[: len(packed) // 2])
        with pytest.raises(InputError, match="cannot be read to its end"):
            read(path)
    (tmp_path / "c.csv").write_bytes(gzip.compress(b"text\nx\n") + gzip.compress(b"y\n"))
    assert read(tmp_path / "c.csv") == (["text"], [["x"], ["y"]])
    (tmp_path / "d.csv").write_bytes(zstandard.compress(b"text\nx\n") + zstandard.compress(b"y\n"))
    with open_table(str(tmp_path / "d.csv")) as table:
        assert [row.cells for row in table.body.read_rows()] == [["x"], ["y"]]
        assert "Zstandard" in table.notes[0]


def test_files_under_a_wrong_name(tmp_path):
    """Are named as what they are, and read where they can be."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "in.csv"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["text"])
    with open_table(str(path)) as table:
        assert table.notes == ["a workbook of Excel, although its name or --format does not say so; read as such"]
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(InputError, match="a ZIP archive"):
        read(path)
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="a PDF document"):
        read(path)
    (tmp_path / "t.xlsx").write_text("text\nx\n")
    assert read(tmp_path / "t.xlsx") == (["text"], [["x"]])
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="not readable as Parquet"):
        read(tmp_path / "t.parquet")


def test_a_sheet_is_chosen(tmp_path):
    """By name, else the first that holds anything."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        book.add_worksheet("empty")
        book.add_worksheet("one").write_column(0, 0, ["text", "x"])
        book.add_worksheet("two").write_column(0, 0, ["text", "y"])
    assert read(tmp_path / "in.xlsx")[1] == [["x"]]
    assert read(tmp_path / "in.xlsx", sheet="two")[1] == [["y"]]
    with pytest.raises(InputError, match=r"no sheet 'three'. Sheets are: empty, one, two"):
        read(tmp_path / "in.xlsx", sheet="three")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["csv", "jsonl", "txt", "xlsx", "parquet", "cdx", "gz", "tsv", "json"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, ending):
    """With a sentence, and never a traceback."""
    path = tmp_path_factory.mktemp("t") / f"in.{ending}"
    path.write_bytes(content)
    try:
        with open_table(str(path)) as table:
            width = len(table.columns)
            assert all(len(row.cells) == width for row in table.body.read_rows())
    except InputError as error:
        assert str(error).startswith(str(path))


def test_formats_by_name():
    """Some have two; what is none is an error that lists them."""
    assert check_format("NDJSON") == "jsonl"
    with pytest.raises(InputError, match="Formats are: csv, tsv"):
        check_format("docx")


def test_tables_of_a_folder_and_a_pattern(tmp_path):
    """In order, hidden files left out."""
    for name in ("b.csv", "a.xlsx", ".x.csv", "notes.md"):
        (tmp_path / name).touch()
    assert [name for _, name in list_tables(str(tmp_path))] == ["a.xlsx", "b.csv"]
    assert [name for _, name in list_tables(str(tmp_path / "*.csv"))] == ["b.csv"]
    with pytest.raises(InputError, match="no file fits"):
        list_tables(str(tmp_path / "*.tsv"))


def test_line_ends_of_old_macs_end_no_line_of_json(tmp_path):
    """CSV keeps them; whoever reads JSON Lines takes but one for an end."""
    path, target = tmp_path / "in.csv", tmp_path / "out.jsonl"
    path.write_bytes(b"id,text\r1,forum\r2,shop\r")
    with open_table(str(path)) as table:
        write(target, table, list(table.body.read_rows()), [("blog", "0.5")] * 2)
    assert [json.loads(line)["text"] for line in target.read_bytes().split(b"\n")[:-1]] == ["forum", "shop"]


_LONG_PARQUET = """
import sys
import pyarrow
from socialcls.tables.formats import FORMATS, Reading, Writing, open_table
with open_table(sys.argv[1], Reading()) as table:
    form = FORMATS["parquet"]
    table.original = table.original if len(sys.argv) > 3 else ""
    writing = Writing(table, ("category", "confidence"), frozenset(["confidence"]))
    writer = form.make_writer(writing)
    lines = (writer.write_rows([row], [("blog", "0.5")]) for row in table.body.read_rows())
    form.convert(lines, sys.argv[2], writing)
print(pyarrow.default_memory_pool().max_memory(), "pandas" in sys.modules)
"""


@pytest.mark.slow
@pytest.mark.parametrize("keeps_types", [False, True])
def test_parquet_takes_no_more_memory_than_a_part_of_it(tmp_path, keeps_types):
    """A row group of 100 MB in, and groups out: some MB at a time, and no pandas where there is one."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    noise = random.Random(0)  # noqa: S311
    texts = [noise.randbytes(10_000).hex() for _ in range(5_000)]
    pq.write_table(pa.table({"text": texts, "n": list(range(5_000))}), source, compression=None, use_dictionary=False)
    command = [sys.executable, "-c", _LONG_PARQUET, source, target, *["keep"] * keeps_types]
    peak, has_pandas = subprocess.run(command, capture_output=True, check=True).stdout.split()
    assert int(peak) < 130_000_000
    assert has_pandas == b"False"
    assert pq.ParquetFile(target).metadata.num_row_groups > 2
    made = pq.read_table(target)
    assert made.column("text").to_pylist() == texts
    assert set(made.column("confidence").to_pylist()) == {0.5}


@given(st.lists(st.tuples(st.text(), st.sampled_from(["", "0.5", "1"])), max_size=40))
def test_texts_and_numbers_of_parquet_are_what_they_were(tmp_path_factory, rows):
    """Empty ones, none and many."""
    pq = pytest.importorskip("pyarrow.parquet")
    target = tmp_path_factory.mktemp("t") / "out.parquet"
    table = Table("t", ["text"], RowsBody([]), lambda: None)
    writing = Writing(table, ("confidence",), frozenset(["confidence"]))
    form = FORMATS["parquet"]
    text = form.make_writer(writing).write_rows([Row(1, [text]) for text, _ in rows], [(n,) for _, n in rows])
    form.convert(text.splitlines(keepends=True), target, writing)
    made = pq.read_table(target)
    assert made.column("text").to_pylist() == [text for text, _ in rows]
    assert made.column("confidence").to_pylist() == [float(n) if n else None for _, n in rows]


@pytest.mark.parametrize("n_bytes", [0, 8, 512, 4_000, 7_712, 8_312])
def test_an_old_workbook_that_is_cut_off_is_refused(tmp_path, n_bytes):
    """Found by mutation: what reads it may panic, which is no error of Python's."""
    pytest.importorskip("python_calamine")
    path = tmp_path / "in.xls"
    path.write_bytes((WRITTEN / "libreoffice.xls").read_bytes()[:n_bytes])
    with pytest.raises(InputError, match=r"in\.xls: (not readable as a workbook|empty)"):
        read(path)


def test_a_workbook_without_sheets_is_empty(tmp_path):
    """Found by mutation."""
    pytest.importorskip("python_calamine")
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(WRITTEN / "openpyxl.xlsx") as book, zipfile.ZipFile(path, "w") as packed:
        for name in book.namelist():
            packed.writestr(name, re.sub(rb"<sheet .*?/>", b"", book.read(name)))
    with pytest.raises(InputError, match="a workbook without a sheet"):
        read(path)
