"""What speaks for one label and against another in a document that was read, worked out when it is asked for."""

from collections.abc import Iterable

from socialcls.features.signals import Pair
from socialcls.model.linear import Reading
from socialcls.model.reading import Contribution, ReadWords
from socialcls.model.weights import KNOWN_SERVICE, Key, WeighedWord
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.types import Evidence, Feature, Field, Mention, Prediction, Reason

_TELLING_CHARS = 4  # shorter words are nearly all function words, in every language we have
_TELLING_URL_CHARS = 3  # letters; shorter parts are countries, session ids and the like
_OF_SITE = ("domain=", "site=", "on=")  # what somebody registered says something, however short


class ReadExplanation:
    """The explanation of a reading: that of a `Prediction`."""

    __slots__ = ("_best", "_evidence", "_reading", "_reasons", "_runner_up", "_sharpness", "_taxonomy")

    def __init__(self, reading: Reading, best: int, runner_up: int, sharpness: float, taxonomy: Taxonomy) -> None:
        """Say what is to be explained.

        Args:
            reading: The document as it was read.
            best: Index of the label that is explained.
            runner_up: Index of the label that it is held against.
            sharpness: One over the temperature; contributions are multiplied by it.
            taxonomy: Of the model; it names labels and signals for people.
        """
        self._reading, self._best, self._runner_up, self._sharpness = reading, best, runner_up, sharpness
        self._taxonomy = taxonomy
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
        """The evidence gathered by signal, by word and by part of the URL, no word twice, largest first."""
        if self._reasons is None:
            contributions = self._contribute()
            gathered = gather_reasons([c for c in contributions if c.value > 0])
            gathered += gather_reasons([c for c in contributions if c.value < 0])
            reasons = [reason.build(self._sharpness) for reason in gathered]
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

    def write_reason(self, prediction: Prediction, language: str) -> str:
        """Write the sentence that says why, for the prediction that this explains.

        Raises:
            InputError: There is no such language.
        """
        # upwards, for whoever holds a prediction and nothing else; who writes many keeps a writer
        from socialcls.explain.sentence import ReasonWriter  # noqa: PLC0415

        return ReasonWriter(self._taxonomy, language).write(prediction)

    def choose_mentions(self, most: int, least_share: float) -> list[Mention]:
        """Choose the few reasons for the best guess that a person would name.

        What the service calls itself and known services come first, then the strongest; no word is named twice.

        Args:
            most: How many at most.
            least_share: What a part of the input must add at least, as a share of all that speaks for the best guess.
        """
        gathered = gather_reasons(self._reading.contribute(self._best, self._runner_up, least_share))
        gathered.sort(key=_rank)
        return pick_mentions(gathered, most)

    def _contribute(self) -> list[Contribution]:
        return self._reading.contribute(self._best, self._runner_up)


class GatheredReason:
    """Contributions that a person would call one reason."""

    __slots__ = ("also", "field", "is_telling", "quotes", "signal", "value", "words")

    def __init__(
        self, contribution: Contribution, quotes: tuple[str, ...], words: list[str], *, is_telling: bool
    ) -> None:
        self.field = contribution.field.name
        self.signal = contribution.signal
        """The first of its signals; None where it has none."""
        self.also: list[str] = []
        """Its other signals."""
        self.quotes = list(quotes)
        self.words = dict.fromkeys(words)
        """What it quotes, word by word, in lower case; a set that keeps its order."""
        self.value = contribution.value
        """In logits, not calibrated."""
        self.is_telling = is_telling

    def covers(self, words: Iterable[str]) -> bool:
        """Whether it quotes all these words."""
        return all(word in self.words for word in words)

    def join(self, contribution: Contribution, quotes: tuple[str, ...], words: list[str]) -> None:
        """Take a further signal in, with the words that it quotes."""
        self.value += contribution.value
        signal = contribution.signal
        if signal is not None and signal != self.signal and signal not in self.also:
            self.also.append(signal)
        if not self.covers(words):
            if all(word in words for word in self.words):
                self.quotes = list(quotes)
            else:
                self.quotes += [quote for quote in quotes if quote not in self.quotes]
            self.words.update(dict.fromkeys(words))

    def quote(self) -> tuple[str, ...]:
        """Quote what shows it, without quotes that stand within another: "ask a question" says "ask" too."""
        if len(self.quotes) < 2:
            return tuple(self.quotes)
        folded = [f" {quote.lower()} " for quote in self.quotes]
        is_within = [any(f in other and f != other for other in folded) for f in folded]
        return tuple([quote for quote, within in zip(self.quotes, is_within, strict=True) if not within])

    def build(self, sharpness: float) -> Reason:
        """Build the record of it, its contribution calibrated."""
        return Reason(self.field, self.signal, self.quote(), self.value * sharpness, tuple(self.also), self.is_telling)


