"""Commands: parse, call one function, show, map errors to exit codes."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from socialcls.errors import InputError, SocialClsError

if TYPE_CHECKING:
    from socialcls.artifact import Artifact
    from socialcls.classifier import Classifier
    from socialcls.evaluation import Outcome
    from socialcls.records import Example

app = typer.Typer(
    name="socialcls",
    help="Says what an online service is: a forum or community, a blog, a social platform, or not social media.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

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


@app.callback(invoke_without_command=True)
def start(
    *, version: Annotated[bool, typer.Option("--version", help="Show the version and leave.", is_eager=True)] = False
) -> None:
    """Says what an online service is: a forum or community, a blog, a social platform, or not social media."""
    if version:
        from socialcls import __version__

        typer.echo(f"socialcls {__version__}")
        raise typer.Exit


@app.command(
    epilog="Examples:  [bold]socialcls classify 'Forum for owners of old Volvos'[/]  ·  "
    "[bold]socialcls classify forum.gazeta.pl[/]  ·  [bold]cat page.txt | socialcls classify - --json[/]"
)
def classify(
    source: Annotated[
        str, typer.Argument(metavar="TEXT_OR_URL", help="A description, or a URL or host; `-` reads standard input.")
    ],
    *,
    url: Annotated[str, typer.Option(help="The service's URL, beside its description.")] = "",
    name: Annotated[str, typer.Option(help="The service's name or title.")] = "",
    model: ModelOption = None,
    lang: LanguageOption = "",
    social_only: SocialOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what one service is, how surely, and why."""
    from socialcls.classifier import Classifier, make_document
    from socialcls.messages import find_language, load_messages

    language = lang or find_language()
    load_messages(language)
    document = make_document(_read_argument(source), url=_check_utf8(url), name=_check_utf8(name))
    classifier = Classifier.load(model)
    prediction = classifier.classify(document, social_only=social_only)
    if as_json:
        from socialcls.reports import describe_prediction, dump_line

        print(dump_line(describe_prediction(prediction, classifier.taxonomy, language)))
        return
    from socialcls.drawing import make_console
    from socialcls.rendering import render_prediction

    console = make_console()
    console.print(render_prediction(document, prediction, classifier.taxonomy, language, console.width))


@app.command(
    epilog="Examples:  [bold]socialcls batch services.csv -o classified.csv[/]  ·  "
    "[bold]socialcls batch - --lang pl < serwisy.csv > wynik.csv[/]"
)
def batch(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="A CSV file with a header; `-` is standard input.")],
    *,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where to; `-` is stdout.")] = "-",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    prefix: PrefixOption = "",
    encoding: Encoding = "",
    delimiter: Annotated[
        str, typer.Option(metavar="C", help="What parts the cells. [default: found in the header]")
    ] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes; the output is the same whatever N is.")
    ] = 1,
    model: ModelOption = None,
    lang: LanguageOption = "",
    social_only: SocialOption = False,
) -> None:
    """Classify every row of a CSV file: its own columns, then category, confidence, probabilities, reason."""
    from socialcls.batch import RowClassifier, classify_table, name_columns
    from socialcls.columns import ColumnNames, find_columns
    from socialcls.messages import find_language, load_messages
    from socialcls.progress import watch_rows
    from socialcls.tables import open_table, write_table

    language = lang or find_language()
    load_messages(language)
    classifier = RowClassifier(model, language=language, social_only=social_only)
    classifier.load()
    with open_table(source, encoding=encoding, delimiter=delimiter) as table:
        columns = find_columns(table.name, table.columns, ColumnNames(text_column, url_column, name_column))
        header = name_columns(table.name, table.columns, prefix)
        rows = classify_table(table, columns, classifier, n_jobs=jobs)
        with watch_rows(rows, table.share_read) as watched:
            write_table(output, header, watched, delimiter=table.delimiter)
    for line in watched.summarise():
        typer.echo(line, err=True)
    if not watched.n_rows:
        raise InputError(f"{table.name}: a header and no rows, so there is nothing to classify.")
    if watched.n_failed:
        raise typer.Exit(1)


