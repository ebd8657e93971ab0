"""One plain sentence that says why, composed from the evidence and nothing else."""

from collections.abc import Sequence
from math import fsum

from socialcls.messages import Messages, load_messages
from socialcls.records import Prediction, Reason
from socialcls.taxonomy import Taxonomy

_MAX_PARTS = 3
_MAX_WORDS = 3
_TELLING_CHARS = 4  # of a plain word; shorter ones are nearly all function words, in every language we have
_LEAST_SHARE = 0.08  # of all that speaks for the best guess; what adds less is not a reason


def give_reason(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """One sentence in a language: the category and the strongest reasons for it.

    Raises:
        InputError: there is no such language.
    """
    messages = load_messages(language)
    categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
    parts = _name_reasons(_choose(prediction.reasons), messages, taxonomy, language)
    best, runner_up = (categories[label].phrase for label in (prediction.best_guess, prediction.runner_up))
    if not prediction.is_unsure:
        return messages["reason" if parts else "reason_bare"].format(category=best, parts=parts)
    return messages["reason_unsure_parts" if parts else "reason_unsure"].format(
        best=best,
        best_share=show_share(prediction.confidence),
        runner_up=runner_up,
        runner_up_share=show_share(prediction.probabilities[prediction.runner_up]),
        parts=parts,
    )


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


def _choose(reasons: Sequence[Reason]) -> list[Reason]:
    """The few reasons for the best guess worth naming: no word twice, nothing that hardly counts or says nothing."""
    for_best = [reason for reason in reasons if reason.contribution > 0]
    for_best = [reason for reason in for_best if _is_telling(reason)] or for_best
    total = fsum(reason.contribution for reason in for_best)
    chosen: list[Reason] = []
    said: set[str] = set()
    for reason in for_best:
        words = {word for phrase in reason.words for word in phrase.lower().split()}
        if len(chosen) < _MAX_PARTS and reason.contribution >= _LEAST_SHARE * total and not words <= said:
            chosen.append(reason)
            said |= words
    return chosen


def _is_telling(reason: Reason) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    return bool(reason.signal) or reason.field == "url" or any(len(w) >= _TELLING_CHARS for w in reason.words)


def _name_reasons(reasons: Sequence[Reason], messages: Messages, taxonomy: Taxonomy, language: str) -> str:
    names = {signal.id: signal.names.get(language, signal.names["en"]) for signal in taxonomy.signals}
    parts = []
    for reason in reasons:
        if reason.signal:
            words = _quote(reason.words, messages)
            parts.append(messages["part_signal"].format(signal=names[reason.signal], words=words))
    for place, one, many in (
        ("text", "part_word", "part_words"),
        ("name", "part_name", "part_name"),
        ("url", "part_url", "part_url"),
    ):
        plain = [word for g in reasons if g.field == place and not g.signal for word in g.words]
        if plain:
            template = messages[many if len(plain) > 1 else one]
            parts.append(template.format(words=_quote(plain, messages)))
    return _join(parts, messages)


def _quote(words: Sequence[str], messages: Messages) -> str:
    return ", ".join(messages["quote"].format(word) for word in words[:_MAX_WORDS])


def _join(parts: Sequence[str], messages: Messages) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {messages['and']} {parts[-1]}"
