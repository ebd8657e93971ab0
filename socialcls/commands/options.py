"""The options and arguments that several commands share."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from socialcls.errors import InputError

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", "-m", metavar="DIR", help="A model made by `train`; the built-in one by default."),
]
LanguageOption = Annotated[
    str, typer.Option("--lang", metavar="CODE", help="Language of the answer: en or pl. [default: the locale's]")
]
SocialOption = Annotated[
    bool, typer.Option("--social-only", help="Ask only which kind of social media it is: leave `other` out.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of text.")]
TextColumn = Annotated[str, typer.Option("--text-column", metavar="NAME", help="Column with the description.")]
UrlColumn = Annotated[str, typer.Option("--url-column", metavar="NAME", help="Column with the URL.")]
NameColumn = Annotated[str, typer.Option("--name-column", metavar="NAME", help="Column with the name.")]
PrefixOption = Annotated[str, typer.Option("--prefix", metavar="P", help="Put before each new column's name.")]
Encoding = Annotated[
    str, typer.Option(metavar="NAME", help="Encoding of the file, for example cp1250. [default: utf-8]")
]


def make_app() -> typer.Typer:
    """An app for one command. Help is plain text: rich would take as long to load as a whole answer."""
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def show_examples(*examples: str) -> str:
    """The end of a command's help: examples, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)


def choose_language(lang: str) -> str:
    """The language asked for, or that of the locale.

    Raises:
        InputError: there is no such language.
    """
    from socialcls.messages import find_language, load_messages

    language = lang or find_language()
    load_messages(language)
    return language


def check_utf8(argument: str) -> str:
    """An argument as it was given.

    Raises:
        InputError: its bytes were not UTF-8.
    """
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise InputError("The argument is not UTF-8. Give it in a terminal with a UTF-8 locale.") from error
    return argument


def read_source(source: str) -> str:
    """An argument, or standard input for "-".

    Raises:
        InputError: it is not UTF-8.
    """
    return decode_input(sys.stdin.buffer.read()) if source == "-" else check_utf8(source)


def decode_input(data: bytes) -> str:
    """What stood on standard input.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"standard input: not UTF-8 (byte 0x{error.object[error.start]:02x}). "
            "Convert it first, for example: iconv -f cp1250 -t utf-8."
        )
        raise InputError(message) from error


def print_json(values: dict[str, Any]) -> None:
    """One JSON object on a line of standard output."""
    from socialcls.reports.json import dump_line

    print(dump_line(values))
