"""`socialcls batch`."""

import contextlib
import gc
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

from socialcls.commands.options import (
    AllowPrivateOption,
    Depth,
    DepthOption,
    Encoding,
    FetchOption,
    HtmlColumn,
    LanguageOption,
    ModelOption,
    NameColumn,
    PrefixOption,
    SocialOption,
    TextColumn,
    UrlColumn,
    check_utf8,
    choose_language,
    make_app,
    make_fetch_settings,
    show_examples,
    tell,
)
from socialcls.errors import InputError, OutputError

if TYPE_CHECKING:
    from socialcls.batch.summary import Tally

app = make_app()

_DELIMITERS = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_UNWRITTEN = ("", "lines", "cdx")  # formats of inputs whose answers are written as CSV
# What monitoring suites call these sources in their own exports.
PRESETS = {
    "brandwatch": {"community": "forum", "blog": "blog", "platform": "social", "other": "general"},
    "meltwater": {"community": "Forums", "blog": "Blogs", "platform": "Social", "other": "News"},
    "talkwalker": {"community": "MESSAGEBOARD", "blog": "BLOG", "platform": "SOCIALMEDIA", "other": "ONLINENEWS_OTHER"},
}
"""Words for the labels by suite."""


@app.command(
    epilog=show_examples(
        "socialcls batch services.csv -o classified.csv",
        "socialcls batch serwisy.xlsx -o wynik.xlsx --lang pl",
        "socialcls batch - < domains.txt > answers.csv",
        "socialcls batch million.csv -o out.csv --jobs 4     (interrupted? add --resume)",
        "socialcls batch exports/ -o classified/ --rename brandwatch",
        "socialcls batch hosts.txt -o out.csv --fetch     (each page is fetched and read too)",
        "socialcls batch mentions.csv -o out.csv --fetch --by-host     (the front page of each host)",
        "socialcls batch saved/ -o pages.csv     (a folder of HTML; or *.html, crawl.warc.gz, crawl.wacz)",
        "socialcls batch crawl.wacz -o services.csv --by-host     (one row a service)",
    )
)
def batch(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="CSV, TSV, JSON Lines, Excel, Parquet, CDX, or a list of lines, also .gz and .zst; a folder of them; "
            "saved pages (HTML, MHTML), a folder of them, a WARC or WACZ archive; `-` is standard input.",
        ),
    ],
    *,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="Where to, in the format of its ending; `-` is stdout."),
    ] = "-",
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace an output that is there already.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="F",
            help="csv, tsv, jsonl, lines, xlsx, parquet, cdx, html or warc: of what has no ending that says.",
        ),
    ] = "",
    output_format: Annotated[str, typer.Option("--to", metavar="F", help="Format of the output alone.")] = "",
    text_column: TextColumn = "",
    url_column: UrlColumn = "",
    name_column: NameColumn = "",
    html_column: HtmlColumn = "",
    prefix: PrefixOption = "",
    columns: Annotated[
        str, typer.Option("--columns", metavar="A,B", help="Append only these, for example category,reason.")
    ] = "",
    rename: Annotated[
        str,
        typer.Option(
            metavar="A=B,…", help=f"Other words for the categories: community=forum, or one of {', '.join(PRESETS)}."
        ),
    ] = "",
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, metavar="X", help="The confidence that an answer needs. [default: the model's thresholds]"
        ),
    ] = None,
    best_guess: Annotated[bool, typer.Option("--best-guess", help="Answer always: nothing is unsure.")] = False,
    by_host: Annotated[
        bool,
        typer.Option(
            "--by-host", help="Rows of one host share one answer, made of all they say. Of pages: one row a service."
        ),
    ] = False,
    split_by: Annotated[
        str, typer.Option(metavar="COLUMN", help="A file for each `category`: out.csv gives out.blog.csv and others.")
    ] = "",
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write what became of the rows, as .html or .json.")
    ] = None,
    errors: Annotated[
        str, typer.Option(metavar="WHAT", help="`keep` rows that cannot be classified, or `fail` at the first.")
    ] = "keep",
    encoding: Encoding = "",
    delimiter: Annotated[
        str, typer.Option(metavar="C", help="What parts the cells. [default: found in the header]")
    ] = "",
    no_header: Annotated[
        bool, typer.Option("--no-header", help="The first line is a row. Columns are called 1, 2, …")
    ] = False,
    skip_rows: Annotated[
        int, typer.Option(min=0, metavar="N", help="Lines above the header to skip. [default: found]")
    ] = 0,
    sheet: Annotated[str, typer.Option(metavar="NAME", help="Sheet of a workbook. [default: the first]")] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes; the output is the same whatever N is.")
    ] = 1,
    fetch: FetchOption = False,
    depth: DepthOption = Depth.page,
    concurrency: Annotated[
        int, typer.Option(min=1, max=512, metavar="N", help="With --fetch: hosts that are asked at the same time.")
    ] = 32,
    allow_private: AllowPrivateOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    model: ModelOption = None,
    lang: LanguageOption = "",
    social_only: SocialOption = False,
) -> None:
    """Classify every row of a table: its own columns, then category, confidence, probabilities, reason."""
    gc.enable()  # switched off for the start (see __main__); this may take long
    from socialcls.batch.rows import RowClassifier
    from socialcls.batch.runner import Interrupted, Job, Watcher, classify_file, name_split
    from socialcls.tables.columns import ColumnNames
    from socialcls.tables.files import check_output
    from socialcls.tables.formats import Reading, check_format, find_format
    from socialcls.terminal.progress import watch_rows

    language = choose_language(lang)
    for value in (prefix, columns, rename, sheet, text_column, url_column, name_column, html_column, split_by):
        check_utf8(value)
    if errors not in ("keep", "fail"):
        raise typer.BadParameter(f"--errors is keep or fail, not {errors!r}.")
    if best_guess and min_confidence is not None:
        raise typer.BadParameter("--best-guess answers always, and --min-confidence does not: leave out one.")
    if fetch and jobs > 1:
        message = "--jobs shares rows among processes; --fetch asks many hosts from one. Say --concurrency N instead."
        raise typer.BadParameter(message)
    if summary:
        _check_summary(summary)
    fetching = make_fetch_settings(depth, allow_private=allow_private, n_hosts=concurrency) if fetch else None
    form, output_format = (check_format(name) if name else "" for name in (form, output_format))
    names = ColumnNames(text_column, url_column, name_column, html_column)
    reading = Reading(
        encoding, _read_delimiter(delimiter), form, sheet, skip_rows, has_header=not no_header,
        names=names,
    )  # fmt: skip
    classifier = RowClassifier(
        model,
        language=language,
        social_only=social_only,
        min_confidence=0.0 if best_guess else min_confidence,
        renamed=None,
    )
    classifier.load()
    if rename:
        classifier = RowClassifier(
            model,
            language=language,
            social_only=social_only,
            min_confidence=0.0 if best_guess else min_confidence,
            renamed=_read_renamed(rename, classifier.labels),
        )
    tasks = _pair(sources, output, output_format)
    inputs = [path for task in tasks for path in task.pages or (task.source,)]
    answers = [name.removeprefix("p_") for name in classifier.appended if name.startswith("p_")]
    for _, target, _ in tasks:
        targets = [target]
        if split_by and target != "-":
            targets = [str(name_split(Path(target), key)) for key in (*answers, "unsure", "error", "empty")]
        for each in targets:
            check_output(each, inputs, may_replace=force or resume)
    if summary:
        check_output(str(summary), sources, may_replace=True)
    is_terminal = sys.stderr.isatty()

    def say(line: str) -> None:
        if not quiet:
            tell(line)

    n_failed = n_missing = 0
    described: list[dict[str, Any]] = []
    _listen_for_signals()
    for source, target, pages in tasks:
        # what has no ending that says its format has the one that is given: the input first
        of_output = output_format
        if form and not of_output and (source != "-" and find_format(source)) and not find_format(target):
            of_output = form
        of_input = "" if of_output == form and form and source != "-" and find_format(source) else form
        job = Job(
            source, target, reading._replace(form=of_input), of_output, None if model is None else str(model), prefix,
            tuple(name.strip() for name in columns.split(",") if name.strip()), by_host, split_by,
            stops_at_errors=errors == "fail", n_jobs=jobs, resume=resume, language=language, pages=pages,
            fetch=fetching,
        )  # fmt: skip
        if resume and _is_finished(target):
            say(f"{target}: finished already; --force without --resume makes it anew")
            continue
        started = time.monotonic()
        try:
            with watch_rows(is_quiet=quiet, say=say if fetch else None) as show:
                tally = classify_file(job, classifier, Watcher(say, show))
        except Interrupted as interrupted:
            _leave_interrupted(interrupted)
        name = "standard input" if source == "-" else source
        seconds = time.monotonic() - started
        _report(say, tally, name if len(tasks) > 1 else "", seconds, is_terminal=is_terminal and not quiet)
        n_failed += tally.n_failed
        n_missing += tally.n_pages_missing
        if summary:
            from socialcls.batch.summary import describe_tally

            described.append(describe_tally(tally, source=name, output=target, seconds=seconds))
        if not tally.n_rows:
            raise InputError(f"{name}: a header and no rows, so there is nothing to classify.")
        if tally.n_failed and not tally.answers:
            line, error = tally.failures[0]
            raise InputError(f"{name}: none of its {tally.n_failed:,} rows could be classified. Line {line}: {error}")
    if summary:
        _write_summary(summary, described, language)
    if n_failed or n_missing:
        raise typer.Exit(1)


