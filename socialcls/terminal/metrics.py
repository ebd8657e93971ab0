"""Show measurements and models in a terminal, with rich."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from socialcls.explain.top_features import Pull
from socialcls.messages import load_messages
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.terminal.console import COLOURS, NARROW, WIDE, draw_bar, name_category, show_text
from socialcls.text.escaping import neutralise
from socialcls.types import UNSURE, Example, Label

if TYPE_CHECKING:  # a batch needs it not
    from socialcls.dataset.checks import Suspicion

_BLOCK_WIDTH = 39  # columns for the features of one group
_PULL_BAR = 8
_GAIN = 0.01  # of macro-F1 between half of the rows and all: less is noise


def render_figures(figures: Mapping[str, Any], width: int, title: str = "") -> RenderableType:
    """Render what an evaluation measured: a row for each label, then the figures of the whole."""
    table = _begin_table(title, width)
    table.add_column("label", overflow="fold")
    for name in ("precision", "recall", "F1", "rows"):
        table.add_column(name, justify="right")
    for label, of_label in figures["labels"].items():
        shown = (f"{of_label[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(show_text(label, COLOURS[label]), *shown, f"{of_label['support']:,}")
    intervals = figures.get("intervals") or {}
    right = figures["accuracy_answered"] if figures["coverage"] else None
    answered = (
        "none answered" if right is None else f"{figures['coverage']:.1%} answered, {right:.1%} of the answers right"
    )
    whole = Text(
        f"macro-F1 {figures['macro_f1']:.3f}{_show_interval(intervals.get('macro_f1'))} · "
        f"accuracy {figures['accuracy']:.3f}{_show_interval(intervals.get('accuracy'))} · "
        f"{answered} · calibration error {figures['calibration_error']:.3f}"
    )
    return Group(table, whole)


def _show_interval(interval: Sequence[float] | None) -> str:
    return f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else ""


def render_confusion(figures: Mapping[str, Any], width: int) -> RenderableType:
    """Render how often each gold label (rows) got each best guess (columns)."""
    table = _begin_table("gold ↓  best guess →", width)
    table.add_column("")
    for label in figures["confusion"]:
        table.add_column(neutralise(label), justify="right")
    for gold, counts in figures["confusion"].items():
        cells = (Text(f"{n:,}", style="bold" if guess == gold else "") for guess, n in counts.items())
        table.add_row(show_text(gold), *cells)
    return table


def render_breakdown(column: str, by_value: Mapping[str, Mapping[str, Any]], width: int) -> RenderableType:
    """Render the figures of the whole for each value of a column."""
    table = _begin_table("", width)
    table.add_column(neutralise(column), overflow="fold")
    names = ("rows", "macro-F1", "accuracy", "answered", "right")
    for name in names if width >= NARROW else ("rows", "F1", "acc.", "ans.", "right"):
        table.add_column(name, justify="right", overflow="fold")
    for value, figures in by_value.items():
        table.add_row(
            show_text(value or "(empty)"),
            f"{figures['n_examples']:,}",
            f"{figures['macro_f1']:.3f}",
            f"{figures['accuracy']:.3f}",
            f"{figures['coverage']:.0%}",
            f"{figures['accuracy_answered']:.0%}" if figures["coverage"] else "–",
        )
    return table


def render_model(described: Mapping[str, Any], width: int) -> RenderableType:
    """Render the card of a model."""
    data, training = described["data"], described["training"]
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column()
    rows = {
        "model": f"{described['name']} {described['version']}, format {described['format']}",
        "trained on": f"{data['n_rows']:,} rows: " + _count(data["labels"]),
        "languages": _count(data["languages"]),
        "data sha256": data["sha256"][:16] + "…",
        "features": f"{described['n_features']:,}; {described['n_signals']} signals are known",
        "groups": _count(described["groups"]),
        **{
            f"needed, {ground}": ", ".join(f"{label} {value:.2f}" for label, value in needed.items())
            for ground, needed in described["thresholds"].items()
        },
        "settings": f"seed {training['seed']}, {training['n_folds']} folds, C {training['strength']:g}",
        "temperatures": ", ".join(f"{ground} {value:.2f}" for ground, value in described["temperatures"].items()),
        "made with": ", ".join(f"{name} {version}" for name, version in training["versions"].items()),
    }
    for name, value in rows.items():
        facts.add_row(show_text(name), show_text(value))
    measured = [
        Padding(render_figures(figures, width, f"held-out hosts, {view}"), (1, 0, 0, 0))
        for view, figures in described["figures"].items()
    ]
    measured += [
        Padding(render_figures(figures, width, f"held-out hosts, kinds of {label}"), (1, 0, 0, 0))
        for label, figures in described["kind_figures"].items()
    ]
    return Group(facts, *measured)


def render_training(described: Mapping[str, Any], width: int) -> RenderableType:
    """What is to be said of a model that was just made: beside the one it replaces, and what to beware of."""
    parts: list[RenderableType] = []
    if comparison := described["comparison"]:
        n_rows = comparison["models"][0]["n_rows"]
        table = _begin_table(f"your {n_rows:,} rows, held out", width)
        table.add_column("model", overflow="fold")
        for name in ("accuracy", "95 %", "macro-F1"):
            table.add_column(name, justify="right")
        for model in comparison["models"]:
            low, high = model["interval"]
            table.add_row(
                show_text(model["name"]),
                f"{model['accuracy']:.3f}",
                f"{low:.2f}–{high:.2f}",
                f"{model['macro_f1']:.3f}",
            )
        parts += [
            Padding(table, (1, 0, 0, 0)),
            Text(
                f"{comparison['better']:,} rows are right that the replaced model has wrong, "
                f"{comparison['worse']:,} the other way round (McNemar, p = {comparison['p_value']:.3f})."
            ),
        ]
    if curve := described["learning_curve"]:
        parts.append(Text("Learning curve: " + ", ".join(f"{p['n_rows']:,} rows {p['macro_f1']:.3f}" for p in curve)))
        gain = curve[-1]["macro_f1"] - curve[0]["macro_f1"]
        parts.append(
            Text("More rows would help." if gain > _GAIN else "More rows of this kind would hardly help."),
        )
    parts += [show_text(f"warning: {warning}") for warning in described["warnings"]]
    parts.append(Text(f"It took {described['seconds']:.0f} s."))
    return Group(*parts)


def render_suspicions(
    found: "Sequence[Suspicion]", examples: Sequence[Example], most: int, width: int
) -> RenderableType:
    """What is probably wrong in labelled rows: how many rows by check, then the first of each with its reason."""
    if not found:
        return Text("Nothing is found.")
    counts = Counter(suspicion.check for suspicion in found)
    parts: list[RenderableType] = [Text(_count(counts), style="bold")]
    for check in counts:
        table = _begin_table(check, width)
        for name, ratio in (("row", 3), ("what", 3), ("label", 2), ("why", 5), ("likelier", 2)):
            table.add_column(name, overflow="fold", ratio=ratio)
        for suspicion in [s for s in found if s.check == check][:most]:
            example = examples[suspicion.row]
            what = example.document.name or example.document.url or example.document.text[:60]
            told = (suspicion.place, what, example.gold, suspicion.reason, suspicion.suggestion)
            table.add_row(*map(show_text, told))
        parts.append(Padding(table, (1, 0, 0, 0)))
        if counts[check] > most:
            parts.append(Text(f"and {counts[check] - most:,} more: see them all with -o FILE"))
    return Group(*parts)


def render_pulls(
    ranked: Mapping[Label, Mapping[str, Sequence[Pull]]], taxonomy: Taxonomy, language: str, width: int
) -> RenderableType:
    """Render what pulls to each label: the strongest features, as many groups abreast as there is room for."""
    messages = load_messages(language)
    signals = taxonomy.name_signals(language)
    width = min(width, WIDE)
    n_abreast = max(1, width // _BLOCK_WIDTH)
    parts: list[RenderableType] = []
    for label, by_group in ranked.items():
        name = name_category(label, taxonomy.categories[language][label].name)
        parts += [Rule(name, align="left", style=COLOURS[label]), Text()]
        blocks: list[RenderableType] = []
        for group, pulls in by_group.items():
            named = [(pull.weight, _name_feature(group, pull.feature, signals)) for pull in pulls]
            bars = _draw_pulls(named, COLOURS[label], messages["decimal"], width)
            blocks.append(Group(Text(messages[group], style="bold"), bars, Text()))
        table = Table.grid(padding=(0, 2, 0, 0))
        for _ in range(n_abreast):
            table.add_column(width=width // n_abreast - 2)
        for first in range(0, len(blocks), n_abreast):
            table.add_row(*blocks[first : first + n_abreast])
        parts.append(table)
    return Constrain(Group(*parts, Text(messages["pulls"])), width)


def _draw_pulls(named: Sequence[tuple[float, str]], colour: str, decimal: str, width: int) -> RenderableType:
    """Draw weights with their features, the strongest first, with bars where there is room."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right")
    if width >= NARROW:
        table.add_column(width=_PULL_BAR)
    table.add_column(overflow="fold")
    for weight, feature in named:
        cells = [Text(f"{weight:.1f}".replace(".", decimal), style=colour)]
        if width >= NARROW:
            cells.append(draw_bar(weight / named[0][0], _PULL_BAR, colour))
        table.add_row(*cells, show_text(feature))
    return table


