"""The console, the colours and the bars that everything shown in a terminal shares."""

from zlib import crc32

from rich.console import Console
from rich.text import Text

from socialcls.text.escaping import neutralise
from socialcls.types import Answer


class _Colours(dict[Answer, str]):
    """A colour for every answer: that of an unknown label depends on nothing but its name."""

    def __missing__(self, answer: Answer) -> str:
        return _OTHERS[crc32(answer.encode("utf-8", "surrogatepass")) % len(_OTHERS)]


_OTHERS = ("cyan", "red", "bright_green", "bright_magenta", "bright_blue", "bright_yellow")
COLOURS = _Colours(
    {
        "community": "green",
        "blog": "magenta",
        "platform": "blue",
        "other": "yellow",
        "unsure": "bright_black",
    }
)
"""Of the sixteen that every terminal has and its user has chosen."""

NARROW = 50
"""Columns; below, bars and lines of tables give way to words and figures."""

WIDE = 120
"""Columns; above, lines are no longer read with ease, and what is shown stays as it is."""

_BAR, _EMPTY = "█", "·"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def make_console(*, stderr: bool = False) -> Console:
    """Make a console that obeys NO_COLOR and a pipe, and takes no markup."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show_text(text: str, style: str = "") -> Text:
    """Show text that comes from outside, a model included: nothing in it is obeyed, and it is one line."""
    return Text(neutralise(text), style)


def name_category(answer: Answer, name: str) -> Text:
    """Show a category's name for people in its colour, then the name that files and options use."""
    return Text.assemble(show_text(f" {name} ", f"bold reverse {COLOURS[answer]}"), show_text(f" {answer} "))


def draw_bar(share: float, width: int, colour: str) -> Text:
    """Draw a bar of some columns, filled to a share of 0 to 1.

    >>> draw_bar(0.45, 5, "green").plain
    '██▎··'
    """
    full, part = divmod(round(share * width * 8), 8)
    bar = _BAR * full + (_EIGHTHS[part] if part else "")
    return Text.assemble((bar, colour), (_EMPTY * (width - len(bar)), "bright_black"))
