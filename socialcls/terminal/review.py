"""A labelling session in a terminal: one row at a time, one key each, the choices always on screen."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from string import ascii_lowercase

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from socialcls.dataset.review import Decision, DecisionFile, Question
from socialcls.errors import InputError
from socialcls.terminal.console import COLOURS, show_text
from socialcls.text.escaping import neutralise_lines
from socialcls.types import Label

SKIP, UNDO, NOTE, QUIT = "s", "u", "n", "q"
_MOST_CHARS = 1_200
_INTERRUPTS = ("\x03", "\x04", "")


def assign_keys(labels: Sequence[Label]) -> dict[str, Label]:
    """Assign a key to each label: figures, then letters that mean nothing else.

    >>> list(assign_keys([f"label {n}" for n in range(11)]))
    ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b']

    Raises:
        InputError: there are more labels than keys.
    """
    keys = [*"123456789", *(letter for letter in ascii_lowercase if letter not in (SKIP, UNDO, NOTE, QUIT))]
    if len(labels) > len(keys):
        raise InputError(f"{len(labels)} labels are more than there are keys. Give rows a label in a spreadsheet.")
    return dict(zip(keys, labels, strict=False))


class Session:
    """Asks questions until all are answered or somebody has had enough."""

    def __init__(
        self, questions: Sequence[Question], file: DecisionFile, labels: Sequence[Label], console: Console
    ) -> None:
        self._questions = list(questions)
        self._file, self._console = file, console
        self._keys = assign_keys(labels)
        self._note = ""
        self._at = 0

    def run(self, read_key: Callable[[], str], read_line: Callable[[str], str]) -> int:
        """Ask.

        Args:
            read_key: Waits for a key; empty when there is no more to come.
            read_line: Shows a prompt and waits for a line.

        Returns:
            How many decisions were made.
        """
        n_before = len(self._file.decisions)
        while self._at < len(self._questions):
            self._show()
            key = read_key()
            if key in (QUIT, *_INTERRUPTS):
                break
            self._obey(key, read_line)
        return len(self._file.decisions) - n_before

    def _obey(self, key: str, read_line: Callable[[str], str]) -> None:
        question = self._questions[self._at]
        if key in self._keys:
            self._file.add(Decision(question, self._keys[key], self._note))
            self._note = ""
            self._at += 1
        elif key == SKIP:
            self._note = ""
            self._at += 1
        elif key == NOTE:
            self._note = read_line("Note: ").strip()
        elif key == UNDO:
            self._undo()

    def _undo(self) -> None:
        taken = self._file.undo()
        if taken is None:
            self._at = max(0, self._at - 1)
            return
        places = [i for i in range(self._at) if self._questions[i].document == taken.question.document]
        if places:
            self._at = places[-1]
        else:  # of an earlier session
            self._questions.insert(self._at, taken.question)

    def _show(self) -> None:
        question = self._questions[self._at]
        text, url, name = question.document.fields
        agreement = self._file.agreement
        agreed = "" if agreement is None else f" · you agree with the model in {agreement:.0%}"
        parts: list[RenderableType] = [
            Text(f"Row {self._at + 1} of {len(self._questions)} · {len(self._file.decisions)} decided{agreed}", "dim"),
            Text(),
        ]
        parts += [show_text(value[:_MOST_CHARS], style) for value, style in ((name, "bold"), (url, "cyan")) if value]
        if text:
            shown = neutralise_lines(text[:_MOST_CHARS] + ("…" if len(text) > _MOST_CHARS else ""))
            parts += [Text(), Padding(Text(shown), (0, 0, 0, 2))]
        guess = Text.assemble(
            "Model: ", show_text(question.best_guess, COLOURS[question.best_guess]), f" {question.confidence:.0%}. "
        )
        parts += [Text(), guess, show_text(question.reason, "dim")]
        if self._note:
            parts.append(show_text(f"Note: {self._note}", "italic"))
        choices = Text()
        for key, label in self._keys.items():
            choices.append(f" {key} ", "bold reverse")
            choices.append(show_text(f" {label}  ", COLOURS[label]))
        for key, what in ((SKIP, "skip"), (UNDO, "undo"), (NOTE, "note"), (QUIT, "quit")):
            choices.append(f" {key} ", "reverse")
            choices.append(f" {what}  ")
        self._console.clear()
        self._console.print(Group(*parts, Text(), choices))


@contextmanager
def read_keys() -> Iterator[tuple[Callable[[], str], Callable[[str], str]]]:
    """Let keys be read one by one, without Enter, as long as the block lasts.

    Yields:
        What waits for a key, and what waits for a line.

    Raises:
        InputError: there is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("A review needs a terminal: its keys are pressed one by one.")
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  (there alone)

        yield msvcrt.getwch, input
        return
    import termios  # noqa: PLC0415  (not on Windows)
    import tty  # noqa: PLC0415

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def read_key() -> str:
        return os.read(descriptor, 1).decode("latin-1").lower()

    def read_line(prompt: str) -> str:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        try:
            return input(prompt)
        except EOFError:
            return ""
        finally:
            tty.setcbreak(descriptor)

    try:
        tty.setcbreak(descriptor)
        yield read_key, read_line
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
