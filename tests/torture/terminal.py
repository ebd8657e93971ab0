"""Run commands on hostile names: every byte that reaches a terminal is text, no line is forged, reports can be parsed.

    python -m tests.torture.terminal --runs 2000

Labels, names of categories, signals and kinds, of files, columns and sheets, cells and arguments try to be obeyed by a
terminal, to begin a line that the program did not write, to be markup, or to be what no parser of XML, HTML or JSON
takes. A run is one command in this process, on a terminal or into a pipe; its seed gives it again.
"""

import contextlib
import csv
import gc
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from socialcls.batch.runner import Stopped
from socialcls.classifier import Classifier
from socialcls.commands.app import app, run
from socialcls.dataset.review import DecisionFile, Question
from socialcls.explain.sentence import ReasonWriter
from socialcls.tables.encodings import KEEP
from socialcls.terminal.console import make_console
from socialcls.terminal.review import Session
from socialcls.types import Document
from tests.torture.answers import make_sample
from tests.torture.command import run_command
from tests.torture.model_files import mutate, write_mutant

_FORGED = "error: forged"
_OBEYED = (
    *(
        "\x1b[38;5;199mred",
        "\x1b]0;title\x07",
        "\x1b[6n",
        "\x1b[5;44H",
        "\x1b]8;;http://evil/\x1b\\link",
        "\x9b38;5;199m",
    ),
    *(
        "\x9d0;title\x9c",
        "\x1bP+q\x1b\\",
        "\x1b",
        "\x00",
        "\x07",
        "\x08\x08\x08",
        "\x0b",
        "\x0c",
        "\x7f",
        "\x85",
        "\x90",
    ),
    *(f"\n{_FORGED}", f"\r{_FORGED}", f"\r\n{_FORGED}", f"\x85{_FORGED}", f"\u2028{_FORGED}", f"\u2029{_FORGED}"),
    *(f"\x0b{_FORGED}", f"\x0c{_FORGED}", f"\x1c{_FORGED}", f"\x1e{_FORGED}", "\n", "\n\n\n", "\t", "\r"),
    *("\u202egnp.exe", "\u2066\u2067", "\u200e\u200f", "\u061c", "\u200b", "\u2060", "\u206a\u206f", "\xad", "\u034f"),
    *("\u180e", "\ufeff", "\ufffe", "\uffff", "\ufff9", "\u3164", "\U000e0001", "\U000e0041\U000e007f", "\U0001d173"),
    *("\ud83d", "\udcff", "\udc1b[31m", "\u200d", "\u200c x", " \u200d"),
)
_PRINTABLE = (
    *("[red]markup[/red]", "[/]", "[link=http://evil]x[/link]", "[bold", ":smile:", "</svg><script>alert(1)</script>"),
    *('"><img src=x onerror=alert(1)>', "' onmouseover='x", "]]>", "<!--", "&lt;&#0;", "{0}", "{}", "%s", "\\x1b[31m"),
    *(
        "$(id)",
        "`id`",
        "|",
        "**bold**",
        "=1+1",
        "@x",
        "é" * 40,
        "e" + "\u0301" * 30,
        "漢字",
        "👨\u200d👩\u200d👧",
        "می\u200cخ",
    ),
    *("unsure", "category", "a" * 90, "--help", "../x", "'", '"', ";", "a,b", "a=b"),
)
_WORDS = ("forum", "shop", "diary", "members", "sklep", "blog", "threads", "basket", "opis", "x.pl", "post a reply")
_MADE_BY_RICH = re.compile(
    r"\x1b\[(?:0|[1-9]|2[1-9]|3[0-79]|4[0-79]|9[0-7]|10[0-7])(?:;(?:[0-9]|2[1-9]|3[0-79]|4[0-79]|9[0-7]|10[0-7]))*m"
    r"|\x1b\[\?25[lh]|\r?\x1b\[2K|\r?\x1b\[1A"
)
_CLEARED = "\x1b[2J\x1b[H"  # what a review does between rows
_OUTPUTS = (".html", ".svg", ".md", ".json")
_TAGS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body main footer p h1 h2 h3 nav table thead tbody tr th td a span article figure "
        "dl dt dd figcaption mark div section b i svg rect text line polyline circle",
    )
)


