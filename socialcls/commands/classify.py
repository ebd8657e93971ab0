"""`socialcls classify`."""

from typing import Annotated

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

app = make_app()


@app.command(
    epilog=show_examples(
        'socialcls classify "Forum for owners of old Volvos"',
        "socialcls classify forum.gazeta.pl",
        "cat page.txt | socialcls classify - --json",
    )
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

    language = choose_language(lang)
    document = make_document(read_source(source), url=check_utf8(url), name=check_utf8(name))
    classifier = Classifier.load(model)
    prediction = classifier.classify(document, social_only=social_only)
    if as_json:
        from socialcls.reports import describe_prediction

        print_json(describe_prediction(prediction, classifier.taxonomy, language))
        return
    from socialcls.drawing import make_console
    from socialcls.rendering import render_prediction

    console = make_console()
    console.print(render_prediction(document, prediction, classifier.taxonomy, language, console.width))