def gather_reasons(contributions: Iterable[Contribution]) -> list[GatheredReason]:
    """Gather contributions of one sign into reasons, so that no word of a field is quoted in two.

    Signals that the same words show, or of which one is shown by some of the other's words, are one reason. It takes in
    the plain words that it quotes; a pair of words goes to the reason that quotes one of them, to the stronger of two.
    """
    by_field: dict[Field, list[Contribution]] = {}
    for contribution in contributions:
        by_field.setdefault(contribution.field.name, []).append(contribution)
    gathered: list[GatheredReason] = []
    for of_field in by_field.values():
        gathered += _gather_field(of_field)
    return gathered


def _gather_field(contributions: list[Contribution]) -> list[GatheredReason]:
    gathered: list[GatheredReason] = []
    by_word: dict[str, GatheredReason] = {}
    plain: list[tuple[Contribution, tuple[str, ...], list[str]]] = []
    for contribution in sorted(contributions, key=_rank_signal):
        quotes = contribution.quote()
        words = _list_words(quotes)
        if contribution.signal is None:
            plain.append((contribution, quotes, words))
            continue
        reason = _find_signal(gathered, by_word, contribution.signal, words)
        if reason is None:
            reason = GatheredReason(contribution, quotes, words, is_telling=True)
            gathered.append(reason)
        else:
            reason.join(contribution, quotes, words)
        for word in words:
            by_word.setdefault(word, reason)
    for is_second in (False, True):
        for contribution, quotes, words in plain:
            # of text pairs come after words; of a URL short parts after long ones, since "nk.pl" says "nk" too
            comes_second = (len(words) > 1) != (contribution.field.name == "url")
            if comes_second == is_second:
                reason = _find_plain(by_word, words)
                if reason is not None:
                    reason.value += contribution.value
                    continue
                reason = GatheredReason(contribution, quotes, words, is_telling=_is_telling(contribution))
                gathered.append(reason)
                if reason.is_telling:
                    for word in words:
                        by_word[word] = reason
    return gathered


def _find_signal(
    gathered: list[GatheredReason], by_word: dict[str, GatheredReason], signal: str, words: list[str]
) -> GatheredReason | None:
    """Find the reason that a signal with its words belongs to."""
    for reason in gathered:
        if reason.signal == signal:
            return reason
    for word in words:
        found = by_word.get(word)
        if found is not None and (found.covers(words) or all(word in words for word in found.words)):
            return found
    return None


def _find_plain(by_word: dict[str, GatheredReason], words: list[str]) -> GatheredReason | None:
    """Find the reason that quotes all of some words, or else the strongest that quotes one of them."""
    strongest: GatheredReason | None = None
    for word in words:
        found = by_word.get(word)
        if found is not None:
            if found.covers(words):
                return found
            if strongest is None or abs(found.value) > abs(strongest.value):
                strongest = found
    return strongest


_LEADING = {KNOWN_SERVICE, "calls_itself"}


def _rank_signal(contribution: Contribution) -> tuple[bool, float]:
    return contribution.signal not in _LEADING, -abs(contribution.value)


def _rank(reason: GatheredReason) -> tuple[bool, float]:
    return reason.signal not in _LEADING, -reason.value


def pick_mentions(reasons: Iterable[GatheredReason], most: int) -> list[Mention]:
    """Pick the first telling reasons that say no word twice, whichever field it stands in.

    Args:
        reasons: The most important first.
        most: How many at most.
    """
    picked: list[Mention] = []
    said: set[str] = set()
    for reason in reasons:
        new = [word for word in reason.words if word not in said]
        if not reason.is_telling or not new or (reason.field == "url" and len(new) < len(reason.words)):
            continue
        said.update(new)
        picked.append(Mention(reason.field, reason.signal, reason.quote()))
        if len(picked) == most:
            break
    return picked


def _list_words(quotes: tuple[str, ...]) -> list[str]:
    """List the words of quotes, and of parts of a URL, one by one."""
    if len(quotes) == 1 and quotes[0].isalnum():
        return [quotes[0].lower()]
    return [word for quote in quotes for word in quote.lower().replace("/", " ").replace(".", " ").split()]


def _is_telling(contribution: Contribution) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    thing, field = contribution.thing, contribution.field
    if isinstance(thing, WeighedWord | Pair) and isinstance(field, ReadWords):
        return not any(len(word) < _TELLING_CHARS or field.is_function_word(word) for word in thing.key.split("\t"))
    if not isinstance(thing, Key) or thing.name.startswith(_OF_SITE):
        return True
    return sum([character.isalpha() for quote in contribution.quote() for character in quote]) >= _TELLING_URL_CHARS
