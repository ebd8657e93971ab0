"""Show predictions in a terminal, with rich.

Everything that comes from outside, names in a model included, goes through `show_text`, never through markup. Where
there is no colour, marks behind the words say the same: ⁺ and ⁺⁺ for what speaks for the answer, ⁻ and ⁻⁻ against.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from socialcls.explain.highlights import Passage, cut_passages
from socialcls.explain.sentence import (
    ReasonWriter,
    compare_with_runner_up,
    list_hints,
    name_reason,
    say_how_sure,
    say_kind,
    show_share,
)
from socialcls.explain.summary import add_up_sizes
from socialcls.messages import Messages, load_messages
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.terminal.console import COLOURS, NARROW, WIDE, draw_bar, show_text
from socialcls.text.escaping import neutralise, neutralise_passages
from socialcls.types import Document, Field, Label, Prediction, Reason

if TYPE_CHECKING:
    from socialcls.explain.counterfactuals import Counterfactuals
    from socialcls.explain.neighbours import Neighbour

_MAX_OF_KIND = 5  # reasons shown under one heading
_MAX_AGAINST = 4
_MAX_WORDS = 4  # quoted for one reason
_REASON_BAR = 12  # columns; that of the largest reason is full
_LEAST_SHARE = 0.02  # of all that counted; what adds less is summed up
_BY_ITSELF = "itself"  # the criterion of signals that a taxonomy does not name: heads and known services
_MAX_SHOWN_CHARS = 1_500  # of the input; the reasons speak of the rest
_FAINT, _STRONG = 0.1, 0.45  # of the largest contribution: below nothing is marked, above doubly


def render_prediction(
    document: Document, prediction: Prediction, taxonomy: Taxonomy, language: str, width: int
) -> RenderableType:
    """Render the whole answer: category, probabilities, the input with what counted, reasons for and against."""
    messages = load_messages(language)
    categories = taxonomy.categories[language]
    colour = COLOURS[prediction.category]
    inner = min(width, WIDE) - 6
    hints = list_hints(document, prediction, messages)
    parts: list[RenderableType] = [
        show_text(ReasonWriter(taxonomy, language).write(prediction), "bold"),
        *[Text(hint) for hint in hints],
        Text(),
        show_text(categories[prediction.category].definition, "italic"),
        Text(),
        _render_probabilities(prediction, taxonomy, language, inner),
        Text(),
        show_text(compare_with_runner_up(prediction, taxonomy, language)),
        *([show_text(say_kind(prediction, taxonomy, language))] if not prediction.is_unsure else []),
        Rule(style="bright_black"),
        *_render_fields(document, prediction),
        *_render_reasons(prediction, taxonomy, language, inner),
    ]
    title = show_text(f" {categories[prediction.category].name} ", f"bold reverse {colour}")
    return Panel(
        Group(*parts),
        title=Text.assemble(title, show_text(f" {say_how_sure(prediction, taxonomy, language)} ")),
        title_align="left",
        border_style=colour,
        padding=(1, 2),
        width=min(width, WIDE),
    )


def render_features(prediction: Prediction, language: str) -> RenderableType:
    """Render each feature that was read with what it adds, in logits; bias and features sum to the margin."""
    messages = load_messages(language)
    table = Table(box=None, padding=(0, 1), show_edge=False)
    for heading in ("logits", "group", "feature"):
        table.add_column(messages[heading], justify="right" if heading == "logits" else "left", overflow="fold")
    table.add_row(_show_logits(prediction.bias, messages), "", messages["bias"])
    for feature in prediction.explanation.features:
        label = prediction.best_guess if feature.contribution > 0 else prediction.runner_up
        shown = show_text(feature.name.replace("\t", " "))
        table.add_row(Text(_show_logits(feature.contribution, messages), COLOURS[label]), feature.group, shown)
    table.add_row(Text(_show_logits(prediction.margin, messages), "bold"), "", Text(messages["margin"], "bold"))
    return table


def render_changes(found: "Counterfactuals", taxonomy: Taxonomy, language: str) -> RenderableType:
    """Render the fewest words without which the answer would be another."""
    messages, categories = load_messages(language), taxonomy.categories[language]
    lines: dict[str, None] = {}
    for change in (found.category, found.best_guess):
        if change:
            words = ", ".join(messages["quote"].format(removal.text) for removal in change.removed)
            answer = change.prediction.category if change.about == "category" else change.prediction.best_guess
            share = show_share(change.prediction.confidence)
            said = messages[f"changes_{change.about}"]
            lines[said.format(words=words, category=categories[answer].phrase, share=share)] = None
    return Group(Text(messages["changes"], style="bold"), *map(show_text, lines or [messages["changes_none"]]))


def render_neighbours(found: "Sequence[Neighbour]", taxonomy: Taxonomy, language: str, width: int) -> RenderableType:
    """Render the labelled rows that a document resembles, and what makes them alike."""
    messages, categories = load_messages(language), taxonomy.categories[language]
    if not found:
        return Group(Text(messages["similar"], style="bold"), Text(messages["similar_none"]))
    table = Table(width=min(width, WIDE), padding=(0, 1), show_lines=True, border_style="bright_black")
    table.add_column(messages["likeness"], justify="right", no_wrap=width >= NARROW)
    table.add_column(messages["answer"], ratio=2)
    table.add_column(messages["row"], ratio=4, overflow="fold")
    table.add_column(messages["shared"], ratio=3)
    for neighbour in found:
        example = neighbour.example
        words = dict.fromkeys(word for shared in neighbour.shared for word in shared.words)
        quoted = ", ".join(messages["quote"].format(word) for word in list(words)[:_MAX_OF_KIND])
        named = categories.get(example.gold)  # a model of other labels has no name for it
        answer = show_text(named.name if named else example.gold, COLOURS[example.gold])
        table.add_row(show_share(neighbour.similarity), answer, _name_document(example.document), show_text(quoted))
    return Group(Text(messages["similar"], style="bold"), table)


def render_comparison(
    documents: Sequence[Document], predictions: Sequence[Prediction], taxonomy: Taxonomy, language: str, width: int
) -> RenderableType:
    """Render several services side by side: what each is, how surely, probabilities where they fit, and why."""
    messages = load_messages(language)
    categories = taxonomy.categories[language]
    writer = ReasonWriter(taxonomy, language)
    is_wide = width >= NARROW * 2
    table = Table(width=min(width, WIDE), show_lines=True, padding=(0, 1), border_style="bright_black")
    table.add_column(messages["service"], ratio=3, overflow="fold")
    table.add_column(messages["answer"], ratio=2)
    for label in predictions[0].probabilities if is_wide else ():
        table.add_column(neutralise(label), justify="right", style=COLOURS[label], no_wrap=True)
    table.add_column(messages["why"], ratio=4)
    for document, prediction in zip(documents, predictions, strict=True):
        answer = show_text(categories[prediction.category].name, f"bold {COLOURS[prediction.category]}")
        answer.append("\n").append(show_text(say_how_sure(prediction, taxonomy, language), "not bold default"))
        shares = [show_share(share) for share in prediction.probabilities.values()] if is_wide else []
        why = show_text(writer.name_parts(prediction) or "–")
        table.add_row(_name_document(document), answer, *shares, why)
    return table


def _name_document(document: Document) -> Text:
    """Name a service by what was given of it, shortened to fit a cell."""
    given = " · ".join(part.strip() for part in (document.name, document.url, document.text) if part.strip())
    more = "…" if len(given) > _MAX_COMPARED_CHARS else ""
    return show_text(" ".join(given[:_MAX_COMPARED_CHARS].split()) + more)


_MAX_COMPARED_CHARS = 160


def _render_probabilities(prediction: Prediction, taxonomy: Taxonomy, language: str, width: int) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    names = {label: neutralise(category.name) for label, category in taxonomy.categories[language].items()}
    longest = max(len(names[label]) for label in prediction.probabilities)
    bar_width = min(40, width - longest - 7)
    for label in sorted(prediction.probabilities, key=lambda label: -prediction.probabilities[label]):
        share = prediction.probabilities[label]
        emphasis = "bold" if label == prediction.best_guess else ""
        cells: list[RenderableType] = [Text(names[label], style=emphasis)]
        if width >= NARROW:
            cells.append(draw_bar(share, bar_width, COLOURS[label]))
        table.add_row(*cells, Text(show_share(share).rjust(4), style=emphasis))
    return table


def _show_logits(value: float, messages: Messages) -> str:
    return f"{value:+.3f}".replace(".", messages["decimal"]).replace("-", "−")


def _render_fields(document: Document, prediction: Prediction) -> Iterator[RenderableType]:
    fields: dict[Field, str] = {"name": document.name, "url": document.url, "text": document.text}
    largest = max((abs(part.contribution) for part in prediction.evidence), default=1.0) or 1.0
    colours = (COLOURS[prediction.best_guess], COLOURS[prediction.runner_up])
    for field, value in fields.items():
        if value.strip():
            evidence = [part for part in prediction.evidence if part.field == field and part.start < _MAX_SHOWN_CHARS]
            read = value[: max([_MAX_SHOWN_CHARS, *(part.end for part in evidence)])]
            shown = tuple(_shorten(cut_passages(read, evidence)))
            yield _Shaded(shown, len(value) <= _MAX_SHOWN_CHARS, largest, *colours)


def _shorten(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Cut passages off where the shown part of an input ends, the last with its part of what it adds."""
    left = _MAX_SHOWN_CHARS
    for passage in passages:
        if text := passage.text[:left]:
            yield Passage(text, passage.contribution * len(text) / len(passage.text), passage.signals)
        left -= len(text)


