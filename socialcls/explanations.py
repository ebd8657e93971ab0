"""What speaks for one label and against another in a document that was read, worked out when somebody asks."""

from socialcls.fields import Key, Part, UrlPlace
from socialcls.model import Reading
from socialcls.records import Evidence, Feature, Reason
from socialcls.weights import WeighedWord

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
                signal = _name_signal(key)
                for start, end in spans:
                    evidence.append(Evidence(read.name, read.text[start:end], start, end, signal, each))
            self._evidence = tuple(sorted(evidence, key=lambda part: -abs(part.contribution)))
        return self._evidence

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence gathered by signal, by word and by piece of the URL, for and against."""
        if self._reasons is None:
            reasons = [self._make_reason(part) for part in self._list_parts()]
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

    def choose_reasons(self, most: int, least_share: float) -> list[Reason]:
        """The few reasons for the best guess that a person would name: telling ones, and no word twice."""
        parts = self._list_parts()
        least = 0.0
        for contribution, _, _ in parts:
            if contribution > 0:
                least += contribution
        least *= least_share
        chosen: list[Reason] = []
        said: set[str] = set()
        for part in sorted([part for part in parts if part[0] > least], key=_by_contribution, reverse=True):
            if len(chosen) == most:
                break
            if _is_telling(part[2]):
                reason = self._make_reason(part)
                words = _list_words(reason)
                is_said = words & said if reason.field == "url" else words <= said
                if not is_said:
                    chosen.append(reason)
                    said |= words
        shown = {word.lower() for reason in chosen if reason.signal for word in reason.words}
        return [r for r in chosen if r.signal or not shown.issuperset([word.lower() for word in r.words])]

    def _list_parts(self) -> list[Part]:
        return self._reading.list_parts(self._best, self._runner_up)

    def _make_reason(self, part: Part) -> Reason:
        contribution, read, key = part
        words: dict[str, str] = {}
        for word in read.quote(key):
            words.setdefault(word.lower(), word)
        return Reason(read.name, _name_signal(key), tuple(words.values()), contribution * self._sharpness)


def _by_contribution(part: Part) -> float:
    return part[0]


def _list_words(reason: Reason) -> set[str]:
    """The words of a reason one by one: of phrases, and of the pieces of a URL."""
    words: set[str] = set()
    for phrase in reason.words:
        words.update(phrase.lower().replace("/", " ").replace(".", " ").split())
    return words


def _name_signal(key: Key) -> str | None:
    """The signal that a key is, if it is one."""
    if isinstance(key, UrlPlace):
        return key.signal
    return key if isinstance(key, str) else None


def _is_telling(key: Key) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    return not isinstance(key, WeighedWord) or len(key.key) >= _TELLING_CHARS
