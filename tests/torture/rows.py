"""Classify hostile rows: each that goes in comes out, with an answer or an error of its own, and nothing is raised.

    python -m tests.torture.rows --rows 250000

Cells hold every kind of character, half characters, broken addresses and megabytes; files have other delimiters, line
ends, encodings and formats, and in every third some bytes are changed after it was written. Each row has a number that
stands nowhere else, which must be in the output. A table is made from a seed, which gives it again.
"""

import csv
import gc
import gzip
import io
import json
import random
import re
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from socialcls.batch.rows import RowClassifier
from socialcls.batch.runner import Job, Watcher, classify_file
from socialcls.classifier import MAX_CHARS, Classifier
from socialcls.errors import SocialClsError
from socialcls.tables.formats import AS_FOUND
from socialcls.types import Document
from tests.torture.command import run_command

_COLUMNS = ["id", "opis", "url", "nazwa"]
_ID = re.compile(rb"row-\d{9}-")
_ANSWERS = ("community", "blog", "platform", "other", "unsure", "")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BUG = ("internal error", "błąd wewnętrzny")
_WORDS = (
    *("forum", "Forum", "FORUM", "sklep", "blog", "diary", "r/Polska", "#pomoc", "@anna", "wątek", "post a reply", "?"),
    *("thread", "mój", "(ꈍᴗꈍ)", "ﾞﾟ", "(ﾟДﾟ)", "ﾞ", "ﾟforum", "ヽ(ﾟ∀ﾟ)ﾉ", "ŉ", "ß", "İ", "ﬁ", "ǰ", "ΐ", "ﷺ", "Ǆ", "ﾞ-ﾟ"),
    *(
        "\u0345",
        "\u0301",
        "\u0301forum",
        "e\u0301",
        "\u200d",
        "\u200b",
        "\u202e",
        "\xad",
        "\ufeff",
        "\ufffe",
        "\0",
        "\x1b[31m",
    ),
    *("nan", "NULL", "-", "—", "=1+1", "+1", "@SUM(A1)", "'", '"', '""', "'\"", ",", ";", "\t", "|", "\\", "\\n", "{}"),
    *(
        "\r",
        "\n",
        "\r\n",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\u2028",
        "\x1a",
        "٣",
        "²",
        "①",
        "Ⅷ",
        "१२",
        "𝟘",
        "ﬀ",
        "ſ",
        "K",
        "ª",
    ),
    *(
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f",
        "한국어",
        "ᄒ",
        "ᅡ",
        "漢字",
        "カ\u3099",
        "กำ",
        "क्ष",
        "עִבְרִית",
        "العربية",
        "a" * 300,
        "ą" * 70,
        "_",
        "#",
        "@",
    ),
)
_URLS = (
    *(
        "http://",
        "https://",
        "//",
        "www.",
        "x.pl",
        "forum.x.pl/viewtopic.php?t=1",
        "[::1]",
        "[",
        "]",
        "%",
        "%ff",
        "%E2%82",
    ),
    *(
        "xn--",
        "xn--a",
        "xn--bcher-kva",
        "xn--99999999999",
        "b\xfccher.example",
        "a..b",
        "..",
        ".",
        "-",
        "_",
        "@",
        ":",
        ":99999",
    ),
    *(
        "web.archive.org/web/2012/http://",
        "translate.goog",
        "x--y-pl.translate.goog",
        "hxxp://",
        "[.]",
        "(.)",
        "\\",
        "?",
        "#",
    ),
    *(
        "1.2.3.4",
        "256.1.1.1",
        "0x7f.1",
        "localhost",
        "\uff0e",
        "\u3002",
        "\u200b",
        "/",
        "//",
        "mailto:a@b.pl",
        "javascript:",
    ),
    *(
        "archive.ph/",
        "a." * 100,
        "a" * 300,
        "㎏.com",
        "ﬀ.com",
        "☃.net",
        "\ud800",
        "\0",
        " ",
        "\n",
        "<",
        ">",
        '"',
        "reddit.com/r/",
    ),
)
_MAX_POINT = 0x10FFFF


