"""`socialcls train`."""

import gc
import os
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    LabelColumn,
    MapOption,
    NameColumn,
    TextColumn,
    UrlColumn,
    find_model,
    make_app,
    print_json,
    show_examples,
    tell,
)
from socialcls.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialcls.tables.columns import ColumnNames
    from socialcls.taxonomy.taxonomy import Taxonomy
    from socialcls.training.comparison import Comparison
    from socialcls.types import Example, Label

app = make_app()

_ROWS_PER_S = 450
"""Read, fitted four times and measured on two cores; what is said beforehand is a guess within a factor of two."""


_FEW_OWN = 0.1
"""Of all rows; below, two folds measure as well as four."""

_FEW_OWN_TOLERANCE = 2e-4
"""Half of a fit's time goes into the step from here to 1e-4, which changes no figure (docs/decisions/0021)."""


class Base(StrEnum):
    """What own rows are added to."""

    default = "default"
    none = "none"


@app.command(
    epilog=show_examples(
        "socialcls train my_rows.csv",
        "socialcls train my_rows.csv --labels classifieds -o models/with-classifieds",
        "socialcls train recipes.csv --base none --labels recipe,review -o models/cooking",
        "socialcls train export.xlsx --map forum=community,shop=other",
    )
)
def train(
    data: Annotated[
        list[str], typer.Argument(metavar="DATA...", help="Tables with labelled rows, or directories of them.")
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model goes.")] = Path(
        "models/own"
    ),
    base: Annotated[Base, typer.Option(help="Add your rows to the shipped ones, or train on them alone.")] = (
        Base.default
    ),
    weight: Annotated[
        float | None,
        typer.Option(min=0.01, max=1000, help="Shipped rows that each of yours counts for; found by their numbers."),
    ] = None,
    labels: Annotated[
        str, typer.Option(metavar="LABEL,…|FILE.toml", help="Labels of your own; a file may name and define them.")
    ] = "",
    label_map: MapOption = "",
    precision: Annotated[
        float | None, typer.Option(min=0.5, max=0.999, help="What share of the answers shall be right; 0.95 if unsaid.")
    ] = None,
    tune: Annotated[int, typer.Option(min=0, max=8, metavar="N", help="Try N strengths of regularisation first.")] = 0,
    curve: Annotated[
        bool, typer.Option("--curve", help="Measure whether more rows would help; takes as long again.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides which hosts are held out together.")] = 0,
    replaces: Annotated[
        Path | None,
        typer.Option(
            metavar="NAME|DIR",
            callback=find_model,
            help="The model to compare with. [default: the one at -o, or built in]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the model that is there.")] = False,
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    label_column: LabelColumn = "",
    encoding: Encoding = "",
    as_json: JsonOption = False,
) -> None:
    """Make a model of labelled rows, and report what it measured on held-out hosts.

    Your rows are added to those of the built-in model, or make a model of their own with labels of their own.
    """
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.batch.rows import look_for_garbage_rarely
    from socialcls.dataset.labels import parse_renames
    from socialcls.tables.columns import ColumnNames
    from socialcls.terminal.progress import watch_steps

    look_for_garbage_rarely()
    _check_output(output, force=force)
    names = ColumnNames(text_column, url_column, name_column)
    taxonomy, own = _read_rows(
        data, labels, names, encoding, parse_renames(label_map), label_column, is_alone=base is Base.none
    )
    examples = _add_base(own, weight) if base is Base.default else own
    from socialcls.dataset.splits import check_trainable

    check_trainable(examples, taxonomy.labels)
    started = time.monotonic()
    with watch_steps() as begin:
        begin(_announce(len(own), len(examples), tune=tune, curve=curve))
        from socialcls.model.persistence import save_artifact
        from socialcls.training import pipeline
        from socialcls.training.settings import Settings

        settings = Settings(seed=seed)
        if len(own) < _FEW_OWN * len(examples):
            # Four folds take twice as long and tell no more of so few rows; nor do the last steps of a fit.
            settings = replace(settings, n_folds=2, tolerance=_FEW_OWN_TOLERANCE)
        if precision:
            settings = settings.aim_at(precision)
        if tune:
            settings = pipeline.tune_strength(examples, taxonomy, settings, tune, begin)
        trained = pipeline.train(examples, taxonomy, settings, begin)
        traced = pipeline.trace_learning(examples, len(own), taxonomy, settings, begin) if curve else []
        begin("Comparing with the model that it replaces")
        comparison = _compare(own, trained, replaces or (output if _is_model(output) else None))
        save_artifact(trained.artifact, output)
    from socialcls.reports.json import describe_model, describe_training

    described = describe_training(trained.artifact, comparison, traced, time.monotonic() - started)
    described["warnings"] = _warn(own, taxonomy.labels, comparison)
    if as_json:
        print_json(described)
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_model, render_training

    console = make_console()
    console.print(render_model(describe_model(trained.artifact), console.width))
    console.print(render_training(described, console.width))
    tell(f"Saved in {output}. Ask it: socialcls classify TEXT --model {output}")


