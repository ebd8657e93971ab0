"""`socialcls batch` with pages: fetched from servers on loopback, saved, archived."""

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.pages.servers import Site, answer, drip, hang_up, redirect, serve

_COMMAND = str(Path(sys.executable).with_name("socialcls"))
_FORUM = (
    b"<title>Kolce</title><meta name=generator content=phpBB><body>"
    b"<p>Ask a question about your cactus, or answer one in its thread. Register to post."
)
_SHELL = b"<title>App</title><script src=app.js></script><div id=root></div>"


@pytest.fixture
def run(tmp_path):
    """Runs the command with a cache of its own."""

    def run(*arguments, stdin=None):
        return subprocess.run(
            [_COMMAND, "batch", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env=_environment(tmp_path),
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def site():
    """A server that answers for every host of 127/8."""
    with serve("0.0.0.0") as up:  # noqa: S104
        up.answers["/"] = answer(_FORUM)
        yield up


def _environment(tmp_path, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return {**environment, "LANG": "C.UTF-8", "COLUMNS": "100", "XDG_CACHE_HOME": str(tmp_path / "cache"), **variables}


def _write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def _read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _name_host(site: Site, n: int) -> str:
    return f"127.0.{1 + n // 250}.{1 + n % 250}:{site.port}"


def test_pages_are_read_with_the_rows_they_belong_to(site: Site, tmp_path, run):
    """Own cells come first, a page that cannot be had loses no row, order is kept, and failures are counted."""
    site.answers["/shell"] = answer(_SHELL)
    hosts = [_name_host(site, n) for n in range(5)]
    source = _write(
        tmp_path / "in.csv",
        ["nazwa", "opis", "adres"],
        [
            ["", "", f"http://{hosts[0]}/"],
            ["", "Sklep internetowy z butami: koszyk, dostawa gratis.", f"http://{hosts[1]}/gone"],
            ["", "", f"http://{hosts[2]}/shell"],
            ["", "Mój blog o kotach", ""],
            ["", "", ""],
            ["Ogród", "", hosts[3]],
            ["", "", f"http://{hosts[4]}/gone"],
        ],
    )
    done = run(source, "-o", tmp_path / "out.csv", "--fetch", "--allow-private", "--lang", "pl")
    rows = _read(tmp_path / "out.csv")
    said = done.stderr.decode()
    assert done.returncode == 1
    assert [row["category"] for row in rows[:2]] == ["community", "other"]
    assert rows[0]["error"] == rows[2]["error"] == rows[3]["error"] == rows[4]["error"] == rows[5]["error"] == ""
    assert "404 (nie ma takiej strony)" in rows[1]["error"]
    assert rows[1]["reason"].endswith("Jej strony nie udało się pobrać.")
    assert rows[2]["reason"].endswith("tworzyłyby go skrypty.")
    assert (rows[3]["best_guess"], rows[4]["category"]) == ("blog", "")
    assert (rows[5]["best_guess"], rows[5]["nazwa"]) == ("community", "Ogród")
    assert rows[6]["best_guess"]
    assert "pages: 3 read, 1 of them made by scripts; 2 could not be had: 2 not found" in said
    assert "0 failed" not in said


def test_nothing_is_sent_without_fetch(site: Site, tmp_path, run):
    """And nothing of what fetches is imported, nor what reads pages where there is none."""
    source = _write(tmp_path / "in.csv", ["url"], [[f"http://127.0.0.1:{site.port}/"]])
    assert run(source).returncode == 0
    assert site.asked == []
    program = (
        "import sys\nfrom socialcls.commands.app import main\n"
        "try:\n    main()\nfinally:\n"
        "    print([m for m in sys.modules if m.split('.')[0] in {'urllib3', 'protego', 'ssl', 'fastwarc', 'http'}\n"
        "           or m.startswith('socialcls.pages')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, "batch", source, "-q"], capture_output=True, check=False)
    assert done.stderr.decode().strip() == "[]"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.jsonl", '{{"url": "http://{0}/"}}\n{{"url": "http://{1}/"}}\n'),
        ("in.txt", "http://{0}/\nhttp://{1}/\n"),
        ("-", "http://{0}/\nhttp://{1}/\n"),
    ],
)
def test_any_table_with_urls_will_do(site: Site, tmp_path, run, name: str, content: str):
    """A list of addresses, objects, standard input."""
    text = content.format(_name_host(site, 0), _name_host(site, 1))
    source = name
    if name != "-":
        source = str(tmp_path / name)
        Path(source).write_text(text)
    done = run(source, "--fetch", "--allow-private", "--to", "csv", "-q", stdin=text.encode())
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["category"] for row in rows] == ["community", "community"]
    assert site.count("/") == 2


def test_bad_hosts_hold_nobody_up_and_keep_their_place(site: Site, tmp_path, run):
    """Good, broken, looping and refusing hosts among each other; each row has its own answer or error."""
    how = {
        "/": answer(_FORUM),
        "/cut": hang_up,
        "/loop": redirect("/loop"),
        "/away": redirect("file:///etc/passwd"),
        "/pdf": answer(b"%PDF", "application/pdf"),
        "/busy": answer(b"", status=503),
    }
    site.answers.update(how)
    paths = [list(how)[n % len(how)] for n in range(120)]
    source = _write(
        tmp_path / "in.csv", ["n", "url"], [[n, f"http://{_name_host(site, n)}{p}"] for n, p in enumerate(paths)]
    )
    done = run(source, "-o", tmp_path / "out.csv", "--fetch", "--allow-private", "--summary", tmp_path / "s.json")
    rows = _read(tmp_path / "out.csv")
    assert [row["n"] for row in rows] == [str(n) for n in range(120)]
    assert [bool(row["error"]) for row in rows] == [path != "/" for path in paths]
    assert all(row["category"] for row in rows)
    assert json.loads((tmp_path / "s.json").read_text())["pages"] == {
        "no_connection": 20,
        "not_available": 20,
        "not_html": 20,
        "read": 20,
        "redirects": 20,
        "scheme": 20,
    }
    assert json.loads((tmp_path / "s.json").read_text())["failed"] == 0
    assert b"20 could not" not in done.stderr
    assert b"100 could not be had" in done.stderr


def test_a_killed_run_goes_on_and_asks_nobody_twice(site: Site, tmp_path, run):
    """Whatever was answered before it was killed is in the output or in the cache; the whole is as if never killed."""
    hosts = [_name_host(site, n) for n in range(300)]

    def answer_slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.02)
        asked[handler.headers["Host"]] += 1
        answer(_FORUM)(handler)

    asked = Counter[str]()
    site.answers["/"] = answer_slowly
    source = _write(tmp_path / "in.csv", ["n", "url"], [[n, f"http://{host}/"] for n, host in enumerate(hosts)])
    options = ["--fetch", "--allow-private", "--concurrency", "4"]
    command = [_COMMAND, "batch", str(source), "-o", str(tmp_path / "out.csv"), *options]
    running = subprocess.Popen(command, env=_environment(tmp_path), stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while sum(asked.values()) < 150 and time.monotonic() < deadline:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    n_before = sum(asked.values())
    assert 150 <= n_before < 300
    assert not (tmp_path / "out.csv").exists()
    done = run(source, "-o", tmp_path / "out.csv", *options, "--resume")
    assert done.returncode == 0, done.stderr.decode()
    assert [row["n"] for row in _read(tmp_path / "out.csv")] == [str(n) for n in range(300)]
    assert set(asked) == set(hosts)
    assert sum(asked.values()) <= 300 + 4  # those that were under way when it was killed
    assert run(source, "-o", tmp_path / "again.csv", *options).returncode == 0
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert sum(asked.values()) <= 300 + 4


def test_an_interrupted_run_says_how_to_go_on(site: Site, tmp_path):
    """Ctrl-C ends it at once, whoever is still asked."""
    site.answers["/"] = drip
    source = _write(tmp_path / "in.csv", ["url"], [[f"http://{_name_host(site, n)}/"] for n in range(60)])
    command = [_COMMAND, "batch", str(source), "-o", str(tmp_path / "out.csv"), "--fetch", "--allow-private"]
    running = subprocess.Popen(
        command,
        env=_environment(tmp_path),
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while len(site.asked) < 40:
        time.sleep(0.02)
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert running.returncode == 130
    assert b"rows are kept. To go on: socialcls batch" in said


def test_by_host_the_front_page_of_each_host_is_asked_once(site: Site, tmp_path, run):
    """However many rows it has, whatever their paths; the answer is that of all rows."""
    hosts = [_name_host(site, n) for n in range(3)]
    rows = [[f"http://{hosts[n % 3]}/article/{n}"] for n in range(12)]
    source = _write(tmp_path / "in.csv", ["url"], rows)
    summary = tmp_path / "s.html"
    done = run(source, "-o", tmp_path / "out.csv", "--fetch", "--allow-private", "--by-host", "--summary", summary)
    assert "Pages read: 3; could not be had: 0" in summary.read_text("utf-8")
    out = _read(tmp_path / "out.csv")
    assert site.count("/") == 3
    assert len(site.asked) == 6  # and the robots.txt of each
    assert {row["category"] for row in out} == {"community"}
    assert {row["host_rows"] for row in out} == {"4"}
    assert b"pages: 3 read" in done.stderr


def test_the_front_page_is_looked_at_too(site: Site, tmp_path, run):
    """With --depth front a deep page is read with it."""
    site.answers["/deep"] = answer(b"<p>My plant is ill.")
    source = _write(tmp_path / "in.csv", ["url"], [[f"http://{_name_host(site, 0)}/deep"]])
    run(source, "-o", tmp_path / "out.csv", "--fetch", "--allow-private", "--depth", "front")
    assert "phpBB" in _read(tmp_path / "out.csv")[0]["reason"]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("url\nx.pl\n", ["--jobs", "2"], "Say --concurrency N"),
        ("opis\nForum\n", [], "needs a column of URLs"),
        ("url,html\nx.pl,<p>\n", [], "Leave out --fetch"),
    ],
)
def test_what_cannot_be_fetched_is_said_before(tmp_path, run, content: str, options, said: str):
    """Nobody is asked."""
    source = tmp_path / "in.csv"
    source.write_text(content)
    done = run(source, "--fetch", *options)
    assert done.returncode == (2 if options else 1)
    assert said in " ".join(done.stderr.decode().split())


