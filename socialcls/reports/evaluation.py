"""An evaluation as one HTML page that needs nothing beside itself: figures, plots, what is wrong most confidently."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from socialcls.reports.svg import draw_bars, draw_heatmap, draw_lines
from socialcls.text.escaping import neutralise

_MOST_ERRORS = 50
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d8dee4; --right: #0a5bc4;
  --wrong: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --paper: #0f1318; --soft: #9ba5b0; --line: #2f3740;
  --right: #7fb9ff; --wrong: #ff8a80; } }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .7rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: baseline; } td.n { text-align: right;
  font-variant-numeric: tabular-nums; white-space: nowrap; } th { color: var(--soft); font-size: .85rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem; } figure { margin: 0; } figcaption { color: var(--soft);
  font-size: .9rem; max-width: 22rem; } svg { max-width: 100%; height: auto; }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif; } .grid { stroke: var(--line); }
.line { stroke: var(--right); stroke-width: 2; fill: none; } .faint { stroke: var(--soft); stroke-dasharray: 4 4; }
.dot, .right { fill: var(--right); } .wrong { fill: var(--wrong); } .warning { border-left: .25rem solid var(--wrong);
  padding-left: .8rem; } .soft { color: var(--soft); }
"""


def compose_evaluation(
    described: Mapping[str, Any], errors: Sequence[Mapping[str, str]], *, title: str, notes: Sequence[str] = ()
) -> str:
    """Compose the page.

    Args:
        described: What `dataset.evaluation.describe_evaluation` says.
        errors: The wrong rows, the most confident first.
        title: Of the page.
        notes: What to beware of.
    """
    answered = described["accuracy_answered"]
    low, high = described["intervals"]["accuracy"]
    summary = (
        f"{described['n_examples']:,} rows. Accuracy {described['accuracy']:.3f} ({low:.3f} to {high:.3f}), "
        f"macro-F1 {described['macro_f1']:.3f}. {described['coverage']:.1%} answered"
        + (f", {answered:.1%} of the answers right." if answered is not None else ".")
        + f" Calibration error {described['calibration_error']:.3f}."
    )
    recalls = described["intervals"]["recall"]
    bars = [(label, of["recall"], *recalls[label]) for label, of in described["labels"].items() if of["support"]]
    plots = (
        (draw_heatmap(described["confusion"]), "Gold label (rows) and best guess (columns); shade is the row's share."),
        (
            draw_lines(described["coverage_curve"], x_name="share answered", y_name="right answers", low=0.5),
            "How many answers are right when only the most confident are given.",
        ),
        (
            draw_lines(
                [(b["confidence"], b["accuracy"]) for b in described["calibration"]],
                x_name="confidence",
                y_name="right",
                diagonal=True,
                dots=True,
            ),
            "Whether confidence means what it says: on the broken line it does.",
        ),
        (draw_bars(bars), "Recall of each label, with its 95 % interval."),
    )
    parts = [
        f"<h1>{_escape(title)}</h1>",
        f"<p>{_escape(summary)}</p>",
        *(f'<p class="warning">{_escape(note)}</p>' for note in notes),
        '<div class="plots">',
        *(f"<figure>{plot}<figcaption>{_escape(caption)}</figcaption></figure>" for plot, caption in plots),
        "</div>",
        "<h2>Labels</h2>",
        _compose_table(
            ["label", "precision", "recall", "F1", "rows"],
            [
                [label, *(f"{of[key]:.3f}" for key in ("precision", "recall", "f1")), f"{of['support']:,}"]
                for label, of in described["labels"].items()
            ],
        ),
    ]
    for label, of in described.get("kinds", {}).items():
        parts += [f"<h2>Kinds of {_escape(label)}: macro-F1 {of['macro_f1']:.3f}</h2>", draw_heatmap(of["confusion"])]
    for column, by_value in described["by"].items():
        parts += [f"<h2>By {_escape(column)}</h2>", _compose_breakdown(by_value)]
    if compared := described.get("compare"):
        parts += [
            "<h2>Compared</h2>",
            f"<p>{_escape(say_comparison(compared))}</p>",
            _compose_table(
                ["row", "name", "gold", "this model", "the other"],
                [
                    [row["place"], row["name"], row["gold"], row["this"], row["other"]]
                    for row in compared["changed"][:_MOST_ERRORS]
                ],
            ),
        ]
    if errors:
        parts += [
            f"<h2>Wrong most confidently, {min(_MOST_ERRORS, len(errors))} of {len(errors):,}</h2>",
            _compose_table(
                ["row", "what", "gold", "best guess", "sure", "why"],
                [
                    [
                        e["place"],
                        " · ".join(filter(None, (e["name"], e["url"], e["description"][:140]))),
                        e["category"],
                        e["best_guess"],
                        e["confidence"],
                        e["reason"],
                    ]
                    for e in errors[:_MOST_ERRORS]
                ],
            ),
        ]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def say_comparison(compared: Mapping[str, Any]) -> str:
    """Say in a sentence how two models differ on the same rows."""
    noise = "may well be chance" if compared["p_value"] >= 0.05 else "is hardly chance"
    return (
        f"{compared['better']:,} rows are right here and wrong with the other model (accuracy "
        f"{compared['accuracy']:.3f}), {compared['worse']:,} the other way round: the difference {noise} "
        f"(McNemar, p = {compared['p_value']:.3f})."
    )


def _compose_breakdown(by_value: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for value, of in by_value.items():
        low, high = of["intervals"]["accuracy"]
        right = of["accuracy_answered"]
        rows.append(
            [
                value or "(empty)",
                f"{of['n_examples']:,}",
                f"{of['macro_f1']:.3f}",
                f"{of['accuracy']:.3f}",
                f"{low:.2f}–{high:.2f}",
                f"{of['coverage']:.0%}",
                "–" if right is None else f"{right:.0%}",
            ]
        )
    return _compose_table(["", "rows", "macro-F1", "accuracy", "95 %", "answered", "right"], rows)


def _compose_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{_escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{_escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _escape(text: str) -> str:
    return escape(neutralise(text))
