"""Web archives: WARC, packed or not, and WACZ."""

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from socialcls.errors import InputError
from socialcls.pages.warc import read_archive, read_documents, read_warc


def _record(
    url: str, body: bytes, content_type: str = "text/html; charset=iso-8859-2", status: int = 200, head: str = ""
) -> bytes:
    answer = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{len(body):012}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    ).encode() + answer + b"\r\n\r\n"  # fmt: skip


_RECORDS = [
    _record("https://kolce.example/t/1", "<title>Wątek</title><p>Moja sukulenta żółknie.".encode("iso-8859-2")),
    _record("https://kolce.example/", b"<meta name=generator content=phpBB><p>Forum o kaktusach."),
    _record("https://kolce.example/logo.png", b"PNG", "image/png"),
    _record("https://kolce.example/gone", b"<p>gone", status=404),
    _record("https://sklep.example/", gzip.compress(b"<title>Sklep</title>"), head="Content-Encoding: gzip\r\n"),
]


@pytest.fixture(params=["pages.warc", "pages.warc.gz", "pages.wacz"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same records in each form."""
    path = tmp_path / str(request.param)
    packed = b"".join(gzip.compress(record) for record in _RECORDS)
    if path.suffix == ".wacz":
        with zipfile.ZipFile(path, "w") as package:
            package.writestr("datapackage.json", "{}")
            package.writestr("archive/data.warc.gz", packed)
    else:
        path.write_bytes(packed if path.suffix == ".gz" else b"".join(_RECORDS))
    return path


def test_pages_are_read_and_the_rest_is_skipped(archive: Path):
    """Images and errors are no pages; what was packed is unpacked."""
    pages = list(read_archive(archive))
    assert [page.url for page in pages] == [
        "https://kolce.example/t/1",
        "https://kolce.example/",
        "https://sklep.example/",
    ]
    assert pages[2].html == b"<title>Sklep</title>"
    assert [document.name for document in read_documents(archive)] == ["Wątek", "", "Sklep"]


def test_an_address_that_is_none_is_left_out(tmp_path: Path):
    """It becomes a cell of a table; the page is read all the same."""
    path = tmp_path / "a.warc"
    path.write_bytes(_record("=HYPERLINK(0)", b"<title>Kolce</title>"))
    assert [(page.url, page.html) for page in read_archive(path)] == [("", b"<title>Kolce</title>")]


def test_a_stream_that_cannot_be_asked_where_it_is_is_read(tmp_path: Path):
    """As a pipe."""
    read_end, write_end = os.pipe()
    with open(write_end, "wb") as pipe:  # noqa: PTH123  (a descriptor)
        pipe.write(_RECORDS[0])
    with open(read_end, "rb") as pipe:  # noqa: PTH123
        assert [page.url for page in read_warc(pipe, "pipe")] == ["https://kolce.example/t/1"]


def test_pages_of_a_host_are_one_service(archive: Path):
    """The shortest address stands for it; text and marks of all its pages are read."""
    forum, shop = read_documents(archive, by_host=True)
    assert forum.url == "https://kolce.example/"
    assert [mark.id for mark in forum.marks] == ["engine.phpbb"]
    assert "Forum o kaktusach" in forum.text
    assert "sukulenta żółknie" in forum.text
    assert shop.url == "https://sklep.example/"


@pytest.mark.parametrize(
    ("name", "content"), [("a.wacz", b"no zip"), ("b.warc.gz", b"\x1f\x8b\x08broken"), ("c.wacz", None)]
)
def test_what_is_no_archive_is_said_so(tmp_path: Path, name: str, content: bytes | None):
    """In the program's own error, with the file's name."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=name):
        list(read_archive(path))
