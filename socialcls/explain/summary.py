"""An answer told in words and figures, for everything that writes it down for people.

Shares here are parts of all that counted, for and against: those of both sides add up to one.
"""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

from socialcls.explain.highlights import Passage, cut_passages
from socialcls.explain.sentence import ReasonWriter, compare_with_runner_up, say_how_sure
from socialcls.messages import Messages, load_messages
from socialcls.model.persistence import Card
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.types import Document, Field, Label, Prediction, Reason

_MAX_REASONS = 10
_MAX_WORDS = 4
_MAX_NAME_CHARS = 60


class Weighed(NamedTuple):
    """A reason with its share."""

    share: float
    """Of all that counted, 0 to 1."""
    signal: str
    """The name of the signal; empty for plain words and parts of an address."""
    words: str
    """What shows it, in the quotation marks of the language."""
    place: str
    """The name of the field that it stands in."""


class Side(NamedTuple):
    """What speaks for one label."""

    label: Label
    heading: str
    reasons: tuple[Weighed, ...]
    """The strongest, largest first; empty when nothing speaks for it."""
    more: str
    """How many smaller ones there are; empty when there are none."""
    more_share: float
    """What the smaller ones have together."""


class FieldRead(NamedTuple):
    """A field of the input that is not blank."""

    name: str
    value: str
    """As given."""
    passages: tuple[Passage, ...]


class Account(NamedTuple):
    """An answer for people, in one language. What comes from the input is as given: it is for the writer to escape."""

    service: str
    """What to call the service: its name, else its address, else the first words of its description."""
    prediction: Prediction
    verdict: str
    how_sure: str
    definition: str
    """What the verdict means, in the words of the taxonomy."""
    sentence: str
    """The reason in one sentence."""
    probabilities: tuple[tuple[Label, str, float], ...]
    """Each label that was asked about with its name and probability, most probable first."""
    runner_up: str
    """A sentence: the second label, and how far behind it is."""
    fields: tuple[FieldRead, ...]
    counted_for: Side
    """For the best guess."""
    counted_against: Side
    """For the runner-up instead."""
    total: float
    """The sizes of all contributions together, in logits: what shares are parts of; 0 when nothing counted."""


def give_account(document: Document, prediction: Prediction, taxonomy: Taxonomy, language: str) -> Account:
    """The whole answer in the language's words.

    Raises:
        InputError: there is no such language.
    """
    messages = load_messages(language)
    categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
    signals = taxonomy.name_signals(language)
    total = fsum(abs(reason.contribution) for reason in prediction.reasons)
    sides = [
        _weigh(
            (label, messages[heading].format(category=categories[label].phrase)),
            [reason for reason in prediction.reasons if reason.contribution * sign > 0],
            total=total,
            names=signals,
            messages=messages,
        )
        for label, heading, sign in (
            (prediction.best_guess, "counted_for", 1),
            (prediction.runner_up, "counted_against", -1),
        )
    ]
    return Account(
        service=_name_service(document),
        prediction=prediction,
        verdict=categories[prediction.category].name,
        how_sure=say_how_sure(prediction, taxonomy, language),
        definition=categories[prediction.category].definition,
        sentence=ReasonWriter(taxonomy, language).write(prediction),
        probabilities=tuple(
            (label, categories[label].name, prediction.probabilities[label])
            for label in sorted(prediction.probabilities, key=lambda label: -prediction.probabilities[label])
            if prediction.probabilities[label]
        ),
        runner_up=compare_with_runner_up(prediction, taxonomy, language),
        fields=tuple(_read_fields(document, prediction, messages)),
        counted_for=sides[0],
        counted_against=sides[1],
        total=total,
    )


def name_report(accounts: Sequence[Account], language: str) -> str:
    """The title of a report of one or several accounts."""
    if len(accounts) == 1:
        return f"{accounts[0].service}: {accounts[0].verdict}"
    return load_messages(language)["report"].format(count=len(accounts))


def name_model(card: Card, language: str) -> str:
    """Which model answered, exactly enough to find it again."""
    made_by = load_messages(language)["made_by"]
    return made_by.format(name=card.name, version=card.version, hash=card.data["sha256"])


def _name_service(document: Document) -> str:
    name = " ".join((document.name.strip() or document.url.strip() or document.text).split())
    if len(name) <= _MAX_NAME_CHARS:
        return name
    return name[:_MAX_NAME_CHARS].rsplit(" ", 1)[0] + "…"


def _read_fields(document: Document, prediction: Prediction, messages: Messages) -> list[FieldRead]:
    fields: dict[Field, str] = {"name": document.name, "url": document.url, "text": document.text}
    return [
        FieldRead(
            messages[field],
            value,
            tuple(cut_passages(value, [part for part in prediction.evidence if part.field == field])),
        )
        for field, value in fields.items()
        if value.strip()
    ]


def _weigh(
    side: tuple[Label, str],
    reasons: Sequence[Reason],
    *,
    total: float,
    names: Mapping[str, str],
    messages: Messages,
) -> Side:
    weighed = []
    for reason in reasons[:_MAX_REASONS]:
        words = ", ".join(messages["quote"].format(word) for word in reason.words[:_MAX_WORDS])
        if len(reason.words) > _MAX_WORDS:
            words += ", …"
        share = abs(reason.contribution) / total
        weighed.append(Weighed(share, names[reason.signal] if reason.signal else "", words, messages[reason.field]))
    rest = reasons[_MAX_REASONS:]
    return Side(
        *side,
        tuple(weighed),
        messages["more"].format(count=len(rest)) if rest else "",
        fsum(abs(reason.contribution) for reason in rest) / total if rest else 0.0,
    )
