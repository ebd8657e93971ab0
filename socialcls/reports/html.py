"""Compose answers as one HTML page that needs nothing beside itself.

Real text, no script, no picture and nothing fetched: the page's own policy forbids it. Whatever comes from the input or
the model goes through `_escape`; addresses are shown and never linked.
"""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from socialcls.explain.highlights import Passage
from socialcls.explain.sentence import show_share
from socialcls.explain.summary import Account, FieldRead, Side, give_account, name_model, name_report
from socialcls.messages import Messages, load_messages
from socialcls.model.persistence import Card
from socialcls.taxonomy.taxonomy import Taxonomy
from socialcls.text.escaping import neutralise_lines, neutralise_passages
from socialcls.types import Document, Prediction

_STYLE_PATH = Path(__file__).parent / "webpage.css"
_LEVELS = ((0.5, "strong"), (0.15, "middle"), (0.0, "weak"))
"""Of what the passage that adds most adds: from there up, a passage is marked so."""


def compose_webpage(
    answers: Sequence[tuple[Document, Prediction]], card: Card, taxonomy: Taxonomy, language: str
) -> str:
    """Compose the page: a summary of several answers, each answer with its reasons, the model at the foot.

    Raises:
        InputError: there is no such language.
    """
    messages = load_messages(language)
    accounts = [give_account(document, prediction, taxonomy, language) for document, prediction in answers]
    title = _escape(name_report(accounts, language))
    parts = []
    if len(accounts) != 1:
        parts = [f"<h1>{title}</h1>", _compose_summary(accounts, messages)]
    names = taxonomy.name_signals(language)
    level = "h1" if len(accounts) == 1 else "h2"
    parts += [
        _compose_answer(account, number, level, names, messages) for number, account in enumerate(accounts, start=1)
    ]
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{_STYLE_PATH.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
{"".join(parts)}</main>
<footer>
<p>{_escape(messages["shares"])}</p>
<p>{_escape(name_model(card, language))}</p>
</footer>
</body>
</html>
"""


def _escape(text: str) -> str:
    """Escape text from outside for use between tags and in attributes, with plain line breaks."""
    return escape(neutralise_lines(text))


def _name_colour(label: str) -> str:
    """Name the variable of a label's colour, in an attribute; a label may be called anything."""
    return "--" + re.sub(r"[^\w-]", "-", label, flags=re.ASCII)


def _compose_summary(accounts: Sequence[Account], messages: Messages) -> str:
    rows = "".join(
        f'<tr><td><a href="#service-{number}" dir="auto">{_escape(account.service)}</a></td>'
        f"<td>{_compose_badge(account)}</td><td>{_escape(account.how_sure)}</td></tr>\n"
        for number, account in enumerate(accounts, start=1)
    )
    heads = "".join(f"<th scope=col>{_escape(messages[name])}</th>" for name in ("service", "answer", "how_sure"))
    return f"<nav><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></nav>\n"


def _compose_badge(account: Account) -> str:
    category = account.prediction.category
    return f'<span class="badge" style="--c: var({_name_colour(category)})">{_escape(account.verdict)}</span>'


def _compose_answer(account: Account, number: int, level: str, names: dict[str, str], messages: Messages) -> str:
    fields = "".join(_compose_field(field, account, names, messages) for field in account.fields)
    largest = account.largest_share
    sides = _compose_side(account.counted_for, largest, messages)
    if account.counted_against.has_any:
        sides += _compose_side(account.counted_against, largest, messages)
    return f"""<article id="service-{number}" style="--c: var({_name_colour(account.prediction.category)})">
<{level} dir="auto">{_escape(account.service)}</{level}>
<p class="verdict">{_compose_badge(account)} <span>{_escape(account.how_sure)}</span></p>
<p class="soft">{_escape(account.definition)}</p>
<p class="sentence">{_escape(account.sentence)}</p>
<table>
{_compose_probabilities(account)}</table>
<p class="soft">{_escape(account.runner_up)}</p>
<h3>{_escape(messages["was_read"])}</h3>
<figure><dl>
{fields}</dl>
{_compose_legend(account, messages)}</figure>
<div class="sides">
{sides}</div>
</article>
"""


def _compose_probabilities(account: Account) -> str:
    rows = []
    for label, name, probability in account.probabilities:
        emphasis = " class=best" if label == account.prediction.best_guess else ""
        share = f'<td class="figure">{_escape(show_share(probability))}</td>'
        rows.append(f"<tr{emphasis}><td>{_escape(name)}</td>{_compose_bar(probability, label)}{share}</tr>\n")
    return "".join(rows)


def _compose_bar(share: float, label: str) -> str:
    return f'<td class="bar"><i style="width: {share:.1%}; --c: var({_name_colour(label)})"></i></td>'


def _compose_field(field: FieldRead, account: Account, names: dict[str, str], messages: Messages) -> str:
    largest = max(abs(passage.contribution) for read in account.fields for passage in read.passages) or 1.0
    shown = neutralise_passages([passage.text for passage in field.passages])
    text = "".join(
        _compose_passage(passage._replace(text=written), largest, account, names, messages)
        for passage, written in zip(field.passages, shown, strict=True)
    )
    return f'<dt>{_escape(field.name)}</dt><dd dir="auto" lang="">{text}</dd>\n'


def _compose_passage(
    passage: Passage, largest: float, account: Account, names: dict[str, str], messages: Messages
) -> str:
    text = escape(passage.text)  # neutral already: whether a joiner joins is seen in the whole field
    if not passage.contribution:
        return text
    side, kind = (account.counted_for, "for") if passage.contribution > 0 else (account.counted_against, "against")
    level = next(name for least, name in _LEVELS if abs(passage.contribution) / largest >= least)
    adds = messages["adds_as" if passage.signals else "adds"].format(
        share=show_share(abs(passage.contribution) / account.total),
        category=side.name,
        signals=", ".join(names[signal] for signal in passage.signals),
    )
    colour = f"--c: var({_name_colour(side.label)})"
    return f'<mark class="{kind} {level}" style="{colour}" title="{_escape(adds)}">{text}</mark>'


def _compose_legend(account: Account, messages: Messages) -> str:
    solid, dashed = (
        f'<span><mark class="{kind} middle" style="--c: var({_name_colour(side.label)})">'
        f"{_escape(messages[said].format(category=side.name))}</mark></span>"
        for side, kind, said in (
            (account.counted_for, "for", "solid"),
            (account.counted_against, "against", "dashed"),
        )
    )
    return f"<figcaption>{solid} {dashed}</figcaption>\n"


def _compose_side(side: Side, largest: float, messages: Messages) -> str:
    """Compose one side's reasons as a table; the bar of the largest share of both sides is full."""
    rows = ""
    for reason in side.reasons:
        bar = _compose_bar(reason.share / largest, side.label)
        signal = f"<b>{_escape(reason.signal)}</b> " if reason.signal else ""
        rows += (
            f'<tr><td class="figure">{_escape(show_share(reason.share))}</td>{bar}'
            f'<td>{signal}{_escape(reason.words)}</td><td class="place soft">{_escape(reason.place)}</td></tr>\n'
        )
    if side.more:
        share = _escape(show_share(side.more_share))
        rows += (
            f'<tr><td class="figure">{share}</td><td></td><td class="soft">{_escape(side.more)}</td><td></td></tr>\n'
        )
    if not rows:
        rows = f"<tr><td>{_escape(messages['nothing_for'])}</td></tr>\n"
    return f"<section><h3>{_escape(side.heading)}</h3>\n<table>\n{rows}</table></section>\n"
