"""Labels, kinds, criteria and signals, with their words in each language.

The facts are data: `taxonomy.toml` holds labels, kinds and criteria, `signals.toml` the signals. Only training
and the `guide` for people read those files; a trained model carries its own copy (see `artifact`), so that predicting
parses no TOML and an old model keeps the signals that it was trained with.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

Label = Literal["community", "blog", "platform", "other"]
Answer = Literal["community", "blog", "platform", "other", "unsure"]
Ground = Literal["description", "page", "url"]
"""What an answer rests on: a text or name (with or without a URL), one of a page's length, or a URL alone."""

Criterion = Literal["who", "hangs_on", "talk", "purpose"]

LABELS: tuple[Label, ...] = get_args(Label)
SOCIAL_LABELS: tuple[Label, ...] = LABELS[:3]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
UNSURE: Literal["unsure"] = "unsure"
KINDS: dict[Label, tuple[str, ...]] = {
    "community": ("interest", "product", "company"),
    "blog": ("personal", "company", "network"),
    "platform": ("networking", "media", "microblog", "professional"),
    "other": ("shop", "news", "company", "institution", "reference", "tool"),
}

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


class Taxonomy(NamedTuple):
    """The labels, criteria and signals, named in every language we have."""

    categories: dict[str, dict[Answer, Category]]
    """By language code, then by label (and `unsure`)."""
    criteria: dict[str, dict[Criterion, str]]
    """By language code, then by criterion: its name."""
    signals: tuple[Signal, ...]
    """In the order of their ids."""

    def name_signals(self, language: str) -> dict[str, str]:
        """The names of the signals in a language, in English where it has none, by their ids."""
        return {signal.id: signal.names.get(language, signal.names["en"]) for signal in self.signals}

    def as_dict(self) -> dict[str, Any]:
        """The taxonomy as plain JSON values, without the words of the signals; `from_dict` is the way back."""
        return {
            "categories": {
                language: {answer: [c.name, c.phrase, c.definition] for answer, c in named.items()}
                for language, named in self.categories.items()
            },
            "criteria": self.criteria,
            "signals": {s.id: {"label": s.label, "criterion": s.criterion, "names": s.names} for s in self.signals},
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
        )


@cache
def load_taxonomy() -> Taxonomy:
    """The taxonomy of this version, from the TOML files beside this module.

    >>> load_taxonomy().categories["pl"]["blog"].name
    'blog'
    """
    known, signals = read_facts("taxonomy.toml"), read_facts("signals.toml")
    return Taxonomy(
        categories={
            language: {
                cast("Answer", answer): Category(
                    entry["name"][language], entry["phrase"][language], entry["definition"][language]
                )
                for answer, entry in known["categories"].items()
            }
            for language in known["languages"]
        },
        criteria={
            language: {cast("Criterion", key): names[language] for key, names in known["criteria"].items()}
            for language in known["languages"]
        },
        signals=tuple(_signal(name, signals[name]) for name in sorted(signals)),
    )


@cache
def read_facts(file_name: str) -> dict[str, Any]:
    """One of the TOML files, as it stands there."""
    import tomllib  # noqa: PLC0415  (predicting never needs it)

    with (_HERE / file_name).open("rb") as stream:
        return tomllib.load(stream)


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
