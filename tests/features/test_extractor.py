"""Features: keys, places and n-grams."""

import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from socialcls.features.extractor import NOTHING_KNOWN, Reader
from socialcls.features.groups import GROUPS, GROUPS_BY_NAME, MAX_WORD_CHARS, expand_key
from socialcls.features.services import ServiceTable
from socialcls.features.url_features import read_url_keys
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.text.tokenizer import fold
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import Document

_KNOWLEDGE = KnowledgeBase.gather(load_taxonomy()).open()
_READER = Reader(_KNOWLEDGE)
_NAMES = [group.name for group in GROUPS]
_DOCUMENTS = st.builds(Document, text=st.text(), url=st.text(), name=st.text())


@given(_DOCUMENTS)
def test_a_key_counts_once(document):
    """However often a word, pair, signal or part stands in a document."""
    for group, keys in zip(GROUPS, _READER.read(document).by_group, strict=True):
        assert len(set(keys)) == len(keys), group.name


@example("İR")
@given(st.one_of(st.text(), st.from_regex(r"(https?://)?(forum|a|ß)\.[a-zİ]{1,5}\.pl/(\w|@|~|/)*")))
def test_a_key_of_a_url_stands_where_it_says(url):
    """Its place is within the URL; the n-grams of a host are those of what stands there."""
    services = ServiceTable({"a.pl": ["blog"], "*.pl": ["other"], "forum.a.pl/@": ["platform"]}, {})
    assume("%" not in url and "xn--" not in url.lower())
    for key in read_url_keys(url, _KNOWLEDGE.url_parts, services):
        assert 0 <= key.start < key.end <= len(url)
        if key.group == "url.chars":
            assert fold(_show(url[key.start : key.end]).lower()) == key.key


def _show(text):
    """What is to be seen of a text: no characters without a shape, and full-width letters as plain ones."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return "".join(unicodedata.normalize("NFKC", char) if "\uff01" <= char <= "\uff5e" else char for char in shown)


def test_ngrams_carry_the_ends_of_the_word():
    """N-grams of four characters, the ends marked."""
    assert expand_key(GROUPS_BY_NAME["text.chars"], "blogi") == ("<blo", "blog", "logi", "ogi>")


def test_of_a_huge_word_only_the_beginning_is_read():
    """A pasted blob costs no more than a long word."""
    group = GROUPS[_NAMES.index("text.chars")]
    assert len(expand_key(group, "x" * 100_000)) == len(expand_key(group, "x" * MAX_WORD_CHARS))


def test_url_parts_are_named_for_what_they_are():
    """Subdomain, site, suffix and path are different facts."""
    keys = (
        Reader(NOTHING_KNOWN)
        .read(Document(url="https://forum.example.co.uk/@ania/1"))
        .by_group[_NAMES.index("url.parts")]
    )
    expected = {"sub=forum", "site=example", "domain=example.co.uk", "path=@…", "path=0"}
    assert expected <= set(keys)


def test_suffixes_that_mean_something_are_features():
    """A government's, a topic's, one that the world has made its own; not .com, and not a country's."""
    parts = _NAMES.index("url.parts")
    found = {
        host: {key for key in Reader(NOTHING_KNOWN).read(Document(url=host)).by_group[parts] if key.startswith("tld=")}
        for host in ("a.gov.pl", "a.social", "a.io", "a.ac.uk", "a.com", "a.pl", "a.com.pl", "a.co.uk")
    }
    assert [found[host] for host in ("a.gov.pl", "a.social", "a.io", "a.ac.uk")] == [
        {"tld=gov"},
        {"tld=social"},
        {"tld=io"},
        {"tld=ac"},
    ]
    assert not any(found[host] for host in ("a.com", "a.pl", "a.com.pl", "a.co.uk"))


def test_only_the_opening_shows_signals():
    """A signal among the first words counts, a later one does not, nor a phrase that goes beyond them."""
    reader, signals = _READER, _NAMES.index("text.signals")
    early, late, across, within = (
        set(reader.read(Document(text=text)).by_group[signals])
        for text in (
            "forum " + "x " * 20,
            "x " * 20 + "forum",
            "x " * 19 + "zadaj pytanie",
            "x " * 18 + "zadaj pytanie",
        )
    )
    assert "forum_word" in early
    assert late == across == set()
    assert within
