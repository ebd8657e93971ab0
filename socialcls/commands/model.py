"""`socialcls model`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import JsonOption, LanguageOption, choose_language, make_app, print_json, show_examples
from socialcls.errors import InputError

if TYPE_CHECKING:
    from socialcls.model.persistence import Artifact

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls model models/default", "socialcls model --words", "socialcls model --words --label blog --lang pl"
    )
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
    """Show the card of a model: its data, its figures, how it decides; or what it has learnt."""
    from socialcls.model.persistence import DEFAULT_MODEL_DIR, load_artifact
    from socialcls.reports.json import describe_model

    artifact = load_artifact(model_dir or DEFAULT_MODEL_DIR)
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
