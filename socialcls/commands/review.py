"""`socialcls review`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from socialcls.commands.options import (
    Encoding,
    JsonOption,
    ModelOption,
    NameColumn,
    TextColumn,
    UrlColumn,
    make_app,
    print_json,
    show_examples,
    tell,
)
from socialcls.errors import InputError, SocialClsError

if TYPE_CHECKING:
    from socialcls.classifier import Classifier
    from socialcls.dataset.review import DecisionFile, Question
    from socialcls.tables.columns import ColumnNames
    from socialcls.types import Document, Label

app = make_app()


@app.command(
    epilog=show_examples(
        "socialcls review services.csv -o decided.csv",
        "socialcls review services.csv --most 50 --model own",
        "socialcls review anna.csv --agree piotr.csv     (kappa, and the rows to discuss)",
    )
)
def review(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A table, labelled or not.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where decisions go. [default: FILE with -decided]"),
    ] = None,
    agree: Annotated[
        str, typer.Option("--agree", metavar="FILE", help="Compare with another person's decisions instead.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, metavar="N", help="Rows to ask about at the most.")] = 200,
    model: ModelOption = None,
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    encoding: Encoding = "",
    as_json: JsonOption = False,
) -> None:
    """Decide the rows that are worth a person's minute: least certain first, one key each, saved after each key.

    A session that was left, or killed, goes on where it ended. The file of decisions is what `train` takes.
    """
    from socialcls.classifier import Classifier

    classifier = Classifier.load(model)
    if agree:
        _compare(source, agree, classifier.labels, as_json=as_json)
        return
    from socialcls.dataset.review import DecisionFile, choose_order
    from socialcls.tables.columns import ColumnNames
    from socialcls.terminal.console import make_console
    from socialcls.terminal.review import Session, read_keys

    target = output or Path(source).with_name(f"{Path(source).stem}-decided.csv")
    if Path(source).exists() and target.exists() and target.samefile(source):
        raise InputError(f"{target}: is read. Write to another file with -o.")
    file = DecisionFile(target, classifier.labels)
    with read_keys() as (read_key, read_line):
        names = ColumnNames(text_column, url_column, name_column)
        questions = _ask_model(source, names, encoding, classifier, file)
        chosen = [questions[i] for i in choose_order(questions, most)]
        n_decided = Session(chosen, file, classifier.labels, make_console()).run(read_key, read_line)
    tell(f"{n_decided} decisions, {len(file.decisions)} in all, in {target}. Next: socialcls train {target}")


def _ask_model(
    source: str, names: "ColumnNames", encoding: str, classifier: "Classifier", file: "DecisionFile"
) -> "list[Question]":
    from socialcls.dataset.review import Question
    from socialcls.explain.sentence import ReasonWriter
    from socialcls.tables.columns import find_columns
    from socialcls.tables.formats import open_table

    writer = ReasonWriter(classifier.taxonomy, "en")
    questions: dict[Document, Question] = {}
    with open_table(source, encoding=encoding) as table:
        columns = find_columns(table.name, table.columns, names)
        for row in table.body.read_rows():
            document = columns.read_document(row.cells) if not row.problem else None
            if document is None or document in questions or file.is_decided(document):
                continue
            try:
                said = classifier.classify(document)
            except SocialClsError:  # a row that cannot be read cannot be decided
                continue
            questions[document] = Question(document, said.best_guess, said.confidence, writer.write(said))
    return list(questions.values())


def _compare(one: str, other: str, labels: "tuple[Label, ...]", *, as_json: bool) -> None:
    from socialcls.dataset.reader import read_examples
    from socialcls.dataset.review import compare_decisions
    from socialcls.text.escaping import neutralise

    said = [
        {example.document: example.gold for example in read_examples([path], labels=labels)} for path in (one, other)
    ]
    agreement = compare_decisions(*said)
    if as_json:
        disputed = [{**d._asdict(), "one": a, "other": b} for d, a, b in agreement.disputed]
        print_json({"n_rows": agreement.n_rows, "kappa": agreement.kappa, "disputed": disputed})
        return
    print(f"{agreement.n_rows} rows are in both; Cohen's kappa {agreement.kappa:.2f}.")
    if agreement.disputed:
        print(f"{len(agreement.disputed)} to discuss:")
    for document, first, second in agreement.disputed:
        what = document.name or document.url or document.text[:80]
        print(neutralise(f"  {what}: {first} or {second}?"))
