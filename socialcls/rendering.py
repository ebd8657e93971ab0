"""A prediction shown in a terminal, with rich.

Everything that comes from outside goes through `neutralise` and into `Text`, never through markup. Without
colour the same is said by the evidence list: the words, which way they speak, and how much.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Literal

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from socialcls.drawing import COLOURS, NARROW, WIDE, draw_bar
from socialcls.messages import Messages, load_messages
from socialcls.reasons import ReasonWriter, show_share
from socialcls.records import Document, Evidence, Field, Prediction, Reason
from socialcls.taxonomy import LABELS, Taxonomy
from socialcls.terminal import neutralise

_MAX_REASONS = 8
_MAX_SHOWN_CHARS = 1_500  # of the input; the evidence list speaks of the rest


def render_prediction(
    document: Document, prediction: Prediction, taxonomy: Taxonomy, language: str, width: int
) -> RenderableType:
    """The whole answer: category, probabilities, the input with what counted, and why."""
    messages = load_messages(language)
    categories = taxonomy.categories[language]
    colour = COLOURS[prediction.category]
    best = categories[prediction.best_guess].name
    if prediction.is_unsure:
        how_sure = f"{messages['best_guess'].format(category=best)} · {show_share(prediction.confidence)}"
    else:
        how_sure = messages["sure"].format(share=show_share(prediction.confidence))
    parts: list[RenderableType] = [
        Text(categories[prediction.category].definition, style="italic"),
        Text(),
        _render_probabilities(prediction, taxonomy, language, width - 6),
        Text(),
        Text(_describe_runner_up(prediction, taxonomy, language)),
        Rule(style="bright_black"),
        *_render_fields(document, prediction),
    ]
    reasons = _render_reasons(prediction, taxonomy, language, width - 6)
    if reasons:
        parts += [Rule(messages["evidence"], align="left", style="bright_black"), reasons]
    parts += [
        Rule(style="bright_black"),
        Text(neutralise(ReasonWriter(taxonomy, language).write(prediction)), style="bold"),
    ]
    parts += [Text(line) for line in _describe_limits(document, prediction, messages)]
    title = Text(f" {categories[prediction.category].name} ", style=f"bold reverse {colour}")
    return Panel(
        Group(*parts),
        title=Text.assemble(title, f" {how_sure} "),
        title_align="left",
        border_style=colour,
        padding=(1, 2),
        width=min(width, WIDE),
    )


def _render_probabilities(prediction: Prediction, taxonomy: Taxonomy, language: str, width: int) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    names = {label: category.name for label, category in taxonomy.categories[language].items()}
    longest = max(len(names[label]) for label in LABELS)
    bar_width = min(40, width - longest - 7)
    for label in sorted(LABELS, key=lambda label: -prediction.probabilities[label]):
        share = prediction.probabilities[label]
        emphasis = "bold" if label == prediction.best_guess else ""
        cells: list[RenderableType] = [Text(names[label], style=emphasis)]
        if width >= NARROW:
            cells.append(draw_bar(share, bar_width, COLOURS[label]))
        table.add_row(*cells, Text(show_share(share).rjust(4), style=emphasis))
    return table


def _describe_runner_up(prediction: Prediction, taxonomy: Taxonomy, language: str) -> str:
    messages = load_messages(language)
    return messages["runner_up"].format(
        category=taxonomy.categories[language][prediction.runner_up].name,
        margin=_show_logits(prediction.margin, messages, sign=""),
        bias=_show_logits(prediction.bias, messages),
    )


def _show_logits(value: float, messages: Messages, *, sign: Literal["", "+"] = "+") -> str:
    return f"{value:{sign}.2f}".replace(".", messages["decimal"]).replace("-", "−")


def _render_fields(document: Document, prediction: Prediction) -> Iterable[Text]:
    fields: dict[Field, str] = {"name": document.name, "url": document.url, "text": document.text}
    for field, value in fields.items():
        if value.strip():
            yield _highlight(value, [part for part in prediction.evidence if part.field == field], prediction)


def _highlight(value: str, evidence: Sequence[Evidence], prediction: Prediction) -> Text:
    """The field's beginning, each character in the style of what the parts it lies in add together."""
    shown = value[:_MAX_SHOWN_CHARS]
    added = [0.0] * len(shown)
    for part in evidence:
        for i in range(part.start, min(part.end, len(shown))):
            added[i] += part.contribution / (part.end - part.start)
    largest = max(map(abs, added), default=0.0) or 1.0
    text = Text()
    for character, amount in zip(shown, added, strict=True):
        text.append(neutralise(character), style=_find_style(amount / largest, prediction))
    if len(value) > len(shown):
        text.append("…")
    return text


def _find_style(strength: float, prediction: Prediction) -> str:
    """For: the label's colour, and bold or underlined when strong; against: the runner-up's, struck or dim."""
    if abs(strength) < 0.1:
        return ""
    if strength > 0:
        return COLOURS[prediction.best_guess] + (" bold underline" if strength > 0.45 else " bold")
    return COLOURS[prediction.runner_up] + (" strike" if strength < -0.45 else " dim")


def _render_reasons(prediction: Prediction, taxonomy: Taxonomy, language: str, width: int) -> RenderableType | None:
    """The strongest reasons, for and against, each with its share as a bar and a figure."""
    messages = load_messages(language)
    reasons = prediction.reasons
    if not reasons:
        return None
    names = {signal.id: signal.names.get(language, signal.names["en"]) for signal in taxonomy.signals}
    largest = abs(reasons[0].contribution)
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    if width >= NARROW:
        table.add_column(width=12)
    table.add_column(overflow="fold")
    for reason in reasons[:_MAX_REASONS]:
        label = prediction.best_guess if reason.contribution > 0 else prediction.runner_up
        cells: list[RenderableType] = [Text(_show_logits(reason.contribution, messages), style=COLOURS[label])]
        if width >= NARROW:
            cells.append(draw_bar(abs(reason.contribution) / largest, 12, COLOURS[label]))
        table.add_row(*cells, _name_reason(reason, names, messages))
    rest = reasons[_MAX_REASONS:]
    if rest:
        total = fsum(reason.contribution for reason in rest)
        cells = [Text(_show_logits(total, messages)), *([Text()] if width >= NARROW else [])]
        table.add_row(*cells, Text(messages["more"].format(count=len(rest)), style="bright_black"))
    return table


def _name_reason(reason: Reason, names: Mapping[str, str], messages: Messages) -> Text:
    words = ", ".join(messages["quote"].format(neutralise(word)) for word in reason.words[:4])
    where = "" if reason.field == "text" else f" ({messages[reason.field]})"
    if reason.signal:
        return Text.assemble((names[reason.signal], "bold"), f" {words}{where}")
    return Text(f"{words}{where}")


def _describe_limits(document: Document, prediction: Prediction, messages: Messages) -> Iterable[str]:
    if not prediction.evidence:
        yield messages["nothing_known"]
    elif document.text and prediction.known_share < 0.5:
        yield messages["little_known"].format(share=show_share(prediction.known_share))
    if prediction.is_unsure and not document.text.strip():
        yield messages["add_description"]
