"""A lexicon reads what the tokenizer finds, and knows each word once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import socialcls.text.lexicon
from socialcls.text.lexicon import BREAK, PAUSE, Lexicon
from socialcls.text.tokenizer import find_words, fold

_PIECES = st.lists(
    st.one_of(st.text(), st.sampled_from(["Forum", "forum,", "(FORUM)", "e\u0301", "r/x", "\x1c", "–", "blog."]))
)


@given(_PIECES)
def test_a_lexicon_reads_the_same_words(pieces):
    """Whatever is cached, a text is read as its folded words in order."""
    lexicon = Lexicon(lambda word: word)
    for text in (" ".join(pieces), "".join(pieces), " ".join(pieces)):
        assert lexicon.read(text).words == [fold(word) for word in find_words(text)]


@given(_PIECES)
def test_a_text_reads_the_same_the_second_time(pieces):
    """Pieces, breaks and all, whether its pieces are cached or not."""
    lexicon, text = Lexicon(lambda word: word), " ".join(pieces)
    first, second = lexicon.read(text), lexicon.read(text)
    assert first.pieces == second.pieces == text.split()
    assert (first.words, first.breaks, first.n_words) == (second.words, second.breaks, second.n_words)
    assert set(first.breaks) <= set(range(len(first.words) + 1))
    assert set(first.breaks.values()) <= {BREAK, PAUSE}


@given(_PIECES)
def test_where_each_piece_is_one_word_pieces_stand_for_words(pieces):
    """That is what a plain text is: words are quoted from its pieces without being located."""
    text = " ".join(pieces)
    read = Lexicon(lambda word: word).read(text)
    assert read.n_words == [len(find_words(piece)) for piece in text.split()]


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("a forum for cats", {}),
        ("cats, dogs", {1: PAUSE}),
        ("Cats. Dogs", {1: BREAK}),
        ("cats – dogs", {1: BREAK}),
        ("cats - dogs", {1: BREAK}),
        ("cats (dogs) birds", {1: BREAK, 2: BREAK}),
        ("cats, (dogs", {1: BREAK}),
        ("cats (, dogs", {1: BREAK}),
        ("well-known forum.gazeta.pl", {}),
        ("forum: cats.", {1: BREAK, 2: BREAK}),
        ("«forum» cats", {0: BREAK, 1: BREAK}),
    ],
)
def test_what_stands_between_words_parts_clauses(text, breaks):
    """By the number of the word behind it; of two marks the stronger counts."""
    assert Lexicon(str).read(text).breaks == breaks


def test_one_word_is_one_object():
    """However it is written, within a text and between texts."""
    lexicon = Lexicon(lambda word: [word])
    (first, second), (third,) = lexicon.read("Łódź lodz").words, lexicon.read("LODZ!").words[:1]
    assert first is second is third


def test_one_word_is_one_object_whatever_was_evicted(monkeypatch):
    """A word that comes back from the older half is the same in every piece; one that was not met meanwhile is new."""
    monkeypatch.setattr(socialcls.text.lexicon, "MAX_PIECES", 2)
    lexicon = Lexicon(lambda word: [word])
    (first, *_) = lexicon.read("Forum blog shop").words
    (second, third) = lexicon.read("(forum) FORUM").words
    assert first is second is third
    lexicon.read("a b c")
    lexicon.read("d e f")
    assert lexicon.read("forum").words[0] is not first