class Command(NamedTuple):
    """What is run."""

    arguments: list[str]
    stdin: bytes = b""
    is_json: bool = False
    """Whether each line of standard output is a JSON object."""
    is_data: bool = False
    """Whether standard output is rows of the input, which stand there as they are when it is no terminal."""


class _Stream(io.TextIOWrapper):
    """A standard stream in memory, which may say that it is a terminal."""

    def __init__(self, content: bytes = b"", *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", errors="strict", newline="" if is_terminal else None)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def read_all(self) -> bytes:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


class Hostile:
    """Makes names and files of hostile words."""

    def __init__(self, directory: Path, randomness: random.Random) -> None:
        self.directory, self.random = directory, randomness

    def make_text(self, n_words: int = 3) -> str:
        """Some words, hostile ones among them; what is obeyed never begins a text."""
        choose = self.random.choice
        words = [choose(_WORDS), *(choose(choose((_OBEYED, _PRINTABLE, _WORDS))) for _ in range(n_words))]
        return choose(("", " ", " ")).join(words)

    def make_label(self) -> str:
        """A word that is a label to a model: printable."""
        text = "".join(char if char.isprintable() else "_" for char in self.make_text(2))[:100]
        return text if text.strip() and text not in ("unsure", "kind") else "label"

    def make_argument(self) -> str:
        """A text that a command line can hold: no NUL, and bytes that are no UTF-8 as Python has them."""
        return os.fsdecode(self.make_text().replace("\0", "").encode("utf-8", "replace"))

    def make_name(self, ending: str) -> str:
        """A name that a file can have, sometimes of bytes that are no UTF-8."""
        text = re.sub(r"[/\0]", "_", self.make_text(2)).encode("utf-8", "replace")[:100]
        odd = self.random.choice((b"", b"", b"\xff", b"\x9b31m"))
        return os.fsdecode(b"f" + text.decode("utf-8", "ignore").encode() + odd + ending.encode())

    def make_model(self, *, has_hostile_labels: bool = False, is_changed: bool = False) -> str:
        """A model whose names are hostile; its labels are the usual ones or are hostile too, or anything is changed."""
        card, blocks = make_sample()
        card, blocks = deepcopy(dict(card)), dict(blocks)
        taxonomy = json.loads(blocks["taxonomy"])
        renamed = {label: label for label in card["labels"]}
        if has_hostile_labels:
            renamed = {label: f"{self.make_label()[:90]}{i}" for i, label in enumerate(card["labels"])}
            card, taxonomy = _rename(card, renamed), _rename(taxonomy, renamed)
        for named in taxonomy["categories"].values():
            for category in named.values():
                category[:3] = [self.make_text(), self.make_text(), self.make_text(8)]
        for of_language in taxonomy["criteria"].values():
            of_language.update({key: self.make_text() for key in of_language})
        for entry in taxonomy["signals"].values():
            entry["names"] = {language: self.make_text() for language in entry["names"]}
        for of_language in taxonomy.get("kinds", {}).values():
            for kinds in of_language.values():
                kinds.update({kind: self.make_text() for kind in kinds})
        card["name"], card["version"] = self.make_text()[:200], self.make_text(1)[:200]
        card["data"]["languages"] = {self.make_text(1): 3}
        card["training"]["versions"] = {self.make_text(1): self.make_text(1)}
        blocks["taxonomy"] = json.dumps(taxonomy, ensure_ascii=False).encode("utf-8", "replace")
        card = json.loads(json.dumps(card, ensure_ascii=False).encode("utf-8", "replace"))
        if is_changed:
            card, blocks = mutate(card, blocks, self.random)
        name = self.make_name(".model")
        model_dir = self.directory / name
        model_dir.mkdir(exist_ok=True)
        write_mutant(model_dir, card, blocks)
        return name

    def make_rows(self, labels: tuple[str, ...] = (), n_rows: int = 6) -> tuple[list[str], list[list[str]]]:
        """Columns with the first ones known, and rows of hostile cells; a column of labels where there are labels."""
        columns = ["opis", "url", self.make_text(), *(["category"] if labels else [])]
        rows = []
        for i in range(n_rows):
            row = [self.make_text(5), self.random.choice(("", f"x{i}.pl/{self.make_text(1)}")), self.make_text()]
            if labels:
                row.append(self.random.choice(labels) if self.random.random() < 0.9 else self.make_text())
            rows.append(row)
        return columns, rows

    def write_csv(self, columns: list[str], rows: list[list[str]]) -> str:
        """Write a table as CSV; some bytes of it are no UTF-8."""
        name = self.make_name(".csv")
        with (self.directory / name).open("w", encoding="utf-8", errors=KEEP, newline="") as stream:
            csv.writer(stream).writerows([columns, *rows])
        return name

    def write_table(self) -> str:
        """Write a table to classify in some format."""
        columns, rows = self.make_rows()
        form = self.random.choice(("csv", "csv", "jsonl", "lines", "xlsx", "cdx", "json", "none"))
        if form == "csv":
            return self.write_csv(columns, rows)
        name = self.make_name({"json": ".jsonl", "none": ".csv"}.get(form, f".{form}"))
        path = self.directory / name
        if form == "jsonl":
            lines = [json.dumps(dict(zip(columns, row, strict=True))) for row in rows]
            path.write_text("\n".join([*lines, self.make_text()]), "utf-8", KEEP)
        elif form == "xlsx":
            _write_workbook(path, self.make_text(), columns, rows)
        elif form == "none":
            path.write_text(f"{self.make_text(1)},{self.make_text(1)}\nx,y\n", "utf-8", "replace")
        else:
            lines = re.split("\r\n|\r|\n", "\n".join(" ".join(row) for row in rows))
            path.write_text(
                "\n".join(f"row {line}" for line in lines), "utf-8", "replace"
            )  # a line is a row of its own
        return name


def _rename(values: Any, renamed: dict[str, str]) -> Any:
    """The same JSON with other labels, as keys and as texts."""
    if isinstance(values, dict):
        return {renamed.get(key, key): _rename(value, renamed) for key, value in values.items()}
    if isinstance(values, list):
        return [_rename(value, renamed) for value in values]
    return renamed.get(values, values) if isinstance(values, str) else values


def _write_workbook(path: Path, sheet: str, columns: list[str], rows: list[list[str]]) -> None:
    import xlsxwriter  # noqa: PLC0415  (an extra)

    book = xlsxwriter.Workbook(io.BytesIO())
    written = book.filename
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]", "_", sheet)[:9].strip("'"))
    for y, row in enumerate([columns, *rows]):
        for x, cell in enumerate(row):
            page.write_string(y, x, re.sub("[\ud800-\udfff\ufffe\uffff]", "?", cell))
    book.close()
    path.write_bytes(written.getvalue())


