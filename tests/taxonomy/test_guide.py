"""The guide for people: whole in every language, true to the corpus, and no part of a model."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from socialcls.dataset.reader import find_data_files
from socialcls.messages import list_languages
from socialcls.taxonomy.guide import load_guide
from socialcls.taxonomy.taxonomy import list_kinds, load_taxonomy
from socialcls.types import UNSURE
from tests.conftest import CRITERIA, LABELS, ROOT

_LANGUAGES = pytest.mark.parametrize("language", list_languages())


@_LANGUAGES
def test_every_category_is_explained(language):
    """The labels and `unsure`, with both questions answered, all kinds, and examples of each."""
    categories = load_guide(language).categories
    assert list(categories) == [*LABELS, UNSURE]
    for label in LABELS:
        category = categories[label]
        assert list(category.questions) == ["who", "hangs_on"]
        assert tuple(kind.kind for kind in category.kinds) == list_kinds()[label]
        assert all(kind.name and len(kind.examples) >= 3 for kind in category.kinds)
    assert categories[UNSURE].definition
    assert not (categories[UNSURE].questions or categories[UNSURE].kinds or categories[UNSURE].signals)


@_LANGUAGES
def test_every_signal_is_there_once(language):
    """Under its label and its criterion, with its name and words in that language; what is of no label is nowhere."""
    found = {
        signal.signal: (label, criterion, signal.name)
        for label, category in load_guide(language).categories.items()
        for criterion, signals in category.signals.items()
        for signal in signals
    }
    assert found == {s.id: (s.label, s.criterion, s.names[language]) for s in load_taxonomy().signals if s.label}
    assert set(load_guide(language).criteria) == set(CRITERIA)


@_LANGUAGES
def test_words_are_of_that_language_alone(language):
    """The word of another language is not shown."""
    (threads,) = (s for s in load_guide(language).categories["community"].signals["hangs_on"] if s.signal == "threads")
    assert ("thread" in threads.words, "wątek" in threads.words) == (language == "en", language == "pl")


@_LANGUAGES
def test_boundaries_part_different_categories(language):
    """Every pair says two things of which one may be taken for the other; each social label is on both sides."""
    boundaries = load_guide(language).boundaries
    assert all(pair.first and pair.second and pair.first_is != pair.second_is for pair in boundaries)
    for label in filter(load_taxonomy().is_social, LABELS):
        assert any(label in (pair.first_is, pair.second_is) for pair in boundaries)


def test_examples_are_what_the_corpus_says():
    """Each is in `data/` under its label and kind, and under no other label."""
    known = defaultdict(set)
    for path in map(Path, find_data_files([str(ROOT / "data")])):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                known[row["name"]].add((row["category"], row["kind"]))
    for language in list_languages():
        for label, category in load_guide(language).categories.items():
            for kind in category.kinds:
                for name in kind.examples:
                    assert (label, kind.kind) in known[name], name
                    assert {of_row for of_row, _ in known[name]} == {label}, name


def test_a_model_carries_none_of_it():
    """What is for this guide alone does not go into a model directory."""
    carried = json.dumps(load_taxonomy().as_dict(), ensure_ascii=False)
    guide = load_guide("en")
    for said in (guide.boundaries[0].first, guide.categories["blog"].kinds[0].examples[0]):
        assert said not in carried
