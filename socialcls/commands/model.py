"""`socialcls model`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import (
    JsonOption,
    LanguageOption,
    choose_language,
    make_app,
    print_json,
    show_examples,
    tell,
)
from socialcls.errors import InputError, ModelError

if TYPE_CHECKING:
    from socialcls.model.persistence import Artifact

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls model models/default",
        "socialcls model --words --label blog --lang pl",
        "socialcls model own --verify",
        "socialcls model export own --sklearn pipeline.joblib",
    )
)
def model(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[export] [NAME|DIR]", help="A model made by `train`; the built-in one by default."),
    ] = None,
    *,
    words: Annotated[bool, typer.Option("--words", help="Show the features that pull most to each label.")] = False,
    label: Annotated[str, typer.Option(metavar="LABEL", help="With --words: of this label alone.")] = "",
    verify: Annotated[bool, typer.Option("--verify", help="Read every part of it, and answer with it once.")] = False,
    sklearn: Annotated[
        Path | None, typer.Option("--sklearn", metavar="FILE", help="With `export`: write a scikit-learn pipeline.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is written.")] = False,
    lang: LanguageOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the card of a model, or what it has learnt; verify it, or export it for scikit-learn."""
    from socialcls.model.paths import find_model_dir
    from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact
    from socialcls.reports.json import describe_model

    given = list(what or [])
    is_export = given[:1] == ["export"]
    given = given[1:] if is_export else given
    if len(given) > 1:
        raise typer.BadParameter(f"One model, not {len(given)}: {', '.join(given)}.")
    if is_export != (sklearn is not None):
        raise typer.BadParameter("To export, say both: socialcls model export --sklearn FILE.")
    model_dir = find_model_dir(given[0]) if given else DEFAULT_MODEL_DIR
    artifact = load_artifact(model_dir)
    if sklearn is not None:
        _export(artifact, sklearn, force=force)
        return
    if verify:
        _verify(artifact, model_dir, as_json=as_json)
        return
    if words or label:
        _show_words(artifact, label, lang, as_json=as_json)
        return
    if as_json:
        print_json(describe_model(artifact))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_model

    console = make_console()
    console.print(render_model(describe_model(artifact), console.width))


def _export(artifact: "Artifact", path: Path, *, force: bool) -> None:
    from socialcls.commands.evaluate import check_outputs
    from socialcls.training.sklearn_export import WARNING, export_pipeline

    check_outputs((path,), (), force=force)
    export_pipeline(artifact, path)
    tell(f"Saved in {path}. {WARNING}")


def _verify(artifact: "Artifact", model_dir: Path, *, as_json: bool) -> None:
    from socialcls.explain.verification import verify

    faults = verify(artifact)
    if as_json:
        print_json({"model": str(model_dir), "n_features": artifact.n_features, "faults": faults})
    elif faults:
        raise ModelError(f"{model_dir}: " + " ".join(faults))
    else:
        from socialcls.text.escaping import neutralise

        print(neutralise(f"{model_dir}: whole. {artifact.n_features:,} features, {len(artifact.card.labels)} labels."))
    if faults:
        raise typer.Exit(1)


def _show_words(artifact: "Artifact", label: str, lang: str, *, as_json: bool) -> None:
    from socialcls.explain.top_features import rank_features

    language = choose_language(lang)
    labels = artifact.card.labels
    if label and label not in labels:
        raise InputError(f'No label "{label}". Labels are: {", ".join(labels)}.')
    ranked = rank_features(artifact, [known for known in labels if label in ("", known)])
    if as_json:
        from socialcls.reports.json import describe_pulls

        print_json(describe_pulls(ranked))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.metrics import render_pulls

    console = make_console()
    console.print(render_pulls(ranked, artifact.taxonomy, language, console.width))