# Commands.


def _classify(hostile: Hostile) -> Command:
    r = hostile.random
    arguments = ["classify", *(hostile.make_argument() for _ in range(r.choice((1, 1, 2, 3))))]
    if len(arguments) == 2 and r.random() < 0.7:
        arguments += ["--name", hostile.make_argument(), "--url", r.choice(("x.pl/", "")) + hostile.make_argument()]
    if r.random() < 0.9:
        arguments += ["-m", hostile.make_model(has_hostile_labels=r.random() < 0.4)]
    arguments += ["--lang", r.choice(("en", "pl")), "--why", r.choice(("sentence", "panel", "everything"))]
    if r.random() < 0.1:
        arguments.append("--social-only")
    is_json = r.random() < 0.2
    if is_json:
        arguments.append("--json")
    elif r.random() < 0.5:
        arguments.append("--changes")
    elif r.random() < 0.05:
        arguments.append("--similar")
    if r.random() < 0.4:
        arguments += ["--save", hostile.make_name(r.choice((*_OUTPUTS, ".pdf")))]
    return Command(arguments, is_json=is_json)


def _classify_page(hostile: Hostile) -> Command:
    text, title = hostile.make_text(9), hostile.make_text()
    page = f'<!doctype html><title>{title}</title><meta name=generator content="{title}"><body>{text}'
    return Command(["classify", "-", "-m", hostile.make_model()], page.encode("utf-8", "replace"))