class _Shaded(NamedTuple):
    """A field of the input: in colour where the console has it, with marks where it has not."""

    passages: tuple[Passage, ...]
    """What is shown of it, in order."""
    is_whole: bool
    largest: float
    """The size of the largest contribution, of which strengths are parts."""
    colour_for: str
    colour_against: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        is_plain = console.no_color or console.color_system is None
        text = Text()
        shown = neutralise_passages([passage.text for passage in self.passages])
        for passage, written in zip(self.passages, shown, strict=True):
            strength = max(-1.0, min(1.0, passage.contribution / self.largest))
            is_marked = abs(strength) >= _FAINT and bool(passage.text.strip())
            text.append(written, style=self._find_style(strength) if is_marked and not is_plain else "")
            if is_marked and is_plain:
                text.append(("⁺" if strength > 0 else "⁻") * (2 if abs(strength) > _STRONG else 1))
        if not self.is_whole:
            text.append("…")
        yield text

    def _find_style(self, strength: float) -> str:
        if strength > 0:
            return f"{self.colour_for} bold" + (" underline" if strength > _STRONG else "")
        return f"{self.colour_against} italic" + (" underline" if strength < -_STRONG else "")


def _render_reasons(prediction: Prediction, taxonomy: Taxonomy, language: str, width: int) -> Iterator[RenderableType]:
    """Render what speaks for the best guess, by criterion, then what speaks for the runner-up instead."""
    messages = load_messages(language)
    names = {label: category.phrase for label, category in taxonomy.categories[language].items()}
    speaking_for = [reason for reason in prediction.reasons if reason.contribution > 0]
    against = [reason for reason in prediction.reasons if reason.contribution < 0]
    total = add_up_sizes(prediction.reasons) or 1.0
    largest = max((abs(r.contribution) for r in prediction.reasons if r.is_telling), default=total)

    def begin(message: str, label: Label, reasons: Sequence[Reason]) -> tuple[Text, _Reasons]:
        heading = show_text(messages[message].format(category=names[label]), "bold")
        share = messages["of_all"].format(share=show_share(add_up_sizes(reasons) / total))
        rows = _Reasons(total, largest, COLOURS[label], taxonomy, language, has_bars=width >= NARROW)
        return heading.append(f" · {share}", style="not bold bright_black"), rows

    if speaking_for:
        yield Rule(style="bright_black")
        heading, rows = begin("evidence_for", prediction.best_guess, speaking_for)
        yield heading
        for name, reasons in _sort_under_headings(speaking_for, taxonomy, language):
            rows.add(name, reasons, _MAX_OF_KIND)
        yield rows.finish()
    if add_up_sizes(against) >= _LEAST_SHARE * total:
        yield Text()
        heading, rows = begin("evidence_against", prediction.runner_up, against)
        yield heading
        rows.add("", against, _MAX_AGAINST)
        yield rows.finish()