class Table(NamedTuple):
    """A table in a file."""

    path: Path
    rows: list[list[str]]
    """As they were written: number, text, URL, name."""
    is_whole: bool
    """Whether the file says what the rows say: nothing was changed, nothing could not be encoded."""


def make_cell(randomness: random.Random, words: Sequence[str]) -> str:
    """Make a cell of hostile words and random characters, mostly short."""
    r = randomness
    n = r.choice((0, 1, 1, 2, 3, 5, 8, 20))
    if r.random() < 0.002:
        n = 5_000
    parts = [r.choice(words) if r.random() < 0.8 else _make_characters(r) for _ in range(n)]
    if r.random() < 0.000_05:
        parts.append("x" * (MAX_CHARS + 1))
    return r.choice(("", " ", " ", " ")).join(parts)


def _make_characters(r: random.Random) -> str:
    start = r.choice(
        (0x20, 0x80, 0x300, 0x600, 0x1100, 0x2000, 0x3000, 0xD800, 0xFE00, 0xFFE0, 0x1D400, 0x1F000, 0xE0000)
    )
    top = r.choice((start + 0x80, start + 0x400, _MAX_POINT))
    return "".join(chr(r.randint(start, min(top, _MAX_POINT))) for _ in range(r.choice((1, 1, 2, 6))))


def make_rows(randomness: random.Random, n_rows: int) -> list[list[str]]:
    """Make rows: a number that stands nowhere else, a text, a URL, a name."""
    first = randomness.randrange(100_000_000)
    return [
        [
            f"row-{first + i:09d}-",
            make_cell(randomness, _WORDS),
            make_cell(randomness, _URLS) if randomness.random() < 0.6 else "",
            make_cell(randomness, _WORDS) if randomness.random() < 0.3 else "",
        ]
        for i in range(n_rows)
    ]


def write_table(directory: Path, randomness: random.Random, n_rows: int) -> Table:
    """Write a table of hostile rows in a format of any kind; some bytes are changed in every third."""
    r = randomness
    rows = make_rows(r, n_rows)
    form = r.choice(("csv", "csv", "csv", "jsonl", "jsonl", "json", "lines", "xlsx", "parquet", "csv.gz"))
    path = directory / f"in.{form}"
    if form in ("xlsx", "parquet"):
        (_write_workbook if form == "xlsx" else _write_parquet)(path, rows)
        return Table(path, rows, is_whole=False)
    encoding = "utf-8"
    if form.startswith("csv"):
        encoding = r.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1250"))
        rows, text = _write_csv(rows, r)
    elif form == "jsonl":
        text = "".join(_dump(row, r) + "\n" for row in rows)
    elif form == "json":
        text = "[" + ",\n".join(_dump(row, r) for row in rows) + "]"
    else:
        rows = [[row[0], " ".join(f"{row[0]} {row[1]} {row[2]}".split()), "", ""] for row in rows]
        text = "\n".join(row[1] for row in rows) + "\n"
    content = text.encode(encoding, "surrogatepass" if encoding == "utf-16" else "replace")
    is_changed, width = form != "json" and r.random() < 1 / 3, 2 if encoding == "utf-16" else 1
    if is_changed:
        first = content.find("\n".encode(encoding)[-width:]) + width if form.startswith("csv") else 0
        content = _change(content, r, first, width)
    path.write_bytes(gzip.compress(content) if form == "csv.gz" else content)
    is_whole = not is_changed and form in ("csv", "csv.gz") and encoding.startswith("utf-8")
    return Table(path, rows, is_whole)


def _dump(row: Sequence[str], r: random.Random) -> str:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    if r.random() < 0.05:
        values["opis"] = r.choice((None, 1, 1.5, 10**30, True, [], [1, "x"], {"a": {"b": []}}))
    if r.random() < 0.02:
        values[r.choice(("", "more", "\n", "opis "))] = "x"
    return json.dumps(values, ensure_ascii=r.random() < 0.5)


