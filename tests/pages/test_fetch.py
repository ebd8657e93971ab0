"""Fetching: what is refused, what goes wrong, and who is asked how often."""

import gzip
import os
import socket
import subprocess
import sys
import time
import zlib
from itertools import pairwise

import pytest

from socialcls.pages.fetch import MAX_BYTES, Fetcher, FetchSettings, fetch_document, is_public
from socialcls.pages.pool import WINDOW, fetch_documents
from tests.pages.servers import Site, answer, drip, flood, hang_up, redirect, serve

_PAGE = b"<title>Cacti</title><meta name=generator content=phpBB><p>Ask a question about cacti, or answer one."
_LOCAL = FetchSettings(allow_private=True, delay_s=0.0, connect_s=2.0, read_s=1.0, whole_s=2.0, n_workers=8)


@pytest.fixture
def site():
    """A site with one page."""
    with serve() as up:
        up.answers["/"] = answer(_PAGE)
        yield up


def test_a_page_becomes_a_document(site: Site):
    """Its title, words and marks are read, and the URL stays."""
    fetched = fetch_document(f"{site.url}/", _LOCAL)
    assert not fetched.error
    assert fetched.document.url == f"{site.url}/"
    assert fetched.document.name == "Cacti"
    assert "Ask a question" in fetched.document.text
    assert [mark.id for mark in fetched.document.marks] == ["engine.phpbb"]


def test_a_bare_host_is_asked_plainly_where_there_is_no_tls(site: Site):
    """Over TLS first, then without."""
    assert fetch_document(site.url.removeprefix("http://"), _LOCAL).document.name == "Cacti"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (answer(b"", status=404), "404 (not found)"),
        (answer(b"", status=503), "503"),
        (answer(b"%PDF", "application/pdf"), "not a web page but application/pdf"),
        (answer(b"a" * (MAX_BYTES + 1)), "larger than 2.0 MB"),
        (flood, "larger than 2.0 MB"),
        (drip, "no whole answer within 2 s"),
        (lambda _: time.sleep(3), "does not answer"),
        (hang_up, "no connection"),
        (redirect("/"), "more than 5 redirects"),
        (redirect("file:///etc/passwd"), "only http and https"),
        (redirect("http://[::1"), "no"),
        (answer(b"no gzip at all", Content_Encoding="gzip"), "cannot be read"),
        (answer(b"x", Content_Encoding="br"), "packed in a way"),
    ],
)
def test_a_page_that_cannot_be_had_is_its_url_with_an_error(site: Site, how, said: str):
    """In one sentence that names the host; nothing is raised."""
    site.answers["/"] = how
    fetched = fetch_document(f"{site.url}/", _LOCAL)
    assert said in fetched.error
    assert fetched.document == (("", f"{site.url}/", "", ()))


def test_no_server_and_no_host_are_errors():
    """A port where nobody listens; a name that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "no connection" in fetch_document(f"http://127.0.0.1:{port}/", _LOCAL).error
    assert "no such host" in fetch_document("http://nowhere.invalid/", _LOCAL).error


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda body: zlib.compress(body)[2:-4]])
def test_packed_pages_are_unpacked(site: Site, pack):
    """Gzip, deflate, and deflate without its frame."""
    encoding = "gzip" if pack is gzip.compress else "deflate"
    site.answers["/"] = answer(pack(_PAGE), Content_Encoding=encoding)
    assert fetch_document(f"{site.url}/", _LOCAL).document.name == "Cacti"


def test_a_bomb_is_stopped(site: Site):
    """A hundred megabytes in a hundred kilobytes are unpacked up to what is allowed."""
    site.answers["/"] = answer(gzip.compress(b"<p>" * 35_000_000, 9), Content_Encoding="gzip")
    assert "larger than" in fetch_document(f"{site.url}/", _LOCAL).error


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.0.192", "198.18.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str):
    """Private, loopback, link-local, multicast, metadata, and those that embed one."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_that_are_public(address: str):
    """Of both families."""
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_private_hosts_are_refused_however_they_are_written(host: str):
    """By what they resolve to, before a byte is sent."""
    error = fetch_document(f"http://{host}/", FetchSettings(delay_s=0)).error
    assert "is not public" in error or "no such host" in error


