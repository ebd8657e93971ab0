"""Cut the input into passages where evidence begins and ends, each with all that it adds to the margin.

Parts of the evidence overlap: a phrase shows a signal, and its words weigh something themselves. What a part adds is
spread evenly over its characters, and a character adds what all parts that it lies in give it. So the passages of all
fields add up to what the evidence adds up to.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from socialcls.types import Evidence


class Passage(NamedTuple):
    """A stretch of a field whose characters lie in the same parts of the evidence."""

    text: str
    """As it stands in the field."""
    contribution: float
    """What it adds to the margin, in logits; 0 where nothing counted."""
    signals: tuple[str, ...]
    """The ids of the signals whose words it belongs to, the one that adds most first."""


def cut_passages(value: str, evidence: Iterable[Evidence]) -> list[Passage]:
    """Cut a whole field into passages, in order.

    Args:
        value: The field as given.
        evidence: The parts found in it, and in no other field.

    >>> parts = [Evidence("text", "ask a", 0, 5, "questions", 5.0), Evidence("text", "ask", 0, 3, None, 1.0)]
    >>> [(passage.text, passage.contribution) for passage in cut_passages("ask a bee", parts)]
    [('ask', 4.0), (' a', 2.0), (' bee', 0.0)]
    """
    begins: dict[int, list[Evidence]] = defaultdict(list)
    ends: dict[int, list[Evidence]] = defaultdict(list)
    for part in evidence:
        begins[part.start].append(part)
        ends[part.end].append(part)
    cuts = sorted({0, len(value), *begins, *ends})
    passages = []
    covering: list[Evidence] = []
    for start, end in pairwise(cuts):
        for part in ends[start]:
            covering.remove(part)
        covering += begins[start]
        added = fsum(part.contribution * (end - start) / (part.end - part.start) for part in covering)
        ranked = sorted(covering, key=lambda part: -abs(part.contribution))
        signals = dict.fromkeys(part.signal for part in ranked if part.signal)
        passages.append(Passage(value[start:end], added, tuple(signals)))
    return passages