def _check_output(output: Path, *, force: bool) -> None:
    """Check before anything is read that the model can be saved.

    Raises:
        OutputError: something is there already, or nothing can be written.
    """
    from socialcls.model.store import check_model_dir

    check_model_dir(output)
    if _is_model(output) and not force:
        raise OutputError(f"{output}: there is a model already. Name another with -o, or replace it with --force.")
    above = next(path for path in (output.absolute(), *output.absolute().parents) if os.path.lexists(path))
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise OutputError(f"{output}: cannot be written ({above} is not a directory that you may write to).")


def _is_model(path: Path) -> bool:
    return (path / "card.json").exists()


def _read_rows(  # noqa: PLR0917  (what the command line says of them)
    data: list[str],
    labels: str,
    names: "ColumnNames",
    encoding: str,
    renamed: "dict[str, Label]",
    label_column: str,
    *,
    is_alone: bool,
) -> "tuple[Taxonomy, list[Example]]":
    from socialcls.dataset.labels import check_renames
    from socialcls.dataset.reader import read_examples
    from socialcls.errors import DatasetError
    from socialcls.taxonomy.own_labels import check_label, make_taxonomy, read_own_labels
    from socialcls.taxonomy.taxonomy import load_taxonomy

    shipped = load_taxonomy()
    own = read_own_labels(labels) if labels else {}
    known = (
        tuple(own) if is_alone and own else (*shipped.labels, *(label for label in own if label not in shipped.labels))
    )

    def read(allowed: "Sequence[Label]") -> "list[Example]":
        return read_examples(
            data,
            names=names,
            encoding=encoding,
            labels=allowed,
            renamed=check_renames(renamed, allowed),
            label_column=label_column,
            notify=tell,
        )

    if is_alone and not own and "-" not in data:
        # Somebody's own world: where no label is one of ours, all are theirs.
        anything = read(())
        found = tuple(dict.fromkeys(example.gold for example in anything))
        folded = {label.casefold() for label in shipped.labels}
        if found and not folded & {label.casefold() for label in found}:
            for label in found:
                check_label(label)
            tell(f"Labels: {', '.join(found)}.")
            return make_taxonomy(shipped, found), anything
    examples = read(known)
    if not examples:
        raise DatasetError(f"{', '.join(data)}: a header and no rows, so there is nothing to learn from.")
    if is_alone and not own:
        known = tuple(label for label in known if any(example.gold == label for example in examples))
    return make_taxonomy(shipped, known, own), examples


def _add_base(own: "list[Example]", weight: float | None) -> "list[Example]":
    from socialcls.dataset.reader import DEFAULT_DATA_DIR, read_examples
    from socialcls.training.rows import choose_weight, join_base

    base = read_examples([str(DEFAULT_DATA_DIR)])
    weight = weight or choose_weight(len(own), len(base))
    joined = join_base(own, base, weight)
    tell(f"{len(own):,} rows of yours, each counts for {weight:g} of {len(joined) - len(own):,} shipped ones.")
    return joined


def _announce(n_own: int, n_rows: int, *, tune: int, curve: bool) -> str:
    from socialcls.terminal.progress import name_duration

    seconds = 5 + n_rows / _ROWS_PER_S * (1 + 0.75 * tune + curve)
    return f"Training on {n_rows:,} rows ({n_own:,} yours), about {name_duration(seconds)}"


def _compare(own: "list[Example]", trained: Any, replaced_dir: Path | None) -> "Comparison | None":  # noqa: ANN401
    from socialcls.classifier import Classifier
    from socialcls.errors import ModelError
    from socialcls.training.comparison import compare_with_replaced, decide_held_out

    try:
        replaced = Classifier.load(replaced_dir)
    except ModelError as error:
        tell(f"Not compared: {error}")
        return None
    outcomes = decide_held_out([s for s in trained.held_out if s.index < len(own)], trained.artifact.card)
    if not set(replaced.labels) & set(trained.artifact.card.labels):
        return None
    return compare_with_replaced(own, outcomes, replaced, range(len(own)))


def _warn(own: "list[Example]", labels: "Sequence[Label]", comparison: "Comparison | None") -> list[str]:
    from socialcls.dataset.checks import find_contradictions
    from socialcls.training.rows import warn_of_rows

    warnings = warn_of_rows(own, labels)
    if contradicting := find_contradictions(own):
        first = contradicting[0]
        warnings.append(
            f"{len(contradicting)} rows contradict the known services, the first: {first.place}: {first.reason} "
            "See `socialcls check`."
        )
    if comparison and comparison.is_noise:
        warnings.append(
            f"The difference to the replaced model is within noise ({comparison.better} rows better, "
            f"{comparison.worse} worse, p = {comparison.p_value:.2f})."
        )
    if comparison and comparison.n_trained_on > 0.05 * comparison.models[0].n_rows:
        warnings.append(
            f"{comparison.n_trained_on} of the compared rows are among those that the replaced model was trained on, "
            "which flatters it."
        )
    return warnings