def _batch(hostile: Hostile) -> Command:
    r = hostile.random
    source = hostile.write_table()
    arguments = ["batch", source, "--lang", r.choice(("en", "pl"))]
    if r.random() < 0.8:
        arguments += ["-m", hostile.make_model(has_hostile_labels=r.random() < 0.4)]
    is_data = r.random() < 0.5
    if not is_data:
        arguments += ["-o", hostile.make_name(r.choice((".csv", ".jsonl", ".tsv", ".csv.gz", ".lines", ".xlsx")))]
    elif r.random() < 0.3:
        arguments += ["--to", r.choice(("csv", "tsv", "jsonl", "lines"))]
    for option, make in (
        ("--summary", lambda: hostile.make_name(r.choice((".html", ".json", ".txt")))),
        ("--prefix", hostile.make_argument),
        ("--text-column", hostile.make_argument),
        ("--columns", hostile.make_argument),
        ("--rename", lambda: "blog=" + hostile.make_argument()),
        ("--sheet", hostile.make_argument),
        ("--delimiter", hostile.make_argument),
        ("--encoding", hostile.make_argument),
        ("--format", hostile.make_argument),
        ("--errors", lambda: "fail"),
        ("--split-by", lambda: r.choice(("category", hostile.make_argument()))),
    ):
        if r.random() < (0.3 if option == "--summary" else 0.06):
            arguments += [option, make()]
    if r.random() < 0.1:
        arguments.append("--by-host")
    return Command(arguments, is_data=is_data)


def _model(hostile: Hostile) -> Command:
    how = hostile.random.random()
    arguments = ["model", hostile.make_model(has_hostile_labels=how < 0.5, is_changed=how > 0.7)]
    more = hostile.random.choice(
        ([], ["--words"], ["--words", "--lang", "pl"], ["--verify"], ["--json"], ["--words", "--json"], ["--label"])
    )
    if more == ["--label"]:
        more = ["--label", hostile.make_argument()]
    return Command([*arguments, *more], is_json="--json" in more)


def _export(hostile: Hostile) -> Command:
    return Command(["model", "export", hostile.make_model(), "--sklearn", hostile.make_name(".joblib")])


def _write_labelled(hostile: Hostile, n_rows: int = 12) -> str:
    return hostile.write_csv(*hostile.make_rows(("community", "blog", "other"), n_rows))


def _evaluate(hostile: Hostile) -> Command:
    r = hostile.random
    columns, rows = hostile.make_rows(("community", "blog", "other"), 12)
    if r.random() < 0.8:  # only what is labelled as it should be
        rows = [[*row[:3], row[3] if row[3] in ("community", "blog", "other") else "blog"] for row in rows]
    arguments = ["evaluate", hostile.write_csv(columns, rows), "-m", hostile.make_model()]
    for option, make in (
        ("--by", lambda: r.choice((columns[2].replace("\0", ""), hostile.make_argument(), "length"))),
        ("--errors", lambda: hostile.make_name(".csv")),
        ("--report", lambda: hostile.make_name(".html")),
        ("--compare", hostile.make_model),
    ):
        if r.random() < 0.4:
            arguments += [option, make().encode("utf-8", "replace").decode() if option == "--by" else make()]
    for option in ("--map", "--label-column", "--text-column"):
        if r.random() < 0.1:
            arguments += [option, hostile.make_argument()]
    is_json = r.random() < 0.2
    return Command([*arguments, *(["--json"] if is_json else [])], is_json=is_json)


def _check(hostile: Hostile) -> Command:
    arguments = ["check", _write_labelled(hostile), "--quick"]
    is_json = hostile.random.random() < 0.3
    if hostile.random.random() < 0.3:
        arguments += ["-o", hostile.make_name(".csv")]
    if hostile.random.random() < 0.2:
        arguments += ["--labels", hostile.make_argument()]
    return Command([*arguments, *(["--json"] if is_json else [])], is_json=is_json)


def _compare_reviews(hostile: Hostile) -> Command:
    columns, rows = hostile.make_rows(("community", "blog", "other"), 8)
    rows = [[*row[:3], "blog"] for row in rows]
    one = hostile.write_csv(columns, rows)
    other = hostile.write_csv(columns, [[*row[:3], hostile.random.choice(("blog", "other"))] for row in rows])
    is_json = hostile.random.random() < 0.3
    arguments = ["review", one, "--agree", other, "-m", hostile.make_model()]
    return Command([*arguments, *(["--json"] if is_json else [])], is_json=is_json)


def _train(hostile: Hostile) -> Command:
    label = hostile.make_label()
    columns, rows = hostile.make_rows(("community", "blog"), 16)
    for i, row in enumerate(rows):
        row[1], row[3] = f"host{i}.pl", ("blog", label)[i % 2]
    arguments = ["train", hostile.write_csv(columns, rows), "--base", "none", "-o", hostile.make_name(".model")]
    return Command([*arguments, *hostile.random.choice(([], ["--labels", f"blog,{label}"], ["--json"]))])


