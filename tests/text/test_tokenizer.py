"""Words and folding."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socialcls.text.tokenizer import find_spans, find_words, fold, quote


@given(st.text())
def test_spans_are_where_the_words_stand(text):
    """Each span cuts out its word, and spans neither overlap nor go back."""
    spans = find_spans(text)
    assert [text[start:end] for start, end in spans] == find_words(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(st.text())
def test_folding_twice_is_folding_once(text):
    """A folded word is its own folded form."""
    for word in find_words(text):
        assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("Příliš žluťoučký kůň", "prilis zlutoucky kun"),
        ("Überraschung", "uberraschung"),
        ("ĳ ﬁ Ⅷ", "ij fi viii"),
        ("İstanbul", "istanbul"),
        ("Їжак", "їжак"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_words_without_diacritics_are_the_same_words(written, plain):
    """What a crawler left of a text folds to the same words."""
    assert [fold(w) for w in find_words(written)] == [fold(w) for w in find_words(plain)]


def test_numbers_keep_their_shape_only():
    """Years are alike, prices are alike."""
    assert fold("2004") == fold("2011") != fold("20110")


def test_names_with_a_mark_before_them_are_one_word():
    """Channels and accounts stay whole, the prefix of a subreddit is a word; a plain slash parts words."""
    assert find_words("#help @ania r/Polska or/b u/kot") == ["#help", "@ania", "r/", "Polska", "or", "b", "u/", "kot"]


@given(st.text(" .,()'ab1_#@r/?!\u0301é", max_size=8), st.data())
def test_a_quote_is_what_stands_from_the_first_word_to_the_last(text, data):
    """Whatever stands before, between and behind them."""
    spans = find_spans(text)
    assume(spans)
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    assert quote(text, first, len(spans) - 1 - last) == text[spans[first][0] : spans[last][1]]


@given(st.characters())
def test_no_word_folds_to_nothing(character):
    """U+FF9F folds to nothing by itself, and ended a whole file."""
    for word in find_words(character + " a" + character):
        assert fold(word)
