"""One plain sentence that says why, composed from the evidence and nothing else."""

import dataclasses
from collections.abc import Sequence
from math import fsum

from socialcls.messages import Messages, load_messages
from socialcls.records import Evidence, Field, Prediction
from socialcls.taxonomy import Taxonomy

_MAX_PARTS = 3
_MAX_WORDS = 3
_TELLING_CHARS = 4  # of a plain word; shorter ones are nearly all function words, in every language we have
_LEAST_SHARE = 0.08  # of all that speaks for the best guess; what adds less is not a reason


@dataclasses.dataclass(slots=True)
class Ground:
    """All the evidence that one signal, or one word, gives."""

    field: Field
    signal: str | None
    words: list[str] = dataclasses.field(default_factory=list)
    contribution: float = 0.0


def gather_grounds(evidence: Sequence[Evidence]) -> list[Ground]:
    """The evidence gathered by signal and by word, for and against, strongest first."""
    grounds: dict[tuple[Field, str], Ground] = {}
    for part in evidence:
        key = (part.field, part.signal or f"={part.text.lower()}")
        ground = grounds.setdefault(key, Ground(part.field, part.signal))
        ground.contribution += part.contribution
        if part.text.lower() not in (word.lower() for word in ground.words):
            ground.words.append(part.text)
    return sorted(grounds.values(), key=lambda ground: -abs(ground.contribution))


def give_reason(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    """One sentence in a language: the category and the strongest grounds for it.

    Raises:
        InputError: there is no such language.
    """
    messages = load_messages(language)
    categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
    parts = _name_grounds(_choose(gather_grounds(prediction.evidence)), messages, taxonomy, language)
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


def _choose(grounds: Sequence[Ground]) -> list[Ground]:
    """The few grounds for the best guess worth naming: no word twice, nothing that hardly counts or says nothing."""
    for_best = [ground for ground in grounds if ground.contribution > 0]
    for_best = [ground for ground in for_best if _is_telling(ground)] or for_best
    total = fsum(ground.contribution for ground in for_best)
    chosen: list[Ground] = []
    said: set[str] = set()
    for ground in for_best:
        words = {word for phrase in ground.words for word in phrase.lower().split()}
        if len(chosen) < _MAX_PARTS and ground.contribution >= _LEAST_SHARE * total and not words <= said:
            chosen.append(ground)
            said |= words
    return chosen


def _is_telling(ground: Ground) -> bool:
    """Whether a person would take it for a reason: "for" and "on" weigh something and explain nothing."""
    return bool(ground.signal) or ground.field == "url" or any(len(w) >= _TELLING_CHARS for w in ground.words)


def _name_grounds(grounds: Sequence[Ground], messages: Messages, taxonomy: Taxonomy, language: str) -> str:
    names = {signal.id: signal.names.get(language, signal.names["en"]) for signal in taxonomy.signals}
    parts = []
    for ground in grounds:
        if ground.signal:
            words = _quote(ground.words, messages)
            parts.append(messages["part_signal"].format(signal=names[ground.signal], words=words))
    for place, one, many in (
        ("text", "part_word", "part_words"),
        ("name", "part_name", "part_name"),
        ("url", "part_url", "part_url"),
    ):
        plain = [word for g in grounds if g.field == place and not g.signal for word in g.words]
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
