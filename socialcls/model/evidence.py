"""What speaks for one label and against another in a document that was read, worked out when somebody asks."""

from collections.abc import Iterable

from socialcls.model.linear import Reading
from socialcls.model.reading import Contribution
from socialcls.model.weights import WeighedWord
from socialcls.types import Evidence, Feature, Field, Mention, Reason

_TELLING_CHARS = 4  # shorter words are nearly all function words, in every language we have


class ReadExplanation:
    """The explanation of a reading: that of a `Prediction`."""

    __slots__ = ("_best", "_evidence", "_reading", "_reasons", "_runner_up", "_sharpness")

    def __init__(self, reading: Reading, best: int, runner_up: int, sharpness: float) -> None:
        """Say what is to be explained.

        Args:
            reading: The document as it was read.
            best: Index of the label that is explained.
            runner_up: Index of the label that it is held against.
            sharpness: One over the temperature; contributions are multiplied by it.
        """
        self._reading, self._best, self._runner_up, self._sharpness = reading, best, runner_up, sharpness
        self._evidence: tuple[Evidence, ...] | None = None
        self._reasons: tuple[Reason, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReadExplanation) and self.evidence == other.evidence

    def __hash__(self) -> int:
        return hash(self.evidence)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Each place in the input with what it adds to the margin, largest first; signals apart from plain words."""
        if self._evidence is None:
            added: dict[tuple[Field, int, int, str | None], float] = {}
            texts: dict[Field, str] = {}
            for contribution in self._contribute():
                field = contribution.field
                texts[field.name] = field.text
                spans = contribution.find_spans()
                each = contribution.value * self._sharpness / len(spans)
                for start, end in spans:
                    place = (field.name, start, end, contribution.signal)
                    added[place] = added.get(place, 0.0) + each
            evidence = [
                Evidence(name, texts[name][start:end], start, end, signal, value)
                for (name, start, end, signal), value in added.items()
            ]
            self._evidence = tuple(sorted(evidence, key=lambda part: -abs(part.contribution)))
        return self._evidence

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence gathered by signal, by word and by piece of the URL, for and against, largest first."""
        if self._reasons is None:
            added: dict[tuple[Field, str | None, tuple[str, ...]], float] = {}
            for contribution in self._contribute():
                said = (contribution.field.name, contribution.signal, contribution.quote())
                added[said] = added.get(said, 0.0) + contribution.value * self._sharpness
            reasons = [Reason(name, signal, words, value) for (name, signal, words), value in added.items()]
            self._reasons = tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution)))
        return self._reasons

    @property
    def features(self) -> tuple[Feature, ...]:
        """Each feature that was read, largest first: the same sum, left apart as far as it goes."""
        features = self._reading.list_features(self._best, self._runner_up)
        scaled = [Feature(group, name, contribution * self._sharpness) for group, name, contribution in features]
        return tuple(sorted(scaled, key=lambda feature: -abs(feature.contribution)))

    @property
    def n_words(self) -> int:
        """How many words stand in text and name."""
        return self._reading.n_words

    @property
    def known_share(self) -> float:
        """Share of the words read that the model knows as whole words; 0 when there are none."""
        return self._reading.count_known_words() / self._reading.n_words if self._reading.n_words else 0.0

    def choose_mentions(self, most: int, least_share: float) -> list[Mention]:
        """Choose the few reasons for the best guess that a person would name: telling ones, and no word twice.

        Args:
            most: How many at the most.
            least_share: What a reason must add at least, as a share of all that speaks for the best guess.
        """
        contributions = self._contribute()
        least = 0.0
        for contribution in contributions:
            if contribution.value > 0:
                least += contribution.value
        least *= least_share
        strong = [c for c in contributions if c.value > least and _is_telling(c)]
        strong.sort(key=_take_value, reverse=True)
        return pick_mentions(map(mention, strong), most)

    def _contribute(self) -> list[Contribution]:
        return self._reading.contribute(self._best, self._runner_up)


def _take_value(contribution: Contribution) -> float:
    return contribution.value


def pick_mentions(mentions: Iterable[Mention], most: int) -> list[Mention]:
    """The first mentions that say no word twice.

    Args:
        mentions: The strongest first; no more are taken than are needed.
        most: How many at the most.
    """
    picked: list[Mention] = []
    said: set[str] = set()
    word_first = signal_later = False
    for named in mentions:
        words = _list_words(named.words)
        new = [word for word in words if word not in said]
        if not new or (named.field == "url" and len(new) < len(words)):
            continue
        said.update(new)
        picked.append(named)
        signal_later |= word_first and named.signal is not None
        word_first |= named.signal is None
        if len(picked) == most:
            break
    if not signal_later:
        return picked
    shown = {word.lower() for named in picked if named.signal for word in named.words}
    return [m for m in picked if m.signal or not shown.issuperset([word.lower() for word in m.words])]


def _list_words(phrases: tuple[str, ...]) -> list[str]:
    """The words of phrases, and of pieces of a URL, one by one."""
    if len(phrases) == 1 and phrases[0].isalnum():
        return [phrases[0].lower()]
    return [w for phrase in phrases for w in phrase.lower().replace("/", " ").replace(".", " ").split()]


def mention(contribution: Contribution) -> Mention:
    """Say how a contribution is mentioned, by the field it was read in."""
    return Mention(contribution.field.name, contribution.signal, contribution.quote())


def _is_telling(contribution: Contribution) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    thing = contribution.thing
    return not isinstance(thing, WeighedWord) or len(thing.key) >= _TELLING_CHARS
