"""How right are we on whole web pages, beside others, and what does each mark say?

    python -m benchmarks.pages ../shared/eval/dev-html [--output FILE]

The directory is not part of this repository. Its `pages.csv` has the columns `file`, `url` and `category`. Peers are
trained on the rows of `data/`, as those of benchmarks.accuracy are, and read what we read of a page; trafilatura learns
nothing: it reads what type a page declares (`og:type` and the like), and the rest is `other`.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.guesses import ROOT
from benchmarks.intervals import estimate_macro_f1
from benchmarks.page import Table, format_table
from benchmarks.peers import Predict, fit_fasttext, fit_keywords, fit_majority, fit_tfidf
from socialcls.classifier import Classifier
from socialcls.dataset.metrics import Outcome, measure
from socialcls.dataset.reader import read_examples
from socialcls.errors import InputError, MissingExtraError
from socialcls.pages.html import read_page
from socialcls.pages.marks import read_mark_weights
from socialcls.types import UNSURE, Document, Example, Label

_PEERS: dict[str, Callable[[Sequence[Example]], Predict]] = {
    "majority": fit_majority,
    "keyword rule": fit_keywords,
    "TF-IDF + logistic regression": fit_tfidf,
    "fastText": fit_fasttext,
}
_TYPES = (
    ("blog", "blog"),
    ("profile", "platform"),
    ("video", "platform"),
    ("music", "platform"),
    ("discussion", "community"),
    ("forum", "community"),
)
"""Labels by how a page's declared type begins; an article may stand anywhere."""


class SavedPage(NamedTuple):
    """A page with its label."""

    source: bytes
    url: str
    gold: Label
    document: Document
    """Read with its URL."""
    own: Document
    """Read without: with the address or the host that it gives itself."""


def main() -> None:
    """Measure and print, or write to a file."""
    parser = argparse.ArgumentParser(prog="benchmarks.pages", description="Measure accuracy on whole web pages.")
    parser.add_argument("directory", type=Path, help="with pages.csv and the pages that it names")
    parser.add_argument("--output", type=Path, help="write the tables there instead of printing them")
    options = parser.parse_args()
    pages = read_pages(options.directory)
    tables = [
        measure_views(Classifier.load(), pages),
        compare_peers(read_examples([str(ROOT / "data")]), pages),
        tabulate_marks(pages),
    ]
    text = "\n".join(format_table(table) for table in tables)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text)


def read_pages(directory: Path) -> list[SavedPage]:
    """Read the pages of a directory."""
    pages = []
    with (directory / "pages.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            source, url = (directory / row["file"]).read_bytes(), row["url"]
            with_url, without = read_page(source, url).make_document(url), read_page(source).make_document()
            pages.append(SavedPage(source, url, row["category"], with_url, without))
    return pages


def list_views(pages: Sequence[SavedPage]) -> Iterator[tuple[str, list[Document]]]:
    """List what may be read of pages."""
    yield "URL alone", [Document(url=page.url) for page in pages]
    yield "page and URL, without marks", [page.document._replace(marks=()) for page in pages]
    yield "page and URL", [page.document for page in pages]
    yield "page, with the address or host it gives itself", [page.own for page in pages]
    yield "page without any address", [page.document._replace(url="") for page in pages]
    yield "marks alone", [Document(marks=page.document.marks) for page in pages]


def measure_views(classifier: Classifier, pages: Sequence[SavedPage]) -> Table:
    """Measure a classifier on each view of pages."""
    rows = []
    for name, documents in list_views(pages):
        outcomes = [_ask(classifier, document, page.gold) for document, page in zip(documents, pages, strict=True)]
        figures = measure(outcomes)
        recalls = [f"{figures.labels[label].recall:.2f}" for label in classifier.labels]
        answered = f"{100 * figures.coverage:.0f} %"
        rows.append([name, f"{figures.macro_f1:.3f}", answered, f"{figures.accuracy_answered:.3f}", *recalls])
    return ["what is read", "macro-F1", "answered", "right of the answers", *classifier.labels], rows


def compare_peers(train: Sequence[Example], pages: Sequence[SavedPage]) -> Table:
    """Train the peers and measure them on pages with and without their URLs."""
    views = [[page.document for page in pages], [page.document._replace(url="") for page in pages]]
    gold = [page.gold for page in pages]
    rows = []
    for name, fit in _PEERS.items():
        try:
            predict = fit(train)
        except MissingExtraError as error:
            rows.append([name, str(error), ""])
            continue
        rows.append([name, *(_score(gold, predict(documents)) for documents in views)])
    try:
        rows.append(["trafilatura's page type", "", _score(gold, [read_type(page.source) for page in pages])])
    except ImportError:
        rows.append(["trafilatura's page type", "", "pip install trafilatura lxml_html_clean"])
    return ["", "page and URL", "page without any address"], rows


def read_type(source: bytes) -> Label:
    """The label that a page's declared type comes closest to, as trafilatura reads it."""
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415  (an optional peer)

    declared = (extract_metadata(source).pagetype or "").lower()
    return next((label for start, label in _TYPES if declared.startswith(start)), "other")


def tabulate_marks(pages: Sequence[SavedPage]) -> Table:
    """On how many pages each mark was seen, and how often the label that it speaks for most was right."""
    seen: dict[str, Counter[Label]] = defaultdict(Counter)
    for page in pages:
        for mark in page.document.marks:
            seen[mark.id][page.gold] += 1
    rows = []
    for name, weights in read_mark_weights().items():
        n, best = seen[name].total(), max(weights, key=lambda label: weights[label])
        right = f"{seen[name][best] / n:.2f}" if n else "–"
        said = " ".join(f"{label} {weight:g}" for label, weight in weights.items())
        rows.append([f"`{name}`", said, str(n), right])
    return ["mark", "weight", "pages", "right"], rows


def _ask(classifier: Classifier, document: Document, gold: Label) -> Outcome:
    try:
        prediction = classifier.classify(document)
    except InputError:  # nothing to read in this view
        return Outcome(gold, UNSURE, 0.0, UNSURE)
    return Outcome(gold, prediction.best_guess, prediction.confidence, prediction.category)


def _score(gold: Sequence[Label], guesses: Sequence[Label]) -> str:
    outcomes = [Outcome(true, guess, 1.0, guess) for true, guess in zip(gold, guesses, strict=True)]
    low, high = estimate_macro_f1(outcomes)
    return f"{measure(outcomes).macro_f1:.3f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
