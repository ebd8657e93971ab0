"""The options and arguments that several commands share."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialcls.errors import InputError

if TYPE_CHECKING:
    from socialcls.pages.fetch import FetchSettings


class Depth(StrEnum):
    """Which pages of a host are looked at."""

    page = "page"
    front = "front"


def find_model(given: Path | None) -> Path | None:
    """Find the directory of a model that is given by path or name; None for the built-in one."""
    if given is None:
        return None
    from socialcls.model.paths import find_model_dir

    return find_model_dir(str(given))


ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME|DIR",
        envvar="SOCIALCLS_MODEL",
        show_envvar=True,
        callback=find_model,
        help="A model made by `train`, by its name in models/ or its path; the built-in one by default.",
    ),
]
LabelColumn = Annotated[str, typer.Option("--label-column", metavar="NAME", help="Column with the labels.")]
MapOption = Annotated[
    str, typer.Option("--map", metavar="WORD=LABEL,…", help="What other words in the column of labels mean.")
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
HtmlColumn = Annotated[str, typer.Option("--html-column", metavar="NAME", help="Column with the HTML of pages.")]
FetchOption = Annotated[bool, typer.Option("--fetch", help="Fetch the page of each URL and read it too.")]
DepthOption = Annotated[Depth, typer.Option(help="With --fetch: the page alone, or its host's front page too.")]
AllowPrivateOption = Annotated[
    bool, typer.Option("--allow-private", help="With --fetch: also ask hosts of private networks, on any port.")
]
PrefixOption = Annotated[str, typer.Option("--prefix", metavar="P", help="Put before each new column's name.")]
Encoding = Annotated[
    str, typer.Option(metavar="NAME", help="Encoding of the file, for example cp1250. [default: found]")
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
        typer.BadParameter: there is no such language.
    """
    from socialcls.messages import find_language, list_languages

    if lang and lang not in list_languages():
        raise typer.BadParameter(f'No language "{lang}". Languages are: {", ".join(list_languages())}.')
    return lang or find_language()


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


def make_fetch_settings(depth: Depth, *, allow_private: bool, n_hosts: int) -> "FetchSettings":
    """Say how pages are fetched, and kept in the user's cache.

    Raises:
        MissingExtraError: what fetches is not installed.
    """
    from socialcls.pages.fetch import FetchSettings, find_cache_dir

    return FetchSettings(depth=depth.value, n_workers=n_hosts, allow_private=allow_private, cache_dir=find_cache_dir())


def read_stdin() -> bytes:
    """Read all of standard input.

    Raises:
        InputError: it is closed.
    """
    if sys.stdin is None:
        raise InputError("standard input: closed. Give a text, or send it one.")
    return sys.stdin.buffer.read()


def decode_input(data: bytes) -> str:
    """Decode what stood on standard input: UTF-8, or what its byte order mark says.

    Raises:
        InputError: it is neither.
    """
    from socialcls.tables.encodings import find_encoding

    guess = find_encoding(data, is_utf8=True)  # it may be UTF-16, or begin with a byte order mark
    try:
        return data[guess.n_mark :].decode(guess.encoding)
    except UnicodeDecodeError as error:
        message = (
            f"standard input: not {guess.encoding.upper()} (byte 0x{error.object[error.start]:02x}). "
            "Convert it first, for example: iconv -f cp1250 -t utf-8."
        )
        raise InputError(message) from error


def tell(line: str) -> None:
    """Tell people something on standard error, in one line in which nothing is obeyed."""
    from socialcls.text.escaping import neutralise

    typer.echo(neutralise(line), err=True)


def print_json(values: dict[str, Any]) -> None:
    """One JSON object on a line of standard output."""
    from socialcls.reports.json import dump_line

    print(dump_line(values))