class _Reasons:
    """A table of reasons, each with its share of all that counted, for and against."""

    def __init__(  # noqa: PLR0913  (what a table needs to know)
        self, total: float, largest: float, colour: str, taxonomy: Taxonomy, language: str, *, has_bars: bool
    ) -> None:
        self._total, self._largest, self._colour, self._has_bars = total, largest, colour, has_bars
        self._messages = load_messages(language)
        self._names = taxonomy.name_signals(language)
        self._rest: list[Reason] = []
        self._table = Table.grid(padding=(0, 1))
        self._table.add_column(justify="right", min_width=4)
        if has_bars:
            self._table.add_column(width=_REASON_BAR)
        self._table.add_column(overflow="fold")

    def add(self, heading: str, reasons: Sequence[Reason], most: int) -> None:
        """Add the strongest telling reasons under a heading; the others are summed up at the end."""
        telling = [r for r in reasons if r.is_telling and abs(r.contribution) >= _LEAST_SHARE * self._total]
        shown = telling[:most]
        self._rest += [reason for reason in reasons if reason not in shown]
        if shown and heading:
            self._add_row("", None, show_text(heading, "italic bright_black"))
        for reason in shown:
            size = abs(reason.contribution)
            self._add_row(show_share(size / self._total), size / self._largest, self._name(reason))

    def finish(self) -> Table:
        """Finish the table with a line for all that was not shown."""
        if self._rest:
            share = add_up_sizes(self._rest) / self._total
            more = self._messages["more"].format(count=len(self._rest))
            self._add_row(show_share(share), None, Text(more, style="bright_black"))
        return self._table

    def _add_row(self, share: str, bar: float | None, said: Text) -> None:
        drawn = Text() if bar is None else draw_bar(min(1.0, bar), _REASON_BAR, self._colour)
        self._table.add_row(Text(share, style=self._colour), *([drawn] if self._has_bars else []), said)

    def _name(self, reason: Reason) -> Text:
        name, words = name_reason(reason, self._names, self._messages, _MAX_WORDS)
        if not name:
            return show_text(words)
        where = "" if reason.field == "text" else f" ({self._messages[reason.field]})"
        return Text.assemble(show_text(name, "bold"), show_text(f" {words}{where}"))


def _sort_under_headings(
    reasons: Sequence[Reason], taxonomy: Taxonomy, language: str
) -> Iterable[tuple[str, list[Reason]]]:
    """Sort reasons under the criteria of their signals, then words, name and address."""
    messages = load_messages(language)
    criterion_of = {signal.id: signal.criterion for signal in taxonomy.signals}
    for criterion in taxonomy.criteria[language]:
        heading = taxonomy.criteria[language][criterion]
        yield heading, [r for r in reasons if r.signal and criterion_of.get(r.signal, _BY_ITSELF) == criterion]
    for field, heading in (("text", "words"), ("name", "in_name"), ("url", "in_url")):
        yield messages[heading], [r for r in reasons if not r.signal and r.field == field]
