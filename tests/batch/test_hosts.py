"""Rows of one host: what they say together, and where its front page is."""

import pytest

from socialcls.batch.hosts import pool_rows
from socialcls.tables.columns import Columns
from socialcls.tables.table import Row

_COLUMNS = Columns(url=(0,), html=(1,))


@pytest.mark.parametrize(
    ("url", "host", "address"),
    [
        ("https://www.kolce.example/t/1?x=2", "kolce.example", "https://www.kolce.example/"),
        ("http://kolce.example:8080/t", "kolce.example", "http://kolce.example:8080/"),
        ("kolce.example/t", "kolce.example", "kolce.example"),
        ("https://www.reddit.com/r/Polska/new", "reddit.com/r/polska", "https://www.reddit.com/r/polska"),
        ("reddit.com/r/polska", "reddit.com/r/polska", "reddit.com/r/polska"),
        ("http://kolce.example]/x", "kolce.example]", "kolce.example]"),
    ],
)
def test_the_front_page_of_a_host_is_where_its_first_row_is(url: str, host: str, address: str):
    """With its scheme and port; of a place on a host that many share, the place."""
    pooled = pool_rows([Row(1, [url, ""]), Row(2, [url + "/more", ""])], _COLUMNS)
    found = [(name, of.address, of.n_rows) for name, of in pooled.items()]
    assert found == [(host, address, 2)]


def test_marks_of_all_pages_of_a_host_are_kept():
    """Each once."""
    pages = [
        "<meta name=generator content=phpBB><p>Threads",
        "<p>Nothing",
        "<meta name=generator content=phpBB><p>More",
    ]
    pooled = pool_rows([Row(n, [f"https://kolce.example/{n}", page]) for n, page in enumerate(pages)], _COLUMNS)
    (only,) = pooled.values()
    assert [mark.id for mark in only.document.marks] == ["engine.phpbb"]
    assert only.document.text.splitlines() == ["Threads.", "Nothing.", "More."]