def test_nothing_is_sent_to_a_private_address(site: Site, monkeypatch: pytest.MonkeyPatch):
    """Even where a public name has one private address among public ones, on a port that is allowed."""
    port = site.port
    monkeypatch.setattr("socialcls.pages.fetch._PORTS", {port})
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    error = fetch_document(f"http://rebinding.example:{port}/", FetchSettings(delay_s=0)).error
    assert "127.0.0.1 is not public" in error
    assert not site.asked


def test_a_name_is_resolved_once_for_each_connection(site: Site, monkeypatch: pytest.MonkeyPatch):
    """What was checked is what is connected to: a later answer of the name server does not count."""
    port = site.port
    asked = []

    def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert fetch_document(f"http://some.example:{port}/", _LOCAL).document.name == "Cacti"
    assert asked == ["some.example"] * len(site.asked)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/", "http://", "http://example.com:22/", "gopher://x"]
)
def test_other_schemes_and_ports_are_refused(url: str):
    """Before anybody is asked."""
    error = fetch_document(url, FetchSettings(delay_s=0)).error
    assert "only http" in error or "port 22" in error or "without a host" in error or "not a web address" in error


def test_each_redirect_is_checked(site: Site, monkeypatch: pytest.MonkeyPatch):
    """A host that may be asked may not send anybody to one that may not; here 127.0.0.2 stands for the public ones."""
    monkeypatch.setattr("socialcls.pages.fetch.is_public", lambda address: address == "127.0.0.2")
    with serve("127.0.0.2") as public:
        monkeypatch.setattr("socialcls.pages.fetch._PORTS", {site.port, public.port})
        public.answers["/"] = redirect(f"{site.url}/")
        error = fetch_document(f"{public.url}/", FetchSettings(delay_s=0)).error
    assert "127.0.0.1 is not public" in error
    assert public.asked == ["/robots.txt", "/"]
    assert not site.asked


def test_robots_are_honoured_and_asked_once(site: Site):
    """What a robots.txt forbids is not asked for; it is itself asked for once."""
    site.answers["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private", "text/plain")
    site.answers["/private"] = answer(_PAGE)
    fetcher = Fetcher(_LOCAL)
    assert "robots.txt" in fetcher.fetch(f"{site.url}/private").error
    assert not fetcher.fetch(f"{site.url}/").error
    assert site.asked == ["/robots.txt", "/"]
    assert all(agent.startswith("socialcls (+http") for agent in site.agents)


def test_where_robots_cannot_be_had_nothing_is_fetched(site: Site):
    """As RFC 9309 says; 404 means that all may be fetched."""
    site.answers["/robots.txt"] = answer(b"", status=500)
    assert "robots.txt" in fetch_document(f"{site.url}/", _LOCAL).error
    assert site.asked == ["/robots.txt"]


def test_a_host_gets_one_request_at_a_time_with_a_pause_between(site: Site):
    """Whatever the number of workers."""
    site.answers["*"] = answer(_PAGE)
    settings = _LOCAL._replace(delay_s=0.3)  # the server's thread, too, has to end its work within it
    assert all(not f.error for f in fetch_documents([f"{site.url}/{n}" for n in range(4)], settings))
    pages = [at for at, path in zip(site.times, site.asked, strict=True) if path != "/robots.txt"]
    assert site.most_at_once == 1
    assert all(b - a >= 0.29 for a, b in pairwise(pages))


def test_many_hosts_keep_their_order_and_one_bad_host_holds_nobody_up():
    """Good, slow, broken and endless hosts; the documents come in the order of their addresses."""
    with serve() as good, serve() as slow, serve() as bad:
        good.answers["*"] = answer(_PAGE)
        slow.answers["*"] = drip
        bad.answers["*"] = hang_up
        urls = [f"{slow.url}/", f"{bad.url}/a", *[f"{good.url}/{n}" for n in range(30)], "http://nowhere.invalid/"]
        started = time.monotonic()
        found = list(fetch_documents(urls, _LOCAL))
    assert time.monotonic() - started < 8
    assert [f.url for f in found] == urls
    assert [bool(f.error) for f in found] == [True, True, *[False] * 30, True]


