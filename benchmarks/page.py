"""What pages of measurements are made of: tables, and figures beside what was aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import NamedTuple

Table = tuple[list[str], list[list[str]]]
"""The columns' names, then the rows."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured in several rounds, and what it should be."""

    name: str
    rounds: Sequence[float]
    """What each round measured; mostly a ratio."""
    at_least: float = -inf
    at_most: float = inf
    unit: str = ""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    @property
    def is_met(self) -> bool:
        """Whether it is what it should be."""
        return self.at_least <= self.value <= self.at_most

    def list_cells(self) -> list[str]:
        """Its row in a table under FIGURE_COLUMNS."""
        spread = "" if len(self.rounds) == 1 else f"{_round(min(self.rounds))} – {_round(max(self.rounds))}"
        aim = f"≥ {self.at_least:g}" if self.at_least > -inf else f"≤ {self.at_most:g}"
        verdict = "met" if self.is_met else "**missed**"
        return [self.name, f"{_round(self.value)}{self.unit}", spread, f"{aim}{self.unit}", verdict]


FIGURE_COLUMNS = ["", "median", "rounds", "target", "met?"]


def tabulate_figures(figures: Sequence[Figure]) -> Table:
    """Figures beside their targets."""
    return FIGURE_COLUMNS, [figure.list_cells() for figure in figures]


class Section(NamedTuple):
    """A part of a page: what was measured, how to read it, the figures that have targets, everything in a table."""

    title: str
    note: str
    figures: Sequence[Figure]
    table: Table


def format_section(section: Section) -> str:
    """A section in Markdown."""
    figures = f"{format_table(tabulate_figures(section.figures))}\n" if section.figures else ""
    return f"## {section.title}\n\n{section.note}\n\n{figures}{format_table(section.table)}"


def format_table(table: Table) -> str:
    """A table in Markdown; names to the left, figures to the right."""
    columns, rows = table
    lines = [" | ".join(columns), "|".join(["---"] + ["---:"] * (len(columns) - 1))]
    lines += [" | ".join(cell.replace("|", "/") for cell in row) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def _round(value: float) -> str:
    """Three digits that mean something; the whole number where there are more before the point."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
