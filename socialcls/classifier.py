"""What a program asks: check a document, have it read and decided. Predictions explain themselves."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from socialcls.errors import InputError
from socialcls.model.decision import Decider
from socialcls.model.linear import LinearModel, Reading
from socialcls.model.persistence import DEFAULT_MODEL_DIR, Artifact, load_artifact
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.text.urls import looks_like_url
from socialcls.types import Document, Ground, Label, Prediction

MAX_CHARS = 1_000_000
"""Of all fields together. More is a mistake (a whole file in a cell) and refused: cutting it in silence would lie."""

MIN_WORDS = 2
"""Of text and name together, without a URL; one word names a subject and describes no service, unless it is the name
of a known one."""

PAGE_WORDS = 60
"""A text with more is a page; descriptions on the web have fewer."""


class Classifier:
    """Says what an online service is, how surely, and why.

    >>> classifier = Classifier.load()
    >>> classifier.labels
    ('community', 'blog', 'platform', 'other')
    """

    def __init__(self, artifact: Artifact) -> None:
        """Make a classifier of a model in memory; `load` makes one of a directory."""
        self.artifact = artifact
        self.card = artifact.card
        """What the model is: data, training, figures, thresholds."""
        self.taxonomy: Taxonomy = artifact.taxonomy
        """Labels, criteria and signals with their names for people."""
        self.labels = artifact.card.labels
        """The answers that the model can give, in the order of its scores."""
        self.model = LinearModel(artifact.arrays)
        """Reads and scores; decides nothing."""
        self._decider = Decider(self.card, self.taxonomy, self.model)

    @classmethod
    def load(cls, model_dir: str | Path | None = None) -> "Classifier":
        """Load a model directory, or the model that comes with the package.

        Raises:
            ModelError: it is missing, broken or of another format.
        """
        return cls(load_artifact(DEFAULT_MODEL_DIR if model_dir is None else Path(model_dir)))

    def classify(
        self, text: str | Document = "", *, url: str = "", name: str = "", social_only: bool = False
    ) -> Prediction:
        """Say what a service is.

        >>> classifier = Classifier.load()
        >>> classifier.classify("Forum miłośników kaktusów. Zadaj pytanie, odpowiedz w wątku.").category
        'community'
        >>> classifier.classify(url="https://forum.example.org/viewtopic.php?t=9").category
        'community'

        Args:
            text: Its description; or its bare URL or host; or a whole Document. Empty when there is only a URL or name.
            url: Its URL or host.
            name: Its name or title.
            social_only: Ask only which of the social media it is: other labels are left out and the probabilities
                of the rest are scaled to one.

        Raises:
            InputError: There is nothing to read, or far too much.
            TypeError: A Document is given with a URL or name beside it; it has its own.
        """
        if not isinstance(text, Document):
            document = make_document(text, url=url, name=name)
        elif url or name:
            raise TypeError("A Document has a url and a name of its own: leave out url= and name=.")
        else:
            document = text
        reading = self.read(document)
        has_other = bool(document.url.strip() or document.marks)
        has_enough = reading.n_words >= MIN_WORDS or has_other or reading.has_known_service
        ground = find_ground(reading.n_words)
        return self._decider.decide(reading, ground, may_answer=has_enough, social_only=social_only)

    def guess_kind(self, reading: Reading, label: Label) -> tuple[str, float] | None:
        """Guess the kind of a document that was read under a label, whether or not it is sure enough to be told.

        Returns:
            The likeliest kind and its probability, calibrated on held-out hosts; None when the label has no kinds.
        """
        return self._decider.guess_kind(reading, label)

    def classify_many(
        self, documents: Iterable[str | Document], *, social_only: bool = False
    ) -> Iterator[Prediction | InputError]:
        """Classify texts or documents one after the other, as they come.

        One that cannot be classified does not end the others: its error is yielded in its place.

        >>> for answer in Classifier.load().classify_many(["Forum of cactus growers", ""]):
        ...     print(answer if isinstance(answer, InputError) else answer.category)
        community
        Nothing to read: text, URL and name are empty. Give a description or a URL.

        Args:
            documents: Any number, also a stream without end; each as `classify` takes it.
            social_only: As for `classify`.

        Yields:
            For each, in order, a prediction, or an InputError where there is nothing to read or far too much. What is
            no text and no Document is a mistake of the program and raises as in `classify`.
        """
        for document in documents:
            answer: Prediction | InputError
            try:
                answer = self.classify(document, social_only=social_only)
            except InputError as error:
                answer = error
            yield answer

    def read(self, document: Document) -> Reading:
        """Read a document without deciding: its scores, and what each key of it contributes to each label.

        Raises:
            InputError: there is nothing to read, or far too much.
        """
        check_document(document)
        return self.model.read(document)


def find_ground(n_words: int) -> Ground:
    """Find what an answer rests on, by the number of words read.

    Long texts say the same thing many times over, so that their scores are surer than they are right; addresses say
    little. Each has its own temperature and thresholds.
    """
    if not n_words:
        return "url"
    return "page" if n_words > PAGE_WORDS else "description"


def make_document(text: str, *, url: str = "", name: str = "") -> Document:
    """Make a document of what a user gave: a text that is a bare URL or host counts as the URL.

    >>> make_document("forum.muratordom.pl").url
    'forum.muratordom.pl'
    """
    if not url and looks_like_url(text):
        return Document("", text.strip(), name)
    return Document(text, url, name)


def check_document(document: Document) -> None:
    """Check that a document can be classified.

    Raises:
        InputError: there is nothing to read, or far too much.
    """
    text, url, name, _ = document
    if document.is_blank:
        raise InputError("Nothing to read: text, URL and name are empty. Give a description or a URL.")
    if len(text) + len(url) + len(name) > MAX_CHARS:
        field, value = max(("text", text), ("url", url), ("name", name), key=lambda pair: len(pair[1]))
        message = f"The {field} has {len(value):,} characters; at most {MAX_CHARS:,} are read. Give its beginning."
        raise InputError(message)
