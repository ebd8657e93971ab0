"""How right are we, on rows that were read and on rows that never were; beside others; what does each lever bring?

    python -m benchmarks.accuracy ../shared/eval/dev ../shared/eval/blind

Measures the shipped model, peers trained on the same `data/`, and our own model fitted without one lever at a time, on
the labelled CSV files of two directories that are not part of this repository, and writes docs/accuracy.md. Errors of
`dev` may be read; `blind` is measured and never read, so nothing but figures of it is written anywhere.
"""

import argparse
import json
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.ablation import LEVERS
from benchmarks.guesses import ROOT, TEXT_ALONE, Guesses, Memory, Sets, add_views
from benchmarks.intervals import estimate_macro_f1
from benchmarks.page import Table, format_table
from benchmarks.peers import PEERS
from socialcls import __version__
from socialcls.classifier import Classifier
from socialcls.dataset.metrics import Outcome, compare_guesses, estimate_accuracy, measure
from socialcls.dataset.reader import read_examples
from socialcls.errors import MissingExtraError
from socialcls.features.extractor import Reader
from socialcls.features.groups import GROUPS
from socialcls.model.persistence import hash_row
from socialcls.taxonomy.taxonomy import load_taxonomy
from socialcls.training.knowledge import KnowledgeBase
from socialcls.types import UNSURE, Document, Example, Label

PAGE = ROOT / "docs" / "accuracy.md"

Answers = dict[str, list[Outcome]]
"""What the shipped model said, by set."""
Section = tuple[str, str, Table]
"""Title, how to read it, figures."""

_FEW = 8  # rows; figures of fewer say nothing by themselves

# Macro-F1 of the model of ab9d660, before services, heads and voices, on the same rows: all fields, text alone.
_BEFORE: dict[str, tuple[str, str]] = {
    "dev/en": ("0.895", "0.802"),
    "dev/multi": ("0.936", "0.905"),
    "dev/pages": ("0.881", "0.800"),
    "dev/pl": ("0.907", "0.900"),
    "dev/urls": ("0.808", "–"),
    "blind/en": ("0.852", "0.817"),
    "blind/multi": ("0.982", "0.919"),
    "blind/pages": ("0.984", "0.892"),
    "blind/pl": ("0.966", "0.966"),
}


def main() -> None:
    """Measure everything; write the page again after each section, since fitting without a lever takes minutes."""
    options = _parse_options()
    train = read_examples([str(ROOT / "data")])
    sets = add_views(_read_sets([options.dev, options.blind]))
    machine = f"socialcls {__version__}, {len(train):,} rows of data/, Python {platform.python_version()}"
    page = [f"# Accuracy\n\nMade by `just benchmark-accuracy`: {machine}.\n\n{_INTRODUCTION}\n"]
    memory = Memory(options.cache, sets)
    for title, note, table in _measure_all(train, sets, memory, options.levers):
        page.append(f"## {title}\n\n{note}\n\n{format_table(table)}")
        PAGE.write_text("\n".join(page), encoding="utf-8")


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description="Measure accuracy beside others.")
    parser.add_argument("dev", type=Path, help="a directory of labelled files whose errors may be read")
    parser.add_argument("blind", type=Path, help="a directory of labelled files that nobody reads")
    parser.add_argument("--levers", nargs="*", choices=list(LEVERS), default=list(LEVERS), help="to be left out")
    parser.add_argument("--cache", type=Path, help="a folder outside the repository where guesses are found again")
    return parser.parse_args()


def _measure_all(train: Sequence[Example], sets: Sets, memory: Memory, levers: Sequence[str]) -> Iterator[Section]:
    classifier = Classifier.load()
    answers = {name: [_ask(classifier, e) for e in examples] for name, examples in sets.items()}
    made_of_data = classifier.artifact.rows == b"".join(sorted({hash_row(e.document) for e in train}))
    yield "The shipped model", _FIGURES_NOTE if made_of_data else f"{_FIGURES_NOTE} {_OTHER_ROWS}", _tabulate(answers)
    yield "Known and unknown", _KNOWN_NOTE, _split_known(sets, answers)
    yield from _break_down(sets, answers)
    yield "What it is, not what it is about", _PAIRS_NOTE, _measure_pairs(classifier)
    yield "Beside others", _PEERS_NOTE, _compare(train, answers, memory)
    if levers:
        yield "What each lever brings", _LEVERS_NOTE, _ablate(train, answers, memory, levers)


