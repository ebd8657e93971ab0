"""Labels, kinds, criteria, signals and heads, with their words in each language.

The facts are data: `taxonomy.toml` holds labels, kinds and criteria, `signals.toml` the signals, `heads/` the lexicon
of what things call themselves. Only training and the `guide` for people read those files; a trained model carries its
own copy (see `model.persistence`), so that predicting parses no TOML and an old model keeps what it was trained with.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from socialcls.errors import DatasetError
from socialcls.types import UNSURE, Answer, Label

Criterion = str
"""A question that decides between labels: "who", "hangs_on"."""

Kind = str
"""The second level under a label: "company"."""

_HERE = Path(__file__).parent
_NOT_WORDS = frozenset({"label", "criterion", "name", "url"})


class Signal(NamedTuple):
    """A named concept that a person would name when asked why."""

    id: str
    label: Label
    """The label that people take the concept for; the model is free to learn another weight."""
    criterion: Criterion
    names: dict[str, str]
    """The concept's name by language code; "en" is always there."""
    words: tuple[str, ...] = ()
    """Words, beginnings ("thread*") and phrases ("post a reply") of all languages, as they were written; empty in a
    model that was loaded, whose vocabulary has them."""
    url_parts: tuple[str, ...] = ()
    """Parts of a host or path that show the concept: "viewtopic", "forum*"; likewise."""


class Category(NamedTuple):
    """A label's name and definition for people, in one language."""

    name: str
    phrase: str
    """The name as it stands in a sentence: "a blog"."""
    definition: str
    is_social: bool = True
    """Whether it is one of the social media: `--social-only` leaves the others out."""


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


