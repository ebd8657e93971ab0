"""Reading pages: words, encodings, shells, hostile pages."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialcls.pages.html import FIRST_WORDS, PROSE_WORDS, decode, read_page
from socialcls.types import Document

_HEAD = "<!doctype html><html lang=pl><head><title>Kaktusy &amp; sukulenty</title>"


def test_what_a_page_tells_is_in_its_document():
    """Title, descriptions each once, the name of the site, the visible words."""
    page = f"""{_HEAD}
      <meta name="description" content="Forum miłośników kaktusów.">
      <meta property="og:description" content="Forum miłośników kaktusów.">
      <meta property="og:site_name" content="Kolce">
      <link rel="canonical" href="https://kolce.example/forum/">
      <script>var hidden = "<p>not text";</script><style>p {{ color: red }}</style></head>
      <body><nav><a href="/faq">FAQ</a></nav><h1>Witaj</h1><p>Zadaj <b>pyta</b>nie o kaktusy, a ktoś odpowie.</body>"""
    document = Document.from_html(page)
    assert document.name == "Kolce"
    assert document.url == "https://kolce.example/forum/"
    assert document.text.startswith(
        "Kaktusy & sukulenty. Forum miłośników kaktusów. Zadaj pytanie o kaktusy, a ktoś odpowie. FAQ. Witaj."
    )
    assert document.text.count("miłośników") == 1
    assert "not text" not in document.text
    assert "red" not in document.text
    assert read_page(page).language == "pl"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div class="cookie-notice"><div>SECRET</div> SECRET</div>',
        '<div id="onetrust-banner-sdk">SECRET</div>',
        "<section hidden><p>SECRET</section>",
        '<div style="display: none">SECRET</div>',
        '<ul aria-hidden="true"><li>SECRET</ul>',
        "<template><p>SECRET</template>",
        "<noscript>SECRET</noscript>",
        "<!-- SECRET <p> -->",
        "<select><option>SECRET</select>",
    ],
)
def test_what_nobody_sees_and_consent_banners_are_left_out(hidden: str):
    """And what stands behind them is read."""
    text = Document.from_html(f"<title>t</title><p>before {hidden}<p>behind").text
    assert "SECRET" not in text
    assert "before" in text
    assert "behind" in text


def test_links_side_by_side_are_words_apart():
    """Style sheets part them, not spaces; a link within a word parts nothing."""
    text = Document.from_html('<p><a href="/a">My account</a><a href="/b">Delivery</a> <a href="/c">cat</a>s').text
    assert text == "My account Delivery cats."


def test_prose_comes_before_the_navigation():
    """What the page calls itself stands in its prose; entries of its menu follow, not all of a long one."""
    menu = "".join(f'<li><a href="/{n}">word{n}</a>' for n in range(300))
    document = Document.from_html(f"<nav><ul>{menu}</ul></nav><p>Here is a real sentence of the page itself.")
    assert document.text.startswith("Here is a real sentence of the page itself. word0. word1.")
    assert len(document.text.split()) <= FIRST_WORDS + PROSE_WORDS


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Ripe figs in a pot | Gardenreads", "Gardenreads"),
        ("Ripe figs – a list - Fig Growers of Kent", "Fig Growers of Kent"),
        ("Figs :: Topics", "Topics"),
        ("Well-known figs", "Well-known figs"),
        ("Figs - all that anybody ever wanted to know", "Figs - all that anybody ever wanted to know"),
    ],
)
def test_the_end_of_a_title_names_the_site(title: str, name: str):
    """Where it is short, and the page does not say its name otherwise."""
    assert Document.from_html(f"<title>{title}</title><p>x").name == name
    named = f'<title>{title}</title><meta property="og:site_name" content="Figs"><p>x'
    assert Document.from_html(named).name == "Figs"
    shared = Document.from_html(f"<title>{title}</title><p>x", "https://medium.com/@anna/figs")
    assert shared.name == title


def test_what_the_head_says_is_cleaned():
    """References and tags that were escaped twice, and the `#` of tags, which would name a channel."""
    head = """<title>Ann&amp;#39;s figs #figs</title>
      <meta name="description" content="&lt;p&gt;Figs &amp;amp; &lt;b&gt;dates&lt;/b&gt;, 3 &lt; 4, C# &lt;/p&gt;">"""
    document = Document.from_html(f"{head}<p>Ripe #nofilter in issue #5, written in F#.")
    assert document.text == "Ann's figs figs. Figs & dates , 3 < 4, C#. Ripe nofilter in issue 5, written in F#."


def test_a_page_without_an_address_names_its_host():
    """By its own feed, or by the links that are half of all; not by a service of feeds, nor by a few links."""
    feed = '<link rel="alternate" type="application/rss+xml" href="{}">'
    own = "".join(f'<a href="https://figs.example/{n}">x</a>' for n in range(6))
    elsewhere = "".join(f'<a href="https://other{n}.example/">x</a>' for n in range(3))
    relative = "".join(f'<a href="/{n}">x</a>' for n in range(9))
    assert read_page(feed.format("https://figs.example/feed/")).host == "figs.example"
    assert not read_page(feed.format("https://feeds.feedburner.com/figs")).host
    assert not read_page(feed.format("/feed/")).host
    assert read_page(own + elsewhere).host == "figs.example"
    assert not read_page(own + relative).host
    assert not read_page(own[:60]).host
    assert read_page(
        '<link rel="canonical" href="https://figs.example/a">' + feed.format("https://x.example/")
    ).host == ("figs.example")
    assert Document.from_html(own).url == "figs.example"
    assert not Document.from_html('<link rel="canonical" href="http://fig-growing">').url
    assert Document.from_html('<meta property="al:web:url" content="https://a.example/b">').url == "https://a.example/b"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<meta charset=iso-8859-2><p>zażółć".encode("iso-8859-2"), ""),
        ("<p>zażółć".encode("cp1250"), "windows-1250"),
        ("<meta charset=utf-8><p>zażółć".encode(), ""),
        ("<meta charset=iso-8859-1><p>zażółć".encode(), ""),  # it lies
        ("\ufeff<p>zażółć".encode(), "iso-8859-1"),
        ("\ufeff<p>zażółć".encode("utf-16-le"), ""),
        ("<meta charset=utf-16><p>zażółć, in words of which most are ASCII".encode("utf-16-le"), ""),
        ("<?xml version='1.0' encoding='iso-8859-2'?><p>zażółć".encode("iso-8859-2"), ""),
    ],
)
def test_encodings(data: bytes, charset: str):
    """What the page says, or the server, or what the bytes are."""
    assert "zażółć" in decode(data, charset)


@pytest.mark.parametrize("charset", ["rot13", "hex", "zip", "idna", "nonsense", "unicode_escape", "utf-7", "cp1299"])
def test_encodings_that_are_none_are_not_used(charset: str):
    """Python knows codecs that unpack or obey; a page cannot name them."""
    assert decode(b"<p>caf\xe9 +ADw-script+AD4-", charset) == "<p>café +ADw-script+AD4-"


def test_a_shell_is_said_to_be_one():
    """A page whose text scripts would make; one with text is none."""
    assert read_page('<div id="root"></div><script src="/app.js"></script>').is_shell
    assert not read_page("<script src=x></script><p>" + "word " * 40).is_shell
    assert not read_page("<p>A short page.").is_shell


_TAGS = st.sampled_from(
    ["<p>", "</p>", "<div class='menu'>", "</div>", "<a href='/t/1'>", "</a>", "<!--", "-->", "<script>", "</script>",
     "<title>", "</title", "<meta ", "charset=", "<", ">", "\"", "'", "=", "&amp;", "&#x110000;", "\0", "<svg>",
     "<nav hidden>"]
)  # fmt: skip


@given(st.lists(st.one_of(_TAGS, st.text(max_size=10)), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(html: str):
    """Whatever stands there, and however it is encoded."""
    for page in (html, html.encode("utf-8", "surrogatepass"), html.encode("utf-16", "surrogatepass")):
        document = Document.from_html(page, "http://example.org/")
        assert document.url == "http://example.org/"


@given(st.binary(max_size=300), st.text(max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(data: bytes, charset: str):
    """Whatever the server says that they are."""
    read_page(data, "", charset)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 2_000_000, "<b><i>" * 1_500_000, "<p " + " ".join(f"a{n}=b" for n in range(500_000)) + ">",
        "<p a='" * 1_000_000, "<" * 5_000_000, "<!--" * 2_000_000, "<title>" * 1_000_000, "<svg>" * 1_000_000,
        "<script></script>" * 500_000, "&#x41;" * 1_500_000, "powered by " * 500_000, "1" * 5_000_000,
        '<div class="' + "a " * 1_000_000 + '">', "<p " + " " * 5_000_000, "<meta charset=" + " " * 5_000_000,
        '<script type="application/ld+json">' + '"@type":[' * 500_000, "</" * 2_000_000, "\0" * 5_000_000,
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_pages_take_no_longer_than_others_of_their_size(page: str):
    """Millions of characters of what makes parsers quadratic: a few seconds, where quadratic time is hours."""
    started = time.process_time()
    document = Document.from_html(page.encode())
    assert time.process_time() - started < 10
    assert len(document.text) < 10_000


def test_a_saved_page_and_a_page_on_standard_input_are_classified(tmp_path):
    """The same answer; nothing of the page reaches the terminal but as text."""
    page = tmp_path / "saved.html"
    page.write_text(f"{_HEAD}<p>Forum \x1b[31mo kaktusach. Zadaj pytanie, odpowiedz w wątku, zarejestruj się.")
    command = [sys.executable, "-m", "socialcls", "classify", "--lang", "pl", "--why", "sentence"]
    from_file = subprocess.run([*command, str(page)], capture_output=True, check=True)
    from_input = subprocess.run([*command, "-"], input=page.read_bytes(), capture_output=True, check=True)
    assert from_file.stdout == from_input.stdout
    assert "forum" in from_file.stdout.decode().lower()
    assert b"\x1b" not in from_file.stdout


def test_a_page_that_is_not_there_is_said_so(tmp_path):
    """And is not taken for a host."""
    command = [sys.executable, "-m", "socialcls", "classify", "nowhere.html"]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "nowhere.html: no such file. Give a saved page, or a whole URL." in done.stderr.decode()