def _read_delimiter(given: str) -> str:
    """The character that an option means.

    Raises:
        typer.BadParameter: it is none, or cannot part cells.
    """
    delimiter = _DELIMITERS.get(given.lower(), given)
    if given and (len(delimiter) != 1 or delimiter in '"\r\n\0' or (not delimiter.isprintable() and delimiter != "\t")):
        raise typer.BadParameter(f"--delimiter is one character, for example ';' or '\\t', not {given!r}.")
    return delimiter


def _read_renamed(given: str, labels: tuple[str, ...]) -> dict[str, str]:
    """Other words for labels, as an option names them.

    Raises:
        typer.BadParameter: there is no such label, or two would have one name.
    """
    if given.lower() in PRESETS:
        return {label: word for label, word in PRESETS[given.lower()].items() if label in labels}
    renamed = {}
    for pair in given.split(","):
        label, is_pair, word = (part.strip() for part in pair.partition("="))
        if not is_pair or not word:
            raise typer.BadParameter(f"--rename is label=word, or one of {', '.join(PRESETS)}, not {pair!r}.")
        if label not in (*labels, "unsure"):
            raise typer.BadParameter(f"No label {label!r} to rename. Labels are: {', '.join(labels)}, unsure.")
        renamed[label] = word
    words = [renamed.get(label, label) for label in (*labels, "unsure")]
    if len(set(words)) < len(words):
        raise typer.BadParameter("--rename gives two labels one name, so that nobody could tell them apart.")
    return renamed