def _write_csv(rows: list[list[str]], r: random.Random) -> tuple[list[list[str]], str]:
    out = io.StringIO(newline="")
    quoting = r.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    options: dict[str, Any] = {"delimiter": r.choice(",,,;\t|"), "lineterminator": r.choice(("\n", "\n", "\r\n"))}
    if quoting == csv.QUOTE_MINIMAL and options["lineterminator"] == "\n":
        # before Python 3.13 the writer leaves a lone carriage return unquoted, and the row breaks in two
        rows = [[cell.replace("\r", " ") for cell in row] for row in rows]
    csv.writer(out, quoting=quoting, **options).writerows([_COLUMNS, *rows])  # type: ignore[arg-type]
    return rows, out.getvalue()


def _write_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    import xlsxwriter  # noqa: PLC0415  (an extra)

    with xlsxwriter.Workbook(str(path), {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate([_COLUMNS, *rows]):
            for x, cell in enumerate(row):
                sheet.write_string(y, x, re.sub("[\ud800-\udfff\ufffe\uffff]", "?", cell)[:32_000])


def _write_parquet(path: Path, rows: Sequence[Sequence[str]]) -> None:
    import pyarrow as pa  # noqa: PLC0415  (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = {name: [row[i].encode("utf-8", "replace").decode() for row in rows] for i, name in enumerate(_COLUMNS)}
    pq.write_table(pa.table(columns), path)


def _change(content: bytes, r: random.Random, first: int, width: int) -> bytes:
    """Change some bytes behind the header: quotes that never close, delimiters, line ends, bytes that are no UTF-8."""
    changed = bytearray(content)
    for _ in range(r.choice((1, 3, 30))):
        at = r.randrange(first, len(changed) + 1, width)
        new = r.choice(
            (b'"', b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xed\xa0\x80", b"{", b"}", b"\\", b"\xef\xbb\xbf")
        )
        wide = new if width == 1 else new.decode("latin-1").encode("utf-16-le")  # one byte more would shift all others
        changed[at : at + r.choice((0, 0, width))] = wide
    return bytes(changed)


def torture_table(
    directory: Path, seed: str, classifier: RowClassifier, sample: Classifier, n_rows: int
) -> Counter[str]:
    """Classify one table, and count what came of its rows.

    Returns:
        How many rows went in ("rows"), were answered, failed and were blank; what must not be begins with "BAD".
    """
    r = random.Random(seed)  # noqa: S311
    counts: Counter[str] = Counter()
    table = write_table(directory, r, n_rows)
    by_host = r.random() < 0.1
    endings = ("csv", "tsv", "jsonl", "csv.gz") if table.path.suffix != ".parquet" else ("csv", "jsonl", "parquet")
    target = directory / f"out.{r.choice((*endings, 'xlsx')) if table.is_whole else r.choice(endings)}"
    job = Job(
        str(table.path), str(target), AS_FOUND, language=r.choice(("en", "pl")), by_host=by_host,
        n_jobs=2 if r.random() < 0.02 and n_rows > 500 else 1,
    )  # fmt: skip
    content = gzip.decompress(table.path.read_bytes()) if table.path.suffix == ".gz" else table.path.read_bytes()
    try:
        tally = classify_file(job, classifier, Watcher(lambda _: None, lambda *_: None))
    except SocialClsError as error:
        counts["tables refused"] += 1
        said = f"{seed}: {table.path.name} refused: {error}"[:300]
        sys.stderr.write(said.encode("ascii", "backslashreplace").decode() + "\n")
        return counts
    except Exception:  # noqa: BLE001  (what is looked for)
        counts["BAD tracebacks"] += 1
        sys.stderr.write(f"{seed}: {traceback.format_exc()!a}\n".replace("\\n", "\n"))
        return counts
    counts.update(
        rows=len(table.rows), failed=tally.n_failed, blank=tally.n_blank, answered=sum(tally.answers.values())
    )
    try:
        written = _read_output(target)
    except ValueError as error:
        counts["BAD output"] += 1
        sys.stderr.write(f"{seed}: {table.path.name} to {target.name}: {str(error)!a}\n")
        return counts
    ids = (
        [row[0].encode() for row in table.rows]
        if table.path.suffix in (".xlsx", ".parquet")
        else _ID.findall(content.decode("utf-16", "replace").encode() if content[:2] in _UTF_16 else content)
    )
    lost = Counter(ids) - Counter(_ID.findall(written))
    if lost:
        counts["BAD lost"] += lost.total()
        sys.stderr.write(f"{seed}: {table.path.name} to {target.name} lost {list(lost)[:3]}\n")
    bugs = [error for _, error in tally.failures if error.startswith(_BUG)]
    n_bugs = sum(written.count(bug.encode()) for bug in _BUG)
    if bugs or n_bugs:
        counts["BAD internal errors"] += max(n_bugs, len(bugs))
        sys.stderr.write(f"{seed}: {bugs[:1]!a}\n")
    if table.is_whole and target.suffix == ".csv":
        counts += _compare(table, written, job, sample, r)
    return counts


def _read_output(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist())
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415  (an extra)

        return json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str).encode()
    if path.suffix == ".jsonl":
        for line in content.decode("utf-8-sig").split("\n"):
            if line.strip():
                json.loads(line, parse_constant=_refuse)
    return content


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _compare(table: Table, written: bytes, job: Job, sample: Classifier, r: random.Random) -> Counter[str]:
    """Compare the rows of a file in which nothing was changed: own cells as they were, answers as `classify` gives."""
    counts: Counter[str] = Counter()
    text = written.decode("utf-8-sig", "surrogateescape")
    delimiter = next(b for a, b in pairwise(re.split('"?id"?', text, maxsplit=1)))[0]
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header, rows = read[0], [row for row in read[1:] if row]
    if len(rows) != len(table.rows):
        counts["BAD number of rows"] += abs(len(rows) - len(table.rows))
        sys.stderr.write(f"{table.path.name} to {Path(job.output).name}: {len(rows)} rows of {len(table.rows)}\n")
        return counts
    category, error = header.index("category"), header.index("error")
    for given, row in zip(table.rows, rows, strict=True):
        cells = [cell.encode("utf-8", "replace").decode() for cell in given]
        if row[:4] != cells:
            counts["BAD cells changed"] += 1
        is_answered = bool(row[category])
        if row[category] not in _ANSWERS or (is_answered and row[error]):
            counts["BAD answers"] += 1
        if is_answered and not job.by_host and r.random() < 0.5:
            document = Document(cells[1], cells[2], cells[3])
            is_same = sample.classify(document).category == row[category]
            is_cleared = any(cell.strip() in ("nan", "NULL", "-", "—") for cell in cells[1:])
            counts["answers compared" if is_same or is_cleared else "BAD other answers"] += 1
    return counts


def torture(directory: Path, n_rows: int, seed: int, rows_a_table: int = 1_000) -> Counter[str]:
    """Classify tables until so many rows went in."""
    counts: Counter[str] = Counter()
    classifiers = [RowClassifier(), RowClassifier(language="pl", social_only=True), RowClassifier(min_confidence=0.0)]
    sample, threshold = Classifier.load(), gc.get_threshold()
    started, n = time.monotonic(), 0
    while counts["rows"] < n_rows:
        inner = directory / f"t{n}"
        inner.mkdir()
        which = n % 7
        classifier = classifiers[which if which < len(classifiers) else 0]
        size = min(rows_a_table, n_rows - counts["rows"])
        found = torture_table(inner, f"{seed} {n}", classifier, sample, size)
        if which in (1, 2):
            found.pop("BAD other answers", None)  # asked otherwise
        counts += found
        for path in inner.iterdir():
            path.unlink()
        inner.rmdir()
        n += 1
        if n % 50 == 0:
            sys.stderr.write(f"{n} tables in {time.monotonic() - started:.0f} s: {dict(counts)}\n")
            sys.stderr.flush()
    gc.set_threshold(*threshold)
    counts["tables"] = n
    return counts


def main() -> None:
    """Classify as many rows as are asked for, print what came of them, end with 1 when one was lost."""
    run_command(
        __doc__,
        lambda path, options: torture(path, options.rows, options.seed),
        lambda what: what.startswith("BAD"),
        {"rows": 250_000},
    )


if __name__ == "__main__":
    main()
