"""Write rows that are known into a file of any format, and read the rows of an output, both without our own code.

    python -m tests.torture.tables --rows 1000000

makes tables of random rows in every format, lets each become each, and compares what comes out with what went in:
no row lost, none more, in order, and every cell as it was. It prints what it counted, by formats, and ends with 1 when
anything differed. Answers are those of a model of a few words, so that the time goes into files.
"""

import csv
import gzip
import io
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from socialcls.batch.rows import RowClassifier
from socialcls.batch.runner import Job, Watcher, classify_file
from socialcls.errors import SocialClsError
from socialcls.model.persistence import save_artifact
from socialcls.tables.formats import AS_FOUND
from tests.conftest import make_tiny_artifact
from tests.torture.command import run_command

COLUMNS = ["id", "text", "url", "n"]
FORMS_IN = (
    *("csv", "semicolon.csv", "tsv", "mac.csv", "utf16.csv", "quoted.csv", "csv.gz", "csv.zst", "jsonl", "jsonl.gz"),
    *("json", "lines", "xlsx", "parquet", "cdx", "cdxj"),
)
FORMS_OUT = ("csv", "tsv", "jsonl", "xlsx", "parquet", "csv.gz", "jsonl.zst")

FAULTS = ("tables refused", "rows lost", "rows lost or too many", "rows changed", "rows with an error")
_WORDS = (
    *(
        "forum",
        "shop",
        "blog",
        "żółw",
        "Ящик",
        "漢字",
        "👨\u200d👩\u200d👧",
        "e\u0301",
        "\u200b",
        "\xa0",
        "'",
        '"',
        '""',
        "''",
    ),
    *(
        ",",
        ";",
        "\t",
        "|",
        "\\",
        "\\n",
        "{}",
        "[]",
        "=1+1",
        "+48",
        "-5",
        "@x",
        "sep=;",
        "<b>",
        "&amp;",
        "%",
        "#",
        "_x000D_",
    ),
    *("nan", "NULL", "-", "1.10", "007", "1e5", "TRUE", "2024-05-01", "12:30", "http://x.pl", "\u2028", "\x85", "\x1c"),
)
_POINTS = (*range(0x20, 0x7F), *range(0xA1, 0x300), *range(0x1F300, 0x1F700))
_N_DOCUMENTS, _DOCUMENT_ROWS = 5_000, 50_000  # few documents, each in many rows: a classifier keeps their answers
_BREAKS = ("\n", "\r\n", "\n\n", "\r")


class Form(NamedTuple):
    """How a table is written."""

    write: Callable[[Path, list[list[str]]], None]
    change: Callable[[list[list[str]]], list[list[str]]]
    """What of rows the format can say."""


def make_documents(randomness: random.Random, n: int) -> list[tuple[str, str]]:
    """Make texts of random words, characters and line breaks, each with a URL or without."""
    return [(_make_text(randomness), _make_url(randomness)) for _ in range(n)]


def _make_text(r: random.Random) -> str:
    words = [
        r.choice(_WORDS) if r.random() < 0.9 else chr(r.choice(_POINTS)) for _ in range(r.choice((0, 1, 2, 5, 12)))
    ]
    if words and r.random() < 0.1:
        words.insert(r.randrange(len(words) + 1), r.choice(_BREAKS))
    return r.choice(("", " ", " ")).join(words)


def _make_url(r: random.Random) -> str:
    return r.choice(("", f"https://host{r.randrange(100)}.example/?a=1,2;3", "blog.x.pl", "x.pl/viewtopic"))


def make_rows(randomness: random.Random, documents: Sequence[tuple[str, str]], n_rows: int) -> list[list[str]]:
    """Make rows of random cells: a number that is the row's alone, a text, a URL, what looks like a number."""
    r, rows = randomness, []
    for i in range(n_rows):
        text, url = r.choice(documents)
        n = r.choice(("", str(i), f"{i / 7:.3f}", "0012", "1,5", "-3", "1e400", "12345678901234567890"))
        rows.append([f"r{i:07d}", text, url, n])
    return rows