def test_no_more_is_taken_in_than_the_window(site: Site):
    """A stream of addresses without end is read as it is consumed."""
    site.answers["*"] = answer(_PAGE)
    taken = 0

    def list_urls():
        nonlocal taken
        while True:
            taken += 1
            yield f"{site.url}/{taken}"

    stream = fetch_documents(list_urls(), _LOCAL)
    first = [next(stream).url for _ in range(3)]
    del stream
    assert first == [f"{site.url}/{n}" for n in (1, 2, 3)]
    assert taken <= WINDOW + 3


def test_the_cache_asks_nobody_twice(site: Site, tmp_path):
    """Not for a page, nor for one that is not there; a damaged entry is fetched anew."""
    settings = _LOCAL._replace(cache_dir=tmp_path)
    for _ in range(2):
        assert fetch_document(f"{site.url}/", settings).document.name == "Cacti"
        assert "404" in fetch_document(f"{site.url}/gone", settings).error
    assert (site.count("/"), site.count("/gone")) == (1, 1)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-3])
    assert fetch_document(f"{site.url}/", settings).document.name == "Cacti"
    assert site.count("/") == 2


def test_pages_that_the_cache_has_are_not_waited_for(site: Site, tmp_path):
    """The pause is between requests, not between rows: thirty of one address take one request and no pause."""
    settings = _LOCAL._replace(cache_dir=tmp_path, delay_s=5.0)
    started = time.monotonic()
    assert [f.document.name for f in fetch_documents([f"{site.url}/"] * 30, settings)] == ["Cacti"] * 30
    assert time.monotonic() - started < 8
    assert site.count("/") == 1


def test_nothing_is_asked_for_an_empty_address(site: Site):
    """It keeps its place."""
    found = list(fetch_documents(["", f"{site.url}/", ""], _LOCAL))
    assert [(f.url, f.error) for f in found] == [("", ""), (f"{site.url}/", ""), ("", "")]
    assert found[0].document.is_blank


def test_what_went_wrong_can_be_said_in_any_language(site: Site, tmp_path):
    """From the cache too."""
    settings = _LOCAL._replace(cache_dir=tmp_path)
    for _ in range(2):
        problem = fetch_document(f"{site.url}/gone", settings).problem
        assert problem is not None
        assert problem.say("pl").endswith("404 (nie ma takiej strony).")
    assert site.count("/gone") == 1


def test_the_front_page_of_a_deep_address_is_looked_at(site: Site):
    """Its text comes first, and its marks are added; the address stays the one that was asked for."""
    site.answers["/deep/page"] = answer(b"<title>A question</title><p>My cactus is ill, what shall I do?")
    fetched = fetch_document(f"{site.url}/deep/page", _LOCAL._replace(depth="front"))
    assert fetched.document.url == f"{site.url}/deep/page"
    assert fetched.document.text.index("Ask a question") < fetched.document.text.index("My cactus is ill")
    assert [mark.id for mark in fetched.document.marks] == ["engine.phpbb"]


def test_the_command_fetches_and_says_what_went_wrong(site: Site, tmp_path):
    """A page is read; one that is not there is an error, exit 1, and the address is classified all the same."""
    command = [sys.executable, "-m", "socialcls", "classify", "--fetch", "--allow-private", "--json"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, f"{site.url}/", f"{site.url}/gone"], capture_output=True, env=environment, check=False
    )
    first, second = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert '"best_guess": "community"' in first
    assert '"error": ""' in first
    assert "404" in second
    assert "Only its address was read" in second


def test_without_fetch_nothing_of_it_is_imported():
    """`classify` of a text starts as before."""
    program = (
        "import sys\nsys.argv = ['socialcls', 'classify', 'A forum', '--json']\n"
        "from socialcls.commands.app import main\n"
        "try:\n    main()\nfinally:\n"
        "    print([m for m in sys.modules if m.split('.')[0] in {'urllib3', 'protego', 'tomllib', 'ssl', 'fastwarc'}\n"
        "           or m.startswith('socialcls.pages')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr.decode().strip() == "[]"
