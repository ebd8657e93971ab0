"""`socialcls evaluate`."""

import gc
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    ModelOption,
    NameColumn,
    SocialOption,
    TextColumn,
    UrlColumn,
    make_app,
    print_json,
    show_examples,
)
from socialcls.errors import DatasetError, InputError

if TYPE_CHECKING:
    from socialcls.classifier import Classifier
    from socialcls.dataset.metrics import Outcome
    from socialcls.types import Example, Label

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls evaluate labelled.csv", "socialcls evaluate labelled.csv --by language --model my_model"
    )
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
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.classifier import Classifier
    from socialcls.dataset.metrics import measure
    from socialcls.dataset.reader import read_examples
    from socialcls.reports.json import describe_figures
    from socialcls.tables.columns import ColumnNames
    from socialcls.terminal.progress import watch_steps

    examples = read_examples(data, names=ColumnNames(text_column, url_column, name_column), encoding=encoding)
    if not examples:
        raise InputError(f"{', '.join(data)}: a header and no rows, so there is nothing to measure.")
    with watch_steps() as begin:
        begin(f"Classifying {len(examples):,} rows")
        classifier = Classifier.load(model)
        _check_labels(examples, classifier.labels)
        if social_only:
            examples = [example for example in examples if classifier.taxonomy.is_social(example.gold)]
        outcomes = _predict(classifier, examples, social_only=social_only)
    labels = classifier.labels
    figures = describe_figures(measure(outcomes, labels))
    parts = {
        value: describe_figures(measure([o for o, v in zip(outcomes, values, strict=True) if v == value], labels))
        for values in [_read_column(examples, by)]
        for value in sorted(set(values))
    }
    if as_json:
        print_json({**figures, **({"by": {by: parts}} if by else {})})
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_breakdown, render_confusion, render_figures

    console = make_console()
    console.print(render_figures(figures, console.width), render_confusion(figures, console.width))
    if by:
        console.print(render_breakdown(by, parts, console.width))


def _check_labels(examples: "list[Example]", labels: "tuple[Label, ...]") -> None:
    for example in examples:
        if example.gold not in labels:
            message = f'{example.place}: the model has no label "{example.gold}". Its labels are: {", ".join(labels)}.'
            raise DatasetError(message)


def _predict(classifier: "Classifier", examples: "list[Example]", *, social_only: bool) -> "list[Outcome]":
    from socialcls.dataset.metrics import Outcome
    from socialcls.dataset.reader import name_place

    outcomes = []
    for example in examples:
        with name_place(example):
            said = classifier.classify(example.document, social_only=social_only)
        outcomes.append(Outcome(example.gold, said.best_guess, said.confidence, said.category))
    return outcomes


def _read_column(examples: "list[Example]", column: str) -> list[str]:
    if not column:
        return []
    from socialcls.tables.columns import find_named

    columns = list(examples[0].about)
    if (index := find_named(columns, column)) is not None:
        column = columns[index]
    else:
        known = ", ".join(examples[0].about)
        raise InputError(f"No column {column!r} to break the figures down by. There are: {known}.")
    return [example.about.get(column, "") for example in examples]
