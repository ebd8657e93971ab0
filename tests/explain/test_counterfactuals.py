"""What would change the answer."""

from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import socialcls.explain.counterfactuals
from socialcls.classifier import Classifier
from socialcls.errors import InputError
from socialcls.explain.counterfactuals import Removal, find_counterfactuals
from socialcls.text.tokenizer import find_spans, find_words, fold
from socialcls.types import Document
from tests.conftest import make_arrays, make_tiny_artifact

_DEFAULT = Classifier.load()
_TINY = Classifier(make_tiny_artifact())
_WORDS = st.sampled_from(
    ["forum", "Forum,", "shop", "threads", "post a reply", "my", "blog", "ćma", "a?b", "r/x", "#y"]
)
_DOCUMENTS = st.builds(
    Document,
    text=st.one_of(st.lists(_WORDS, max_size=12).map(" ".join), st.text(max_size=30)),
    url=st.sampled_from(["", "blog.x.pl", "https://www.forum.example.co.uk/viewtopic.php?t=9", "blog.blog.pl/blog"]),
    name=st.lists(_WORDS, max_size=2).map(" ".join),
)
_CLASSIFIERS = st.sampled_from([_TINY, _DEFAULT])


def _raise_thresholds(threshold):
    """The hand-made model, which needs another confidence to answer."""
    artifact = make_tiny_artifact()
    thresholds = {ground: dict.fromkeys(of_ground, threshold) for ground, of_ground in artifact.card.thresholds.items()}
    return Classifier(artifact._replace(card=artifact.card._replace(thresholds=thresholds)))


def _find_answer(about, prediction):
    return getattr(prediction, about)


def _find_changes(document, classifier, **options):
    return [found for found in find_counterfactuals(document, classifier, **options) if found]


def _fold_words(text):
    return [fold(word) for word in find_words(text)]


def _list_word_sets(document, size):
    """What is left of a document without each set of words of its text: what stands between them stays."""
    words = list(dict.fromkeys(_fold_words(document.text)))
    for removed in combinations(words, size):
        left = document.text
        for start, end in reversed(list(find_spans(document.text))):
            if fold(document.text[start:end]) in removed:
                left = f"{left[:start]} {left[end:]}"
        yield document._replace(text=left)


@settings(max_examples=150, deadline=None)
@given(document=_DOCUMENTS, classifier=_CLASSIFIERS, social_only=st.booleans())
def test_without_the_removed_the_answer_is_another(document, classifier, social_only):
    """The prediction is that of what is left, and differs in what it is about."""
    assume(not document.is_blank)
    original = classifier.classify(document, social_only=social_only)
    for found in _find_changes(document, classifier, social_only=social_only):
        assert classifier.classify(found.document, social_only=social_only) == found.prediction
        assert _find_answer(found.about, found.prediction) != _find_answer(found.about, original)


@settings(max_examples=150, deadline=None)
@given(document=_DOCUMENTS, classifier=_CLASSIFIERS)
def test_what_is_removed_is_every_place_of_a_word_and_nothing_else(document, classifier):
    """Spans point into the fields as given; of text and name the other words stay, in their order."""
    assume(not document.is_blank)
    for found in _find_changes(document, classifier):
        for removal in found.removed:
            value = getattr(document, removal.field)
            assert value[slice(*removal.spans[0])] == removal.text
            assert len({fold(value[start:end]) for start, end in removal.spans}) == 1
        for field in ("text", "name"):
            gone = {fold(removal.text) for removal in found.removed if removal.field == field}
            kept = [word for word in _fold_words(getattr(document, field)) if word not in gone]
            assert _fold_words(getattr(found.document, field)) == kept


@settings(max_examples=80, deadline=None)
@given(words=st.lists(_WORDS, min_size=2, max_size=10), classifier=_CLASSIFIERS)
def test_nothing_smaller_would_do(words, classifier):
    """When more than one word is removed no single one changes the answer, when more than two, no pair."""
    document = Document(" ".join(words))
    for found in _find_changes(document, classifier):
        unchanged = _find_answer(found.about, classifier.classify(document))
        for size in range(1, min(3, len(found.removed))):
            for left in _list_word_sets(document, size):
                assert left.is_blank or _find_answer(found.about, classifier.classify(left)) == unchanged


@settings(max_examples=60, deadline=None)
@given(document=_DOCUMENTS, classifier=_CLASSIFIERS)
def test_the_same_is_found_again(document, classifier):
    """Whatever was asked before."""
    assume(not document.is_blank)
    assert find_counterfactuals(document, classifier) == find_counterfactuals(document, classifier)