def _write_pages(folder):
    folder.mkdir()
    (folder / "a.html").write_bytes(_FORUM)
    (folder / "b.html.gz").write_bytes(
        gzip.compress(b"<title>Sklep z butami</title><p>Dodaj do koszyka, dostawa gratis.")
    )
    (folder / "c.htm").write_bytes(_SHELL.replace(b"<title>App</title>", b""))
    (folder / "d.html").write_bytes(b"\x89PNG\r\n")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_of_pages_is_a_table(tmp_path, run, jobs: int):
    """A row a page; a shell and a file that is none are errors of their rows; the output is the same for any --jobs."""
    folder = _write_pages(tmp_path / "saved")
    done = run(folder, "-o", tmp_path / "out.csv", "--jobs", jobs)
    rows = _read(tmp_path / "out.csv")
    assert done.returncode == 1
    assert [Path(row["file"]).name for row in rows] == ["a.html", "b.html.gz", "c.htm", "d.html"]
    assert [row["category"] for row in rows] == ["community", "other", "", ""]
    assert "scripts would make it" in rows[2]["error"]
    assert "a picture" in rows[3]["error"]
    assert b"saved pages: 4" in done.stderr


def test_pages_beside_tables_go_to_a_table_of_their_own(tmp_path, run):
    """Each table to its own file, all pages to one."""
    folder = _write_pages(tmp_path / "mixed")
    _write(folder / "own.csv", ["opis"], [["Forum o kotach: zadaj pytanie w wątku"]])
    run(folder, "-o", f"{tmp_path}/out/")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["own.csv", "pages.csv"]
    assert len(_read(tmp_path / "out" / "pages.csv")) == 4