class _Task(NamedTuple):
    """An input with its output."""

    source: str
    target: str
    pages: tuple[str, ...] = ()
    """Saved pages that are one table together, which `source` names."""


def _pair(sources: list[str], output: str, output_format: str) -> list[_Task]:
    """Each table with its output; all saved pages are one table.

    Raises:
        InputError: an input is not there.
        OutputError: there are several, and one place to write to.
    """
    from socialcls.tables.formats import find_format, find_page_suffix, list_pages, list_tables

    listed = [pair for source in sources for pair in list_tables(source)]
    pages = [page for source in sources if Path(source).is_dir() for page in list_pages(source)]
    pages += [source for source, _ in listed if find_page_suffix(source)]
    found = [pair for pair in listed if not find_page_suffix(pair[0])]
    is_folder = output != "-" and (output.endswith("/") or Path(output).is_dir())
    of_pages = ""
    if pages:
        of_pages = sources[0] if len(sources) == 1 else f"{len(pages):,} pages"
        if not found and not is_folder:
            return [_Task(of_pages, output, tuple(pages))]
    if len(found) == 1 and not pages and not is_folder and not Path(sources[0]).is_dir():
        return [_Task(found[0][0], output)]
    n_inputs = len(found) + bool(pages)
    if output == "-" or (Path(output).exists() and not is_folder):
        raise OutputError(f"{n_inputs} inputs and one output. Name a folder, for example -o classified/.")
    tasks = []
    if pages:
        tasks.append(_Task(of_pages, str(Path(output) / f"pages.{output_format or 'csv'}"), tuple(pages)))
    for source, name in found:
        if source == "-":
            raise InputError("standard input has no name for a file in a folder. Name the output.")
        target = Path(output) / name
        form = output_format or find_format(name)
        if form in ("warc", "wacz"):
            target = target.with_name(f"{target.name.split('.warc')[0].split('.wacz')[0]}.csv")
        elif output_format or form in _UNWRITTEN or target.suffix.lower() in (".xls", ".xlsb", ".xlsm", ".ods"):
            target = target.with_suffix(".csv" if form in _UNWRITTEN else f".{form}")
        tasks.append(_Task(source, str(target)))
    targets = [task.target for task in tasks]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        raise OutputError(f"{twice}: two inputs would be written there. Rename one, or classify them one by one.")
    for folder in {Path(target).parent for target in targets}:
        folder.mkdir(parents=True, exist_ok=True)
    return tasks