def write_plain_table(path: Path, n_rows: int) -> None:
    """Write rows of which none is as another, some are blank and some have line breaks."""
    texts = ("Forum no. {}:\nask a question", "Blog no. {}", "Shop {}", "", 'x "{}" z')
    rows = [[str(i), texts[i % 5].format(i), f"host{i}.example" if i % 7 else "", str(i)] for i in range(n_rows)]
    form = _FORMS[path.name.split(".", 1)[1]]
    form.write(path, form.change(rows))


def _write_csv(
    delimiter: str = ",",
    end: str = "\n",
    encoding: str = "utf-8",
    quoting: Any = csv.QUOTE_MINIMAL,
) -> Callable[[Path, list[list[str]]], None]:
    def write(path: Path, rows: list[list[str]]) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([COLUMNS, *rows])
        _pack(path, out.getvalue().encode(encoding))

    return write


def _pack(path: Path, content: bytes) -> None:
    if path.suffix == ".gz":
        content = gzip.compress(content, 1)
    if path.suffix == ".zst":
        import zstandard  # noqa: PLC0415  (an extra)

        content = zstandard.compress(content, 1)
    path.write_bytes(content)


def _write_jsonl(path: Path, rows: list[list[str]]) -> None:
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=i % 2 > 0) for i, row in enumerate(rows)]
    _pack(path, "".join(line + "\n" for line in lines).encode())


def _write_json(path: Path, rows: list[list[str]]) -> None:
    path.write_text(json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows], indent=1), "utf-8")


def _write_lines(path: Path, rows: list[list[str]]) -> None:
    path.write_bytes("".join(row[0] + "\n" for row in rows).encode())


def _write_workbook(path: Path, rows: list[list[str]]) -> None:
    import xlsxwriter  # noqa: PLC0415  (an extra)

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate([COLUMNS, *rows]):
            for x, cell in enumerate(row):
                sheet.write_string(y, x, cell)


def _write_parquet(path: Path, rows: list[list[str]]) -> None:
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}
    pq.write_table(pa.table(columns), path, row_group_size=700)


def _write_cdx(path: Path, rows: list[list[str]]) -> None:
    lines = [" CDX N b a m", *(" ".join(row) for row in rows)]
    path.write_bytes("".join(line + "\n" for line in lines).encode())


def _write_cdxj(path: Path, rows: list[list[str]]) -> None:
    lines = [f"{row[0]} 2024 {json.dumps({'url': row[2], 'text': row[1], 'n': row[3]})}\n" for row in rows]
    path.write_bytes("".join(lines).encode())


def _keep(rows: list[list[str]]) -> list[list[str]]:
    return rows


def _drop_returns(rows: list[list[str]]) -> list[list[str]]:
    # before Python 3.13 the csv writer leaves a lone carriage return unquoted, and the row breaks in two
    return [[cell.replace("\r", " ") for cell in row] for row in rows]


def _make_lines(rows: list[list[str]]) -> list[list[str]]:
    return [[row[0] + " " + re.sub(r"[\r\n]", " ", row[1])] for row in rows]


def _make_captures(rows: list[list[str]]) -> list[list[str]]:
    return [[row[0], "2024", row[2] or "x.pl", row[3].replace(" ", "") or "-"] for row in rows]


_FORMS = {
    "csv": Form(_write_csv(), _drop_returns),
    "semicolon.csv": Form(_write_csv(";", "\r\n", "utf-8-sig"), _keep),
    "tsv": Form(_write_csv("\t"), _drop_returns),
    "mac.csv": Form(_write_csv(end="\r", quoting=csv.QUOTE_ALL), _keep),
    "utf16.csv": Form(_write_csv("\t", "\r\n", "utf-16"), _keep),
    "quoted.csv": Form(_write_csv("|", quoting=csv.QUOTE_ALL), _keep),
    "csv.gz": Form(_write_csv(), _drop_returns),
    "csv.zst": Form(_write_csv(), _drop_returns),
    "jsonl": Form(_write_jsonl, _keep),
    "jsonl.gz": Form(_write_jsonl, _keep),
    "json": Form(_write_json, _keep),
    "lines": Form(_write_lines, _make_lines),
    "xlsx": Form(_write_workbook, _keep),
    "parquet": Form(_write_parquet, _keep),
    "cdx": Form(_write_cdx, _make_captures),
    "cdxj": Form(_write_cdxj, _keep),
}


