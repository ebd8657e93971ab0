"""Write one plain sentence that says why, or why not, from the evidence and nothing else."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import NamedTuple

from socialcls.messages import Messages, load_messages
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.text.escaping import neutralise
from socialcls.types import UNSURE, Answer, Document, Field, Label, Mention, Prediction, Reason

MAX_PARTS = 3
"""How many reasons a sentence names."""

LEAST_SHARE = 0.06
"""Of all that speaks for the best guess; what adds less is not a reason."""

_PLAIN_PARTS: tuple[tuple[Field, str, str], ...] = (  # a field with the messages for one word and for many
    ("text", "part_word", "part_words"),
    ("name", "part_name", "part_name"),
    ("url", "part_url", "part_url"),
)
SPOKEN_SIGNALS = ("calls_itself", "denies_to_be", "is_about", "invites_to", "known_service")
"""Signals that are told by messages of their own, "part_calls_itself" and so on, and not by their names."""

_BARE = "known_service"  # its words are a name and stand without quotation marks
_MAX_WORDS = 3
_GAP = "\0"  # stands in a message where something is put in
_LEVEL = 0.6  # of the probability of the best guess; a runner-up that has it is about as likely
_MOST_TIMES = 1_000
_LITTLE_KNOWN = 0.5  # share of the words


class Decision(NamedTuple):
    """What was decided, and how nearly."""

    category: Answer
    best_guess: Label
    runner_up: Label
    confidence: float
    """Probability of the best guess."""
    runner_up_confidence: float
    n_words: int
    """How many stand in text and name."""
    is_known: bool
    """Whether anything that was given is known to the model."""


class ReasonWriter:
    """Writes sentences in one language."""

    def __init__(self, taxonomy: Taxonomy, language: str) -> None:
        """Load the language's messages and names.

        Raises:
            InputError: there is no such language.
        """
        self._messages = messages = load_messages(language)
        categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
        self._phrases = {answer: neutralise(category.phrase) for answer, category in categories.items()}
        signals = taxonomy.name_signals(language).items()
        self._answers = {
            label: [
                _Frame(messages[message].format(category=self._phrases[label], parts=_GAP))
                for message in ("reason", "reason_one")
            ]
            for label in taxonomy.labels
        }
        self._signals = {
            signal: _Frame(messages["part_signal"].format(signal=neutralise(name), words=_GAP))
            for signal, name in signals
        }
        self._signals |= {signal: _Frame(messages[f"part_{signal}"].format(words=_GAP)) for signal in SPOKEN_SIGNALS}
        self._plain = [
            (field, _Frame(messages[one].format(words=_GAP)), _Frame(messages[many].format(words=_GAP)))
            for field, one, many in _PLAIN_PARTS
        ]
        self._quote = _Frame(messages["quote"].format(_GAP))
        self._and = f" {messages['and']} "

    def write(self, prediction: Prediction) -> str:
        """Write the category and the strongest reasons for it, or why there is no answer."""
        mentions = _choose_mentions(prediction)
        decision = Decision(
            prediction.category,
            prediction.best_guess,
            prediction.runner_up,
            prediction.confidence,
            prediction.probabilities[prediction.runner_up],
            prediction.explanation.n_words,
            is_known=bool(mentions or prediction.evidence),
        )
        return self.compose(decision, mentions)

    def compose(self, decision: Decision, mentions: Sequence[Mention]) -> str:
        """Compose the sentence for a decision and what was chosen to be mentioned."""
        parts = self._name(mentions) if mentions else ""
        if parts and decision.category != UNSURE:
            for_many, for_one = self._answers[decision.best_guess]
            return (for_one if len(mentions) == 1 else for_many).put(parts)
        best = self._phrases[decision.best_guess]
        if decision.category != UNSURE:
            return self._messages["reason_bare"].format(category=best)
        return self._messages[_find_doubt(decision, n_reasons=len(mentions))].format(
            best=best,
            best_share=show_share(decision.confidence),
            runner_up=self._phrases[decision.runner_up],
            runner_up_share=show_share(decision.runner_up_confidence),
            parts=parts,
        )

    def name_parts(self, prediction: Prediction) -> str:
        """Name the strongest reasons for the best guess, without a sentence around them; empty when there are none."""
        return self._name(_choose_mentions(prediction))

    def _name(self, mentions: Sequence[Mention]) -> str:
        signals: dict[str, list[str]] = {}  # one may be shown by the text and by the address
        plain: dict[str, list[str]] = {}
        for mention in mentions:
            if mention.signal:
                signals.setdefault(mention.signal, []).extend(mention.words)
            else:
                plain.setdefault(mention.field, []).extend(mention.words)
        parts = [
            self._signals[signal].put(", ".join(words[:_MAX_WORDS]) if signal == _BARE else self._quote.put_each(words))
            for signal, words in signals.items()
        ]
        for name, one, many in self._plain:
            if name in plain:
                words_of_field = plain[name]
                frame = many if len(words_of_field) > 1 else one
                parts.append(frame.put(self._quote.put_each(words_of_field)))
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + self._and + parts[-1]


class _Frame:
    """A message with a gap, cut there once, since one is filled for every row of a table."""

    __slots__ = ("_after", "_before", "_between")

    def __init__(self, message: str) -> None:
        self._before, _, self._after = message.partition(_GAP)
        self._between = f"{self._after}, {self._before}"

    def put(self, text: str) -> str:
        """Put a text into the gap."""
        return self._before + text + self._after

    def put_each(self, words: list[str]) -> str:
        """Put each of some words, the first of them, into a gap of its own."""
        return self._before + self._between.join(words[:_MAX_WORDS]) + self._after


def _choose_mentions(prediction: Prediction) -> list[Mention]:
    return prediction.explanation.choose_mentions(MAX_PARTS, LEAST_SHARE)


def _find_doubt(decision: Decision, *, n_reasons: int) -> str:
    """Find the message that says why there is no answer."""
    if not decision.is_known:
        return "unsure_nothing"
    if decision.n_words == 1:
        return "unsure_word"
    is_level = decision.runner_up_confidence >= _LEVEL * decision.confidence
    parts = "_parts_one" if n_reasons == 1 else "_parts" if n_reasons else ""
    return ("unsure_level" if is_level else "unsure_little") + parts


def name_reason(reason: Reason, names: Mapping[str, str], messages: Messages, most: int) -> tuple[str, str]:
    """Name a reason in two parts: its signal, empty where it has none; the words that show it, then other signals.

    Args:
        reason: What is named.
        names: Of signals, by their ids.
        messages: Of the language.
        most: How many words are quoted.
    """
    words = list(reason.words[:most])
    quoted = ", ".join(words if reason.signal == _BARE else [messages["quote"].format(word) for word in words])
    if len(reason.words) > most:
        quoted += ", …"
    if reason.signal is None:
        return "", quoted
    name = names[reason.signal]
    if reason.signal in SPOKEN_SIGNALS:
        name = messages[f"part_{reason.signal}"].format(words="").strip()
    return name, " · ".join([quoted, *[names[signal] for signal in reason.also]])


def list_hints(document: Document, prediction: Prediction, messages: Messages) -> list[str]:
    """List what was not known, and what would help."""
    hints = []
    n_words = prediction.explanation.n_words
    if not n_words:
        hints.append(messages["host_alone"])
    elif prediction.evidence and n_words > 1 and prediction.known_share < _LITTLE_KNOWN:
        hints.append(messages["little_known"].format(share=show_share(prediction.known_share)))
    if prediction.is_unsure:
        if not n_words:
            hints.append(messages["add_description"])
        elif n_words == 1:
            hints.append(messages["add_words"])
        elif not document.url.strip():
            hints.append(messages["add_url"])
    return hints


def say_how_sure(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """Say the confidence, and of what when there is no answer."""
    messages = load_messages(language)
    share = show_share(prediction.confidence)
    if not prediction.is_unsure:
        return messages["sure"].format(share=share)
    best_guess = taxonomy.categories[language][prediction.best_guess].name
    return f"{messages['best_guess'].format(category=best_guess)} · {share}"


def compare_with_runner_up(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """Say how many times likelier the best guess is than the second."""
    messages = load_messages(language)
    runner_up = taxonomy.categories[language][prediction.runner_up].name
    times = exp(min(prediction.margin, 10.0))
    if times < 1.5:
        return messages["runner_up_level"].format(category=runner_up)
    shown = f"{times:.1f}".replace(".", messages["decimal"]) if times < 10 else f"{times:.0f}"
    if times >= _MOST_TIMES:
        shown = messages["over"].format(number=f"{_MOST_TIMES}")
    return messages["runner_up"].format(category=runner_up, times=shown)


def say_kind(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """The kind under the answer and how probable it is, or that it cannot be told."""
    messages = load_messages(language)
    if prediction.kind is None or prediction.p_kind is None:
        return messages["kind_unknown"]
    name = taxonomy.name_kind(prediction.category, prediction.kind, language)
    return messages["kind"].format(kind=name, share=show_share(prediction.p_kind))


def show_share(share: float) -> str:
    """Show a share from 0 to 1 as a whole percentage that never rounds to certainty.

    >>> show_share(0.941), show_share(0.9999), show_share(0.0001)
    ('94%', '>99%', '<1%')
    """
    if 0.995 <= share < 1:
        return ">99%"
    if 0 < share < 0.005:
        return "<1%"
    return f"{share:.0%}"