def _is_finished(target: str) -> bool:
    """Whether an output is there and nothing of it is left to do."""
    from socialcls.batch.checkpoint import has_checkpoint

    return target != "-" and Path(target).is_file() and not has_checkpoint(target)


def _listen_for_signals() -> None:
    """End like an interrupt when the system or a closed terminal asks to."""
    from socialcls.batch.runner import Stopped

    def stop(number: int, frame: object) -> None:
        del frame
        raise Stopped(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores it, and so do we
            with contextlib.suppress(ValueError):  # only the main thread of a program can
                signal.signal(number, stop)


def _leave_interrupted(interrupted: Any) -> NoReturn:  # noqa: ANN401  (Interrupted, which is imported late)
    if interrupted.n_kept is None:
        said = "Interrupted: no file was written."
    else:
        arguments = [argument for argument in sys.argv[1:] if argument not in ("--resume", "--force", "-f")]
        again = shlex.join(["socialcls", *arguments, "--resume"])
        said = f"Interrupted: {interrupted.n_kept:,} rows are kept. To go on: {again}"
    tell(said)
    raise typer.Exit(128 + interrupted.signal_number)


def _report(say: Any, tally: "Tally", name: str, seconds: float, *, is_terminal: bool) -> None:  # noqa: ANN401
    from socialcls.terminal.tally import list_failures, render_tally, summarise_pages, summarise_tally

    if is_terminal and tally.answers:
        from socialcls.terminal.console import make_console

        console = make_console(stderr=True)
        console.print(render_tally(tally, console.width))
    say(f"{name + ': ' if name else ''}{summarise_tally(tally, seconds)}")
    if tally.pages:
        say(f"pages: {summarise_pages(tally)}")
    for line in list_failures(tally):
        say(line)


def _check_summary(path: Path) -> None:
    if path.suffix.lower() not in (".html", ".htm", ".json"):
        raise typer.BadParameter(f"{path}: --summary writes .html or .json.")


def _write_summary(path: Path, described: list[dict[str, Any]], language: str) -> None:
    from socialcls.reports.batch import write_summary

    write_summary(path, described, language)
