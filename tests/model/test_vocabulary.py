"""Lines found by key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcls.model.vocabulary import Vocabulary, lay_out

_KEYS = st.text(st.characters(exclude_characters="\n\t"), min_size=1, max_size=8)
_SECTIONS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.lists(st.one_of(_KEYS, st.tuples(_KEYS, _KEYS).map("\t".join)), unique=True, max_size=40),
)


@given(_SECTIONS, _KEYS)
def test_what_is_laid_out_is_found(sections, stranger):
    """Every line by its key, with its number; nothing else."""
    lines, order = lay_out(sections)
    vocabulary = Vocabulary(lines)
    given_lines = [line for of_section in sections.values() for line in of_section]
    laid = [given_lines[n] for n in order]
    assert len(vocabulary) == len(laid)
    for name, of_section in sections.items():
        assert sorted(vocabulary.list_section(name)) == sorted(of_section)
        assert [laid[n] for n in vocabulary.number_section(name)] == vocabulary.list_section(name)
        for line in [*of_section, stranger]:
            key, tab, _ = line.partition("\t")
            number = vocabulary.find(name, key)
            assert (number is not None) == (key in of_section)
            assert number is None or laid[number] == key
            found = vocabulary.find_all(name, key)
            expected = [other.split("\t")[1] for other in of_section if other.startswith(key + "\t")]
            assert [f.value for f in found] == expected
            assert all(laid[f.number] == f"{key}\t{f.value}" for f in found)
            assert bool(found) or not tab


def test_half_a_character_is_not_found():
    """Lone surrogates can stand in a text; they are no key."""
    assert Vocabulary(lay_out({"words": ["forum"]})[0]).find("words", "\ud83d") is None


def test_an_unknown_section_is_a_bug():
    """It is not taken for an unknown key."""
    with pytest.raises(KeyError):
        Vocabulary(lay_out({"words": ["forum"]})[0]).find("wrods", "forum")