def test_named_pages_are_one_table_too(tmp_path, run):
    """As a shell expands a pattern."""
    folder = _write_pages(tmp_path / "saved")
    done = run(folder / "a.html", folder / "b.html.gz", "--columns", "category", "-q")
    assert [row["category"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))] == ["community", "other"]


def _make_warc(pages: list[tuple[str, bytes]]) -> bytes:
    records: list[bytes] = []
    for url, body in pages:
        sent = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{len(records):012}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + sent + b"\r\n\r\n"))
    return b"".join(records)


def test_an_archive_is_a_table_of_pages_or_of_services(tmp_path, run):
    """From a file or standard input; a row a page, or a row a host with how many pages it has."""
    archive = tmp_path / "crawl.warc.gz"
    archive.write_bytes(
        _make_warc(
            [
                ("https://kolce.example/t/1", b"<p>My cactus is ill."),
                ("https://sklep.example/", b"<title>Sklep z butami</title><p>Dodaj do koszyka, dostawa gratis."),
                ("https://kolce.example/", _FORUM),
            ]
        )
    )
    pages = list(csv.DictReader(io.StringIO(run(archive).stdout.decode())))
    piped = run("-", "--by-host", stdin=archive.read_bytes()).stdout.decode()
    services = list(csv.DictReader(io.StringIO(piped)))
    assert [row["url"] for row in pages] == [
        "https://kolce.example/t/1",
        "https://sklep.example/",
        "https://kolce.example/",
    ]
    assert [(row["url"], row["pages"], row["category"]) for row in services] == [
        ("https://kolce.example/", "2", "community"),
        ("https://sklep.example/", "1", "other"),
    ]