def test_none_of_a_larger_set_can_be_put_back():
    """Of a real description that hangs on many words, each of the words that are removed is needed."""
    document = Document("Photo sharing network: upload pictures, follow friends, comment.")
    found = find_counterfactuals(document, _DEFAULT).best_guess
    assert found
    assert len(found.removed) > 2
    for kept in found.removed:
        text = document.text
        gone = [span for removal in found.removed if removal != kept for span in removal.spans]
        for start, end in sorted(gone, reverse=True):
            text = text[:start] + " " + text[end:]
        assert _DEFAULT.classify(text).best_guess == _DEFAULT.classify(document).best_guess


def test_one_word_of_the_hand_made_model_by_eye(tiny):
    """Without "shop" the best guess is that of the intercepts; its two places are one word."""
    found = find_counterfactuals(Document("Shop x shop"), tiny).best_guess
    assert found
    assert found.removed == (Removal("text", "Shop", ((0, 4), (7, 11))),)
    assert found.document.text == "  x  "
    assert (found.prediction.best_guess, found.is_smallest) == ("community", True)


def test_the_category_may_change_before_the_best_guess(tiny):
    """Without the words that make it sure a forum is `unsure`, and a community still is the best guess."""
    best_guess, category = find_counterfactuals(Document("forum x"), tiny)
    assert best_guess is None
    assert category
    assert [removal.text for removal in category.removed] == ["forum"]
    assert (category.prediction.category, category.prediction.best_guess) == ("unsure", "community")


def test_an_unsure_answer_can_become_sure():
    """What keeps it from being sure is removed: a forum that is a shop too has confidence 0.61, without it 0.79."""
    classifier = _raise_thresholds(0.7)
    document = Document("forum shop x y")
    assert classifier.classify(document).is_unsure
    category = find_counterfactuals(document, classifier).category
    assert category
    assert [removal.text for removal in category.removed] == ["shop"]
    assert category.prediction.category == "community"


def test_of_several_words_the_one_that_does_most_is_removed():
    """Without "threads" confidence falls to 0.79, without "forum" to 0.52: each would do, the latter is shown."""
    category = find_counterfactuals(Document("threads forum x y"), _raise_thresholds(0.85)).category
    assert category
    assert [removal.text for removal in category.removed] == ["forum"]


def test_a_part_of_the_url_is_removed_and_the_others_stay_in_place(tiny):
    """A subdomain leaves nothing behind, the site and its suffix a hyphen."""
    found = find_counterfactuals(Document(url="blog.example.com"), tiny).best_guess
    assert found
    assert found.removed == (Removal("url", "blog", ((0, 4),)),)
    assert found.document.url == ".example.com"
    facebook = find_counterfactuals(Document(url="https://www.facebook.com/"), _DEFAULT).best_guess
    assert facebook
    assert facebook.document.url == "https://www.-.com/"


def test_words_do_not_grow_together(tiny_artifact):
    """What stood on both sides of a removed mark is still two words."""
    known: dict[str, dict[str, tuple[float, ...]]] = {"text.words": {"?": (0.0, 100.0, 0.0, 100.0)}}
    arrays = make_arrays(known, tiny_artifact.arrays.intercepts)
    found = find_counterfactuals(Document("a?b"), Classifier(tiny_artifact._replace(arrays=arrays))).best_guess
    assert found
    assert [removal.text for removal in found.removed] == ["?"]
    assert find_words(found.document.text) == ["a", "b"]


@pytest.mark.parametrize("document", [Document("forum"), Document(url="localhost"), Document("?!", name="")])
def test_of_nothing_there_is_no_answer(tiny, document):
    """A document's only word is never removed; what hangs on no word is None."""
    for found in find_counterfactuals(document, tiny):
        assert found is None or not found.document.is_blank
    assert find_counterfactuals(Document("forum"), tiny).best_guess is None


def test_a_page_that_says_it_in_many_words_has_none():
    """When nothing up to ten words changes the answer, nothing is said."""
    sentences = [
        "Register on our forum to post replies in threads.",
        "Moderators close topics that break the board's rules.",
        "Members ask questions and other members answer them.",
        "Search the boards before opening a new thread.",
        "Subforums: general discussion, help, introductions, off-topic.",
        "Latest posts, unread topics, active users, member list.",
    ]
    assert find_counterfactuals(Document(" ".join(sentences)), _DEFAULT) == (None, None)


def test_long_texts_are_bounded(monkeypatch):
    """However little may be read, what is found is verified, and not called the smallest when it may not be."""
    document = Document("Photo sharing network: upload pictures, follow friends, comment.")
    exact = find_counterfactuals(document, _DEFAULT).best_guess
    monkeypatch.setattr(socialcls.explain.counterfactuals, "MAX_WORDS_READ", 1)
    found = find_counterfactuals(document, _DEFAULT).best_guess
    assert exact
    assert found
    assert found.prediction.best_guess != "platform"
    assert len(found.removed) >= len(exact.removed)
    assert not found.is_smallest


def test_nothing_to_read_is_an_error(tiny):
    """As when it is classified."""
    with pytest.raises(InputError, match="Nothing to read"):
        find_counterfactuals(Document(), tiny)
