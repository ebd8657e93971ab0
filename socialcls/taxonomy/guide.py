"""The taxonomy as people read it: questions, kinds with examples, words of the signals, where the line runs.

It stands in the TOML files beside `taxonomy` and goes into no model: no answer depends on it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from socialcls.taxonomy.taxonomy import Criterion, load_taxonomy, read_facts
from socialcls.types import Answer


class KindGuide(NamedTuple):
    """A kind, the second level under a label."""

    kind: str
    name: str
    examples: tuple[str, ...]
    """Names of real services."""


class SignalGuide(NamedTuple):
    """A signal with its words in the language of the guide."""

    signal: str
    name: str
    words: tuple[str, ...]
    """As they were written: "thread*" is a beginning. Empty when the signal has none in that language."""


@dataclass(frozen=True, slots=True)
class CategoryGuide:
    """What one answer means."""

    name: str
    phrase: str
    """The name as it stands in a sentence: "a blog"."""
    definition: str
    questions: dict[Criterion, str]
    """Who makes the content and what it hangs on; empty for `unsure`, as the rest is."""
    kinds: tuple[KindGuide, ...]
    signals: dict[Criterion, tuple[SignalGuide, ...]]
    """Those that people take for signs of it, by criterion; criteria without any are left out."""


class Boundary(NamedTuple):
    """Two things that resemble each other and are not the same."""

    first: str
    first_is: Answer
    second: str
    second_is: Answer


@dataclass(frozen=True, slots=True)
class Guide:
    """The taxonomy in one language."""

    categories: dict[Answer, CategoryGuide]
    """The labels, then `unsure`."""
    criteria: dict[Criterion, str]
    """The name of each."""
    boundaries: tuple[Boundary, ...]


def load_guide(language: str) -> Guide:
    """Load the guide in a language of the interface.

    >>> load_guide("pl").categories["blog"].questions["hangs_on"]
    'datowane wpisy'
    """
    taxonomy, facts, signals = load_taxonomy(), read_facts("taxonomy.toml"), read_facts("signals.toml")
    categories = taxonomy.categories[language]
    return Guide(
        categories={
            answer: CategoryGuide(
                *(categories[answer].name, categories[answer].phrase, categories[answer].definition),
                _read_questions(facts["categories"][answer], language),
                _read_kinds(facts["categories"][answer], language),
                _group_signals({name: table for name, table in signals.items() if table["label"] == answer}, language),
            )
            for answer in categories
        },
        criteria=taxonomy.criteria[language],
        boundaries=tuple(
            Boundary(pair["first"][language], pair["first"]["is"], pair["second"][language], pair["second"]["is"])
            for pair in facts["boundaries"]
        ),
    )


def _read_questions(entry: dict[str, Any], language: str) -> dict[Criterion, str]:
    return {
        criterion: entry[criterion][language] for criterion in load_taxonomy().criteria[language] if criterion in entry
    }


def _read_kinds(entry: dict[str, Any], language: str) -> tuple[KindGuide, ...]:
    return tuple(
        KindGuide(kind, about["name"][language], tuple(about["examples"][language]))
        for kind, about in entry.get("kinds", {}).items()
    )


def _group_signals(tables: dict[str, Any], language: str) -> dict[Criterion, tuple[SignalGuide, ...]]:
    grouped = {
        criterion: tuple(
            SignalGuide(name, table["name"][language], tuple(table.get(language, ())))
            for name, table in tables.items()
            if table["criterion"] == criterion
        )
        for criterion in load_taxonomy().criteria[language]
    }
    return {criterion: signals for criterion, signals in grouped.items() if signals}
