"""The immutable records that travel between rooms: Document, Example, Evidence, Reason, Prediction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

Field = Literal["text", "name", "url"]

Label = str
"""One of a model's labels: "blog"."""

Answer = str
"""A label, or UNSURE."""

UNSURE = "unsure"

Ground = Literal["description", "page", "url"]
"""What an answer rests on: a text or name (with or without a URL), one of a page's length, or a URL alone."""

GROUNDS: tuple[Ground, ...] = ("description", "page", "url")


class Document(NamedTuple):
    """What is classified: a description, a URL, a name, or any of them together."""

    text: str = ""
    """A description or the text of a page, as given."""
    url: str = ""
    """A URL or a bare host, as given."""
    name: str = ""
    """The service's name or the page's title, as given."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read in any field."""
        return not (self.text.strip() or self.url.strip() or self.name.strip())


class Example(NamedTuple):
    """A document with its gold label."""

    document: Document
    gold: Label
    about: Mapping[str, str] = MappingProxyType({})
    """What else its row says, by column: language (ISO 639-1), kind, style, source, …"""
    place: str = ""
    """Where it stands: "train.csv, line 14"."""
    weight: float = 1.0
    """How many rows it counts for in training."""


class Evidence(NamedTuple):
    """A part of the input with what it adds to the margin."""

    field: Field
    text: str
    """The part as it stands in the field: `field[start:end]`."""
    start: int
    """Position in characters of the field as given."""
    end: int
    signal: str | None
    """The id of the signal that the part shows; None for the part's plain words, n-grams or URL features."""
    contribution: float
    """What it adds to the margin, in logits; negative when it speaks for the runner-up."""


class Mention:
    """How a sentence that gives a reason mentions it; no tuple, since some are made for every row of a table."""

    __slots__ = ("field", "signal", "words")

    def __init__(self, field: Field, signal: str | None, words: tuple[str, ...]) -> None:
        self.field = field
        self.signal = signal
        """The signal's id; None for words and parts of a URL."""
        self.words = words
        """What stands there, as it is written, each once, in order."""


class Reason(NamedTuple):
    """All the evidence that one signal, or one word, gives: what a person would call a reason."""

    field: Field
    signal: str | None
    """The signal's id; None for words and parts of a URL."""
    words: tuple[str, ...]
    """What shows it, as it stands in the field, each once, in order."""
    contribution: float
    """What it adds to the margin, in logits, all places together."""


class Feature(NamedTuple):
    """One feature that was read, with what it adds to the margin."""

    group: str
    """Its group: "text.words"."""
    name: str
    """As it stands in the vocabulary: a folded word, an n-gram, the id of a signal, `sub=forum`."""
    contribution: float
    """In logits; all features and the bias sum to the margin."""


class Explanation(Protocol):
    """What a prediction is made of, worked out when it is asked for."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every part of the input that adds to the margin, largest first."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence gathered by signal and by word, largest first."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """Each feature that was read, largest first."""

    @property
    def n_words(self) -> int:
        """How many words stand in text and name."""

    @property
    def known_share(self) -> float:
        """Share of the words read that the model knows as whole words; 0 when there are none."""

    def choose_mentions(self, most: int, least_share: float) -> list[Mention]:
        """The strongest reasons for the best guess that a person would name, no word twice.

        Args:
            most: How many at the most.
            least_share: What a reason must add at least, as a share of all that speaks for the best guess.
        """


class Prediction(NamedTuple):
    """What a service is held to be, how surely, and why."""

    category: Answer
    """The answer, or `unsure` when the confidence is below the threshold of the best guess."""
    best_guess: Label
    """The most probable label, whether or not it was confident enough to be the answer."""
    runner_up: Label
    """The second most probable label."""
    confidence: float
    """Probability of the best guess, 0 to 1, calibrated on held-out hosts."""
    probabilities: dict[Label, float]
    """Of every label; they sum to one. With `social_only` that of `other` is 0."""
    margin: float
    """Score of the best guess minus that of the runner-up, in logits."""
    bias: float
    """The part of the margin that stands before anything is read."""
    explanation: Explanation
    """Works out the evidence, once; ask the properties below."""
    kind: str | None = None
    """The second level under the label; None when there is no answer, or the kind cannot be told."""
    p_kind: float | None = None
    """Probability of the kind, given the label, 0 to 1; None when there is no kind."""

    @property
    def is_unsure(self) -> bool:
        """Whether the classifier abstained."""
        return self.category == UNSURE

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every part of the input that adds to the margin, by size of contribution, largest first."""
        return self.explanation.evidence

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The same gathered by signal and by word, for and against, largest first."""
        return self.explanation.reasons

    @property
    def known_share(self) -> float:
        """Share of the words read that the model knows as whole words, 0 to 1; 0 when there are none."""
        return self.explanation.known_share
