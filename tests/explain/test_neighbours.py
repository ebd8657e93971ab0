"""What a document resembles."""

from math import fsum, sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from socialcls.classifier import Classifier
from socialcls.dataset.reader import DEFAULT_DATA_DIR
from socialcls.errors import DatasetError, InputError
from socialcls.explain.neighbours import N_NEIGHBOURS, Corpus, find_neighbours, read_corpus
from socialcls.types import Document, Example
from tests.conftest import ROOT, make_tiny_artifact

_TINY = Classifier(make_tiny_artifact())
_DEFAULT = Classifier.load()
_FORUM = Example(Document("A forum of cat owners", "cats.example.org", "Cats"), "community", {"id": "1"})
_SHOP = Example(Document("forum shop"), "other", {"id": "2"})
_BLOG = Example(Document("", "blog.example.net"), "blog", {"id": "3"})
_THREADS = Example(Document("Wątki o kotach"), "community", {"id": "4"})
_CORPUS = Corpus([_FORUM, _SHOP, _BLOG, _THREADS])
_WORDS = st.sampled_from(["forum", "Forum,", "shop", "threads", "wątki", "post a reply", "my", "blog", "koty", "?"])
_DOCUMENTS = st.builds(
    Document,
    text=st.one_of(st.lists(_WORDS, max_size=8).map(" ".join), st.text(max_size=20)),
    url=st.sampled_from(["", "blog.x.pl", "https://forum.example.co.uk/viewtopic.php?t=9"]),
    name=st.lists(_WORDS, max_size=2).map(" ".join),
)
_CORPORA = st.lists(_DOCUMENTS.filter(lambda d: not d.is_blank), max_size=8).map(
    lambda documents: Corpus(Example(document, "blog", place=str(n)) for n, document in enumerate(documents))
)


@pytest.fixture(scope="module")
def corpus():
    """All that the built-in model learnt from."""
    return read_corpus()


@settings(max_examples=150, deadline=None)
@given(document=_DOCUMENTS, corpus=_CORPORA, classifier=st.sampled_from([_TINY, _DEFAULT]))
def test_likeness_is_a_share_of_what_counts(document, corpus, classifier):
    """Between 0 and 1, the most alike first; the shares of it sum to one, and their words stand in the document."""
    assume(not document.is_blank)
    found = find_neighbours(document, corpus, classifier)
    similarities = [neighbour.similarity for neighbour in found]
    assert similarities == sorted(similarities, reverse=True)
    assert len(found) <= N_NEIGHBOURS
    for neighbour in found:
        assert 0 < neighbour.similarity <= 1
        assert neighbour.example in corpus.examples
        assert fsum(shared.share for shared in neighbour.shared) == pytest.approx(1)
        for shared in neighbour.shared:
            assert shared.words
            assert all(any(word in field for field in document) for word in shared.words)
    assert found == find_neighbours(document, corpus, classifier)


def test_likeness_is_mutual(default, corpus):
    """A row is as like its neighbour as the neighbour is like the row, when it is found from there."""
    likenesses = [
        (there.similarity, back.similarity)
        for row in corpus.examples[::1500]
        for there in find_neighbours(row.document, corpus, default)
        for back in find_neighbours(there.example.document, Corpus([row]), default)
    ]
    assert len(likenesses) > 20
    assert [there for there, _ in likenesses] == pytest.approx([back for _, back in likenesses])


def test_likeness_by_eye(tiny):
    """A word that both have, beside one that only the row has.

    Both have idf 10. "forum" alone moves labels 2 apart and weighs 100 · 2; with "shop" and the pair, which is left
    out, the factor is √(2400 + 304) = 52 and the words weigh 100 · 100 / 52 and 100 · 75 / 52.
    """
    (found,) = find_neighbours(Document("a forum"), Corpus([_SHOP]), tiny)
    forum, shop = 100 * 100 / 52, 100 * 75 / 52
    assert found.similarity == pytest.approx(sqrt(200 * forum) / sqrt(200 * (forum + shop)))
    assert [(shared.signal, shared.words, shared.share) for shared in found.shared] == [(None, ("forum",), 1)]


