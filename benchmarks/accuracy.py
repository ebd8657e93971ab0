"""How accurate are we, beside others, on the same rows in one run; what does each part bring?

    python -m benchmarks.accuracy ../shared/eval/dev

Trains every peer on `data/`, measures macro-F1 of the best guess on the labelled CSV files of a directory (the
yardstick, which is not part of this repository), and writes docs/accuracy.md.
"""

import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.special import log_softmax

from benchmarks.page import Table, format_table
from benchmarks.peers import PEERS, Predict
from socialcls import __version__
from socialcls.classifier import Classifier
from socialcls.dataset.metrics import Outcome, measure
from socialcls.dataset.reader import read_examples, split_by_host
from socialcls.errors import MissingExtraError
from socialcls.features.extractor import GROUPS, Keys, Reader
from socialcls.taxonomy.taxonomy import LABELS, UNSURE, Label, load_taxonomy
from socialcls.training import pipeline as training
from socialcls.types import Document, Example

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "accuracy.md"

_FEW = 4  # rows; figures of fewer say nothing by themselves


def main(directory: str) -> None:
    """Measure everything; the page is written again after each section, since the whole takes a quarter of an hour."""
    train = read_examples([str(ROOT / "data")])
    tests = _read_tests(directory)
    machine = f"socialcls {__version__}, {len(train):,} rows of data/, Python {platform.python_version()}"
    page = [f"# Accuracy\n\nMade by `just benchmark-accuracy`: {machine}.\n"]
    for title, note, table in _measure_all(train, tests):
        page.append(f"## {title}\n\n{note}\n\n{format_table(table)}")
        PAGE.write_text("\n".join(page), encoding="utf-8")


def _measure_all(train: Sequence[Example], tests: dict[str, list[Example]]) -> Iterator[tuple[str, str, Table]]:
    yield "Beside others", _INTRODUCTION, _compare(train, tests)
    yield "With the default thresholds", _THRESHOLDS, _measure_answers(tests)
    yield from _break_down(tests)
    yield "What each signal brings", _SIGNALS_NOTE, _ablate_signals(train, tests)
    yield "What each group of features brings", _GROUPS_NOTE, _ablate_groups(train, tests)
    yield "More rows", _CURVE_NOTE, _draw_curve(train, tests)
    yield "What each part of the corpus brings", _PARTS_NOTE, _ablate_parts(train, tests)


_INTRODUCTION = (
    "Macro-F1 of the best guess. Every peer is trained on the same rows of `data/`; peers without fields read name, "
    "parts of the URL and text as one text. The sets are the development half of the yardstick: real descriptions and "
    "URLs, none of them in `data/`; what was tuned while looking at them flatters us there."
)
_THRESHOLDS = "The shipped model: share answered rather than `unsure`, and share of the answers that are right."
_GROUPS_NOTE = "Mean of macro-F1 and of log loss (in nats, after calibration) over the described sets, without a group."
_PARTS_NOTE = "The same without a part of the rows."
_STYLES = {
    "feeds and taglines": {"meta", "tagline"},
    "directories and channels": {"directory", "channels"},
    "encyclopaedia": {"lead"},
    "about, rules, app stores": {"about", "rules", "appstore"},
    "pages, search results, titles": {"page", "words", "snippet", "title"},
    "addresses": {"url"},
}
_CURVE_NOTE = "The same with a share of the rows, whole hosts at a time."
_SIGNALS_NOTE = (
    "Rise of the log loss, in thousandths of a nat, when the fitted model may not see one signal (no retraining): "
    "positive means that it helps. `rows` is how many test documents show it."
)


def _read_tests(directory: str) -> dict[str, list[Example]]:
    """The test sets: every file with all fields, and once more with the text alone."""
    tests = {}
    for path in sorted(Path(directory).glob("*.csv")):
        rows = read_examples([str(path)])
        tests[path.stem] = rows
        described = [e._replace(document=Document(text=e.document.text)) for e in rows if e.document.text.strip()]
        if described:
            tests[f"{path.stem}, text alone"] = described
    return tests


