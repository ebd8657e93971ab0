"""Features: keys, places and n-grams."""

from hypothesis import given
from hypothesis import strategies as st

from socialcls.features import GROUPS, MAX_WORD_CHARS, Reader, expand_key
from socialcls.records import Document
from socialcls.taxonomy import load_taxonomy
from socialcls.text import fold

_NAMES = [group.name for group in GROUPS]
_DOCUMENTS = st.builds(Document, text=st.text(), url=st.text(), name=st.text())


@given(_DOCUMENTS)
def test_every_key_has_a_place_within_its_field(document):
    """Keys and places go by twos, and a place lies within the field of its group."""
    reader = Reader(load_taxonomy().signals)
    keys, places = reader.read(document), reader.locate(document)
    for group, group_keys, spans in zip(GROUPS, keys.by_group, places, strict=True):
        assert len(group_keys) == len(spans), group.name
        field = getattr(document, group.field)
        assert all(0 <= span.start < span.end <= len(field) for span in spans), group.name


@given(st.text())
def test_a_word_stands_where_its_key_says(text):
    """The place of a word, folded, is its key: for any Unicode."""
    document = Document(text=text)
    reader = Reader(())
    chars = _NAMES.index("text.chars")
    keys, places = reader.read(document).by_group[chars], reader.locate(document)[chars]
    assert [fold(text[span.start : span.end]) for span in places] == list(keys)


def test_ngrams_carry_the_ends_of_the_word():
    """N-grams of three to five characters, the ends marked."""
    group = GROUPS[_NAMES.index("text.chars")]
    grams = expand_key(group, "blog")
    assert {"<bl", "og>", "blog", "<blog", "blog>"} <= set(grams)
    assert {len(gram) for gram in grams} == {3, 4, 5}


def test_of_a_huge_word_only_the_beginning_is_read():
    """A pasted blob costs no more than a long word."""
    group = GROUPS[_NAMES.index("text.chars")]
    assert len(expand_key(group, "x" * 100_000)) == len(expand_key(group, "x" * MAX_WORD_CHARS))


def test_url_parts_are_named_for_what_they_are():
    """Subdomain, site, suffix and path are different facts."""
    keys = Reader(()).read(Document(url="https://forum.example.co.uk/@ania/1")).by_group[_NAMES.index("url.parts")]
    expected = {"sub=forum", "site=example", "domain=example.co.uk", "path=@…", "path=0"}
    assert expected <= set(keys)


def test_suffixes_that_mean_something_are_features():
    """A government's, a topic's, one that the world has made its own; not .com, and not a country's."""
    parts = _NAMES.index("url.parts")
    found = {
        host: {key for key in Reader(()).read(Document(url=host)).by_group[parts] if key.startswith("tld=")}
        for host in ("a.gov.pl", "a.social", "a.io", "a.ac.uk", "a.com", "a.pl", "a.com.pl", "a.co.uk")
    }
    assert [found[host] for host in ("a.gov.pl", "a.social", "a.io", "a.ac.uk")] == [
        {"tld=gov"},
        {"tld=social"},
        {"tld=io"},
        {"tld=ac"},
    ]
    assert not any(found[host] for host in ("a.com", "a.pl", "a.com.pl", "a.co.uk"))


def test_signals_of_the_opening_are_counted_apart():
    """A signal among the first dozen words counts as opening too, a later one does not."""
    reader = Reader(load_taxonomy().signals)
    early = reader.read(Document(text="forum " + "x " * 20))
    late = reader.read(Document(text="x " * 20 + "forum"))
    signals, opening = _NAMES.index("text.signals"), _NAMES.index("text.opening")
    assert early.by_group[signals] == late.by_group[signals] == early.by_group[opening]
    assert list(late.by_group[opening]) == []
