"""Signals: matching, and the words they are made of."""

import pytest

from socialcls.features.signals import Entry, Word, dump_entries, index_entries, look_up, parse_entry, scan
from socialcls.model.weights import HEAD_SIGNALS, KNOWN_SERVICE, MARK_SIGNALS
from socialcls.taxonomy.taxonomy import Signal, load_taxonomy
from socialcls.text.tokenizer import find_words, fold
from tests.conftest import CRITERIA, LABELS


def _match(words, text):
    entries, _ = index_entries([Signal("s", "community", "talk", {"en": "s"}, tuple(words), ("forum*",))])
    known = {word: Word(word, look_up(word, entries)) for word in map(fold, find_words(text))}
    hits, _ = scan([known[fold(word)] for word in find_words(text)])
    return hits


@pytest.mark.parametrize(
    ("entry", "text", "places"),
    [
        ("forum", "Forum forums", [(0, 0)]),
        ("forum*", "Forum forums fora", [(0, 0), (1, 1)]),
        ("społecznoś*", "Spolecznosc i społeczności", [(0, 0), (2, 2)]),
        ("post a reply", "Please post a reply", [(1, 3)]),
        ("zadaj pytan*", "Zadaj pytanie, zadaj", [(0, 1)]),
        ("post a reply", "post a", []),
        ("nowy temat na forum*", "nowy temat na forumie", [(0, 3)]),
        ("zarejestruj* si* teraz", "zarejestruj się teraz", [(0, 2)]),
        ("*tribune", "dailytribune tribune tribunes", [(0, 0), (1, 1)]),
        ("?", "Why?", [(1, 1)]),
        ("#*", "#rules and #2011", [(0, 0), (2, 2)]),
        ("#*", "rules of C# and F#", []),
        ("@*", "ask @anna or anna", [(1, 1)]),
        ("@*", "anna @ home", []),
        ("join #*", "Join #rules, join us", [(0, 1)]),
        ("#* #*", "#rules #help", [(0, 1)]),
        ("r/", "r/Polska", [(0, 0)]),
        ("000* members", "12,345 members", [(1, 2)]),
        ("$ 00", "for $20 a month", [(1, 2)]),
    ],
)
def test_words_beginnings_and_phrases(entry, text, places):
    """A word matches whole, a beginning what starts with it, a phrase its words in a row."""
    assert _match([entry], text) == [("s", first, last) for first, last in places]


def test_a_word_shows_a_signal_once():
    """Two entries that fit the same word are one hit."""
    assert len(_match(["forum*", "foru*", "forum"], "forum")) == 1


def test_url_parts_are_their_own_entries():
    """The parts of a URL are matched against the entries for URLs only."""
    _, entries = index_entries([Signal("s", "community", "talk", {"en": "s"}, ("thread*",), ("forum*",))])
    assert [entry.signal for entry in look_up("forums", entries)] == ["s"]
    assert look_up("thread", entries) == []


def test_entries_come_back_from_the_lines_of_a_vocabulary():
    """All entries of all signals, as they were written."""
    for entries in index_entries(load_taxonomy().signals):
        read = [line.split("\t") for line in dump_entries(entries)]
        found: dict[str, list[Entry]] = {}
        for opening, value in read:
            found.setdefault(opening, []).append(parse_entry(value))
        assert _spell_out(found) == _spell_out(entries)


def _spell_out(entries):
    return {place: [(e.opening, e.rest, e.signal) for e in filed] for place, filed in entries.items()}


def test_every_signal_is_complete():
    """Each has a known label and criterion, a name in both languages, and words."""
    for signal in load_taxonomy().signals:
        assert signal.criterion in CRITERIA, signal.id
        assert signal.names["en"], signal.id
        assert signal.names["pl"], signal.id
    for signal in _list_with_words():
        assert signal.label in LABELS, signal.id
        assert signal.criterion != "itself", signal.id
        assert signal.words, signal.id


def test_heads_and_known_services_are_signals_without_words():
    """The explanation speaks in them; what they speak for is learnt."""
    wordless = [signal for signal in load_taxonomy().signals if signal not in _list_with_words()]
    assert {signal.id for signal in wordless} == {KNOWN_SERVICE, *HEAD_SIGNALS.values(), *MARK_SIGNALS.values()}
    for signal in wordless:
        assert (signal.label, signal.criterion, signal.words, signal.url_parts) == ("", "itself", (), ())


def _list_with_words():
    return [
        signal
        for signal in load_taxonomy().signals
        if signal.id not in {KNOWN_SERVICE, *HEAD_SIGNALS.values(), *MARK_SIGNALS.values()}
    ]


def test_entries_are_words_that_can_match():
    """No entry is empty, and none begins with a beginning so short that it catches strangers: a mark catches names."""
    for signal in load_taxonomy().signals:
        for entry in (*signal.words, *signal.url_parts):
            first, *rest = entry.split()
            assert first in {"#*", "@*"} or len(first.strip("*")) >= (3 if "*" in first else 1), entry
            assert all(word.rstrip("*") for word in rest), (signal.id, entry)
            assert not (rest and first.startswith("*")), (signal.id, entry)
            assert "*" not in entry.replace("* ", " ").removesuffix("*").removeprefix("*"), (signal.id, entry)