def _compare(train: Sequence[Example], tests: dict[str, list[Example]]) -> Table:
    rows = []
    for name, fit in PEERS.items():
        try:
            predict = fit(train)
        except MissingExtraError as error:
            print(f"left out: {error}", file=sys.stderr)
            rows.append([name, *["not installed"] * len(tests)])
            continue
        rows.append([name, *(f"{_measure(predict, examples):.3f}" for examples in tests.values())])
    return ["", *tests], rows


def _measure(predict: Predict, examples: Sequence[Example]) -> float:
    guesses = predict([e.document for e in examples])
    pairs = zip(examples, guesses, strict=True)
    return measure([Outcome(e.gold, guess, 1.0, guess) for e, guess in pairs]).macro_f1


def _measure_answers(tests: dict[str, list[Example]]) -> Table:
    classifier = Classifier.load()
    rows = []
    for name, examples in tests.items():
        figures = measure([_ask(classifier, e) for e in examples])
        shares = (f"{figures.coverage:.1%}", f"{figures.accuracy_answered:.1%}", f"{figures.calibration_error:.3f}")
        rows.append([name, str(len(examples)), f"{figures.macro_f1:.3f}", *shares])
    return ["set", "rows", "macro-F1", "answered", "right", "calibration error"], rows


def _ask(classifier: Classifier, example: Example) -> Outcome:
    prediction = classifier.classify(example.document)
    return Outcome(example.gold, prediction.best_guess, prediction.confidence, prediction.category)


def _break_down(tests: dict[str, list[Example]]) -> list[tuple[str, str, Table]]:
    classifier = Classifier.load()
    asked = [(e, _ask(classifier, e)) for name, rows in tests.items() if "text alone" not in name for e in rows]
    described = [(e, o) for e, o in asked if e.document.text]
    urls = [(e, o) for e, o in asked if not e.document.text]
    note = "The shipped model, all fields."
    return [
        ("By label", note, _tabulate(described, lambda e: e.gold)),
        ("By source", note, _tabulate(described, lambda e: e.about.get("source", "").split("@")[0])),
        ("By language", note, _tabulate(described, lambda e: e.about.get("language", ""))),
        ("By length of the text", note, _tabulate(described, _name_length)),
        ("URLs by clue", note, _tabulate(urls, lambda e: e.about.get("clue", ""))),
    ]


def _name_length(example: Example) -> str:
    n = len(example.document.text.split())
    return next(name for most, name in ((8, "1–8 words"), (20, "9–20"), (60, "21–60"), (10**9, "more")) if n <= most)


def _tabulate(asked: Sequence[tuple[Example, Outcome]], name: Callable[[Example], str]) -> Table:
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for example, outcome in asked:
        parts[name(example)].append(outcome)
    for value in [value for value, outcomes in parts.items() if len(outcomes) < _FEW]:
        parts[f"fewer than {_FEW} rows each"] += parts.pop(value)
    rows = []
    for value, outcomes in sorted(parts.items(), key=lambda item: (-len(item[1]), item[0])):
        answered = [o for o in outcomes if o.category != UNSURE]
        right = sum(o.category == o.gold for o in answered)
        rows.append(
            [
                value,
                str(len(outcomes)),
                f"{sum(o.best_guess == o.gold for o in outcomes) / len(outcomes):.3f}",
                f"{len(answered) / len(outcomes):.0%}",
                f"{right / len(answered):.0%}" if answered else "–",
            ]
        )
    return ["", "rows", "accuracy", "answered", "right"], rows


def _ablate_groups(train: Sequence[Example], tests: dict[str, list[Example]]) -> Table:
    wholes = [("nothing", frozenset[str]())]
    each = [(group.name, frozenset({group.name})) for group in GROUPS]
    signals = [("all signals", frozenset(g.name for g in GROUPS if g.name.endswith(("signals", "opening"))))]
    fields = [
        (f"the {field}", frozenset(g.name for g in GROUPS if g.factor.field == field)) for field in ("name", "url")
    ]
    return _measure_variants([(name, train, hidden) for name, hidden in wholes + each + signals + fields], tests)


