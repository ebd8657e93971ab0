"""Known services: what a host, a place on a shared host, or a name is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.dataset.services import Service, index_services
from socialcls.features.services import MAX_NAME_WORDS, ServiceTable, find_name, find_service
from socialcls.text.tokenizer import find_words, fold
from socialcls.text.urls import read_url

_SERVICES = (
    Service("nk.pl", ("Nasza Klasa", "NK?"), ("nasza-klasa.pl",), "platform", "networking"),
    Service("reddit.com", ("Reddit",), ("redd.it",), "community", "interest"),
    Service("reddit.com/r", (), (), "community", "product"),
    Service("reddit.com/user", (), (), "platform", ""),
    Service("medium.com", ("Medium?",), (), "platform", "media"),
    Service("medium.com/@", (), (), "blog", "personal"),
    Service("medium.com/@netflix", (), (), "blog", "company"),
    Service("*.tumblr.com", (), (), "blog", "personal"),
    Service("tumblr.com", ("Tumblr",), (), "platform", "microblog"),
    Service("*.github.io", (), (), "", ""),
    Service("github.io", (), (), "other", "tool"),
    Service("anna.github.io", (), (), "blog", "personal"),
    Service("republika.pl", (), (), "platform", "media"),
    Service("republika.pl/*", (), (), "", ""),
    Service("republika.pl/pomoc", (), (), "other", "tool"),
    Service("staff.tumblr.com", (), (), "blog", "company"),
    Service("bbc.co.uk", ("BBC",), (), "other", "news"),
    Service("forum.bbc.co.uk", (), (), "community", "company"),
)
_TABLE = ServiceTable(*index_services(_SERVICES))


def _find(url):
    """The key, and what stands in its place."""
    found = find_service(read_url(url), _TABLE)
    return found and (found[0], url[found[1] : found[2]])


@pytest.mark.parametrize(
    ("url", "key", "place"),
    [
        ("nk.pl", "known=platform.networking", "nk.pl"),
        ("https://www.NK.pl/", "known=platform.networking", "NK.pl"),
        ("http://nk.pl:80/profil/7", "known=platform.networking", "nk.pl"),
        ("nasza-klasa.pl", "known=platform.networking", "nasza-klasa.pl"),
        ("bbc.co.uk/news", "known=other.news", "bbc.co.uk"),
    ],
)
def test_a_host_is_known_by_itself(url, key, place):
    """Without "www", scheme and port, whatever page of it is meant; an alias is the same service."""
    assert _find(url) == (key, place)


@pytest.mark.parametrize(
    ("url", "key", "place"),
    [
        ("https://reddit.com/r/Polska", "known=community.product", "reddit.com/r"),
        ("reddit.com/user/anna", "known=platform", "reddit.com/user"),
        ("reddit.com/rules", "known=community.interest", "reddit.com"),
        ("medium.com/@anna/a-post", "known=blog.personal", "medium.com/@anna"),
        ("medium.com/@netflix", "known=blog.company", "medium.com/@netflix"),
        ("medium.com/tag/cats", "known=platform.media", "medium.com"),
        ("example.com/r/Polska", None, None),
    ],
)
def test_the_first_segment_of_a_shared_host_counts_before_the_host(url, key, place):
    """And a place that is named before everybody's place."""
    assert _find(url) == (key and (key, place))


@pytest.mark.parametrize(
    ("url", "key", "place"),
    [
        ("https://anna.tumblr.com/post/1", "place=blog.personal", "tumblr.com"),
        ("tumblr.com", "known=platform.microblog", "tumblr.com"),
        ("www.tumblr.com/anna", "known=platform.microblog", "tumblr.com"),
        ("staff.tumblr.com", "known=blog.company", "staff.tumblr.com"),
        ("a.b.tumblr.com", "place=blog.personal", "tumblr.com"),
    ],
)
def test_a_star_stands_for_everybodys_place_below_a_host(url, key, place):
    """Not for the host itself, and not for a place that is named."""
    assert _find(url) == (key, place)