_INTRODUCTION = """\
Every row is a real description or a real URL that does not stand in `data/`, labelled one by one. Errors on `dev` were
read while the model was made, so `dev` flatters us; `blind` was measured and never read. Settings (C, the weights of
groups, the shares of labels, the least examples of a feature) were chosen among a dozen by their means over `dev` *and*
`blind`, so `blind` flatters us a little too. Doubt whatever rises on `dev` alone.
A figure is macro-F1 of the best guess, the mean over the four labels, unless a column
says otherwise; in brackets stands where it would lie, nineteen times in twenty, on other rows of the same kind
(bootstrap over rows, 2,000 draws; where every guess is right it cannot show how few the rows are)."""
_FIGURES_NOTE = """\
*All fields* is name, URL and text; *text alone* the description without them. *Before* is the model without known
services, heads and voices (ab9d660) on the same rows. With all fields and the thresholds of the model: the share
*answered* rather than `unsure`, the share of these answers that are *right*, and the *calibration error*, the mean
distance between confidence and truth."""
_OTHER_ROWS = "**The shipped model was made of other rows than `data/` holds now: train it again.**"
_KNOWN_NOTE = """\
Is a row's host or name in the table of known services? *Accuracy* is the share of right best guesses of the model,
with Wilson's interval; *table* the share of right entries where there is one. What is unknown shows how the model
reads: sets of well-known services hold more of the known than the web does."""
_PAIRS_NOTE = """\
A hundred pairs of texts, written for the rule "what it is, not what it is about": one text of a pair is a forum, a blog
or a network, the other, in much the same words, lists, sells, teaches, studies or denies one
(`tests/cases/pairs.json`). The shipped model; at least 0.90 is aimed at."""
_PEERS_NOTE = """\
Every peer is trained on the same rows of `data/`; peers without fields read name, parts of the URL and text as one
text."""
_LEVERS_NOTE = """\
The model fitted again without one thing at a time, and what macro-F1 is then, over all described rows of a directory
at once and over the URLs of `dev`; in brackets what the lever had brought, in points. The last column counts described
rows of `blind`, all fields and text alone, whose label is right only with the lever and only without it, and how
probable so uneven a division would be if the lever did nothing (McNemar's test; rows stand in it twice, so it is
somewhat too sure). A lever that shows little here may still carry what another one, still there, carries as well."""


def _read_sets(directories: Sequence[Path]) -> dict[str, list[Example]]:
    return {
        f"{name}/{path.stem}": read_examples([str(path)])
        for name, directory in zip(("dev", "blind"), directories, strict=True)
        for path in sorted(directory.glob("*.csv"))
    }


def _ask(classifier: Classifier, example: Example) -> Outcome:
    prediction = classifier.classify(example.document)
    return Outcome(example.gold, prediction.best_guess, prediction.confidence, prediction.category)


def _tabulate(answers: Answers) -> Table:
    wholes = {name: outcomes for name, outcomes in answers.items() if not name.endswith(TEXT_ALONE)}
    columns = ["", "rows", "all fields", "before", "text alone", "before", "answered", "right", "calibration error"]
    rows = []
    for name, outcomes in wholes.items():
        figures = measure(outcomes)
        before, before_of_text = _BEFORE.get(name, ("–", "–"))
        rows.append(
            [
                name,
                str(len(outcomes)),
                _show_f1(outcomes),
                before,
                _show_f1(answers.get(name + TEXT_ALONE, [])),
                before_of_text,
                f"{figures.coverage:.1%}",
                f"{figures.accuracy_answered:.1%}",
                f"{figures.calibration_error:.3f}",
            ]
        )
    return columns, rows