def _name_feature(group: str, feature: str, signals: Mapping[str, str]) -> str:
    """Name a feature for people: a signal, a pair with a space, an n-gram with dots where its word goes on."""
    if group.endswith(".signals"):
        return signals[feature]
    if group.endswith(".chars"):
        opening = "" if feature.startswith("<") else "…"
        return opening + feature.strip("<>") + ("" if feature.endswith(">") else "…")
    return feature.replace("\t", " ")


def summarise_batch(counts: Counter[str], n_rows: int, seconds: float) -> str:
    """Summarise in one line for standard error how many rows became what."""
    shown = ", ".join(
        f"{counts[name]:,} {name}"
        for name in sorted(counts, key=lambda name: (name == UNSURE, -counts[name], name))
        if name
    )
    failed = f", {counts['']:,} failed" if counts[""] else ""
    return f"{n_rows:,} rows in {seconds:.1f} s: {shown}{failed}"


def _begin_table(title: str, width: int) -> Table:
    """Begin a table, in a narrow terminal without the lines that would take the room of its figures."""
    table = Table(title=neutralise(title) or None, title_justify="left", title_style="bold")
    if width < NARROW:
        table.box, table.pad_edge, table.collapse_padding = None, False, True
    return table


def _count(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or '(none)'} {n:,}" for name, n in counts.items())
