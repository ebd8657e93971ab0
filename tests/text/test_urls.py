"""URLs read leniently."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialcls.text.urls import host_key, looks_like_url, read_url


@given(st.text())
@example("https://[::1]:80/")
@example("//@:#")
@example("http://İ.com/İ")
def test_nothing_fails_and_every_part_is_where_it_says(url):
    """Any text can be read, and a part stands at its position."""
    read = read_url(url)
    for part in (*read.subdomains, *read.segments, *([read.site] if read.site else [])):
        assert url[part.start : part.end].lower() == part.text


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
