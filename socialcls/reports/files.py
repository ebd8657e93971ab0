"""Write an explanation to a file to hand on: a web page, a picture, Markdown or JSON, by its suffix."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from socialcls.errors import InputError
from socialcls.explain.sentence import show_share
from socialcls.explain.summary import Account, Side, give_account, name_model, name_report
from socialcls.model.persistence import Card
from socialcls.reports.html import compose_webpage
from socialcls.reports.json import describe_prediction
from socialcls.tables.files import replace_file
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.terminal.prediction import render_prediction
from socialcls.text.escaping import neutralise, neutralise_json
from socialcls.types import Document, Prediction

ENDINGS = (".html", ".svg", ".md", ".json")
_PICTURE_COLUMNS = 100
_MARKDOWN = re.compile(r"([\\\\`*_{}\[\]()#+\-.!|<>~&])")


def check_ending(path: Path) -> None:
    """Check that a report can be written under a name.

    Raises:
        InputError: its ending is none of ENDINGS.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path}: no such kind of report. Give a name that ends in {', '.join(ENDINGS)}.")


def save_report(
    path: Path, answers: Sequence[tuple[Document, Prediction]], card: Card, taxonomy: Taxonomy, language: str
) -> None:
    """Write a report of some answers, whole or not at all.

    Raises:
        InputError: the ending is none of ENDINGS, or there is no such language.
        OutputError: it cannot be written.
    """
    check_ending(path)
    compose = {".html": compose_webpage, ".svg": _draw, ".md": _compose_markdown, ".json": _compose_json}
    content = compose[path.suffix.lower()](answers, card, taxonomy, language)
    with replace_file(path) as stream:
        stream.write(content)


def _draw(answers: Sequence[tuple[Document, Prediction]], card: Card, taxonomy: Taxonomy, language: str) -> str:
    """Draw what the terminal shows."""
    console = Console(
        record=True,
        width=_PICTURE_COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        markup=False,
        emoji=False,
    )
    for document, prediction in answers:
        console.print(render_prediction(document, prediction, taxonomy, language, _PICTURE_COLUMNS))
    svg = console.export_svg(title=neutralise(f"{card.name} {card.version}"))
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # rich would have a font fetched from the network


def _compose_json(answers: Sequence[tuple[Document, Prediction]], card: Card, taxonomy: Taxonomy, language: str) -> str:
    """Compose one object for one answer, a list for several; each as `classify --json` prints it."""
    del card
    described = [describe_prediction(prediction, taxonomy, language) for _, prediction in answers]
    written = json.dumps(described[0] if len(described) == 1 else described, ensure_ascii=False, indent=2)
    return neutralise_json(written) + "\n"


def _compose_markdown(
    answers: Sequence[tuple[Document, Prediction]], card: Card, taxonomy: Taxonomy, language: str
) -> str:
    accounts = [give_account(document, prediction, taxonomy, language) for document, prediction in answers]
    parts = [f"# {_escape(name_report(accounts, language))}"]
    for account in accounts:
        parts += _describe(account, level="##" if len(accounts) > 1 else "")
    return "\n\n".join([*parts, f"*{_escape(name_model(card, language))}*"]) + "\n"


def _describe(account: Account, level: str) -> list[str]:
    parts = [f"{level} {_escape(account.service)}"] if level else []
    parts += [f"**{_escape(account.verdict)}** · {_escape(account.how_sure)}", _escape(account.sentence)]
    shares = "\n".join(f"- {_escape(name)}: {_escape(show_share(share))}" for _, name, share in account.probabilities)
    parts += [shares, *(f"> {_escape(' '.join(field.value.split()))}" for field in account.fields)]
    for side in (account.counted_for, account.counted_against):
        if side.has_any:
            parts += [f"{level}## {_escape(side.heading)}", _tabulate(side)]
    return parts


def _tabulate(side: Side) -> str:
    rows = [(show_share(r.share), " ".join(filter(None, (r.signal, r.words))), r.place) for r in side.reasons]
    if side.more:
        rows.append((show_share(side.more_share), side.more, ""))
    return "\n".join(["| | | |", "|---:|---|---|", *(f"| {' | '.join(map(_escape, row))} |" for row in rows)])


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", neutralise(" ".join(text.split())))
