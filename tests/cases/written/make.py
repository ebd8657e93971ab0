"""Make the files of this folder again.

    python -m tests.cases.written.make

Needs LibreOffice (`soffice`; Debian: libreoffice-calc) and `pip install openpyxl pandas polars xlsxwriter pyarrow
zstandard`, none of which the tests need. Files that it makes are kept and not made in tests, for the versions that
wrote them are a part of what they are.
"""

import codecs
import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.cases.written.rows import COLUMNS, ROWS

HERE = Path(__file__).parent

_LIBREOFFICE = {
    "libreoffice.xlsx": "xlsx",
    "libreoffice.ods": "ods",
    "libreoffice.xls": "xls",
    "libreoffice-utf8.csv": "csv:Text - txt - csv (StarCalc):44,34,76",
    "libreoffice-semicolon-cp1250.csv": "csv:Text - txt - csv (StarCalc):59,34,33",
    "libreoffice-latin2.csv": "csv:Text - txt - csv (StarCalc):59,34,13",
    "libreoffice-utf16.tsv": "csv:Text - txt - csv (StarCalc):9,34,65535",
    "libreoffice-all-quoted.csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true",
}


def write_openpyxl(path: Path, *, is_report: bool = False) -> None:
    """Write a workbook; as a report with titles in merged cells, a filter, links, a formula and hidden sheets."""
    import openpyxl  # noqa: PLC0415  (for the fixtures alone)

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Serwisy"
    if is_report:
        sheet.append(["Raport: serwisy społecznościowe"])
        sheet.merge_cells("A1:G1")
        sheet.append([])
        book.create_sheet("Ukryty", 0).sheet_state = "hidden"
        book.create_sheet("Podsumowanie").append(["=COUNTA(Serwisy!A:A)"])
    sheet.append(COLUMNS)
    for row in ROWS:
        sheet.append(row)
    first = sheet.max_row - len(ROWS)
    for line in range(first + 1, sheet.max_row + 1):
        cell = sheet.cell(line, 2)
        cell.data_type = "s" if cell.value else "n"  # what begins with = is a text here
        if is_report and (url := sheet.cell(line, 3)).value:
            url.hyperlink = url.value
    if is_report:
        sheet.auto_filter.ref = f"A{first}:G{sheet.max_row}"
        sheet.freeze_panes = f"A{first + 1}"
    book.save(path)


def write_libreoffice() -> None:
    """Let LibreOffice open a workbook and save it in its ways."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "in.xlsx")
        write_openpyxl(source)
        for target, form in _LIBREOFFICE.items():
            out = Path(name, "out")
            command = ["soffice", f"-env:UserInstallation=file://{name}/profile", "--headless", "--convert-to", form]
            subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True)
            (made,) = out.iterdir()
            made.replace(HERE / target)


def write_pandas() -> None:
    """Write with pandas: its defaults, then what people set."""
    import pandas as pd  # noqa: PLC0415  (for the fixtures alone)

    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    frame.to_csv(HERE / "pandas-index.csv")
    frame.to_csv(
        HERE / "pandas-excel.csv", index=False, encoding="utf-8-sig", sep=";", decimal=",", lineterminator="\r\n"
    )
    frame.to_csv(HERE / "pandas-cp1250.csv", index=False, encoding="cp1250", errors="replace", sep=";", decimal=",")
    frame.to_csv(HERE / "pandas-nonnumeric.csv.gz", index=False, quoting=csv.QUOTE_NONNUMERIC)
    frame.to_csv(HERE / "pandas.tsv", index=False, sep="\t")
    frame.to_csv(HERE / "pandas.csv.zst", index=False)
    frame.to_json(HERE / "pandas.jsonl", orient="records", lines=True, date_format="iso")
    frame.to_json(HERE / "pandas.json", orient="records", date_format="iso", force_ascii=False, indent=2)
    frame.to_excel(
        HERE / "pandas.xlsx",
        index=False,
        engine="xlsxwriter",
        engine_kwargs={"options": {"strings_to_formulas": False}},
    )
    frame.to_parquet(HERE / "pandas.parquet")


def write_polars() -> None:
    """Write with polars."""
    import polars as pl  # noqa: PLC0415  (for the fixtures alone)

    frame = pl.DataFrame(ROWS, schema=COLUMNS, orient="row")
    frame.write_csv(HERE / "polars.csv")
    frame.write_csv(HERE / "polars-bom.csv", include_bom=True, separator=";", quote_style="always")
    frame.write_ndjson(HERE / "polars.ndjson")
    frame.write_json(HERE / "polars.json")
    frame.write_excel(HERE / "polars.xlsx", worksheet="Serwisy")
    typed = frame.with_columns(pl.col("Uwagi").cast(pl.Categorical), pl.col("Nr").cast(pl.UInt16))
    typed.write_parquet(HERE / "polars.parquet", compression="zstd", row_group_size=5)


def _say(value: Any, *, is_windows: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and is_windows:
        return str(value).replace(".", ",")
    return str(value)


def write_by_hand() -> None:
    """Write what tools write that cannot be had here: Windows PowerShell, Excel, Excel of old Macs."""
    cells = [COLUMNS, *([_say(value, is_windows=True) for value in row] for row in ROWS)]

    def write(delimiter: str, end: str, quoting: Any = csv.QUOTE_MINIMAL) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(cells)
        return out.getvalue()

    quoted = write(",", "\r\n", csv.QUOTE_ALL)
    typed = "#TYPE System.Management.Automation.PSCustomObject\r\n" + quoted
    wide = codecs.BOM_UTF16_LE
    (HERE / "powershell-export-csv.csv").write_bytes(codecs.BOM_UTF8 + typed.encode())
    (HERE / "powershell-unicode.csv").write_bytes(wide + quoted.encode("utf-16-le"))
    (HERE / "excel-unicode-text.txt").write_bytes(wide + write("\t", "\r\n").encode("utf-16-le"))
    (HERE / "excel-sep.csv").write_bytes(("sep=;\r\n" + write(";", "\r\n")).encode("cp1250", "replace"))
    (HERE / "mac-line-ends.csv").write_bytes(write(";", "\r", csv.QUOTE_ALL).encode())
    (HERE / "mac-line-ends-utf16.txt").write_bytes(wide + write("\t", "\r", csv.QUOTE_ALL).encode("utf-16-le"))


def main() -> None:
    """Make all of them."""
    write_openpyxl(HERE / "openpyxl.xlsx")
    write_openpyxl(HERE / "openpyxl-report.xlsx", is_report=True)
    write_libreoffice()
    write_pandas()
    write_polars()
    write_by_hand()
    sys.stdout.write(f"{len(list(HERE.iterdir()))} files in {HERE.name}\n")


if __name__ == "__main__":
    main()