class Taxonomy(NamedTuple):
    """The labels, criteria and signals, named in every language we have."""

    categories: dict[str, dict[Answer, Category]]
    """By language code, then by label (and `unsure`)."""
    criteria: dict[str, dict[Criterion, str]]
    """By language code, then by criterion: its name."""
    signals: tuple[Signal, ...]
    """In the order of their ids."""
    kinds: dict[str, dict[Label, dict[Kind, str]]] = {}  # noqa: RUF012  (never changed)
    """By language code, then by label: the second level and its names, as they stand behind the category's."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels, in the order in which they are shown: all categories but `unsure`."""
        return tuple(answer for answer in self.categories["en"] if answer != UNSURE)

    def is_social(self, label: Label) -> bool:
        """Whether a label is one of the social media."""
        return self.categories["en"][label].is_social

    def with_labels(self, labels: Iterable[Label]) -> "Taxonomy":
        """Make a taxonomy of these labels; those that are new are named by their own word."""
        wanted = [*labels, UNSURE]
        return self._replace(
            kinds={
                language: {label: kinds for label, kinds in named.items() if label in wanted}
                for language, named in self.kinds.items()
            },
            categories={
                language: {label: named.get(label, Category(label, label, "")) for label in wanted}
                for language, named in self.categories.items()
            },
        )

    def name_kind(self, label: Label, kind: Kind, language: str) -> str:
        """Name a kind for people; one of somebody's own names itself."""
        return self.kinds.get(language, {}).get(label, {}).get(kind, kind)

    def name_signals(self, language: str) -> dict[str, str]:
        """Name the signals in a language, in English where it has none, by their ids; an unknown id names itself."""
        return _Names({signal.id: signal.names.get(language, signal.names["en"]) for signal in self.signals})

    def as_dict(self) -> dict[str, Any]:
        """Convert the taxonomy to plain JSON values, without the words of the signals; `from_dict` is the way back."""
        return {
            "categories": {
                language: {answer: [c.name, c.phrase, c.definition, c.is_social] for answer, c in named.items()}
                for language, named in self.categories.items()
            },
            "criteria": self.criteria,
            "signals": {s.id: {"label": s.label, "criterion": s.criterion, "names": s.names} for s in self.signals},
            "kinds": self.kinds,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Taxonomy":
        """Read what `as_dict` wrote.

        Raises:
            KeyError, TypeError, ValueError: the values are not of that shape.
        """
        return cls(
            categories={
                language: {answer: Category(*pair) for answer, pair in named.items()}
                for language, named in values["categories"].items()
            },
            criteria=values["criteria"],
            signals=tuple(
                Signal(name, s["label"], s["criterion"], s["names"]) for name, s in values["signals"].items()
            ),
            kinds=values.get("kinds", {}),
        )


@cache
def load_taxonomy() -> Taxonomy:
    """Load the taxonomy of this version, from the TOML files beside this module.

    >>> load_taxonomy().categories["pl"]["blog"].name
    'blog'
    """
    known, signals = read_facts("taxonomy.toml"), read_facts("signals.toml")
    return Taxonomy(
        categories={
            language: {
                answer: Category(
                    entry["name"][language],
                    entry["phrase"][language],
                    entry["definition"][language],
                    entry.get("is_social", True),
                )
                for answer, entry in known["categories"].items()
            }
            for language in known["languages"]
        },
        criteria={
            language: {key: names[language] for key, names in known["criteria"].items()}
            for language in known["languages"]
        },
        signals=tuple(_signal(name, signals[name]) for name in sorted(signals)),
        kinds={
            language: {
                label: {kind: named["name"][language] for kind, named in entry["kinds"].items()}
                for label, entry in known["categories"].items()
                if "kinds" in entry
            }
            for language in known["languages"]
        },
    )


@cache
def read_facts(file_name: str) -> dict[str, Any]:
    """Read one of the TOML files, as it stands there."""
    import tomllib  # noqa: PLC0415  (predicting never needs it)

    with (_HERE / file_name).open("rb") as stream:
        return tomllib.load(stream)


@cache
def list_shares() -> dict[Label, float]:
    """List how much of what people ask about is of each label, as far as this version's taxonomy says."""
    categories = read_facts("taxonomy.toml")["categories"]
    return {label: entry["share"] for label, entry in categories.items() if "share" in entry}


@cache
def list_kinds() -> dict[Label, tuple[str, ...]]:
    """List the kinds under each label of this version's taxonomy."""
    categories = read_facts("taxonomy.toml")["categories"]
    return {label: tuple(entry["kinds"]) for label, entry in categories.items() if "kinds" in entry}


class HeadTerm(NamedTuple):
    """Something that a service may call itself."""

    language: str
    term: str
    senses: tuple[str, ...]
    """What a thing is that calls itself so: "other.tool"."""


class HeadFacts(NamedTuple):
    """The lexicon of heads, as it was written."""

    terms: tuple[HeadTerm, ...]
    roles: tuple[tuple[str, str, str], ...]
    """Language, function word, role."""
    languages: dict[str, str]
    """Where the heads of each language stand: "first" or "last"."""


@cache
def load_heads() -> HeadFacts:
    """Load the lexicon of heads from the files in `heads/`.

    Raises:
        DatasetError: a file is not of the format that CONTRIBUTING.md describes.
    """
    import tomllib  # noqa: PLC0415  (predicting never needs it)

    senses: dict[tuple[str, str], list[str]] = {}
    for path in sorted((_HERE / "heads").glob("*.txt")):
        section = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("["):
                section = line.strip("[] ")
            elif line.strip() and not section:
                raise DatasetError(f"{path.name}, line {number}: terms before the first [section].")
            else:
                for term in filter(None, (part.strip() for part in line.split(","))):
                    known = senses.setdefault((path.stem[:2], term), [])
                    known += [section] if section not in known else []
    with (_HERE / "heads" / "grammar.toml").open("rb") as stream:
        grammar = tomllib.load(stream)
    return HeadFacts(
        tuple(HeadTerm(language, term, tuple(found)) for (language, term), found in senses.items()),
        tuple(
            (language, word, role)
            for language, of_language in grammar.items()
            for role, words in of_language.items()
            if role != "heads"
            for word in words.split()
        ),
        {language: of_language["heads"] for language, of_language in grammar.items()},
    )


def _signal(name: str, table: dict[str, Any]) -> Signal:
    words = [word for key, listed in table.items() if key not in _NOT_WORDS for word in listed]
    return Signal(
        id=name,
        label=table["label"],
        criterion=table["criterion"],
        names=table["name"],
        words=tuple(dict.fromkeys(words)),
        url_parts=tuple(table.get("url", ())),
    )
