"""`socialcls classify`."""

import os
import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from socialcls.commands.options import (
    AllowPrivateOption,
    Depth,
    DepthOption,
    FetchOption,
    JsonOption,
    LanguageOption,
    ModelOption,
    SocialOption,
    check_utf8,
    choose_language,
    decode_input,
    make_app,
    make_fetch_settings,
    print_json,
    read_stdin,
    show_examples,
    tell,
)
from socialcls.errors import InputError

if TYPE_CHECKING:
    from socialcls.classifier import Classifier
    from socialcls.messages import Problem
    from socialcls.pages.fetch import FetchedDocument
    from socialcls.pages.saved import SavedPage
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
        "socialcls classify saved.html --url https://example.org/forum/",
        "socialcls classify https://example.org/ --fetch",
    )
)
def classify(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT_OR_URL_OR_PAGE...",
            help="A description, a URL or host, or a saved .html page; `-` reads a text or a page from standard input.",
        ),
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
    fetch: FetchOption = False,
    depth: DepthOption = Depth.page,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Say what one service is, how surely, and why; or compare several."""
    from socialcls.classifier import Classifier

    language = choose_language(lang)
    if len(sources) > 1 and (url or name):
        raise typer.BadParameter("--url and --name belong to one service; with several, give their URLs or texts.")
    if as_json and (changes or similar):
        raise typer.BadParameter("--changes and --similar are for the terminal and have no JSON: leave out --json.")
    if save:
        _check_report(save)
    for source in sources:
        _check_no_file(source)
    given = [_read_source(source, check_utf8(url), check_utf8(name)) for source in sources]
    if fetch:
        given = _fetch_pages(given, depth, allow_private=allow_private)
    documents = [one.document for one in given]
    classifier = Classifier.load(model)
    predictions = [classifier.classify(document, social_only=social_only) for document in documents]
    if save:
        from socialcls.reports.files import save_report

        answers = list(zip(documents, predictions, strict=True))
        save_report(save, answers, classifier.card, classifier.taxonomy, language)
        tell(f"Saved in {save}")
    if as_json:
        _print_json(given, predictions, classifier.taxonomy, language)
    else:
        _show(documents, predictions, classifier.taxonomy, language, why)
        for note in (note for one in given for note in one.list_notes(language)):
            tell(note)
        if changes:
            _show_changes(documents, classifier, language, social_only=social_only)
        if similar:
            _show_similar(documents, classifier, language)
    if any(one.problem for one in given):
        raise typer.Exit(1)


def _check_report(path: Path) -> None:
    from socialcls.reports.files import check_ending

    try:
        check_ending(path)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


class _Given(NamedTuple):
    """One of the services asked about."""

    document: "Document"
    problem: "Problem | None" = None
    """Why its page could not be had; None when it could, or was not asked for."""
    is_shell: bool = False

    def say_error(self, language: str) -> str:
        """Say why its page could not be had; empty when it could."""
        return "" if self.problem is None else self.problem.say(language)

    def list_notes(self, language: str) -> list[str]:
        """List what must be said of its page."""
        from socialcls.messages import load_messages

        messages = load_messages(language)
        error = self.say_error(language)
        notes = [messages["not_fetched"].format(error=error)] if error else []
        return [*notes, messages["shell"]] if self.is_shell else notes


_PAGE_ENDINGS = tuple(
    ending + packed for ending in (".html", ".htm", ".xhtml", ".mhtml", ".mht") for packed in ("", ".gz", ".zst")
)


def _read_source(source: str, url: str, name: str) -> _Given:
    """Read an argument: a saved page, standard input, a URL, or a description.

    Raises:
        InputError: it cannot be read.
    """
    from socialcls.classifier import make_document

    if source == "-":
        data = read_stdin()
        if looks_like_page(data):
            from socialcls.pages.saved import SavedPage

            return _read_page(SavedPage(url, data), name)
        return _Given(make_document(decode_input(data), url=url, name=name))
    if _names_page(source):
        from socialcls.tables.pages import read_file

        if not os.path.exists(source):  # noqa: PTH110  (no error)
            raise InputError(f"{source}: no such file. Give a saved page, or a whole URL.")
        return _read_page(read_file(source), name, url)
    return _Given(make_document(check_utf8(source), url=url, name=name))


def _names_page(source: str) -> bool:
    """Whether an argument is the name of a saved page: of a file that is there, or that can be nothing else."""
    if not source.lower().endswith(_PAGE_ENDINGS) or "://" in source:
        return False
    return os.path.isfile(source) or not any(mark in source for mark in (" ", "/"))  # noqa: PTH113  (no error)


def _read_page(saved: "SavedPage", name: str, url: str = "") -> _Given:
    from socialcls.pages.saved import read_saved

    if saved.problem is not None:
        raise InputError(saved.problem.say())
    page = read_saved(saved._replace(url=url or saved.url))
    return _Given(page.document._replace(name=name or page.document.name), is_shell=page.is_shell)


def looks_like_page(data: bytes) -> bool:
    """Whether some bytes begin as an HTML page does.

    >>> looks_like_page(b"<!DOCTYPE html><title>Cacti</title>"), looks_like_page(b"A forum <b>about</b> cacti")
    (True, False)
    """
    start = data[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--")) or b"<html" in start


def _fetch_pages(given: list[_Given], depth: Depth, *, allow_private: bool) -> list[_Given]:
    """Fetch the page of each service; what was said of it beside its URL stays.

    Raises:
        typer.BadParameter: one has no URL.
    """
    if any(not one.document.url.strip() for one in given):
        raise typer.BadParameter("--fetch needs a URL: give one, or --url beside a description.")
    from socialcls.pages.pool import fetch_documents

    settings = make_fetch_settings(depth, allow_private=allow_private, n_hosts=16)
    pages = fetch_documents([one.document.url for one in given], settings)
    return [_add_page(one.document, page) for one, page in zip(given, pages, strict=True)]


def _add_page(document: "Document", page: "FetchedDocument") -> _Given:
    from socialcls.pages.html import add_page

    if page.problem is not None:
        return _Given(document, page.problem)
    return _Given(add_page(document, page.document), is_shell=page.is_shell)


def _print_json(given: list[_Given], predictions: "list[Prediction]", taxonomy: "Taxonomy", language: str) -> None:
    from socialcls.reports.json import describe_prediction

    for one, prediction in zip(given, predictions, strict=True):
        described = describe_prediction(prediction, taxonomy, language)
        reason = " ".join([described["reason"], *one.list_notes(language)])
        print_json({**described, "reason": reason, "error": one.say_error(language)})


def _check_no_file(source: str) -> None:
    """Check that what shall be classified is not the name of a table.

    Raises:
        InputError: it is; `batch` reads tables.
    """
    if len(source) < 1_000 and os.path.isfile(source) and not source.lower().endswith(_PAGE_ENDINGS):  # noqa: PTH113  (no error)
        raise InputError(f"{source}: a file. `batch` reads files: socialcls batch {shlex.quote(source)}")


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
