"""`socialcls evaluate`."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    LabelColumn,
    MapOption,
    ModelOption,
    NameColumn,
    SocialOption,
    TextColumn,
    UrlColumn,
    find_model,
    make_app,
    print_json,
    show_examples,
    tell,
)
from socialcls.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialcls.classifier import Classifier
    from socialcls.dataset.evaluation import Judged
    from socialcls.types import Example

app = make_app()

_TRAINED_ON = 0.02
"""Of the rows; fewer are taken for chance."""


@app.command(
    epilog=show_examples(
        "socialcls evaluate labelled.csv",
        "socialcls evaluate labelled.csv --by language --by length --model my_model",
        "socialcls evaluate labelled.csv --report report.html --errors wrong.csv",
        "socialcls evaluate labelled.csv --model own --compare default --fail-under 0.9",
    )
)
def evaluate(
    data: Annotated[list[str], typer.Argument(metavar="DATA...", help="Tables with a column of labels.")],
    *,
    model: ModelOption = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="NAME|DIR", callback=find_model, help="Another model, to be held against this one."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="Break the figures down by a column, by `length` or by `known_host`; repeatable."
        ),
    ] = None,
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the wrong rows as CSV, the most confident first.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page with plots that needs nothing beside itself.")
    ] = None,
    label_map: MapOption = "",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    label_column: LabelColumn = "",
    encoding: Encoding = "",
    social_only: SocialOption = False,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="SHARE", help="Exit 1 when macro-F1 is below.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files that are written.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how good a model is on labelled rows it has not seen."""
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.classifier import Classifier
    from socialcls.dataset.evaluation import describe_comparison, describe_evaluation, list_errors
    from socialcls.terminal.progress import watch_steps

    check_outputs((errors, report), data, force=force)
    classifier = Classifier.load(model)
    examples = _read(data, classifier, label_map, (text_column, url_column, name_column), label_column, encoding)
    if social_only:
        examples = [example for example in examples if classifier.taxonomy.is_social(example.gold)]
    if not examples:
        what = "all rows are not social media, so --social-only leaves" if social_only else "a header and no rows, so"
        raise InputError(f"{', '.join(data)}: {what} nothing to measure.")
    with watch_steps() as begin:
        begin(f"Classifying {len(examples):,} rows")
        judged = judge(classifier, examples, social_only=social_only)
        n_trained_on = classifier.artifact.count_trained_on([example.document for example in examples])
        described = describe_evaluation(judged, classifier.labels, by or (), n_trained_on=n_trained_on)
        if compare is not None:
            begin("Classifying with the other model")
            described["compare"] = describe_comparison(
                judged, judge(Classifier.load(compare), examples, social_only=social_only)
            )
    notes = _list_notes(described)
    wrong = list_errors(judged)
    _write_files(described, wrong, notes, errors, report, title=f"{', '.join(data)} · {classifier.card.name}")
    for note in notes:
        tell(f"warning: {note}")
    if as_json:
        print_json(described)
    else:
        _show(described)
    if fail_under is not None and described["macro_f1"] < fail_under:
        tell(f"Macro-F1 {described['macro_f1']:.3f} is below {fail_under:g}.")
        raise typer.Exit(1)


def check_outputs(outputs: "Sequence[Path | None]", inputs: "Sequence[str]", *, force: bool) -> None:
    """Check before long work that files can be written, and are neither inputs nor there already.

    Raises:
        InputError: one is.
    """
    for path in outputs:
        if path is None:
            continue
        if any(Path(name).exists() and path.exists() and path.samefile(name) for name in inputs):
            raise InputError(f"{path}: is read. Write to another file.")
        if path.exists() and not force:
            raise InputError(f"{path}: exists. Name another, or replace it with --force.")
        if not path.absolute().parent.is_dir():
            raise InputError(f"{path}: cannot be written (no such directory).")


