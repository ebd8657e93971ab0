"""Saved pages: where they are from, and what those of one host say together."""

import quopri

import pytest

from socialcls.pages.mhtml import read_mhtml
from socialcls.pages.saved import MAX_PAGES_OF_HOST, SavedPage, pool_by_host, read_saved
from socialcls.types import Document

_FORUM = b"<title>Cacti</title><meta name=generator content=phpBB><p>Ask a question about cacti, or answer one."


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (b"<!DOCTYPE html>\n<!-- saved from url=(0024)https://kolce.example/t/ -->\n", "https://kolce.example/t/"),
        (b"<link rel=canonical href='https://kolce.example/'>", "https://kolce.example/"),
        (b"<!-- saved from url=(0014)about:internet -->", ""),
        (b"", ""),
    ],
)
def test_the_address_of_a_saved_page_is_what_it_tells(head: bytes, url: str):
    """What a browser noted, what it gives as its own, or none."""
    assert read_saved(SavedPage("", head + _FORUM)).document.url == url


def test_a_known_address_wins_over_what_the_page_says():
    """An archive knows what was asked for."""
    page = SavedPage("https://a.example/x", b"<link rel=canonical href='https://b.example/'>" + _FORUM)
    assert read_saved(page).document.url == "https://a.example/x"


def test_pages_of_a_host_are_a_service_and_pages_without_an_address_stay_alone():
    """All its pages are counted, the first twenty are read."""
    pages = [SavedPage(f"https://kolce.example/{n:03}", b"<p>Page number %d of many." % n) for n in range(30)]
    pages.insert(7, SavedPage("", _FORUM))
    pages.insert(9, SavedPage("", _FORUM))
    services = list(pool_by_host(pages))
    assert [(s.page.document.url, s.n_pages) for s in services] == [("https://kolce.example/000", 30), ("", 1), ("", 1)]
    assert f"number {MAX_PAGES_OF_HOST - 1} of" in services[0].page.document.text
    assert f"number {MAX_PAGES_OF_HOST} of" not in services[0].page.document.text


def test_a_service_is_a_shell_when_all_its_pages_are():
    """One page with text is enough."""
    shell, text = b"<script>start()</script><div id=root></div>", b"<p>" + b"word " * 40
    (alone,) = pool_by_host([SavedPage("https://a.example/1", shell), SavedPage("https://a.example/2", shell)])
    (mixed,) = pool_by_host([SavedPage("https://a.example/1", shell), SavedPage("https://a.example/2", text)])
    assert alone.page.is_shell
    assert not mixed.page.is_shell


def _make_mhtml(html: bytes, head: str = "", charset: str = "utf-8") -> bytes:
    return (
        f"From: <Saved by Blink>\r\n{head}MIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
        f"--B\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        "Content-Location: https://inner.example/\r\n\r\n"
    ).encode() + quopri.encodestring(html) + b"\r\n--B--\r\n"  # fmt: skip


def test_mhtml_is_the_page_in_it():
    """The first part of HTML, decoded, with the address that the browser noted."""
    page = read_mhtml(
        _make_mhtml("<title>Żółw</title>".encode(), "Snapshot-Content-Location: https://zolw.example/\r\n")
    )
    assert page is not None
    assert read_saved(page).document == Document("Żółw.", "https://zolw.example/", "Żółw")
    inner = read_mhtml(_make_mhtml("<title>Żółw</title>".encode("iso-8859-2"), charset="iso-8859-2"))
    assert inner is not None
    assert read_saved(inner).document == Document("Żółw.", "https://inner.example/", "Żółw")


@pytest.mark.parametrize("data", [b"", b"no message", b"Content-Type: text/plain\r\n\r\nhello", b"\xff\x00" * 99])
def test_what_is_no_mhtml_has_no_page(data: bytes):
    """Whatever stands there."""
    assert read_mhtml(data) is None
