"""Files as other tools write them are read whole, without options."""

import pytest

from socialcls.tables.formats import Reading, open_table
from tests.cases.written.rows import COLUMNS, ROWS
from tests.conftest import ROOT

_DIR = ROOT / "tests" / "cases" / "written"
_FILES = sorted(path.name for path in _DIR.iterdir() if path.suffix not in (".py", ".md", "") and path.is_file())
_TEXT, _URL, _DATE, _MARK, _NOTE = (COLUMNS.index(name) for name in ("Opis", "Adres URL", "Data", "Ocena", "Uwagi"))
# What a file cannot hold; see the README there.
_WRITTEN = {
    "libreoffice-latin2.csv": {"🎲": "?", "–": "-", "„": '"'},
    "libreoffice-semicolon-cp1250.csv": {"🎲": "?"},
    "pandas-cp1250.csv": {"🎲": "?"},
    "excel-sep.csv": {"🎲": "?"},
    "libreoffice.ods": {"\t": ""},
}


@pytest.mark.parametrize("name", _FILES)
def test_every_row_is_read(name):
    """In order and unchanged, under its columns; texts and URLs are found by their names."""
    with open_table(str(_DIR / name), Reading()) as table:
        columns = table.find_columns()
        rows = list(table.body.read_rows())
    at = [table.columns.index(column) for column in COLUMNS]
    cells = [[row.cells[i] for i in at] for row in rows]
    replaced = str.maketrans(_WRITTEN.get(name, {}))
    assert not [row.problem for row in rows if row.problem]
    assert [row[0] for row in cells] == [str(row[0]) for row in ROWS]
    assert [row[_TEXT] for row in cells] == [row[_TEXT].translate(replaced) for row in ROWS]
    assert [row[_URL] for row in cells] == [row[_URL] for row in ROWS]
    assert [row[_DATE][:10] for row in cells] == [row[_DATE].isoformat() for row in ROWS]
    numbers = [float(row[_MARK].replace(",", ".")) if row[_MARK] else None for row in cells]
    assert numbers == [row[_MARK] for row in ROWS]
    assert [row[_NOTE] for row in cells] == [row[_NOTE] for row in ROWS]
    assert (columns.text, columns.url) == ((at[_TEXT],), (at[_URL],))
