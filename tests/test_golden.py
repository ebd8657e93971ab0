"""Golden outputs: the JSON contract to the letter."""

from tests.golden.make import GOLDEN, make_lines


def test_answers_are_the_golden_ones():
    """`just golden` writes them anew; read the difference before committing it."""
    assert make_lines() == GOLDEN.read_text(encoding="utf-8")