@pytest.mark.parametrize(
    ("url", "key", "place"),
    [
        ("gry.nk.pl", "above=platform.networking", "nk.pl"),
        ("old.reddit.com/r/Polska", "above=community.interest", "reddit.com"),
        ("forum.bbc.co.uk", "known=community.company", "forum.bbc.co.uk"),
        ("a.forum.bbc.co.uk", "above=community.company", "forum.bbc.co.uk"),
        ("blog.bbc.co.uk", "above=other.news", "bbc.co.uk"),
    ],
)
def test_a_host_below_a_known_one_is_its_own_place(url, key, place):
    """Of which the table says little: another key, and of the hosts above it the nearest one's."""
    assert _find(url) == (key, place)


@pytest.mark.parametrize(
    ("url", "key", "place"),
    [
        ("github.io", "known=other.tool", "github.io"),
        ("anna.github.io/x", "known=blog.personal", "anna.github.io"),
        ("maria.github.io", None, None),
        ("www.maria.github.io", None, None),
        ("a.anna.github.io", "above=blog.personal", "anna.github.io"),
        ("http://republika.pl/", "known=platform.media", "republika.pl"),
        ("http://republika.pl/marek23/foto.htm", None, None),
        ("republika.pl/pomoc", "known=other.tool", "republika.pl/pomoc"),
    ],
)
def test_a_star_without_a_label_says_that_nothing_is_known(url, key, place):
    """What a public suffix is says nothing of the places below it; one that is named is known all the same."""
    assert _find(url) == (key and (key, place))


@pytest.mark.parametrize(
    "url", ["", "localhost", "nk", "xnk.pl", "nk.pl.example.org", "co.uk", "/r/Polska", "tumblr.org"]
)
def test_a_host_that_only_resembles_a_known_one_is_unknown(url):
    """Another suffix, a longer name, no host at all."""
    assert _find(url) is None


@given(
    st.sampled_from(["", "https://", "//anna@"]),
    st.sampled_from(["", "www.", "forum.", "a.b."]),
    st.sampled_from([service.host.removeprefix("*.") for service in _SERVICES]),
    st.text(max_size=8),
)
def test_what_is_known_stands_where_it_says(scheme, below, host, behind):
    """Its place is in the URL as given, and the key is one of the table."""
    url = scheme + below + host + behind
    found = find_service(read_url(url), _TABLE)
    if found is not None:
        key, start, end = found
        relation, _, what = key.partition("=")
        assert relation in {"known", "place", "above"}
        assert what in {f"{s.category}.{s.kind}".rstrip(".") for s in _SERVICES}
        assert 0 <= start < end <= len(url)
        assert "." in url[start:end]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nasza Klasa", "named=platform.networking"),
        ("NASZA KLASA!", "named=platform.networking"),
        ("Reddit", "named=community.interest"),
        ("Medium", "maybe=platform.media"),
        ("nk", "maybe=platform.networking"),
        ("Nasza", None),
        ("Nasza Klasa 2", None),
        ("Klasa nasza", None),
        ("Mediumistic", None),
        ("", None),
    ],
)
def test_a_name_is_known_as_a_whole(name, key):
    """Folded; a name that is also a word only perhaps means the service."""
    words = [fold(word) for word in find_words(name)]
    found = find_name([word for word in words if word.isalnum()], _TABLE)
    assert found == key


def test_a_long_name_is_not_looked_up():
    """It is a sentence, whatever stands in the table."""
    for n_words in (MAX_NAME_WORDS, MAX_NAME_WORDS + 1):
        words = ["a"] * n_words
        table = ServiceTable({}, {" ".join(words): ["blog"]})
        assert (find_name(words, table) == "named=blog") == (n_words <= MAX_NAME_WORDS)


def test_of_two_services_that_share_a_host_or_a_name_the_first_counts():
    """In the order of the table."""
    hosts, names = index_services(
        [Service("x.pl", ("X",), (), "blog", ""), Service("y.pl", ("X?",), ("x.pl",), "other", "shop")]
    )
    assert (hosts["x.pl"], hosts["y.pl"], names["x"]) == (["blog"], ["other.shop"], ["blog"])
