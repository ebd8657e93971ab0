"""Tell an answer in words and figures, for everything that writes it down for people.

Shares here are parts of all that counted, for and against: those of both sides add up to one.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import NamedTuple

from socialcls.explain.highlights import Passage, cut_passages
from socialcls.explain.sentence import ReasonWriter, compare_with_runner_up, name_reason, say_how_sure
from socialcls.messages import Messages, load_messages
from socialcls.model.persistence import Card
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.types import Document, Field, Label, Prediction, Reason

_MAX_REASONS = 10
_LEAST_SHARE = 0.02  # of all that counted, for what is summed up and not named
_MAX_WORDS = 4
_MAX_NAME_CHARS = 60


class Weighed(NamedTuple):
    """A reason with its share."""

    share: float
    """Of all that counted, 0 to 1."""
    signal: str
    """The names of its signals; empty for plain words and parts of an address."""
    words: str
    """What shows it, in the quotation marks of the language."""
    place: str
    """The name of the field that it stands in."""


class Side(NamedTuple):
    """What speaks for one label."""

    label: Label
    name: str
    """Of the label, for people."""
    heading: str
    reasons: tuple[Weighed, ...]
    """The strongest telling ones, largest first; empty when nothing speaks for it."""
    more: str
    """How many others there are, smaller ones and function words; empty when there are none."""
    more_share: float
    """What those have together."""

    @property
    def has_any(self) -> bool:
        """Whether anything worth showing speaks for it, telling or not."""
        return bool(self.reasons) or self.more_share >= _LEAST_SHARE


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
    """The sizes of all reasons together, in logits: what shares are parts of; 0 when nothing counted."""

    @property
    def largest_share(self) -> float:
        """Of a reason of either side: what bars are scaled to; 1 when there is none."""
        reasons = [*self.counted_for.reasons, *self.counted_against.reasons]
        return max((reason.share for reason in reasons), default=1.0)


def give_account(document: Document, prediction: Prediction, taxonomy: Taxonomy, language: str) -> Account:
    """Tell the whole answer in the words of a language.

    Raises:
        InputError: there is no such language.
    """
    messages = load_messages(language)
    categories = taxonomy.categories[language if language in taxonomy.categories else "en"]
    signals = taxonomy.name_signals(language)
    total = add_up_sizes(prediction.reasons)
    sides = [
        _weigh(
            (label, categories[label].name, messages[heading].format(category=categories[label].phrase)),
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


def add_up_sizes(reasons: Iterable[Reason]) -> float:
    """Add up the sizes of reasons for and against, in logits: what shares are parts of."""
    return fsum(abs(reason.contribution) for reason in reasons)


def name_report(accounts: Sequence[Account], language: str) -> str:
    """Name a report of one or several accounts."""
    if len(accounts) == 1:
        return f"{accounts[0].service}: {accounts[0].verdict}"
    return load_messages(language)["report"].format(count=len(accounts))


def name_model(card: Card, language: str) -> str:
    """Name the model that answered, exactly enough to find it again."""
    made_by = load_messages(language)["made_by"]
    return made_by.format(name=card.name, version=card.version, hash=card.data.get("sha256", "–"))


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
    side: tuple[Label, str, str],
    reasons: Sequence[Reason],
    *,
    total: float,
    names: Mapping[str, str],
    messages: Messages,
) -> Side:
    told = [reason for reason in reasons if reason.is_telling][:_MAX_REASONS]
    rest = [reason for reason in reasons if reason not in told]
    weighed = []
    for reason in told:
        signal, words = name_reason(reason, names, messages, _MAX_WORDS)
        weighed.append(Weighed(abs(reason.contribution) / total, signal, words, messages[reason.field]))
    return Side(
        *side,
        tuple(weighed),
        messages["more"].format(count=len(rest)) if rest else "",
        add_up_sizes(rest) / total if rest else 0.0,
    )