def _stumble(hostile: Hostile) -> Command:
    """Wrong names of everything."""
    wrong = hostile.make_argument
    return Command(
        hostile.random.choice(
            (
                [wrong()],
                ["classify", f"--{wrong()}"],
                ["classify", "x", f"--lang={wrong()}"],
                ["classify", "x", "-m", wrong()],
                ["classify", "x", "--why", wrong()],
                ["classify", f"{wrong()}.html"],
                ["batch", wrong()],
                ["batch", wrong(), wrong(), "-o", wrong()],
                ["batch", "x", f"--jobs={wrong()}"],
                ["model", wrong()],
                ["model", wrong(), wrong()],
                ["evaluate", wrong()],
                ["evaluate", wrong(), "--map", wrong()],
                ["train", wrong()],
                ["train", "x", "--labels", f"{wrong()}.toml"],
                ["train", "x", "--labels", wrong()],
                ["check", wrong()],
                ["review", wrong()],
                ["review", "x", "--agree", wrong()],
                ["categories", wrong()],
            )
        )
    )


_COMMANDS: tuple[tuple[Callable[[Hostile], Command], float], ...] = (
    (_classify, 30), (_batch, 30), (_model, 12), (_evaluate, 10), (_check, 6), (_stumble, 8), (_compare_reviews, 3),
    (_classify_page, 3), (_train, 0.7), (_export, 0.5),
)  # fmt: skip


# Runs.


@contextlib.contextmanager
def _replace_streams(stdin: bytes, *, is_terminal: bool, width: int) -> Iterator[tuple[_Stream, _Stream]]:
    """Replace the standard streams and what they are asked about, and put all back."""
    kept = sys.stdin, sys.stdout, sys.stderr, sys.argv, dict(os.environ), gc.get_threshold()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    out, err = _Stream(is_terminal=is_terminal), _Stream(is_terminal=is_terminal)
    sys.stdin, sys.stdout, sys.stderr = _Stream(stdin), out, err
    os.environ.update(TERM="xterm", COLUMNS=str(width))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        os.environ.pop(name, None)
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.argv, environment, threshold = kept
        os.environ.clear()
        os.environ.update(environment)
        gc.set_threshold(*threshold)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def run_once(directory: Path, seed: str) -> tuple[str, list[str]]:
    """Run one command in an empty directory.

    Returns:
        Which command, and what is wrong with what it wrote.
    """
    randomness = random.Random(seed)  # noqa: S311
    hostile = Hostile(directory, randomness)
    is_terminal, width = randomness.random() < 0.5, randomness.choice((40, 80, 130))
    if randomness.random() < 0.03:
        try:
            return "review", _review(hostile, width)
        except Exception:  # noqa: BLE001  (a traceback)
            return "review", [traceback.format_exc()]
    make = randomness.choices([make for make, _ in _COMMANDS], [weight for _, weight in _COMMANDS])[0]
    command = make(hostile)
    before = set(directory.iterdir())
    faults = []
    with contextlib.chdir(directory), _replace_streams(command.stdin, is_terminal=is_terminal, width=width) as streams:
        sys.argv = ["socialcls", *command.arguments]
        try:
            run(app)
        except SystemExit as left:
            if left.code not in (0, 1, 2, None):
                faults.append(f"exit code {left.code}")
        except (Exception, Stopped):  # noqa: BLE001  (a traceback)
            faults.append(traceback.format_exc())
        written = [stream.read_all() for stream in streams]
    out, err = written
    faults += [f"stderr: {fault}" for fault in find_faults(err, is_terminal=is_terminal)]
    if not command.is_data or is_terminal:
        shown = out.replace(b"\t", b" ") if command.is_data else out  # what parts cells
        faults += [f"stdout: {fault}" for fault in find_faults(shown, is_terminal=is_terminal)]
    if command.is_json:
        faults += [fault for line in out.decode().splitlines() for fault in _parse_json(line)]
    for path in set(directory.iterdir()) - before:
        if path.suffix in _OUTPUTS and path.is_file():
            faults += [f"{path.suffix}: {fault}" for fault in _find_report_faults(path)]
    return make.__name__.strip("_"), faults


