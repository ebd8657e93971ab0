"""What became of the rows of tables, as a web page or JSON to hand on."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from socialcls.batch.summary import PAGE_READ, PAGE_SHELL
from socialcls.messages import load_messages
from socialcls.tables.files import replace_file
from socialcls.text.escaping import neutralise, neutralise_json

_COLOURS = ("#2e7d4f", "#7b4fa3", "#2f6fb0", "#b07d1e", "#777777", "#b0413e", "#3c8d93")
_BAR_WIDTH = 360
_CHART_HEIGHT = 120

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; width: 100%; margin: 1rem 0; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }}
td {{ overflow-wrap: anywhere; }} td.n {{ text-align: right; white-space: nowrap; }}
svg {{ max-width: 100%; height: auto; }} svg text {{ fill: currentColor; font-size: 11px; }}
@media (max-width: 44rem) {{
  .doubtful tr {{ display: flex; flex-wrap: wrap; padding: .4rem 0; border-bottom: 1px solid #8884; }}
  .doubtful tr:first-child {{ display: none; }}
  .doubtful td {{ border: 0; padding: 0 .8rem 0 0; }}
  .doubtful td:nth-child(2), .doubtful td:nth-child(5) {{ order: 1; flex: 1 0 100%; min-width: 0; }}
  .doubtful td:nth-child(2) {{ font-weight: bold; }}
}}
</style>
</head>
<body>
<h1>{title}</h1>
{parts}
</body>
</html>
"""


def write_summary(path: Path, described: Sequence[Mapping[str, Any]], language: str) -> None:
    """Write summaries, by the ending of the file: .json, or a web page that needs nothing else.

    Args:
        path: The file.
        described: For each table what `describe_tally` says of it.
        language: Of the page.

    Raises:
        OutputError: it cannot be written.
    """
    if path.suffix.lower() == ".json":
        values = described[0] if len(described) == 1 else {"tables": list(described)}
        content = neutralise_json(json.dumps(values, ensure_ascii=False, indent=2)) + "\n"
    else:
        content = render_page(described, language)
    with replace_file(path) as stream:
        stream.write(content)


def render_page(described: Sequence[Mapping[str, Any]], language: str) -> str:
    """Render summaries as one page: tally, chart of confidences, doubtful rows with their reasons, errors."""
    messages = load_messages(language)
    parts = [_render_table(table, messages) for table in described]
    return _PAGE.format(language=language, title=escape(messages["summary_title"]), parts="\n".join(parts))


def _render_table(table: Mapping[str, Any], messages: Mapping[str, str]) -> str:
    counts = messages["summary_rows"].format(f"{table['rows']:,}", f"{table['failed']:,}", f"{table['empty']:,}")
    parts = [f"<h2>{_show(table['input'])}</h2>", f"<p>{escape(counts)}</p>"]
    if pages := table.get("pages"):
        n_read = pages.get(PAGE_READ, 0) + pages.get(PAGE_SHELL, 0)
        said = messages["summary_pages"].format(f"{n_read:,}", f"{sum(pages.values()) - n_read:,}")
        parts.append(f"<p>{escape(said)}</p>")
    bars = []
    for i, (name, of) in enumerate(table["categories"].items()):
        bar = (
            f'<svg role="img" aria-label="{of["share"]:.1%}" width="{_BAR_WIDTH}" height="16">'
            f'<rect width="{of["share"] * _BAR_WIDTH:.1f}" height="16" fill="{_COLOURS[i % len(_COLOURS)]}"/></svg>'
        )
        cells = f'<td class="n">{of["rows"]:,}</td><td class="n">{of["share"]:.1%}</td><td>{bar}</td>'
        bars.append(f"<tr><th>{_show(name)}</th>{cells}</tr>")
    parts.append(f'<table class="tally">{"".join(bars)}</table>')
    parts += [f"<h3>{escape(messages['summary_confidence'])}</h3>", _draw_chart(table["confidence"])]
    if table["least_certain"]:
        heads = ("line", "input", "best_guess", "how_sure", "why")
        head = "".join(f"<th>{escape(messages['summary_' + name])}</th>" for name in heads)
        rows = "".join(
            f'<tr><td class="n">{row["line"]:,}</td><td>{_show(row["input"])}</td><td>{_show(row["best_guess"])}</td>'
            f'<td class="n">{row["confidence"]:.0%}</td><td>{_show(row["reason"])}</td></tr>'
            for row in table["least_certain"]
        )
        parts.append(f"<h3>{escape(messages['summary_doubtful'])}</h3>")
        parts.append(f'<table class="doubtful"><tr>{head}</tr>{rows}</table>')
    if table["errors"]:
        rows = "".join(
            f'<tr><td class="n">{e["line"]:,}</td><td>{_show(e["error"])}</td></tr>' for e in table["errors"]
        )
        parts.append(f"<h3>{escape(messages['summary_errors'])}</h3>")
        parts.append(f'<table class="errors">{rows}</table>')
    return "\n".join(parts)


def _draw_chart(bins: Sequence[Mapping[str, Any]]) -> str:
    """Draw how many answers have which confidence."""
    highest = max([row["rows"] for row in bins] + [1])
    width = 24
    bars = []
    for i, row in enumerate(bins):
        height = row["rows"] / highest * _CHART_HEIGHT
        title = f"{row['from']:.0%}–{row['to']:.0%}: {row['rows']:,}"
        bars.append(
            f'<rect x="{i * width}" y="{_CHART_HEIGHT - height:.1f}" width="{width - 3}" height="{height:.1f}" '
            f'fill="#2f6fb0"><title>{title}</title></rect>'
        )
    marks = "".join(
        f'<text x="{share / 100 * width * len(bins):.0f}" y="{_CHART_HEIGHT + 16}">{share}%</text>'
        for share in (0, 25, 50, 75)
    )
    size = f'width="{width * len(bins)}" height="{_CHART_HEIGHT + 20}"'
    view = f'viewBox="0 0 {width * len(bins)} {_CHART_HEIGHT + 20}"'
    return f'<svg class="chart" role="img" {size} {view}>{"".join(bars)}{marks}</svg>'


def _show(text: str) -> str:
    return escape(neutralise(text))
