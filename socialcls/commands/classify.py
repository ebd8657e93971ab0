"""`socialcls classify`."""

import os
import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import (
    JsonOption,
    LanguageOption,
    ModelOption,
    SocialOption,
    check_utf8,
    choose_language,
    make_app,
    print_json,
    read_source,
    show_examples,
)
from socialcls.errors import InputError

if TYPE_CHECKING:
    from socialcls.classifier import Classifier
    from socialcls.taxonomy.taxonomy import Taxonomy
    from socialcls.types import Document, Prediction

app = make_app()


class Why(StrEnum):
    """How much of the explanation is shown."""

    sentence = "sentence"
    panel = "panel"
    everything = "everything"


@app.command(
    epilog=show_examples(
        'socialcls classify "Forum for owners of old Volvos"',
        "socialcls classify forum.gazeta.pl",
        'socialcls classify "Piszę o kotach" reddit.com/r/cats nk.pl     (side by side)',
        "cat page.txt | socialcls classify - --json",
    )
)
def classify(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="TEXT_OR_URL...", help="A description, or a URL or host; `-` reads standard input."),
    ],
    *,
    url: Annotated[str, typer.Option(help="The service's URL, beside its description.")] = "",
    name: Annotated[str, typer.Option(help="The service's name or title.")] = "",
    why: Annotated[Why, typer.Option(help="How much of the explanation to show.")] = Why.panel,
    changes: Annotated[bool, typer.Option("--changes", help="Show the fewest words that decide the answer.")] = False,
    similar: Annotated[bool, typer.Option("--similar", help="Show the labelled rows that it resembles.")] = False,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a report: a name that ends in .html, .svg, .md or .json."),
    ] = None,
    model: ModelOption = None,
    lang: LanguageOption = "",
    social_only: SocialOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what one service is, how surely, and why; or compare several."""
    from socialcls.classifier import Classifier, make_document

    language = choose_language(lang)
    if len(sources) > 1 and (url or name):
        raise typer.BadParameter("--url and --name belong to one service; with several, give their URLs or texts.")
    if as_json and (changes or similar):
        raise typer.BadParameter("--changes and --similar are for the terminal and have no JSON: leave out --json.")
    if save:
        from socialcls.reports.files import check_ending

        try:
            check_ending(save)
        except InputError as error:
            raise typer.BadParameter(str(error)) from error
    for source in sources:
        _check_no_file(source)
    documents = [make_document(read_source(s), url=check_utf8(url), name=check_utf8(name)) for s in sources]
    classifier = Classifier.load(model)
    predictions = [classifier.classify(document, social_only=social_only) for document in documents]
    if save:
        from socialcls.reports.files import save_report

        answers = list(zip(documents, predictions, strict=True))
        save_report(save, answers, classifier.card, classifier.taxonomy, language)
        typer.echo(f"Saved in {save}", err=True)
    if as_json:
        from socialcls.reports.json import describe_prediction

        for prediction in predictions:
            print_json(describe_prediction(prediction, classifier.taxonomy, language))
        return
    _show(documents, predictions, classifier.taxonomy, language, why)
    if changes:
        _show_changes(documents, classifier, language, social_only=social_only)
    if similar:
        _show_similar(documents, classifier, language)


def _check_no_file(source: str) -> None:
    """Check that what shall be classified is not the name of a table.

    Raises:
        InputError: it is; `batch` reads tables.
    """
    if len(source) < 1_000 and os.path.isfile(source) and not source.lower().endswith(_PAGES):  # noqa: PTH113  (no error)
        raise InputError(f"{source}: a file. `batch` reads files: socialcls batch {shlex.quote(source)}")


_PAGES = (".html", ".htm", ".xhtml")


def _show(
    documents: "list[Document]", predictions: "list[Prediction]", taxonomy: "Taxonomy", language: str, why: Why
) -> None:
    if why is Why.sentence:
        from socialcls.explain.sentence import ReasonWriter
        from socialcls.text.escaping import neutralise

        for prediction in predictions:
            print(neutralise(ReasonWriter(taxonomy, language).write(prediction)))
        return
    from socialcls.terminal.console import make_console
    from socialcls.terminal.prediction import render_comparison, render_features, render_prediction

    console = make_console()
    if len(documents) > 1:
        console.print(render_comparison(documents, predictions, taxonomy, language, console.width))
        if why is Why.panel:
            return
    for document, prediction in zip(documents, predictions, strict=True):
        console.print(render_prediction(document, prediction, taxonomy, language, console.width))
        if why is Why.everything:
            console.print(render_features(prediction, language))


def _show_changes(documents: "list[Document]", classifier: "Classifier", language: str, *, social_only: bool) -> None:
    from socialcls.explain.counterfactuals import find_counterfactuals
    from socialcls.terminal.console import make_console
    from socialcls.terminal.prediction import render_changes

    for document in documents:
        found = find_counterfactuals(document, classifier, social_only=social_only)
        make_console().print(render_changes(found, classifier.taxonomy, language))


def _show_similar(documents: "list[Document]", classifier: "Classifier", language: str) -> None:
    from socialcls.explain.neighbours import find_neighbours, read_corpus
    from socialcls.terminal.console import make_console
    from socialcls.terminal.prediction import render_neighbours

    console, corpus = make_console(), read_corpus()
    for document in documents:
        found = find_neighbours(document, corpus, classifier)
        console.print(render_neighbours(found, classifier.taxonomy, language, console.width))
