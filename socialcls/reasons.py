"""One plain sentence that says why, or why not, composed from the evidence and nothing else."""

from collections.abc import Sequence
from math import exp

from socialcls.messages import Messages, load_messages
from socialcls.records import Document, Prediction, Reason
from socialcls.taxonomy import Taxonomy

_MAX_PARTS = 3
_MAX_WORDS = 3
_LEAST_SHARE = 0.06  # of all that speaks for the best guess; what adds less is not a reason
_LEVEL = 0.6  # of the probability of the best guess; a runner-up that has it is about as likely
_MOST_TIMES = 1_000
_LITTLE_KNOWN = 0.5  # share of the words


class ReasonWriter:
    """Writes sentences in one language."""

    def __init__(self, taxonomy: Taxonomy, language: str) -> None:
        """Load the language's messages and names.

        Raises:
            InputError: there is no such language.
        """
        self._messages = load_messages(language)
        self._categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
        self._signals = taxonomy.name_signals(language)

    def write(self, prediction: Prediction) -> str:
        """The category and the strongest reasons for it, or why there is no answer."""
        parts = self.name_parts(prediction)
        best, runner_up = (self._categories[label].phrase for label in (prediction.best_guess, prediction.runner_up))
        if not prediction.is_unsure:
            return self._messages["reason" if parts else "reason_bare"].format(category=best, parts=parts)
        return self._messages[_find_doubt(prediction, has_parts=bool(parts))].format(
            best=best,
            best_share=show_share(prediction.confidence),
            runner_up=runner_up,
            runner_up_share=show_share(prediction.probabilities[prediction.runner_up]),
            parts=parts,
        )

    def name_parts(self, prediction: Prediction) -> str:
        """The strongest reasons for the best guess, without a sentence around them; empty when there are none."""
        return self._name_reasons(prediction.explanation.choose_reasons(_MAX_PARTS, _LEAST_SHARE))

    def _name_reasons(self, reasons: Sequence[Reason]) -> str:
        messages = self._messages
        signals: dict[str, list[str]] = {}  # one may be shown by the text and by the address
        for reason in reasons:
            if reason.signal:
                signals.setdefault(reason.signal, []).extend(reason.words)
        parts = [
            messages["part_signal"].format(signal=self._signals[signal], words=_quote(words, messages))
            for signal, words in signals.items()
        ]
        for field, one, many in (
            ("text", "part_word", "part_words"),
            ("name", "part_name", "part_name"),
            ("url", "part_url", "part_url"),
        ):
            plain = [word for r in reasons if r.field == field and not r.signal for word in r.words]
            if plain:
                template = messages[many if len(plain) > 1 else one]
                parts.append(template.format(words=_quote(plain, messages)))
        return _join(parts, messages)


def _find_doubt(prediction: Prediction, *, has_parts: bool) -> str:
    """The message that says why there is no answer."""
    if not has_parts and not prediction.evidence:
        return "unsure_nothing"
    if prediction.explanation.n_words == 1:
        return "unsure_word"
    is_level = prediction.probabilities[prediction.runner_up] >= _LEVEL * prediction.confidence
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


def _quote(words: Sequence[str], messages: Messages) -> str:
    return ", ".join([messages["quote"].format(word) for word in words[:_MAX_WORDS]])


def _join(parts: Sequence[str], messages: Messages) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {messages['and']} {parts[-1]}"
