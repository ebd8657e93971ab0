"""Read mutants of the case files: each is read, or refused in a sentence that names it, and neither takes long.

    python -m tests.torture.readers --seconds 3600

A mutant is a file of `tests/cases` with some bytes changed, cut, doubled or taken from another file; of a workbook, the
same is done to a part of its archive, which is packed again. It is read under its own ending or another, with options
or without, and written as JSON Lines. Mutants are read in processes of their own, so that a crash of a library is seen.
Those that were faults are kept, as `--keep` says. A mutant is made from a seed, which gives it again.
"""

import argparse
import io
import json
import os
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from socialcls.errors import InputError
from socialcls.tables.formats import FORMATS, Reading, Writing, find_format, open_table
from tests.conftest import ROOT
from tests.torture.saves import fork

_CASES = sorted(
    path
    for name in ("files", "written")
    for path in (ROOT / "tests" / "cases" / name).iterdir()
    if path.suffix not in (".py", ".md", ".pyc") and path.is_file()
)
_ENDINGS = (
    *("csv", "tsv", "jsonl", "json", "txt", "lines", "xlsx", "ods", "xls", "parquet", "cdx", "cdxj", "csv.gz"),
    "zst",
)
_TOKENS = (
    *(b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\0\0", b"\xff", b"\xfe\xff"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"sep=", b"sep=;\n", b"{", b"}", b"[", b"]", b"{}", b"[[", b"'"),
    *(b"null", b"NaN", b"1e999", b"-1", b"99999999999999999999", b"<", b">", b"&#0;", b"&#xD800;", b"&x;", b"\\u0000"),
    *(b"\\ud800", b"\x1a", b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"(\xb5/\xfd", b"A1", b"XFD1048576", b"A1:XFD1048576"),
    *(b"1900-01-00", b"9999-12-31", b"\\", "\u2028".encode(), "\u0345".encode(), "ﾟ".encode(), b" CDX N b a", b"url"),
    *(b"text", b"opis", b"<!doctype html>"),
)  # fmt: skip
_SECONDS = 10.0
_MANY = 100


def mutate(content: bytes, other: bytes, r: random.Random) -> bytes:
    """Change a file in some places."""
    changed = bytearray(content)
    for _ in range(r.choice((1, 1, 2, 4, 10, 40))):
        at, length = r.randint(0, len(changed)), r.choice((0, 1, 1, 2, 4, 8, 40, 400))
        new: bytes = r.choice(
            (
                r.choice(_TOKENS),
                r.choice(_TOKENS) * r.choice((2, 50)),
                r.randbytes(r.choice((1, 1, 4))),
                bytes(changed[(start := r.randint(0, len(changed))) : start + r.choice((1, 10, 100, 1_000))]),
                other[(start := r.randint(0, len(other))) : start + r.choice((1, 10, 100, 1_000))],
                b"",
            )
        )
        changed[at : at + length] = new
    if r.random() < 0.1:
        del changed[r.randint(0, len(changed)) :]
    return bytes(changed)


def _mutate_archive(content: bytes, other: bytes, r: random.Random) -> bytes:
    """Change a part of a workbook, and pack it again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = book.namelist()
        told = [name for name in names if "sheet" in name or "content" in name or "Strings" in name or "styles" in name]
        chosen = {r.choice(told or names), r.choice(names)} if r.random() < 0.3 else {r.choice(told or names)}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in names:
                part = book.read(name)
                if name in chosen and r.random() < 0.05:
                    continue
                packed.writestr(name, mutate(part, other, r) if name in chosen else part)
    return out.getvalue()


def make_mutant(seed: str) -> tuple[bytes, str, Reading]:
    """Make a mutant: its bytes, the ending of its name, how to read it."""
    r = random.Random(seed)  # noqa: S311
    source, other = r.choice(_CASES), r.choice(_CASES).read_bytes()
    content = source.read_bytes()
    if content.startswith(b"PK") and r.random() < 0.8:
        content = _mutate_archive(content, other, r)
    else:
        content = mutate(content, other, r)
    ending = source.name.split(".", 1)[1] if r.random() < 0.7 else r.choice(_ENDINGS)
    reading = Reading(
        encoding=r.choice(("",) * 8 + ("utf-8", "utf-16", "cp1250", "ascii")),
        delimiter=r.choice(("",) * 8 + (",", ";", "\t")),
        form=r.choice(("",) * 12 + ("csv", "tsv", "jsonl", "lines", "xlsx", "parquet", "cdx")),
        n_skipped=r.choice((0,) * 8 + (1, 5, 1_000)),
        has_header=r.random() < 0.9,
    )
    return content, ending, reading


def try_mutant(directory: Path, seed: str) -> str:
    """Read a mutant and write what was read; what came of it.

    Returns:
        "read" or "refused"; of a fault what happened, beginning with "BAD".
    """
    content, ending, reading = make_mutant(seed)
    path = directory / f"in.{ending}"
    path.write_bytes(content)
    started = time.process_time()  # others may use the machine too
    try:
        outcome = _read(path, reading)
    except InputError as error:
        outcome = (
            "refused"
            if str(error).startswith((str(path), f"{reading.encoding}: not the"))
            else f"BAD sentence: {error}"
        )
    except BaseException:  # noqa: BLE001  (a panic of Rust is no Exception)
        outcome = f"BAD traceback: {traceback.format_exc()}"
    taken_s = time.process_time() - started
    return f"BAD time: {taken_s:.0f} s" if taken_s > _SECONDS else outcome


def _read(path: Path, reading: Reading) -> str:
    with open_table(str(path), reading) as table:
        width, last = len(table.columns), 0
        rows = list(table.body.read_rows())
        for row in rows:
            if len(row.cells) != width:
                return f"BAD width: {row}"
            if row.line <= last:
                return f"BAD line: {row}"
            last = row.line
        writing = Writing(table, ("category",), frozenset())
        written = FORMATS["jsonl"].make_writer(writing).write_rows(rows, [("x",)] * len(rows))
        written.encode("utf-8", "socialcls.keep")
        lines = written.lstrip("\ufeff").split("\n")[:-1]
        if len(lines) != len(rows):
            return f"BAD number of lines: {len(lines)} of {len(rows)}"
        if find_format(str(path)) != "jsonl":
            for line in lines:
                json.loads(line)
    return "read"


def try_many(directory: Path, first: int, seed: int, keep: Path | None) -> Counter[str]:
    """Try a hundred mutants in a process of their own."""
    noted = directory / "noted"
    noted.write_text("")

    def work() -> None:
        for n in range(first, first + _MANY):
            with noted.open("a") as stream:
                stream.write(f"{json.dumps([n, ''])}\n")
                stream.flush()
                outcome = try_mutant(directory, f"{seed} {n}")
                stream.write(f"{json.dumps([n, outcome])}\n")

    status = os.waitpid(fork(work), 0)[1]
    found: dict[int, Any] = dict(json.loads(line) for line in noted.read_text().splitlines())
    counts: Counter[str] = Counter()
    for n, outcome in found.items():
        said = outcome or f"BAD crash: {status}"
        counts["mutants"] += 1
        counts[said.split(":")[0]] += 1
        if said.startswith("BAD"):
            sys.stderr.write(f"{seed} {n}: {said[:100]} … {said[-700:]}\n".encode("ascii", "backslashreplace").decode())
            if keep is not None:
                content, ending, _ = make_mutant(f"{seed} {n}")
                (keep / f"mutant-{seed}-{n}.{ending}").write_bytes(content)
    return counts


def torture(directory: Path, seconds: float, seed: int, keep: Path | None = None) -> Counter[str]:
    """Try mutants for so long, a hundred at the least."""
    counts: Counter[str] = Counter()
    started, n = time.monotonic(), 0
    while not n or time.monotonic() - started < seconds:
        counts += try_many(directory, n, seed, keep)
        n += _MANY
    return counts


def main() -> None:
    """Run for as long as is asked, print the counts, end with 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the mutants that were faults")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        counts = torture(Path(name), options.seconds, options.seed, options.keep)
    for what, n in sorted(counts.items()):
        sys.stdout.write(f"{n:>8,} {what}\n")
    sys.exit(any(what.startswith("BAD") for what in counts))


if __name__ == "__main__":
    main()
