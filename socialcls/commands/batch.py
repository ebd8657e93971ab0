"""`socialcls batch`."""

import gc
from typing import Annotated

import typer

from socialcls.commands.options import (
    Encoding,
    LanguageOption,
    ModelOption,
    NameColumn,
    PrefixOption,
    SocialOption,
    TextColumn,
    UrlColumn,
    choose_language,
    make_app,
    show_examples,
)
from socialcls.errors import InputError

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls batch services.csv -o classified.csv",
        "socialcls batch - --lang pl < serwisy.csv > wynik.csv",
        "socialcls batch million.csv -o out.csv --jobs 4",
    )
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
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.batch.rows import RowClassifier, classify_table, look_for_garbage_rarely, name_columns
    from socialcls.tables.columns import ColumnNames, find_columns
    from socialcls.tables.csv import choose_format, open_table, write_table
    from socialcls.terminal.progress import watch_rows

    look_for_garbage_rarely()
    language = choose_language(lang)
    classifier = RowClassifier(model, language=language, social_only=social_only)
    classifier.load()
    with open_table(source, encoding=encoding, delimiter=delimiter) as table:
        columns = find_columns(table.name, table.columns, ColumnNames(text_column, url_column, name_column))
        header = name_columns(table.name, table.columns, classifier.appended, prefix)
        form = choose_format(output, table.delimiter)
        rows = classify_table(table, columns, classifier, form, n_jobs=jobs)
        with watch_rows(rows, table.share_read) as watched:
            write_table(output, header, watched, form)
    for line in watched.summarise():
        typer.echo(line, err=True)
    if not watched.n_rows:
        raise InputError(f"{table.name}: a header and no rows, so there is nothing to classify.")
    if watched.n_failed:
        raise typer.Exit(1)
