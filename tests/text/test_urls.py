"""URLs read leniently."""

import csv
import time
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcls.text import urls
from socialcls.text.urls import host_key, looks_like_url, read_url
from tests.conftest import ROOT


@given(st.text())
@example("https://[::1]:80/")
@example("//@:#")
@example("http://İ.com/İ")
def test_nothing_fails_and_every_part_is_where_it_says(url):
    """Any text can be read, and a part stands at its position."""
    read = read_url(url)
    for part in (*read.subdomains, *read.segments, *([read.site] if read.site else [])):
        assert _set_right(url[part.start : part.end]) == part.text


def _set_right(spelling):
    return unquote("".join(map(urls._clean, spelling))).lower()


with (ROOT / "tests" / "cases" / "files" / "urls-one-host-spelled-21-ways.csv").open(
    encoding="utf-8", newline=""
) as _file:
    _SPELLINGS = [row["url"] for row in csv.DictReader(_file)]


@pytest.mark.parametrize("url", [*_SPELLINGS, "https://web.archive.org/web/2010/http://nk.pl", "nk-pl.translate.goog"])
def test_one_host_however_it_is_spelt(default, url):
    """Doubled and broken schemes, brackets, invisible characters, defanged dots, wrappers: one host, one answer."""
    assert read_url(url).host == host_key(url) == "nk.pl"
    asked, plain = default.classify(url=url), default.classify(url="https://nk.pl")
    assert asked.probabilities == plain.probabilities


@pytest.mark.parametrize("url", ["http://[2001:db8::1]/forum", "http://10.1.0.1/forum", "192.168.0.1"])
def test_an_ip_address_says_nothing_and_is_its_own_group(url):
    """Its numbers are no names of anything."""
    assert read_url(url).site is None
    assert host_key(url) == read_url(url).ip != ""


def test_an_internationalised_name_is_one_name():
    """As people read it or as the DNS has it."""
    assert read_url("xn--bcher-kva.example").host == read_url("BÜCHER.example").host == "bücher.example"


@pytest.mark.parametrize(("text", "is_url"), [
    ("a." * 25_000_000, False), ("http://a.pl/" + "b" * 10_000, True), ("a.pl/?" + "b" * 10_000, True),
    ("http://a.pl/" + "b" * 10_000 + "\nc", False), ("x" * 10_000_000, False), ("[.]" * 3_000_000, False),
], ids=range(6))  # fmt: skip
def test_what_is_huge_takes_no_time(text, is_url):
    """50 MB of one took 2.9 GB, as a pattern remembers each step."""
    started = time.monotonic()
    assert looks_like_url(text) == is_url
    assert time.monotonic() - started < 2


def test_a_huge_host_takes_no_time():
    """490,000 labels took 17 seconds."""
    assert read_url("http://" + "a." * 490_000).host == ""


@pytest.mark.parametrize(
    ("url", "subdomains", "site", "suffix", "segments"),
    [
        ("forum.gazeta.pl", ["forum"], "gazeta", "pl", []),
        ("HTTP://www.Example.com.pl:8080/a/b?c=d#e", [], "example", "com.pl", ["a", "b", "c", "d", "e"]),
        ("user@host.org/x", [], "host", "org", ["x"]),
        ("//cdn.example.net", ["cdn"], "example", "net", []),
        ("example.com:8080/x", [], "example", "com", ["x"]),
        ("localhost", [], "localhost", None, []),
        ("  https://medium.com/@anna  ", [], "medium", "com", ["@anna"]),
        ("", [], None, None, []),
    ],
)
def test_parts(url, subdomains, site, suffix, segments):
    """A URL falls into subdomains, site, suffix and the pieces of its path and query."""
    read = read_url(url)
    assert [part.text for part in read.subdomains] == subdomains
    assert (read.site and read.site.text) == site
    assert (read.suffix and read.suffix.text) == suffix
    assert [part.text for part in read.segments] == segments


@pytest.mark.parametrize("text", ["onet.pl", "https://x.com", "forum.murator.pl/a?b", "żółw.pl", "http://localhost"])
def test_urls_and_bare_hosts_are_seen_as_such(text):
    """A URL or host by itself needs no flag."""
    assert looks_like_url(text)


@pytest.mark.parametrize("text", ["Forum.", "see onet.pl", "Node.js", "a@b", "3.14", "e.g.", "data.csv", "", "..."])
def test_other_texts_are_not_urls(text):
    """A sentence, a number or a file name is not a host."""
    assert not looks_like_url(text)


def test_places_on_a_shared_host_are_kept_apart():
    """One author's blog is another site than the next one's, a path of one site is not."""
    assert host_key("a.blogspot.com/x") != host_key("b.blogspot.com/x")
    assert host_key("https://example.com/x") == host_key("www.example.com/y") == "example.com"