def test_a_signal_is_shared_by_the_same_words(tiny):
    """It is named, with the words that show it in the document asked about."""
    (found,) = find_neighbours(Document("wątki!"), _CORPUS, tiny)
    assert found.example == _THREADS
    assert [(shared.signal, shared.words) for shared in found.shared] == [("threads", ("wątki",))]
    assert found.similarity == pytest.approx(1)


def test_a_url_resembles_urls(tiny):
    """By the parts that it shares with them."""
    (found,) = find_neighbours(Document(url="https://blog.x.pl"), _CORPUS, tiny)
    assert found.example == _BLOG
    assert [shared.words for shared in found.shared] == [("blog",)]


def test_diacritics_and_capitals_make_no_difference(tiny):
    """As everywhere."""
    assert [found.example for found in find_neighbours(Document("WATKI"), _CORPUS, tiny)] == [_THREADS]


def test_what_shares_nothing_has_no_neighbours(tiny):
    """Nor has anything in a corpus without rows."""
    assert find_neighbours(Document("cacti"), _CORPUS, tiny) == ()
    assert find_neighbours(Document("forum"), Corpus([]), tiny) == ()


@pytest.mark.parametrize(
    "document",
    [
        _FORUM.document,
        Document("A forum  of cat owners"),
        Document("A forum of cat owners", "https://www.cats.example.org/"),
    ],
)
def test_a_document_is_not_its_own_neighbour(tiny, document):
    """Nor is the row that says all that it says."""
    assert [found.example for found in find_neighbours(document, _CORPUS, tiny)] == [_SHOP]


def test_of_one_host_there_is_one_neighbour(tiny):
    """The most alike of its rows."""
    rows = [
        Example(Document(text, f"https://cats.pl/{n}"), "community") for n, text in enumerate(["shop forum", "forum"])
    ]
    found = find_neighbours(Document("forum x"), Corpus(rows), tiny)
    assert [neighbour.example for neighbour in found] == [rows[1]]


def test_as_many_as_are_asked_for(tiny):
    """At most, with the nearest first."""
    corpus = Corpus(Example(Document("forum" + " x" * n), "community", place=str(n)) for n in range(9))
    assert len(find_neighbours(Document("the forum"), corpus, tiny, 7)) == 7
    assert len(find_neighbours(Document("the forum"), corpus, tiny)) == N_NEIGHBOURS


@pytest.mark.parametrize(
    ("text", "label", "word"),
    [
        ("Forum for owners of old Volvos: repairs, parts and meetings.", "community", "forum"),
        ("Blog kulinarny Ani: przepisy na ciasta i zupy, co tydzień nowy wpis.", "blog", "kulinarn"),
        ("Photo sharing network: upload pictures, follow friends, comment.", "platform", "follow"),
        ("Sklep z rowerami i częściami, serwis w Krakowie", "other", "sklep"),
    ],
)
def test_real_rows_resemble_by_what_they_are(default, corpus, text, label, word):
    """All three have the label that the text has, and one of them its most telling word."""
    found = find_neighbours(Document(text), corpus, default)
    assert [neighbour.example.gold for neighbour in found] == [label] * N_NEIGHBOURS
    assert any(word in neighbour.example.document.text.lower() for neighbour in found)


def test_the_corpus_is_that_of_the_working_copy(corpus):
    """Read from `data`, with all that a row says."""
    assert DEFAULT_DATA_DIR == ROOT / "data"
    assert len(corpus.examples) > 15_000
    assert {"id", "language", "kind"} <= set(corpus.examples[0].about)


def test_rows_of_ones_own(tmp_path, tiny):
    """A path of one's own is read in the place of the default, and checked as in training."""
    path = tmp_path / "mine.csv"
    path.write_text("description,category\nforum of mine,community\n", encoding="utf-8")
    (found,) = find_neighbours(Document("a forum"), read_corpus([str(path)]), tiny)
    assert found.example.document.text == "forum of mine"
    path.write_text("description,category\nforum of mine,Forum\n", encoding="utf-8")
    with pytest.raises(DatasetError, match='unknown category "Forum"'):
        read_corpus([str(path)])


def test_nothing_to_read_is_an_error(tiny):
    """As when it is classified."""
    with pytest.raises(InputError, match="Nothing to read"):
        find_neighbours(Document(), _CORPUS, tiny)