def _review(hostile: Hostile, width: int) -> list[str]:
    """Decide a few hostile rows, in a session whose keys are given."""
    classifier = Classifier.load(hostile.directory / hostile.make_model(has_hostile_labels=True))
    _, rows = hostile.make_rows()
    writer = ReasonWriter(classifier.taxonomy, "en")
    questions = []
    for row in rows:
        document = Document(row[0], row[1], row[2])
        said = classifier.classify(document)
        questions.append(Question(document, said.best_guess, said.confidence, writer.write(said)))
    keys = iter("n1s2u3q" + "q" * len(questions))
    with _replace_streams(b"", is_terminal=True, width=width) as (out, err):
        file = DecisionFile(hostile.directory / "decided.csv", classifier.labels)
        session = Session(questions, file, classifier.labels, make_console())
        session.run(lambda: next(keys), lambda _: hostile.make_text())
        shown = [stream.read_all().replace(_CLEARED.encode(), b"") for stream in (out, err)]
    return [fault for written in shown for fault in find_faults(written, is_terminal=True)]


def find_faults(written: bytes, *, is_terminal: bool) -> list[str]:
    """Find what is no text in what a terminal is given, and what looks like an error that is none."""
    try:
        text = written.decode()
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {error}"]
    faults = []
    if is_terminal:
        text = _MADE_BY_RICH.sub("", text)
    faults += _list_obeyed(text)
    lines = text.splitlines()
    return faults + [f"forged: {line[:80]!r}" for line in lines if line.startswith(_FORGED)]


def _list_obeyed(text: str, harmless: str = "\n") -> list[str]:
    found = []
    for i, char in enumerate(text):
        is_bad = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in "\ufffe\uffff\u034f\u3164"
        if is_bad and char not in harmless + "\u200c\u200d":
            found.append(f"{char!r} in {text[max(0, i - 20) : i + 20]!r}")
        elif char in "\u200c\u200d" and (text[max(0, i - 1)] <= " " or text[i + 1 : i + 2] <= " "):
            found.append(f"a joiner beside a space in {text[max(0, i - 20) : i + 20]!r}")
    return found[:3]


def _parse_json(line: str) -> list[str]:
    try:
        json.dumps(json.loads(line, parse_constant=_refuse), ensure_ascii=False).encode()
    except ValueError as error:
        return [f"JSON: {error}: {line[:100]!r}"]
    return []


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class _TagCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.faults.append(f"a tag <{tag}>")
        self.faults += [f"an attribute {name}" for name, _ in attrs if name.startswith("on") or not name.isascii()]

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment {data!r}")


def _find_report_faults(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    faults = _list_obeyed(text, "\n\t")
    if path.suffix == ".json":
        return faults + _parse_json(text)
    if path.suffix == ".svg":
        try:
            root = ET.fromstring(text)  # noqa: S314  (our own)
        except ET.ParseError as error:
            return [*faults, f"no XML: {error}"]
        known = {"svg", "style", "defs", "clipPath", "rect", "g", "text", "circle"}
        faults += [f"an element {tag}" for tag in {each.tag.split("}")[-1] for each in root.iter()} - known]
    if path.suffix == ".html":
        collector = _TagCollector()
        collector.feed(text)
        collector.close()
        faults += collector.faults
    return faults


def run_many(directory: Path, n_runs: int, seed: int) -> Counter[str]:
    """Run commands and count them, and those that wrote what they should not."""
    counts: Counter[str] = Counter()
    for i in range(n_runs):
        inner = directory / "run"
        inner.mkdir()
        name, faults = run_once(inner, f"{seed} {i}")
        counts[name] += 1
        if faults:
            counts["faults"] += 1
            said = f"run {i} of seed {seed}, {name}: " + "\n  ".join(faults[:5]) + "\n"
            sys.stderr.write(said.encode("utf-8", "backslashreplace").decode())
        shutil.rmtree(inner)
        if i and i % 500 == 0:
            sys.stderr.write(f"{i:,} runs: {dict(counts)}\n")
    return counts


def main() -> None:
    """Run as many commands as are asked for, print what came of it, end with 1 when anything was wrong."""
    run_command(
        __doc__,
        lambda path, options: run_many(path, options.runs, options.seed),
        lambda what: what == "faults",
        {"runs": 2000},
    )


if __name__ == "__main__":
    main()