def judge(classifier: "Classifier", examples: "Sequence[Example]", *, social_only: bool = False) -> "list[Judged]":
    """Classify labelled rows, and keep what there is to say of each."""
    from socialcls.dataset.evaluation import Judged
    from socialcls.dataset.metrics import Outcome
    from socialcls.dataset.reader import name_place
    from socialcls.explain.sentence import ReasonWriter
    from socialcls.text.urls import read_url

    writer = ReasonWriter(classifier.taxonomy, "en")
    vocabulary = classifier.model.weights.vocabulary
    judged = []
    for example in examples:
        with name_place(example):
            said = classifier.classify(example.document, social_only=social_only)
            has_kind = bool(example.about.get("kind"))
            guessed = classifier.guess_kind(classifier.read(example.document), example.gold) if has_kind else None
        outcome = Outcome(example.gold, said.best_guess, said.confidence, said.category)
        gold_kind = example.about.get("kind", "") if guessed else ""
        told = guessed is not None and guessed[1] >= classifier.card.kind_thresholds[example.gold][guessed[0]]
        domain = read_url(example.document.url).domain if example.document.url.strip() else ""
        is_known = bool(domain) and vocabulary.find("url.parts", f"domain={domain}") is not None
        reason = "" if outcome.gold == outcome.best_guess else writer.write(said)
        kind = guessed[0] if guessed else ""
        judged.append(Judged(example, outcome, reason, gold_kind, kind, told, is_known))
    return judged


def _read(  # noqa: PLR0917  (what the command line says of them)
    data: list[str],
    classifier: "Classifier",
    label_map: str,
    columns: tuple[str, str, str],
    label_column: str,
    encoding: str,
) -> "list[Example]":
    from socialcls.dataset.labels import check_renames, parse_renames
    from socialcls.dataset.reader import read_examples
    from socialcls.tables.columns import ColumnNames

    return read_examples(
        data,
        names=ColumnNames(*columns),
        encoding=encoding,
        labels=classifier.labels,
        renamed=check_renames(parse_renames(label_map), classifier.labels),
        label_column=label_column,
        notify=tell,
    )


def _list_notes(described: dict[str, Any]) -> list[str]:
    n, n_trained_on = described["n_examples"], described["n_trained_on"]
    if n_trained_on <= max(1, _TRAINED_ON * n):
        return []
    return [
        f"{n_trained_on:,} of {n:,} rows are among those that the model was trained on: "
        "what is measured on them says nothing of rows to come."
    ]


def _write_files(
    described: dict[str, Any],
    wrong: list[dict[str, str]],
    notes: list[str],
    errors: Path | None,
    report: Path | None,
    *,
    title: str,
) -> None:
    if errors is not None:
        write_rows(errors, wrong, ["place", "name", "url", "description", "category", "best_guess", "confidence",
                                   "answered", "reason"])  # fmt: skip
        tell(f"{len(wrong):,} wrong rows in {errors}")
    if report is not None:
        from socialcls.reports.evaluation import compose_evaluation
        from socialcls.tables.files import replace_file

        with replace_file(report) as stream:
            stream.write(compose_evaluation(described, wrong, title=title, notes=notes))
        tell(f"Report in {report}")


def write_rows(path: Path, rows: "Sequence[dict[str, str]]", columns: list[str]) -> None:
    """Write rows as CSV; a cell that a spreadsheet would take for a formula gets an apostrophe.

    Raises:
        OutputError: the file cannot be written.
    """
    import csv

    from socialcls.tables.files import replace_file

    with replace_file(path) as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: f"'{cell}" if cell.startswith(("=", "+", "@")) else cell for key, cell in row.items()} for row in rows
        )


def _show(described: dict[str, Any]) -> None:
    from socialcls.reports.evaluation import say_comparison
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_breakdown, render_confusion, render_figures

    console = make_console()
    console.print(render_figures(described, console.width), render_confusion(described, console.width))
    for label, of_label in described.get("kinds", {}).items():
        console.print(render_figures(of_label, console.width, f"kinds of {label}"))
    for column, parts in described["by"].items():
        console.print(render_breakdown(column, parts, console.width))
    if compared := described.get("compare"):
        console.print(say_comparison(compared))
