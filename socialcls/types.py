"""The immutable records that travel between rooms: Document, Example, Evidence, Reason, Prediction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

Field = Literal["text", "name", "url", "page"]
"""Where something stands; "page" is the markup of a web page."""

Label = str
"""One of a model's labels: "blog"."""

Answer = str
"""A label, or UNSURE."""

UNSURE = "unsure"

Ground = Literal["description", "page", "url"]
"""What an answer rests on: a text or name (with or without a URL), one of a page's length, or a URL alone."""

GROUNDS: tuple[Ground, ...] = ("description", "page", "url")


class Mark(NamedTuple):
    """Something in a page's markup that says what kind of service it belongs to."""

    id: str
    """What was found: "engine.phpbb", "schema.DiscussionForumPosting", "links.topics"."""
    quote: str
    """What shows it, as it stands in the page, or a count of it: "generator: phpBB"."""


class Document(NamedTuple):
    """What is classified: a description, a URL, a name, or any of them together.

    Attributes:
        text: A description or the text of a page, as given.
        url: A URL or a bare host, as given.
        name: The service's name or the page's title, as given.
    """

    text: str = ""
    url: str = ""
    name: str = ""
    """The service's name or the page's title, as given."""
    marks: tuple[Mark, ...] = ()
    """What was found in the markup of its page, each id once; empty when there is no page."""

    @property
    def fields(self) -> tuple[str, str, str]:
        """Text, URL and name: all that was given as words."""
        return self.text, self.url, self.name

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read in any field."""
        return not (self.text.strip() or self.url.strip() or self.name.strip() or self.marks)

    @classmethod
    def from_html(cls, html: str | bytes, url: str = "") -> "Document":
        """Read a web page: its title, descriptions, first visible words and marks.

        Nothing is fetched.

        Args:
            html: Its source; of bytes the encoding is found out.
            url: Its address, where it is known.

        >>> page = "<title>Cacti</title><meta name=generator content=phpBB><p>Ask a question, or answer one."
        >>> document = Document.from_html(page, "https://example.org/forum/")
        >>> document.name, document.text, document.marks[0].id
        ('Cacti', 'Cacti. Ask a question, or answer one.', 'engine.phpbb')
        """
        from socialcls.pages.html import read_page  # noqa: PLC0415  (a description needs none of it)

        return read_page(html, url).make_document(url)


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
    """A part of the input with what it adds to the margin.

    Attributes:
        field: Where it stands.
        text: The part as it stands there: `field[start:end]`.
        start: Position of its first character in the field as given.
        end: Position behind its last character.
        signal: The id of the signal that the part shows; None for the part's plain words, n-grams or URL features.
        contribution: What it adds to the margin, in logits; negative when it speaks for the runner-up.
    """

    field: Field
    text: str
    start: int
    """Position in characters of the field as given; of a page's markup, in the quotes of its marks, one a line."""
    end: int
    signal: str | None
    contribution: float


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
    """All the evidence that a person would call one reason: a signal with the words that show it, or a plain word.

    Attributes:
        field: Where it stands.
        signal: The id of the signal; None for words and parts of a URL.
        words: What shows it, as it stands in the field, each once, in order.
        contribution: What it adds to the margin, in logits, all places together.
        also: The ids of other signals that the same words show.
        is_telling: Whether a person would name it; function words and the suffix of a country count and explain
            nothing.
    """

    field: Field
    signal: str | None
    words: tuple[str, ...]
    contribution: float
    also: tuple[str, ...] = ()
    is_telling: bool = True


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

    def write_reason(self, prediction: "Prediction", language: str) -> str:
        """Write the sentence that says why, for the prediction that this explains."""

    def choose_mentions(self, most: int, least_share: float) -> list[Mention]:
        """Choose the strongest reasons for the best guess that a person would name, no word twice.

        Args:
            most: How many at most.
            least_share: What a part of the input must add at least, as a share of all that speaks for the best guess.
        """


class Prediction(NamedTuple):
    """What a service is held to be, how surely, and why.

    Attributes:
        category: The answer, or "unsure" when the confidence is below the threshold of the best guess.
        best_guess: The most probable label, whether or not it was confident enough to be the answer.
        runner_up: The second most probable label.
        confidence: Probability of the best guess, 0 to 1, calibrated on held-out hosts.
        probabilities: Of every label; they sum to one. With `social_only`, that of "other" is 0.
        margin: Score of the best guess minus that of the runner-up, in logits.
        bias: The part of the margin that stands before anything is read; it and all evidence sum to the margin.
        explanation: Works out the evidence, once; ask `evidence`, `reasons` and `reason`.
        kind: The second level under the label; None until the model has kinds.
    """

    category: Answer
    best_guess: Label
    runner_up: Label
    confidence: float
    probabilities: dict[Label, float]
    margin: float
    bias: float
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

    def reason(self, language: str = "en") -> str:
        """Say why in one plain sentence.

        >>> from socialcls import Classifier
        >>> Classifier.load().classify("Forum of cactus growers").reason("pl")[:32]
        'Najpewniej społeczność lub forum'

        Args:
            language: Code of a language of the interface: "en", "pl".

        Raises:
            InputError: There is no such language.
        """
        return self.explanation.write_reason(self, language)

    @property
    def known_share(self) -> float:
        """Share of the words read that the model knows as whole words, 0 to 1; 0 when there are none."""
        return self.explanation.known_share
