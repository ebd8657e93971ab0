"""The command line: finds the command that was asked for, and maps errors to exit codes.

Commands are modules of `commands`; only the one that is asked for is imported. Help is plain text.
"""

import errno
import importlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from socialcls.errors import SocialClsError

COMMANDS = {
    "classify": "Say what one service is, how surely, and why; or compare several.",
    "batch": "Classify every row of a table (CSV, Excel, JSON Lines, Parquet, a list): its columns, then the answer.",
    "train": "Make a new model from labelled rows, and report what it measured on held-out hosts.",
    "evaluate": "Measure how good a model is on labelled rows it has not seen.",
    "check": "Find what is probably wrong in labelled rows before a model is trained on them.",
    "review": "Decide the rows that are worth a person's minute, one key each; or compare two people's decisions.",
    "model": "Show the card of a model, or what it has learnt; verify it, or export it for scikit-learn.",
    "categories": "Show what the categories are: definitions, kinds, signals, and where the line runs.",
}
"""What each command does: the first line of its help, kept here so that the list of commands imports none of them."""


_UsageError: type[Exception] = typer.BadParameter.__mro__[1]  # click's own, or that of typer's copy of it


@contextmanager
def _neutralise_usage_errors() -> Iterator[None]:
    """Quote arguments in what is said of wrong usage so that a terminal obeys nothing in them."""
    try:
        yield
    except _UsageError as error:
        from socialcls.text.escaping import neutralise

        error.message = neutralise(error.message)  # type: ignore[attr-defined]
        raise


class _LazyCommands(TyperGroup):
    """The commands by name, each made when it is needed."""

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401
        """Read the options before the command."""
        with _neutralise_usage_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run the command that was asked for."""
        with _neutralise_usage_errors():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401  (typer's own copy of click is not public)
        """The names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """One command by its name; None when there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = get_command(importlib.import_module(f"socialcls.commands.{cmd_name}").app)
        command.name = cmd_name
        return command

    def resolve_command(self, ctx: Any, args: Any) -> Any:  # noqa: ANN401
        """The command that was asked for, or an error that names the likely one."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            close = difflib.get_close_matches(args[0].lower(), COMMANDS, n=1, cutoff=0.6)
            likely = f"Did you mean {close[0]}?" if close else f"Commands are: {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {args[0]!r}. {likely}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """The list of commands in the help."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(
    cls=_LazyCommands,
    name="socialcls",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def start(
    *, version: Annotated[bool, typer.Option("--version", help="Show the version and leave.", is_eager=True)] = False
) -> None:
    """Says what an online service is: a forum or community, a blog, a social platform, or not social media."""
    if version:
        from socialcls import __version__

        typer.echo(f"socialcls {__version__}")
        raise typer.Exit


def main() -> NoReturn:
    """Run the command line."""
    run(app)


def run(command: Callable[[], object]) -> NoReturn:
    """Run a command: the one place where errors become messages and exit codes."""
    prepare_streams()
    try:
        command()
        _flush()
    except SocialClsError as error:
        _fail(*error.lines)
    except BrokenPipeError:
        _leave_closed_pipe()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EBADF, errno.EIO):
            raise
        _fail(f"standard output: cannot be written ({error.strerror}).")
    except SystemExit as leaving:
        if leaving.code == 1 and isinstance(leaving.__context__, BrokenPipeError):
            _leave_closed_pipe()
        try:
            _flush()
        except BrokenPipeError:
            _leave_closed_pipe()
        except OSError as error:
            _fail(f"standard output: cannot be written ({error.strerror}).")
        raise
    sys.exit(0)


def prepare_streams() -> None:
    """Make what is redirected UTF-8, whatever the locale; on a terminal write out what its encoding has not."""
    if sys.stdout is None:  # closed: whoever writes there shall hear of it
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (as long as the process lives)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()


def _fail(*lines: str) -> NoReturn:
    from socialcls.text.escaping import neutralise

    print("error: " + "\n  ".join(map(neutralise, lines)), file=sys.stderr)
    try:
        _flush()
    except OSError:  # said already
        _forget_output()
    sys.exit(1)


def _forget_output() -> None:
    """Let what could not be written go nowhere, so that Python does not try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave_closed_pipe() -> NoReturn:
    """Leave with success when whoever read the output has seen enough (`… | head`)."""
    _forget_output()
    sys.exit(0)


if __name__ == "__main__":
    main()