def _find_cells(form: str, rows: list[list[str]]) -> list[list[str]]:
    """Name the cells, in the order of the columns, that a reader of the format finds."""
    if form == "cdxj":
        return [[row[0], "2024", row[2], row[1], row[3]] for row in rows]
    return rows


def read_output(path: Path) -> list[list[Any]]:
    """Read the rows of an output; of a workbook, Parquet and JSON Lines in their types."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if path.suffix == ".zst":
        import zstandard  # noqa: PLC0415  (an extra)

        content = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    form = next(part for part in path.name.split(".") if part in ("csv", "tsv", "jsonl", "xlsx", "parquet"))
    if form == "xlsx":
        import python_calamine  # noqa: PLC0415  (an extra)

        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return list(sheet.to_python()[1:])
    if form == "parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415  (an extra)

        return [list(row.values()) for row in pq.read_table(path).to_pylist()]
    text = content.decode("utf-8-sig")
    if form == "jsonl":
        return [list(json.loads(line).values()) for line in text.split("\n") if line]
    first = text.split("\n", 1)[0]
    delimiter = next(c for c in ",;\t|" if re.search(f'{re.escape(c)}"?category', first.split("\r")[0]))
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return [row for row in rows[1:] if row]


def compare(
    directory: Path, form_in: str, form_out: str, rows: list[list[str]], classifier: RowClassifier
) -> Counter[str]:
    """Let a table become another, and count which of its rows came out otherwise."""
    counts: Counter[str] = Counter()
    form = _FORMS[form_in]
    source, target = directory / f"in.{form_in}", directory / f"out.{form_out}"
    rows = form.change(rows)
    form.write(source, rows)
    given = _find_cells(form_in, rows)
    job = Job(str(source), str(target), AS_FOUND)
    try:
        tally = classify_file(job, classifier, Watcher(lambda _: None, lambda *_: None))
    except SocialClsError as error:
        sys.stderr.write(f"{form_in} to {form_out}: {error}\n")
        return Counter({"tables refused": 1, "rows lost": len(rows)})
    written = read_output(target)
    counts.update({"rows": len(rows), "tables": 1, "rows with nothing to read": tally.n_failed + tally.n_blank})
    counts["rows lost or too many"] += abs(len(rows) - len(written))
    width = len(given[0])
    for old, new in zip(given, written, strict=False):
        is_changed, said = old != new[:width], new[-1] or ""
        has_failed = not is_changed and said and not said.startswith("Nothing to read")
        counts["rows changed"] += is_changed
        counts["rows with an error"] += bool(has_failed)
        if (is_changed or has_failed) and counts["rows changed"] + counts["rows with an error"] < 4:
            sys.stderr.write(f"{form_in} to {form_out}: {old!a}\n    became {new!a}\n")
    source.unlink()
    target.unlink()
    return counts


def compare_all(directory: Path, n_rows: int, seed: int, rows_a_table: int) -> Counter[str]:
    """Let tables of every format become every other, until so many rows went in."""
    counts: Counter[str] = Counter()
    model_dir = directory / "model"
    save_artifact(make_tiny_artifact(), model_dir)
    classifier = RowClassifier(model_dir)
    pairs = list(product(FORMS_IN, FORMS_OUT))
    documents: list[tuple[str, str]] = []
    started, n = time.monotonic(), 0
    while counts["rows"] + counts["rows lost"] < n_rows:
        randomness = random.Random(f"{seed} {n}")  # noqa: S311
        if n * rows_a_table // _DOCUMENT_ROWS > (n - 1) * rows_a_table // _DOCUMENT_ROWS:
            documents = make_documents(randomness, _N_DOCUMENTS)
        form_in, form_out = pairs[n % len(pairs)]
        counts += compare(directory, form_in, form_out, make_rows(randomness, documents, rows_a_table), classifier)
        n += 1
    counts["seconds"] = round(time.monotonic() - started)
    counts["pairs of formats"] = min(n, len(pairs))
    return counts


def main() -> None:
    """Run what the options ask for, print the counts, end with 1 when anything went wrong."""
    run_command(
        __doc__,
        lambda path, options: compare_all(path, options.rows, options.seed, options.table),
        lambda what: what in FAULTS,
        {"rows": 50_000, "table": 2_000},
        FAULTS,
    )


if __name__ == "__main__":
    main()
