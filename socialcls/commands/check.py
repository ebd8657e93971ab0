"""`socialcls check`."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    LabelColumn,
    MapOption,
    NameColumn,
    TextColumn,
    UrlColumn,
    make_app,
    print_json,
    show_examples,
    tell,
)
from socialcls.errors import DatasetError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialcls.dataset.checks import Suspicion
    from socialcls.types import Example, Label

app = make_app()

_LEAST_ROWS = 60
"""With fewer, a model that never saw a row's host knows too little to dispute its label."""


@app.command(
    epilog=show_examples(
        "socialcls check my_rows.csv", "socialcls check my_rows.csv -o doubtful.csv", "socialcls check data/ --quick"
    )
)
def check(
    data: Annotated[list[str], typer.Argument(metavar="DATA...", help="Tables with labelled rows, or directories.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write all that is found as CSV.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what a model must be trained for.")] = False,
    base: Annotated[bool, typer.Option("--base", help="Train it on the shipped rows too.")] = False,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="Rows shown of each kind.")] = 10,
    labels: Annotated[str, typer.Option(metavar="LABEL,…|FILE.toml", help="Labels of your own.")] = "",
    label_map: MapOption = "",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    label_column: LabelColumn = "",
    encoding: Encoding = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is written.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Find what is probably wrong in labelled rows before a model is trained on them."""
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.commands.evaluate import check_outputs, write_rows
    from socialcls.dataset.checks import check_rows, find_disputed, sort_suspicions
    from socialcls.dataset.labels import LabelReader, parse_renames
    from socialcls.dataset.reader import read_examples
    from socialcls.tables.columns import ColumnNames
    from socialcls.taxonomy.own_labels import read_own_labels
    from socialcls.taxonomy.taxonomy import load_taxonomy
    from socialcls.terminal.progress import watch_steps

    check_outputs((output,), data, force=force)
    known = (*load_taxonomy().labels, *(read_own_labels(labels) if labels else ()))
    examples = read_examples(
        data,
        names=ColumnNames(text_column, url_column, name_column),
        encoding=encoding,
        labels=(),
        renamed=parse_renames(label_map),
        label_column=label_column,
        notify=tell,
    )
    if not examples:
        raise InputError(f"{', '.join(data)}: a header and no rows, so there is nothing to check.")
    reader = LabelReader(known)
    examples = [example._replace(gold=reader.read(example.gold) or example.gold) for example in examples]
    with watch_steps() as begin:
        begin(f"Checking {len(examples):,} rows")
        found = check_rows(examples, known)
        if not quick:
            probabilities, asked = _cross_validate(examples, known, begin, with_base=base)
            found = sort_suspicions([*found, *find_disputed(examples, probabilities, asked)])
    if output is not None:
        columns = ["place", "check", "reason", "suggestion", "weight", "category", "name", "url", "description"]
        write_rows(output, [_describe(suspicion, examples) for suspicion in found], columns)
        tell(f"{len(found):,} suspicions in {output}")
    if as_json:
        for suspicion in found:
            print_json(_describe(suspicion, examples))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_suspicions

    console = make_console()
    console.print(render_suspicions(found, examples, most, console.width))


def _describe(suspicion: "Suspicion", examples: "list[Example]") -> dict[str, str]:
    example = examples[suspicion.row]
    return {
        "place": suspicion.place,
        "check": suspicion.check,
        "reason": suspicion.reason,
        "suggestion": suspicion.suggestion,
        "weight": f"{suspicion.weight:.3f}",
        "category": example.gold,
        "name": example.document.name,
        "url": example.document.url,
        "description": example.document.text,
    }


def _cross_validate(
    examples: "list[Example]", known: "tuple[Label, ...]", begin: "Callable[[str], None]", *, with_base: bool
) -> "tuple[dict[int, list[float]], tuple[Label, ...]]":
    """Probabilities of rows from models that never saw their hosts; none where there are too few rows for it."""
    usable = [example for example in examples if example.gold in known]
    labels = tuple(label for label in known if any(example.gold == label for example in usable))
    if len(usable) < _LEAST_ROWS and not with_base:
        tell(f"{len(usable)} rows are too few to dispute labels by a model; --base adds the shipped ones.")
        return {}, labels
    from socialcls.dataset.reader import DEFAULT_DATA_DIR, read_examples
    from socialcls.taxonomy.taxonomy import load_taxonomy
    from socialcls.training.pipeline import cross_validate
    from socialcls.training.rows import join_base

    rows = [i for i, example in enumerate(examples) if example.gold in known]
    learnt = join_base(usable, read_examples([str(DEFAULT_DATA_DIR)]), 1.0) if with_base else usable
    labels = tuple(label for label in known if any(example.gold == label for example in learnt))
    try:
        found = cross_validate(learnt, load_taxonomy().with_labels(labels), len(usable), begin)
    except DatasetError as error:
        tell(f"No labels are disputed by a model: {error}")
        return {}, labels
    return {rows[i]: probabilities for i, probabilities in found.items()}, labels
