"""What speaks for one label and against another in a document that was read, worked out when somebody asks."""

from collections.abc import Iterable
from operator import itemgetter

from socialcls.model.linear import Reading
from socialcls.model.reading import Key, Part, UrlPlace
from socialcls.model.weights import WeighedWord
from socialcls.types import Evidence, Feature, Mention, Reason

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
        """Each place in the input with all that it adds to the margin; signals apart from plain words."""
        if self._evidence is None:
            evidence = []
            for contribution, read, key in self._list_parts():
                spans = read.find_spans(key)
                each = contribution * self._sharpness / len(spans)
                signal = name_signal(key)
                for start, end in spans:
                    evidence.append(Evidence(read.name, read.text[start:end], start, end, signal, each))
            self._evidence = tuple(sorted(evidence, key=lambda part: -abs(part.contribution)))
        return self._evidence

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence gathered by signal, by word and by piece of the URL, for and against."""
        if self._reasons is None:
            reasons = []
            for part in self._list_parts():
                named = mention(part)
                reasons.append(Reason(named.field, named.signal, named.words, part[0] * self._sharpness))
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
        return self._reading.n_known_words / self._reading.n_words if self._reading.n_words else 0.0

    def choose_mentions(self, most: int, least_share: float) -> list[Mention]:
        """The few reasons for the best guess that a person would name: telling ones, and no word twice."""
        parts = self._list_parts()
        least = 0.0
        for contribution, _, _ in parts:
            if contribution > 0:
                least += contribution
        least *= least_share
        strong = [part for part in parts if part[0] > least and _is_telling(part[2])]
        strong.sort(key=itemgetter(0), reverse=True)
        return pick_mentions(map(mention, strong), most)

    def _list_parts(self) -> list[Part]:
        return self._reading.list_parts(self._best, self._runner_up)


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


def mention(part: Part) -> Mention:
    """How a part is mentioned, by the field it was read in."""
    _, read, key = part
    return Mention(read.name, name_signal(key), read.quote(key))


def is_telling(word: str) -> bool:
    """Whether a person would take a folded word for a reason: "for" and "on" weigh something and explain nothing."""
    return len(word) >= _TELLING_CHARS


def name_signal(key: Key) -> str | None:
    """The signal that a key is, if it is one."""
    if isinstance(key, UrlPlace):
        return key.signal
    return key if isinstance(key, str) else None


def _is_telling(key: Key) -> bool:
    return not isinstance(key, WeighedWord) or is_telling(key.key)
