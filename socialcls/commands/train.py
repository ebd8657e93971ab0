"""`socialcls train`."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    NameColumn,
    TextColumn,
    UrlColumn,
    make_app,
    print_json,
    show_examples,
)

app = make_app()


@app.command(epilog=show_examples("socialcls train my_rows.csv data/ -o my_model"))
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
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.dataset.reader import read_examples
    from socialcls.tables.columns import ColumnNames
    from socialcls.terminal.progress import watch_steps

    examples = read_examples(data, names=ColumnNames(text_column, url_column, name_column), encoding=encoding)
    with watch_steps() as begin:
        begin("Loading scikit-learn")
        from socialcls.model.persistence import save_artifact
        from socialcls.taxonomy.taxonomy import load_taxonomy
        from socialcls.training import pipeline
        from socialcls.training.settings import Settings

        settings = Settings(seed=seed)
        artifact = pipeline.train(examples, load_taxonomy(), settings, begin)
        save_artifact(artifact, output)
    from socialcls.reports.json import describe_model

    if as_json:
        print_json(describe_model(artifact))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_model

    console = make_console()
    console.print(render_model(describe_model(artifact), console.width))
    typer.echo(f"Saved in {output}", err=True)
