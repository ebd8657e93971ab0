"""One plain sentence that says why, or why not, composed from the evidence and nothing else."""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from socialcls.messages import Messages, load_messages
from socialcls.records import Document, Field, Prediction, Reason
from socialcls.taxonomy import UNSURE, Answer, Label, Taxonomy

MAX_PARTS = 3
"""How many reasons a sentence names."""

LEAST_SHARE = 0.06
"""Of all that speaks for the best guess; what adds less is not a reason."""

_PLAIN_PARTS: tuple[tuple[Field, str, str], ...] = (  # a field with the messages for one word and for many
    ("text", "part_word", "part_words"),
    ("name", "part_name", "part_name"),
    ("url", "part_url", "part_url"),
)
_MAX_WORDS = 3
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
        self._messages = load_messages(language)
        self._quotes = self._messages["quote"].split("{}")
        self._categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
        self._signals = taxonomy.name_signals(language)

    def write(self, prediction: Prediction) -> str:
        """The category and the strongest reasons for it, or why there is no answer."""
        reasons = _choose_reasons(prediction)
        decision = Decision(
            prediction.category,
            prediction.best_guess,
            prediction.runner_up,
            prediction.confidence,
            prediction.probabilities[prediction.runner_up],
            prediction.explanation.n_words,
            is_known=bool(reasons or prediction.evidence),
        )
        return self.compose(decision, reasons)

    def compose(self, decision: Decision, reasons: Sequence[Reason]) -> str:
        """The sentence for a decision and the reasons that were chosen for it."""
        parts = self._name_reasons(reasons) if reasons else ""
        best = self._categories[decision.best_guess].phrase
        if decision.category != UNSURE:
            return self._messages["reason" if parts else "reason_bare"].format(category=best, parts=parts)
        return self._messages[_find_doubt(decision, has_parts=bool(parts))].format(
            best=best,
            best_share=show_share(decision.confidence),
            runner_up=self._categories[decision.runner_up].phrase,
            runner_up_share=show_share(decision.runner_up_confidence),
            parts=parts,
        )

    def name_parts(self, prediction: Prediction) -> str:
        """The strongest reasons for the best guess, without a sentence around them; empty when there are none."""
        return self._name_reasons(_choose_reasons(prediction))

    def _name_reasons(self, reasons: Sequence[Reason]) -> str:
        signals: dict[str, list[str]] = {}  # one may be shown by the text and by the address
        plain: dict[Field, list[str]] = {}
        for reason in reasons:
            if reason.signal:
                signals.setdefault(reason.signal, []).extend(reason.words)
            else:
                plain.setdefault(reason.field, []).extend(reason.words)
        parts = [
            self._messages["part_signal"].format(signal=self._signals[signal], words=self._quote(words))
            for signal, words in signals.items()
        ]
        for field, one, many in _PLAIN_PARTS:
            words = plain.get(field)
            if words:
                parts.append(self._messages[many if len(words) > 1 else one].format(words=self._quote(words)))
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self._messages['and']} {parts[-1]}"

    def _quote(self, words: Sequence[str]) -> str:
        before, after = self._quotes
        return ", ".join([f"{before}{word}{after}" for word in words[:_MAX_WORDS]])


def _choose_reasons(prediction: Prediction) -> list[Reason]:
    return prediction.explanation.choose_reasons(MAX_PARTS, LEAST_SHARE)


def _find_doubt(decision: Decision, *, has_parts: bool) -> str:
    """The message that says why there is no answer."""
    if not decision.is_known:
        return "unsure_nothing"
    if decision.n_words == 1:
        return "unsure_word"
    is_level = decision.runner_up_confidence >= _LEVEL * decision.confidence
    return ("unsure_level" if is_level else "unsure_little") + ("_parts" if has_parts else "")


def list_hints(document: Document, prediction: Prediction, messages: Messages) -> list[str]:
    """What was not known, and what would help."""
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
    """The confidence, and of what when there is no answer."""
    messages = load_messages(language)
    share = show_share(prediction.confidence)
    if not prediction.is_unsure:
        return messages["sure"].format(share=share)
    best_guess = taxonomy.categories[language][prediction.best_guess].name
    return f"{messages['best_guess'].format(category=best_guess)} · {share}"


def compare_with_runner_up(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """How many times likelier the best guess is than the second."""
    messages = load_messages(language)
    runner_up = taxonomy.categories[language][prediction.runner_up].name
    times = exp(min(prediction.margin, 10.0))
    if times < 1.5:
        return messages["runner_up_level"].format(category=runner_up)
    shown = f"{times:.1f}".replace(".", messages["decimal"]) if times < 10 else f"{times:.0f}"
    if times >= _MOST_TIMES:
        shown = messages["over"].format(number=f"{_MOST_TIMES}")
    return messages["runner_up"].format(category=runner_up, times=shown)


def show_share(share: float) -> str:
    """A share from 0 to 1 as a whole percentage that never rounds to certainty.

    >>> show_share(0.941), show_share(0.9999), show_share(0.0001)
    ('94%', '>99%', '<1%')
    """
    if 0.995 <= share < 1:
        return ">99%"
    if 0 < share < 0.005:
        return "<1%"
    return f"{share:.0%}"
