"""Measurements and models shown in a terminal, with rich."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from socialcls.drawing import COLOURS, NARROW
from socialcls.taxonomy import LABELS
from socialcls.terminal import neutralise


def render_figures(figures: Mapping[str, Any], width: int, title: str = "") -> RenderableType:
    """What an evaluation measured: a row a label, then the figures of the whole."""
    table = _begin_table(title, width)
    table.add_column("label")
    for name in ("precision", "recall", "F1", "rows"):
        table.add_column(name, justify="right")
    for label in LABELS:
        of_label = figures["labels"][label]
        shown = (f"{of_label[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(Text(label, style=COLOURS[label]), *shown, f"{of_label['support']:,}")
    whole = Text(
        f"macro-F1 {figures['macro_f1']:.3f} · accuracy {figures['accuracy']:.3f} · "
        f"{figures['coverage']:.1%} answered, {figures['accuracy_answered']:.1%} of the answers right · "
        f"calibration error {figures['calibration_error']:.3f}"
    )
    return Group(table, whole)


def render_confusion(figures: Mapping[str, Any], width: int) -> RenderableType:
    """How often each gold label (rows) got each best guess (columns)."""
    table = _begin_table("gold ↓  best guess →", width)
    table.add_column("")
    for label in LABELS:
        table.add_column(label, justify="right")
    for gold in LABELS:
        counts = figures["confusion"][gold]
        cells = (Text(f"{counts[guess]:,}", style="bold" if guess == gold else "") for guess in LABELS)
        table.add_row(gold, *cells)
    return table


def render_breakdown(column: str, by_value: Mapping[str, Mapping[str, Any]], width: int) -> RenderableType:
    """The figures of the whole for each value of a column."""
    table = _begin_table("", width)
    table.add_column(neutralise(column), overflow="fold")
    names = ("rows", "macro-F1", "accuracy", "answered", "right")
    for name in names if width >= NARROW else ("rows", "F1", "acc.", "ans.", "right"):
        table.add_column(name, justify="right", overflow="fold")
    for value, figures in by_value.items():
        table.add_row(
            Text(neutralise(value) or "(empty)"),
            f"{figures['n_examples']:,}",
            f"{figures['macro_f1']:.3f}",
            f"{figures['accuracy']:.3f}",
            f"{figures['coverage']:.0%}",
            f"{figures['accuracy_answered']:.0%}",
        )
    return table


def render_model(described: Mapping[str, Any], width: int) -> RenderableType:
    """The card of a model."""
    data, training = described["data"], described["training"]
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column()
    rows = {
        "model": f"{described['name']} {described['version']}, format {described['format']}",
        "trained on": f"{data['n_rows']:,} rows: " + _count(data["labels"]),
        "languages": _count(data["languages"]),
        "data sha256": data["sha256"][:16] + "…",
        "features": f"{described['n_features']:,}, of them signals {described['n_signals']}",
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
        facts.add_row(name, Text(neutralise(value)))
    measured = [
        Padding(render_figures(figures, width, f"held-out hosts, {view}"), (1, 0, 0, 0))
        for view, figures in described["figures"].items()
    ]
    return Group(facts, *measured)


def summarise_batch(counts: Counter[str], n_rows: int, seconds: float) -> str:
    """One line for standard error: how many rows became what."""
    shown = ", ".join(f"{counts[name]:,} {name}" for name in (*LABELS, "unsure", "failed") if counts[name])
    return f"{n_rows:,} rows in {seconds:.1f} s: {shown}"


def _begin_table(title: str, width: int) -> Table:
    """A table, in a narrow terminal without the lines that would take the room of its figures."""
    table = Table(title=neutralise(title) or None, title_justify="left", title_style="bold")
    if width < NARROW:
        table.box, table.pad_edge, table.collapse_padding = None, False, True
    return table


def _count(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name or '(none)'} {n:,}" for name, n in counts.items())