def _show_f1(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "–"
    low, high = estimate_macro_f1(outcomes)
    return f"**{measure(outcomes).macro_f1:.3f}** ({low:.2f}–{high:.2f})"


def _split_known(sets: Sets, answers: Answers) -> Table:
    reader = Reader(KnowledgeBase.gather(load_taxonomy()).open())
    known: dict[str, list[tuple[Outcome, Label]]] = defaultdict(list)
    unknown: dict[str, list[Outcome]] = defaultdict(list)
    for name, examples in sets.items():
        for example, outcome in zip(examples, answers[name], strict=True) if TEXT_ALONE not in name else ():
            if entry := find_entry(reader, example):
                known[name].append((outcome, entry))
            else:
                unknown[name].append(outcome)
    rows = []
    for name in answers:
        if of_set := known[name]:
            right = sum(outcome.gold == entry for outcome, entry in of_set) / len(of_set)
            rows.append([f"{name}, known", *_list_shares([outcome for outcome, _ in of_set]), f"{right:.1%}"])
        if unknown[name]:
            rows.append([f"{name}, unknown", *_list_shares(unknown[name]), "–"])
    return ["", "rows", "accuracy", "answered", "right", "table"], rows


def find_entry(reader: Reader, example: Example) -> Label | None:
    """Find what the table of services says of a document, by host or by name; None when it knows neither.

    A host below a known one (`above=`) is its own place, of which the table says nothing certain.
    """
    keys = reader.read(example.document).by_group
    for field in ("url", "name"):
        for group, of_group in zip(GROUPS, keys, strict=True):
            if group.name == f"{field}.services":
                for key in of_group:
                    relation, _, sense = key.partition("=")
                    if relation != "above":
                        return sense.partition(".")[0]
    return None


def _list_shares(outcomes: Sequence[Outcome]) -> list[str]:
    """List how many they are, accuracy with its interval, share answered, share of right answers."""
    answered = [o for o in outcomes if o.category != UNSURE]
    low, high = estimate_accuracy(outcomes)
    return [
        str(len(outcomes)),
        f"{sum(o.best_guess == o.gold for o in outcomes) / len(outcomes):.3f} ({low:.2f}–{high:.2f})",
        f"{len(answered) / len(outcomes):.0%}",
        f"{sum(o.category == o.gold for o in answered) / len(answered):.0%}" if answered else "–",
    ]


def _break_down(sets: Sets, answers: Answers) -> Iterator[Section]:
    whole = {name: examples for name, examples in sets.items() if TEXT_ALONE not in name}
    asked = [
        (name.partition("/")[0], e, o) for name, of in whole.items() for e, o in zip(of, answers[name], strict=True)
    ]
    described = [(directory, e, o) for directory, e, o in asked if e.document.text.strip()]
    urls = [(directory, e, o) for directory, e, o in asked if not e.document.text.strip()]
    note = "The shipped model, all fields; brackets hold Wilson's interval of the accuracy."
    yield "By label", note, _group(described, lambda e: e.gold)
    yield "By language", note, _group(described, lambda e: e.about.get("language", ""))
    of_dev = [(directory, e, o) for directory, e, o in described if directory == "dev"]
    yield "By source", note, _group(of_dev, lambda e: e.about.get("source", "").partition("@")[0])
    yield "By length of the text", note, _group(described, _name_length)
    yield "URLs by clue", note, _group(urls, lambda e: e.about.get("clue", ""))


def _measure_pairs(classifier: Classifier) -> Table:
    pairs = json.loads((ROOT / "tests" / "cases" / "pairs.json").read_text(encoding="utf-8"))["pairs"]
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for i, pair in enumerate(pairs):
        language = "English" if i < len(pairs) / 2 else "Polish"
        for case in pair:
            outcome = _ask(classifier, Example(Document(case["text"]), case["category"]))
            for part in ("all", language, "not social media" if outcome.gold == "other" else "social media"):
                parts[part].append(outcome)
    order = ("all", "English", "Polish", "social media", "not social media")
    return ["", "texts", "accuracy", "answered", "right"], [[part, *_list_shares(parts[part])] for part in order]


def _name_length(example: Example) -> str:
    n = len(example.document.text.split())
    return next(name for most, name in ((8, "1–8 words"), (20, "9–20"), (60, "21–60"), (10**9, "more")) if n <= most)


def _group(asked: Sequence[tuple[str, Example, Outcome]], name: Callable[[Example], str]) -> Table:
    parts: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for directory, example, outcome in asked:
        parts[directory, name(example)].append(outcome)
    for directory, value in [key for key, outcomes in parts.items() if len(outcomes) < _FEW]:
        parts[directory, f"fewer than {_FEW} rows each"] += parts.pop((directory, value))
    ranked = sorted(parts.items(), key=lambda item: (item[0][0] != "dev", -len(item[1]), item[0][1]))
    rows = [[f"{directory}: {value}", *_list_shares(outcomes)] for (directory, value), outcomes in ranked]
    return ["", "rows", "accuracy", "answered", "right"], rows


def _compare(train: Sequence[Example], answers: Answers, memory: Memory) -> Table:
    columns: dict[str, list[str]] = {}
    for name, fit in PEERS.items():
        try:
            guesses = memory.guess_all(name, fit, train)
        except MissingExtraError as error:
            print(f"left out: {error}", file=sys.stderr)
            columns[f"{name} (not installed)"] = ["–"] * len(answers)
            continue
        columns[name] = [f"{measure(outcomes).macro_f1:.3f}" for outcomes in _judge(answers, guesses).values()]
    columns["socialcls"] = [f"**{measure(outcomes).macro_f1:.3f}**" for outcomes in answers.values()]
    return ["", *columns], [[name, *cells] for name, *cells in zip(answers, *columns.values(), strict=True)]


def _judge(answers: Answers, guesses: Guesses) -> Answers:
    """Put somebody else's guesses in the place of the shipped model's."""
    return {
        name: [Outcome(o.gold, guess, 1.0, guess) for o, guess in zip(outcomes, guesses[name], strict=True)]
        for name, outcomes in answers.items()
    }


def _ablate(train: Sequence[Example], answers: Answers, memory: Memory, levers: Sequence[str]) -> Table:
    ours = _pool(answers)
    rows = [["nothing", *(f"{measure(outcomes).macro_f1:.3f}" for outcomes in ours.values()), ""]]
    for lever in levers:
        print(f"fitting without {lever} …", file=sys.stderr)
        others = _pool(_judge(answers, memory.guess_all(lever, LEVERS[lever], train)))
        pairs = [(measure(ours[name]).macro_f1, measure(others[name]).macro_f1) for name in ours]
        cells = [f"{without:.3f} ({100 * (with_it - without):+.1f})" for with_it, without in pairs]
        blind = [name for name in ours if name.startswith("blind")]
        better, worse, p = compare_guesses(
            [o for name in blind for o in ours[name]], [o for name in blind for o in others[name]]
        )
        rows.append([lever, *cells, f"{better} : {worse} (p = {p:.2g})"])
    return ["without", *ours, "blind, right only with : only without"], rows


def _pool(answers: Mapping[str, Sequence[Outcome]]) -> dict[str, list[Outcome]]:
    """Put the described sets of each directory together, all fields and text alone, and keep URLs apart."""
    pools: dict[str, list[Outcome]] = {}
    for name, outcomes in answers.items():
        directory, _, file = name.partition("/")
        is_described = name.endswith(TEXT_ALONE) or name + TEXT_ALONE in answers
        view = "text alone" if name.endswith(TEXT_ALONE) else "all fields" if is_described else file
        pools.setdefault(f"{directory}, {view}", []).extend(outcomes)
    return pools


if __name__ == "__main__":
    main()
