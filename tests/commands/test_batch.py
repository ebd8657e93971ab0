"""`socialcls batch`, in a process of its own."""

import contextlib
import csv
import gzip
import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.torture import kills
from tests.torture.tables import write_plain_table

_COMMAND = str(Path(sys.executable).with_name("socialcls"))
_FORUM = "Forum dyskusyjne miłośników kaktusów. Zarejestruj się, zadaj pytanie, odpowiedz w wątku."
_CASES = ROOT / "tests" / "cases" / "files"


def _environment(**variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return {**environment, "LANG": "C.UTF-8", "COLUMNS": "80", **variables}


def _run(*arguments, stdin=None, **variables):
    return subprocess.run(
        [_COMMAND, "batch", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=_environment(**variables),
        timeout=120,
        check=False,
    )


def _read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write_rows(path, n_rows):
    """Rows of which some fail, some are empty, some have line breaks, none is as another."""
    lines = ["id,opis,url"]
    for i in range(n_rows):
        texts = (f'"Forum nr {i}:\nzadaj pytanie"', f"Blog nr {i}", f"Sklep {i}", "", '"x ""y"" z"')
        lines.append(f"{i},{texts[i % 5]},host{i}.example" if i % 7 else f"{i},,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_file(tmp_path):
    """All input columns in order, then ours; what was taken, the summary and failures on standard error."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"id;opis;uwagi\n1;{_FORUM};a\n2;;b\n3;Sklep internetowy z butami, dostawa gratis;\n", "utf-8")
    result = _run(source, "-o", target, "--prefix", "p_", "--lang", "pl")
    assert result.returncode == 1
    assert result.stdout == b""
    said = result.stderr.decode()
    assert "text ← opis; ignored: id, uwagi" in said
    assert "3 rows in" in said
    assert "line 3: Nie ma czego czytać" in said
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["uwagi"] for row in rows] == ["a", "b", ""]
    assert [row["p_best_guess"] for row in rows] == ["community", "", "other"]
    assert rows[0]["p_reason"].startswith("Najpewniej społeczność lub forum")
    assert (rows[0]["p_error"], rows[1]["p_category"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("plain.csv", ["community", "blog"]),
        ("plain.csv.gz", ["community", "blog"]),
        ("utf8-bom.csv", ["community", "blog"]),
        ("utf16-bom.csv", ["community", "blog"]),
        ("utf16le-no-bom.csv", ["community", "blog"]),
        ("kaomoji-halfwidth-marks.csv", ["community", "blog", "other"]),
        ("missing-values-written-as-nan.csv", [""] * 5 + ["unsure"] * 2),
        ("quote-unclosed-last-column.csv", ["", "blog", "other"]),
        ("leading-blank-lines-then-failing-row-on-line-6.csv", ["community", ""]),
    ],
)
def test_files_that_broke_something(name, categories):
    """Each row has its answer, or its error."""
    result = _run(_CASES / name)
    rows = list(csv.DictReader(result.stdout.decode("utf-8-sig").splitlines()))
    assert [row["category"] for row in rows] == categories
    assert result.returncode == any(row["error"] for row in rows)
    for row in rows:
        assert bool(row["category"]) != bool(row["error"]) or not any(v for v in row.values() if v not in _NO_VALUES)


_NO_VALUES = ("", "nan", "N/A", "-", "NULL")


def test_the_mark_and_line_ends_of_excel_stay(tmp_path):
    """And so do the quotes, whether or not they are needed; the appended cells stand behind."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes('\ufeffopis;"n"\r\nForum o żółwiach;"1,5"\r\n"Blog"; 2 \r\n'.encode())
    assert _run(source, "-o", target, "--columns", "category").returncode == 0
    assert target.read_bytes().decode() == (
        '\ufeffopis;"n";category\r\nForum o żółwiach;"1,5";community\r\n"Blog"; 2 ;unsure\r\n'
    )


def test_the_polish_letters_of_old_spreadsheets(tmp_path):
    """Are read as what they are, and it is said."""
    for encoding in ("cp1250", "iso8859-2"):
        source = tmp_path / f"{encoding}.csv"
        source.write_text("opis;kto\nForum miłośników żółwi, gęsi i źrebiąt: śpij;ktoś\n", encoding=encoding)
        result = _run(source, "--columns", "category")
        assert result.stdout.decode().splitlines()[1] == "Forum miłośników żółwi, gęsi i źrebiąt: śpij;ktoś;community"
        assert f"read as {encoding}" in result.stderr.decode()


def test_a_header_alone(tmp_path):
    """It is an error."""
    result = _run("-", "-o", tmp_path / "out.csv", stdin=b"opis\n")
    assert result.returncode == 1
    assert "a header and no rows" in result.stderr.decode()


def test_a_failure_leaves_the_old_result(tmp_path):
    """What breaks off the reading does not cost what was there, and leaves nothing."""
    target, source = tmp_path / "out.csv", tmp_path / "in.csv.gz"
    target.write_text("precious")
    source.write_bytes(gzip.compress(b"opis\n" + b"Forum\n" * 10_000, 0)[:20_000])
    result = _run(source, "-o", target, "--force")
    assert result.returncode == 1
    assert "cannot be read to its end" in result.stderr.decode()
    assert target.read_text() == "precious"
    assert sorted(tmp_path.iterdir()) == [source, target]


def test_nothing_is_replaced_unasked(tmp_path):
    """An output that is there needs --force, and the input is never one."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("opis\nForum\n")
    target.write_text("precious")
    assert "is there already. Replace it with --force" in _run(source, "-o", target).stderr.decode()
    assert target.read_text() == "precious"
    assert "it is the input" in _run(source, "-o", source, "--force").stderr.decode()
    with source.open("ab") as stdout:
        result = subprocess.run([_COMMAND, "batch", source], stdout=stdout, stderr=subprocess.PIPE, check=False)
    assert b"standard output: it is the input" in result.stderr
    assert source.read_text() == "opis\nForum\n"
    assert _run(source, "-o", target, "--force").returncode == 0
    assert target.read_text().startswith("opis,category")


def test_outputs_that_cannot_be_written(tmp_path):
    """The error names them."""
    result = _run("-", "-o", "/nowhere/out.csv", stdin=b"opis\nforum\n")
    assert result.returncode == 1
    assert "error: /nowhere/out.csv: cannot be written (No such file or directory)." in result.stderr.decode()
    result = _run("-", "-o", "/dev/full", stdin=b"opis\nforum\n")
    assert "error: /dev/full: cannot be written (No space left on device)." in result.stderr.decode()
    with Path("/dev/full").open("wb") as full:
        command = [_COMMAND, "batch", str(_CASES / "plain.csv")]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert b"error: standard output: cannot be written (No space left on device)." in result.stderr
    assert b"Traceback" not in result.stderr


def test_pipes_devices_and_links(tmp_path):
    """Are written into, and read once."""
    fifo_in, fifo_out = tmp_path / "in", tmp_path / "out"
    os.mkfifo(fifo_in)
    os.mkfifo(fifo_out)
    data = (_CASES / "fifo-header-word-recurs-at-4096.csv").read_bytes()
    read = []
    writer = threading.Thread(target=lambda: fifo_in.write_bytes(data))
    reader = threading.Thread(target=lambda: read.append(fifo_out.read_bytes()))
    writer.start()
    reader.start()
    assert _run(fifo_in, "-o", fifo_out, "--columns", "category").returncode == 0
    writer.join()
    reader.join()
    assert read[0].count(b"\n") == data.count(b"\n")
    assert stat.S_ISFIFO(fifo_out.stat().st_mode)
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    link.symlink_to(target)
    assert _run(_CASES / "plain.csv", "-o", link).returncode == 0
    assert link.is_symlink()
    assert len(_read(target)) == 2


@pytest.fixture(scope="module")
def many_rows(tmp_path_factory):
    """A file that takes some seconds, so that it is not over before it is interrupted, and its answer."""
    source = tmp_path_factory.mktemp("many") / "in.csv"
    _write_rows(source, 8_000)
    target = source.with_name("out.csv")
    _run(source, "-o", target)
    return source.read_bytes(), target.read_bytes()


@pytest.mark.parametrize(
    ("number", "jobs"), [(signal.SIGINT, "1"), (signal.SIGINT, "2"), (signal.SIGTERM, "2"), (signal.SIGHUP, "1")]
)
def test_an_interrupt_says_what_is_kept(tmp_path, many_rows, number, jobs):
    """In one line, with what to type to go on; and that gives what an uninterrupted run gives."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(many_rows[0])
    with subprocess.Popen(
        [_COMMAND, "batch", source, "-o", target, "--jobs", jobs],
        stderr=subprocess.PIPE,
        env=_environment(),
        # whoever runs the tests may ignore it, as nohup does
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        for _ in range(2_000):
            if (tmp_path / ".out.csv.part").exists() and (tmp_path / ".out.csv.part").stat().st_size > 1_000:
                break
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert b"Traceback" not in said
    last = said.decode().splitlines()[-1]
    assert last.startswith("Interrupted: ")
    assert last.endswith("--resume")
    assert not target.exists()
    assert _run(source, "-o", target, "--resume").returncode == 1
    assert target.read_bytes() == many_rows[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_an_interrupt_of_standard_input_leaves_nothing(tmp_path):
    """It cannot be read once more."""
    with subprocess.Popen(
        [_COMMAND, "batch", "-", "-o", str(tmp_path / "out.csv")],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stdin
        process.stdin.write(b"opis\n" + b"forum\n" * 60_000)
        process.stdin.flush()
        for _ in range(200):
            if list(tmp_path.iterdir()):
                break
            time.sleep(0.05)
        process.send_signal(2)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "Interrupted: no file was written."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet", "csv.gz"])
def test_a_killed_run_is_resumed(tmp_path, ending):
    """Killed at random moments, some of them more than once: to the byte what an uninterrupted run gives."""
    source, expected = tmp_path / "in.csv", tmp_path / f"expected.{ending}"
    _write_rows(source, 1_500)
    started = time.monotonic()
    _run(source, "-o", expected)
    whole_s = time.monotonic() - started
    moments = random.Random(ending)  # noqa: S311  (no secret)
    for n in range(2 if ending == "csv" else 1):
        target = tmp_path / f"out{n}.{ending}"
        resume: list[str] = []
        for _ in range(2):
            with subprocess.Popen(
                [_COMMAND, "batch", source, "-o", target, *resume], stderr=subprocess.PIPE
            ) as process:
                time.sleep(moments.uniform(0.1, whole_s))
                process.kill()
            resume = ["--resume"]
        result = _run(source, "-o", target, "--resume")
        assert result.returncode in (0, 1), result.stderr.decode()
        assert target.read_bytes() == expected.read_bytes()
        assert not list(tmp_path.glob(".out*"))


def _wait_for_note(path, is_it):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            if is_it(json.loads(path.read_text())):
                return
        time.sleep(0.001)
    raise AssertionError(path)


def test_a_killed_run_by_host_is_resumed(tmp_path):
    """Killed among the hosts and among the rows: to the byte the same, with the answers that were kept."""
    target = tmp_path / "out.csv"
    write_plain_table(tmp_path / "in.csv", 4_000)
    way = kills.Way("csv", 1, "fine", ("--by-host",))
    with kills.start(way, tmp_path, tmp_path / "expected.csv") as process:
        process.communicate()
    expected = (tmp_path / "expected.csv").read_text("utf-8")
    note, kept = tmp_path / ".out.csv.checkpoint", tmp_path / ".out.csv.kept"
    with kills.start(way, tmp_path, target) as process:
        _wait_for_note(note, lambda note: note["n_done"] == 0 and note["sizes"].get("\0kept"))
        process.kill()
    assert not target.exists()
    kept.write_text(kept.read_text("utf-8").replace('"community"', '"COMMUNITY"', 1), "utf-8")
    with kills.start(way, tmp_path, target, "--resume") as process:
        _wait_for_note(note, lambda note: note["n_done"] > 3)
        process.kill()
    with kills.start(way, tmp_path, target, "--resume") as process:
        process.communicate()
    assert "COMMUNITY" in target.read_text("utf-8")
    assert target.read_text("utf-8").replace("COMMUNITY", "community") == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["expected.csv", "in.csv", "out.csv"]


def test_what_is_not_as_it_was_is_not_resumed(tmp_path):
    """The input, or an option; the error says which."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    _write_rows(source, 8_000)
    note = tmp_path / ".out.csv.checkpoint"
    with subprocess.Popen([_COMMAND, "batch", source, "-o", target], stderr=subprocess.PIPE) as process:
        while not note.exists() or not json.loads(note.read_text())["n_done"]:
            time.sleep(0.02)
        assert b"is writing it" in _run(source, "-o", target, "--resume").stderr
        process.kill()
    assert (
        b"cannot be resumed, for something is not as it was: settings"
        in _run(source, "-o", target, "--resume", "--lang", "pl").stderr
    )
    source.write_text("opis\nx\n")
    assert b"not as it was: input" in _run(source, "-o", target, "--resume").stderr
    result = _run(source, "-o", target)
    assert result.returncode == 0
    assert b"rows of an interrupted run are given up; --resume would keep them" in result.stderr
    assert not list(tmp_path.glob(".out*"))


def _is_alive(pid: str) -> bool:
    """Whether a process runs; one that has ended and that nobody asks about any more does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_processes_end_with_their_parent(tmp_path):
    """Killed, it leaves none behind: within two seconds, and what it wrote is there for --resume."""
    source = tmp_path / "in.csv"
    _write_rows(source, 20_000)
    with subprocess.Popen([_COMMAND, "batch", source, "-o", tmp_path / "out.csv", "-j", "2"]) as process:
        children: list[str] = []
        for _ in range(200):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if len(children) == 2:
                break
            time.sleep(0.05)
        process.kill()
    assert len(children) == 2
    killed = time.monotonic()
    while any(map(_is_alive, children)) and time.monotonic() < killed + 2:
        time.sleep(0.02)
    assert not [child for child in children if _is_alive(child)]


def test_many_processes_write_what_one_does(tmp_path):
    """To the byte."""
    source = tmp_path / "in.csv"
    _write_rows(source, 3_000)
    assert _run(source, "-j", "2").stdout == _run(source).stdout


def test_equal_names_of_formats(tmp_path):
    """The output has the format of its ending, of --to, else of the input."""
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Forum for cats",  "n": 1.50}\n')
    line = _run(source, "--columns", "category,confidence").stdout.decode()
    assert line.startswith('{"text": "Forum for cats",  "n": 1.50, "category": "community", "confidence": 0.')
    assert (
        _run(source, "--columns", "category", "--to", "csv").stdout
        == b"text,n,category\nForum for cats,1.5,community\n"
    )
    assert _run(source, "--columns", "category", "--format", "csv").stdout.startswith(b"text,n,category\n")
    assert _run("-", "--format", "lines", "--to", "lines", stdin=b"forum.gazeta.pl\n").stdout == b"community\n"
    for ending in ("xlsx", "parquet", "tsv", "csv.gz", "jsonl"):
        assert _run(source, "-o", tmp_path / f"out.{ending}").returncode == 0
        result = _run(tmp_path / f"out.{ending}", "--to", "csv", "--prefix", "again_")
        assert result.stdout.decode().splitlines()[0].startswith("text,n,category,confidence,best_guess,p_")


def test_a_folder_to_a_folder(tmp_path):
    """Each table under its name."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.csv").write_text("opis\nForum o kotach\n")
    (tmp_path / "in" / "sub" / "b.txt").write_text("forum.gazeta.pl\n")
    result = _run(tmp_path / "in", "-o", tmp_path / "out")
    assert result.returncode == 0, result.stderr.decode()
    assert [row["category"] for row in _read(tmp_path / "out" / "a.csv")] == ["community"]
    assert [row["category"] for row in _read(tmp_path / "out" / "sub" / "b.csv")] == ["community"]
    assert b"Name a folder" in _run(tmp_path / "in").stderr


def test_choosing_and_renaming(tmp_path):
    """Columns, words, presets, always an answer."""
    source = tmp_path / "in.csv"
    source.write_text("opis\nForum o kotach\nkaktusy i sukulenty\n")
    result = _run(source, "--rename", "community=forum", "--columns", "category,p_forum")
    assert result.stdout.startswith(b"opis,category,p_forum\nForum o kotach,forum,0.")
    assert b",MESSAGEBOARD\n" in _run(source, "--rename", "talkwalker", "--columns", "category").stdout
    assert b"unsure" not in _run(source, "--best-guess", "--columns", "category").stdout
    assert _run(source, "--min-confidence", "1", "--columns", "category").stdout.count(b"unsure") == 2


def test_rows_of_one_host(tmp_path):
    """Share one answer, and a column says how many they are."""
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "url,opis\nhttps://www.koty.example/1,Zadaj pytanie w wątku\nkoty.example/2,Forum miłośników kotów\n"
        ",Blog o chlebie\nreddit.com/r/cats/1,x\nreddit.com/r/dogs/1,y\n"
    )
    assert _run(source, "-o", target, "--by-host").returncode == 0
    rows = _read(target)
    assert [row["host_rows"] for row in rows] == ["2", "2", "1", "1", "1"]
    assert rows[0]["category"] == "community"
    assert (rows[0]["confidence"], rows[0]["reason"]) == (rows[1]["confidence"], rows[1]["reason"])
    assert _run("-", "--by-host", stdin=source.read_bytes()).stdout == target.read_bytes()


def test_rows_of_one_host_through_a_pipe(tmp_path):
    """It is read once, and an error in it is said of it; it cannot be resumed."""
    content = b"id,url,opis\n1,https://kaktusy.example/a,Forum\n2,http://www.kaktusy.example/b,zadaj pytanie\n"
    pipe, whole = tmp_path / "pipe.csv", tmp_path / "whole.csv"
    whole.write_bytes(content)
    expected = _run(whole, "--by-host").stdout
    assert expected.count(b",2\n") == 2
    os.mkfifo(pipe)
    for sent, options, said in (
        (content, [], b""),
        (b"", [], b"pipe.csv: empty"),
        (content, ["--resume", "-o", tmp_path / "out.csv"], b"Only what is read from a file can be resumed"),
    ):
        with subprocess.Popen([sys.executable, "-c", _SEND, pipe], stdin=subprocess.PIPE) as sender:
            result = subprocess.Popen(
                [_COMMAND, "batch", pipe, "--by-host", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            sender.communicate(sent)
            out, errors = result.communicate()
        assert said in errors
        assert out == (b"" if said else expected)
    assert _run("-", "--by-host", stdin=content).stdout == expected


_SEND = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"


def test_words_that_are_no_names_of_files(tmp_path):
    """They are made ones; two that would have one name share a file, and no row is lost."""
    source = tmp_path / "in.csv"
    source.write_text("opis\nForum miłośników kotów: zadaj pytanie\nBlog o kotach: moje zapiski, wpisy i komentarze\n")
    options = ["--split-by", "best_guess", "--rename", "blog=a/b,community=a:b"]
    assert _run(source, "-o", tmp_path / "out.csv", *options).returncode == 0
    assert [row["best_guess"] for row in _read(tmp_path / "out.a_b.csv")] == ["a:b", "a/b"]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_for_each_category(tmp_path):
    """Together they are all rows."""
    source = tmp_path / "in.csv"
    _write_rows(source, 500)
    assert _run(source, "-o", tmp_path / "out.csv", "--split-by", "category").returncode == 1
    whole = list(csv.DictReader(_run(source).stdout.decode().splitlines(keepends=True)))
    parts = {path.name: _read(path) for path in tmp_path.glob("out.*")}
    assert len(parts) >= 3
    assert sum(map(len, parts.values())) == len(whole) == 500
    for name, rows in parts.items():
        assert {row["category"] or "error" for row in rows} == {name.split(".")[1]}
    assert sorted(row["id"] for rows in parts.values() for row in rows) == sorted(row["id"] for row in whole)


def test_a_summary(tmp_path):
    """As JSON and as a page that is sound and obeys nothing in the rows."""
    source = tmp_path / "in.csv"
    source.write_text("opis,id\nForum o kotach,1\n<script>alert(1)</script> x,2\n,3\n")
    assert _run(source, "-o", tmp_path / "o.csv", "--summary", tmp_path / "s.json").returncode == 1
    values = json.loads((tmp_path / "s.json").read_text())
    assert (values["rows"], values["failed"], sum(part["rows"] for part in values["confidence"])) == (3, 1, 2)
    assert values["errors"][0]["line"] == 4
    _run(source, "--summary", tmp_path / "s.html", "--lang", "pl")
    page = (tmp_path / "s.html").read_text()
    parser = _Checker()
    parser.feed(page)
    assert parser.open == []
    assert parser.seen >= {"svg", "rect", "table", "h1"}
    assert "script" not in parser.seen
    assert "Najmniej pewne wiersze" in page


class _Checker(HTMLParser):
    """Checks that every element is closed."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_quiet_and_strict(tmp_path):
    """-q says nothing; --errors fail stops at the first, and writes nothing."""
    source = tmp_path / "in.csv"
    source.write_text("opis,id\nForum,1\n,2\n")
    assert _run(source, "-q").stderr == b""
    result = _run(source, "-o", tmp_path / "out.csv", "--errors", "fail")
    assert result.returncode == 1
    assert "in.csv, line 3: Nothing to read" in result.stderr.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_delimiters_by_name():
    r"""\t is a tab."""
    result = _run("-", "--delimiter", "\\t", "--columns", "category", stdin=b"opis\tx\nForum o kotach\t1\n")
    assert result.stdout == b"opis\tx\tcategory\nForum o kotach\t1\tcommunity\n"


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "line_end"), [("csv", "\n"), ("csv", " "), ("jsonl", " "), ("lines", " ")])
def test_memory_is_bounded_by_bytes(tmp_path, ending, line_end):
    """300 rows of a megabyte take less than 400 MB, and so does one row of all that."""
    source = tmp_path / f"in.{ending}"
    with source.open("w") as stream:
        stream.write('{"text": "x"}\n' if ending == "jsonl" else "text\n")
        for i in range(300):
            stream.write(f"{i} " + "x" * 1_000_000 + line_end)
    program = (
        "import resource, sys; sys.argv = ['socialcls', 'batch', *sys.argv[1:]]\n"
        "from socialcls.commands.app import main\n"
        "try: main()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    # the peak of who starts it, which is large, would count as its own: so a small process starts it
    launch = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    command = [
        sys.executable,
        "-c",
        launch,
        sys.executable,
        "-c",
        program,
        source,
        "-o",
        tmp_path / f"out.{ending}",
        "-q",
    ]
    result = subprocess.run(command, capture_output=True, check=False)
    assert int(result.stderr.split()[-1]) < 400_000


def test_a_slow_start_is_avoided():
    """Neither formats nor rich are imported for help."""
    program = (
        "import sys; sys.argv = ['socialcls', 'batch', '--help']\n"
        "from socialcls.commands.app import main\n"
        "heavy = ('socialcls.tables', 'socialcls.batch', 'rich')\n"
        "try: main()\n"
        "finally: print(sorted(m for m in sys.modules if m.startswith(heavy)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert result.stdout.decode().splitlines()[-1] == "[]"