def _ablate_parts(train: Sequence[Example], tests: dict[str, list[Example]]) -> Table:
    variants = [(name, [e for e in train if e.about["style"] not in styles]) for name, styles in _STYLES.items()]
    variants += [
        ("border cases", [e for e in train if not e.about.get("note")]),
        ("other languages than English and Polish", [e for e in train if e.about["language"] in ("en", "pl", "")]),
        ("Polish", [e for e in train if e.about["language"] != "pl"]),
        ("English", [e for e in train if e.about["language"] != "en"]),
    ]
    return _measure_variants([(name, rows, frozenset()) for name, rows in variants], tests)


def _draw_curve(train: Sequence[Example], tests: dict[str, list[Example]]) -> Table:
    folds = split_by_host(train, 16, seed=0)
    shares = (1, 2, 4, 8, 12, 16)
    variants = [
        (f"{n / 16:.0%}", [e for e, fold in zip(train, folds, strict=True) if fold < n], frozenset[str]())
        for n in shares
    ]
    return _measure_variants(variants, tests)


def _measure_variants(
    variants: Sequence[tuple[str, Sequence[Example], frozenset[str]]], tests: dict[str, list[Example]]
) -> Table:
    described = {name: examples for name, examples in tests.items() if examples[0].document.text}
    measured = Parallel(n_jobs=2)(delayed(_measure_variant)(rows, hidden, described) for _, rows, hidden in variants)
    rows = [
        [name, f"{len(examples):,}", f"{f1:.3f}", f"{loss:.3f}"]
        for (name, examples, _), (f1, loss) in zip(variants, measured, strict=True)
    ]
    return ["without", "rows", "macro-F1", "log loss"], rows


def _measure_variant(
    train: Sequence[Example], hidden: frozenset[str], tests: dict[str, list[Example]]
) -> tuple[float, float]:
    reader = Reader(load_taxonomy().signals)
    shown = [replace(s, keys=_hide(s.keys, hidden)) for s in training.show_examples(train, reader)]
    fitted = training.fit(train, [s for s in shown if any(s.keys.by_group)], training.Settings())
    measured = [
        _measure_scores(
            training.score_keys(fitted, [_hide(reader.read(e.document), hidden) for e in examples]), examples
        )
        for examples in tests.values()
    ]
    return float(np.mean([f1 for f1, _ in measured])), float(np.mean([loss for _, loss in measured]))


def _hide(keys: Keys, hidden: frozenset[str]) -> Keys:
    return keys.restrict_to({group.name for group in GROUPS} - hidden)


def _measure_scores(logits: training.Vector, examples: Sequence[Example]) -> tuple[float, float]:
    gold = np.array([LABELS.index(e.gold) for e in examples])
    chances = log_softmax(logits / training.fit_temperature(logits, gold, np.ones(len(gold))), axis=1)
    guesses: list[Label] = [LABELS[i] for i in logits.argmax(axis=1)]
    f1 = measure([Outcome(e.gold, g, 1.0, g) for e, g in zip(examples, guesses, strict=True)]).macro_f1
    return f1, float(-chances[np.arange(len(gold)), gold].mean())


def _ablate_signals(train: Sequence[Example], tests: dict[str, list[Example]]) -> Table:
    signals = load_taxonomy().signals
    whole = Reader(signals)
    fitted = training.fit(train, training.show_examples(train, whole), training.Settings())
    described = [e for examples in tests.values() for e in examples if examples[0].document.text]
    _, loss = _measure_scores(training.score_keys(fitted, [whole.read(e.document) for e in described]), described)
    rows = []
    for signal in signals:
        reader = Reader([s for s in signals if s.id != signal.id])
        keys = [reader.read(e.document) for e in described]
        _, without = _measure_scores(training.score_keys(fitted, keys), described)
        n_shown = sum(any(signal.id in keys for keys in whole.read(e.document).by_group) for e in described)
        rows.append([signal.id, signal.label, str(n_shown), f"{1000 * (without - loss):+.1f}"])
    return ["signal", "label", "rows", "brings"], sorted(rows, key=lambda row: -float(row[3]))


if __name__ == "__main__":
    main(sys.argv[1])
