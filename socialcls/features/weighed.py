"""Something with a row of coefficients: what words, pairs of words and all other keys have in common."""

Row = tuple[float, ...]
"""What a key weighs: a coefficient for each label, then its squared inverse document frequency (see `model.linear`)."""


class Weighed:
    """Something with a row of coefficients. An object and no tuple: compiled, its fields lie side by side."""

    __slots__ = ("kinds", "row", "square")

    def __init__(self, row: Row) -> None:
        self.row = row
        """What it weighs."""
        self.square = row[-1] if row else 0.0
        """The last number of that; 0 when the model does not know it."""
        self.kinds: Row = ()
        """What it says of kinds (see `model.kinds`); empty where that is nothing."""


def add_columns(rows: list[tuple[int, ...]]) -> list[int]:
    """Add rows of integers up, column by column; there is one at least.

    >>> add_columns([(1, 2), (10, 20)])
    [11, 22]
    """
    totals = list(rows[0])
    for row in rows[1:]:
        for i in range(len(row)):
            totals[i] += row[i]
    return totals