def test_a_column_of_html_is_read_by_every_way_of_reading_rows(tmp_path, run):
    """By one process, by several and by host; --html-column names it where its name does not."""
    rows = [["https://kolce.example/", _FORUM.decode()], ["https://kolce.example/t/1", ""]]
    source = _write(tmp_path / "in.csv", ["url", "zawartość"], rows)
    for options in ([], ["--jobs", "2"], ["--by-host"]):
        done = run(source, "--html-column", "zawartość", "--columns", "category,reason", *options)
        out = list(csv.DictReader(io.StringIO(done.stdout.decode())))
        assert out[0]["category"] == "community"
        assert "phpBB" in out[0]["reason"]
        assert b"page" in done.stderr


@pytest.mark.parametrize("name", ["Kolce - forum.html", "kolce.html.gz", "kolce.mhtml"])
def test_classify_reads_one_saved_page_of_any_kind(tmp_path, name: str):
    """With a blank in its name, packed, or as a browser saves it in one file; with the address that was noted."""
    noted = b"<!-- saved from url=(0022)https://kolce.example/ -->" + _FORUM
    mhtml = b"MIME-Version: 1.0\r\nContent-Location: https://kolce.example/\r\nContent-Type: text/html\r\n\r\n" + _FORUM
    content = {".gz": gzip.compress(noted), ".mhtml": mhtml}.get(Path(name).suffix, noted)
    (tmp_path / name).write_bytes(content)
    command = [_COMMAND, "classify", name, "--json"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=_environment(tmp_path), check=False)
    said = json.loads(done.stdout)
    assert said["category"] == "community"
    assert {"page", "url"} <= {evidence["field"] for evidence in said["evidence"]}


def test_classify_says_which_page_is_not_there(tmp_path):
    """And which is none."""
    (tmp_path / "a.html").write_bytes(b"%PDF-1.7")
    for name, said in (("gone.html", b"gone.html: no such file"), ("a.html", b"a.html: a PDF document")):
        done = subprocess.run([_COMMAND, "classify", name], capture_output=True, cwd=tmp_path, check=False)
        assert done.returncode == 1
        assert said in done.stderr