@app.command(epilog="Example:  [bold]socialcls train my_rows.csv data/ -o my_model[/]")
def train(
    data: Annotated[
        list[str], typer.Argument(metavar="DATA...", help="CSV files with labelled rows, or directories of them.")
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model goes.")] = Path(
        "model"
    ),
    seed: Annotated[int, typer.Option(help="Decides which hosts are held out together.")] = 0,
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    encoding: Encoding = "",
    as_json: JsonOption = False,
) -> None:
    """Make a new model from labelled rows, and report what it measured on held-out hosts."""
    from socialcls.columns import ColumnNames
    from socialcls.dataset import read_examples
    from socialcls.progress import watch_steps

    examples = read_examples(data, names=ColumnNames(text_column, url_column, name_column), encoding=encoding)
    with watch_steps() as begin:
        begin("Loading scikit-learn")
        from socialcls import training
        from socialcls.artifact import save_artifact
        from socialcls.taxonomy import load_taxonomy

        settings = training.Settings(seed=seed)
        artifact = training.train(examples, load_taxonomy(), settings, begin)
        save_artifact(artifact, output)
    from socialcls.reports import describe_model, dump_line

    if as_json:
        print(dump_line(describe_model(artifact)))
        return
    from socialcls.drawing import make_console
    from socialcls.figures import render_model

    console = make_console()
    console.print(render_model(describe_model(artifact), console.width))
    typer.echo(f"Saved in {output}", err=True)


@app.command(
    epilog="Examples:  [bold]socialcls evaluate labelled.csv[/]  ·  "
    "[bold]socialcls evaluate labelled.csv --by language --model my_model[/]"
)
def evaluate(
    data: Annotated[list[str], typer.Argument(metavar="DATA...", help="CSV files with a `category` column.")],
    *,
    model: ModelOption = None,
    by: Annotated[str, typer.Option(metavar="COLUMN", help="Break the figures down by a column.")] = "",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    encoding: Encoding = "",
    social_only: SocialOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how good a model is on labelled rows it has not seen."""
    from socialcls.classifier import Classifier
    from socialcls.columns import ColumnNames
    from socialcls.dataset import read_examples
    from socialcls.evaluation import measure
    from socialcls.progress import watch_steps
    from socialcls.reports import describe_figures, dump_line

    examples = read_examples(data, names=ColumnNames(text_column, url_column, name_column), encoding=encoding)
    if not examples:
        raise InputError(f"{', '.join(data)}: a header and no rows, so there is nothing to measure.")
    if social_only:
        examples = [example for example in examples if example.gold != "other"]
    with watch_steps() as begin:
        begin(f"Classifying {len(examples):,} rows")
        outcomes = _predict(Classifier.load(model), examples, social_only=social_only)
    figures = describe_figures(measure(outcomes))
    parts = {
        value: describe_figures(measure([o for o, v in zip(outcomes, values, strict=True) if v == value]))
        for values in [_read_column(examples, by)]
        for value in sorted(set(values))
    }
    if as_json:
        print(dump_line({**figures, **({"by": {by: parts}} if by else {})}))
        return
    from socialcls.drawing import make_console
    from socialcls.figures import render_breakdown, render_confusion, render_figures

    console = make_console()
    console.print(render_figures(figures, console.width), render_confusion(figures, console.width))
    if by:
        console.print(render_breakdown(by, parts, console.width))


@app.command(
    epilog="Examples:  [bold]socialcls model models/default[/]  ·  "
    "[bold]socialcls model --words[/]  ·  [bold]socialcls model --words --label blog --lang pl[/]"
)
def model(
    model_dir: Annotated[
        Path | None, typer.Argument(metavar="[MODEL_DIR]", help="A model made by `train`; the built-in one by default.")
    ] = None,
    *,
    words: Annotated[bool, typer.Option("--words", help="Show the features that pull most to each label.")] = False,
    label: Annotated[str, typer.Option(metavar="LABEL", help="With --words: of this label alone.")] = "",
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the card of a model: what it was trained on, what was measured, how it decides. Or what it has learnt."""
    from socialcls.artifact import DEFAULT_MODEL_DIR, load_artifact
    from socialcls.reports import describe_model, dump_line

    artifact = load_artifact(model_dir or DEFAULT_MODEL_DIR)
    if words or label:
        _show_words(artifact, label, lang, as_json=as_json)
        return
    if as_json:
        print(dump_line(describe_model(artifact)))
        return
    from socialcls.drawing import make_console
    from socialcls.figures import render_model

    console = make_console()
    console.print(render_model(describe_model(artifact), console.width))


@app.command(epilog="Example:  [bold]socialcls categories --lang pl[/]")
def categories(*, lang: LanguageOption = "", as_json: JsonOption = False) -> None:
    """Show what the categories are: who makes the content, what it hangs on, kinds, signals, where the line runs."""
    from socialcls.guide import load_guide
    from socialcls.messages import find_language, load_messages

    language = lang or find_language()
    load_messages(language)
    guide = load_guide(language)
    if as_json:
        from socialcls.reports import describe_guide, dump_line

        print(dump_line(describe_guide(guide)))
        return
    from socialcls.categories import render_guide
    from socialcls.drawing import make_console

    console = make_console()
    console.print(render_guide(guide, language, console.width))


def main() -> NoReturn:
    """Run the command line."""
    run(app)


def run(app: typer.Typer) -> NoReturn:
    """Run a command line: the one place where errors become messages and exit codes."""
    try:
        app()
    except SocialClsError as error:
        from socialcls.terminal import neutralise

        print(f"error: {neutralise(str(error))}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        _leave_closed_pipe()
    except SystemExit as leaving:
        if leaving.code == 1 and isinstance(leaving.__context__, BrokenPipeError):
            _leave_closed_pipe()
        raise
    sys.exit(0)


def _show_words(artifact: "Artifact", label: str, lang: str, *, as_json: bool) -> None:
    from socialcls.inspection import rank_features
    from socialcls.messages import find_language, load_messages
    from socialcls.taxonomy import LABELS

    language = lang or find_language()
    load_messages(language)
    if label and label not in LABELS:
        raise InputError(f'No label "{label}". Labels are: {", ".join(LABELS)}.')
    ranked = rank_features(artifact, [known for known in LABELS if label in ("", known)])
    if as_json:
        from socialcls.reports import describe_pulls, dump_line

        print(dump_line(describe_pulls(ranked)))
        return
    from socialcls.drawing import make_console
    from socialcls.figures import render_pulls

    console = make_console()
    console.print(render_pulls(ranked, artifact.taxonomy, language, console.width))


def _leave_closed_pipe() -> NoReturn:
    """Leave with success when whoever read the output has seen enough (`… | head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _read_argument(source: str) -> str:
    if source != "-":
        return _check_utf8(source)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"standard input: not UTF-8 (byte 0x{error.object[error.start]:02x}). "
            "Convert it first, for example: iconv -f cp1250 -t utf-8."
        )
        raise InputError(message) from error


def _check_utf8(argument: str) -> str:
    try:
        argument.encode()
    except UnicodeEncodeError as error:
        raise InputError("The argument is not UTF-8. Give it in a terminal with a UTF-8 locale.") from error
    return argument


def _predict(classifier: "Classifier", examples: "list[Example]", *, social_only: bool) -> "list[Outcome]":
    from socialcls.evaluation import Outcome

    predictions = [(e, classifier.classify(e.document, social_only=social_only)) for e in examples]
    return [Outcome(e.gold, p.best_guess, p.confidence, p.category) for e, p in predictions]


def _read_column(examples: "list[Example]", column: str) -> list[str]:
    if not column:
        return []
    if column not in examples[0].about:
        known = ", ".join(examples[0].about)
        raise InputError(f"No column {column!r} to break the figures down by. There are: {known}.")
    return [example.about.get(column, "") for example in examples]


if __name__ == "__main__":
    main()
