"""One table from a file to a file: opened, classified in parts, kept, put in its place."""

import contextlib
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from socialcls.batch.checkpoint import Checkpoint, describe_file, describe_files
from socialcls.batch.hosts import Pooled, find_host, pool_rows
from socialcls.batch.pool import map_in_order
from socialcls.batch.rows import (
    HOST_ROWS,
    ClassifiedRows,
    Plan,
    RowClassifier,
    list_numbers,
    look_for_garbage_rarely,
    make_file_word,
    name_columns,
    name_outcome,
    write_rows,
)
from socialcls.batch.summary import Tally
from socialcls.errors import InputError, OutputError
from socialcls.model.persistence import DEFAULT_MODEL_DIR
from socialcls.tables.columns import Columns, describe_columns, is_blank
from socialcls.tables.files import is_special, make_part, name_errors, open_stream, put_in_place
from socialcls.tables.formats import FORMATS, Reading, RowWriter, Writing, find_output_format, is_terminal, open_table
from socialcls.tables.sources import COMPRESSIONS, STDIO, open_raw
from socialcls.tables.table import Body, RowPage, Table, join_page, read_row
from socialcls.types import Document

if TYPE_CHECKING:
    from socialcls.pages.fetch import FetchSettings

_CHUNK_ROWS = 1_000  # handed to a process at once: large against the cost of handing over, small against memory
_FETCHED_ROWS = 50  # with a page each: small, so that little is done again after an interruption
_KEPT_HOSTS = 50  # the same of hosts
_FLUSH_BYTES = 1 << 20


class Job(NamedTuple):
    """One table to classify."""

    source: str
    output: str
    reading: Reading
    output_format: str = ""
    """Found by the suffix of `output` when empty."""
    model_dir: str | None = None
    prefix: str = ""
    chosen: tuple[str, ...] = ()
    """Which of the new columns are written; all when empty."""
    by_host: bool = False
    split_by: str = ""
    """`category` or `best_guess`: a file for each; one file when empty."""
    stops_at_errors: bool = False
    n_jobs: int = 1
    resume: bool = False
    language: str = "en"
    name: str = ""
    """What to call the input in messages; its path when empty."""
    pages: tuple[str, ...] = ()
    """Paths of saved pages that are the rows; `source` is the folder that they are in, or what to call them."""
    fetch: "FetchSettings | None" = None
    """How the page of each row is fetched; None: not at all."""
    is_spooled: bool = False
    """Whether `source` holds what came through a pipe, and goes with this process."""


class Interrupted(Exception):  # noqa: N818  (no error: somebody asked for it)
    """The work was interrupted, by Ctrl-C or a signal."""

    def __init__(self, n_kept: int | None, signal_number: int = 2) -> None:
        super().__init__(n_kept)
        self.n_kept = n_kept
        """How many rows a later run need not do again; None where nothing can be kept."""
        self.signal_number = signal_number


class Stopped(KeyboardInterrupt):
    """A signal that asks to end: SIGTERM or SIGHUP."""

    def __init__(self, signal_number: int) -> None:
        super().__init__()
        self.signal_number = signal_number


class Watcher(NamedTuple):
    """What is told of how it goes."""

    say: Callable[[str], None]
    """A line for people."""
    show: Callable[[Tally, float | None], None]
    """After every part: what was counted, and how much of the input has been read, 0 to 1."""


def classify_file(job: Job, classifier: RowClassifier, watcher: Watcher) -> Tally:
    """Classify every row of a table.

    Raises:
        InputError: the input cannot be used; or a row cannot, and it shall stop there.
        OutputError: the output cannot be written.
        Interrupted: by Ctrl-C or a signal.
    """
    look_for_garbage_rarely()
    if job.by_host and not job.pages and (job.source == STDIO or is_special(Path(job.source))):
        name = "standard input" if job.source == STDIO else job.source
        with _as_interrupted(None), _spool(job.source) as path:
            spooled = job._replace(source=path, name=name, is_spooled=True)
            try:
                return classify_file(spooled, classifier, watcher)
            except InputError as error:
                raise InputError(str(error).replace(path, name)) from error
    job = job._replace(reading=job.reading._replace(by_host=job.by_host))
    with _open_input(job) as table:
        table.name = job.name or table.name
        columns = table.find_columns(job.reading.names)
        for note in table.notes:
            watcher.say(f"{table.name}: {note}")
        if table.has_pages:
            job = job._replace(by_host=False)  # its rows are hosts already
        else:
            watcher.say(f"{table.name}: {describe_columns(table.columns, columns)}")
        if job.fetch is not None:
            _check_fetching(table, columns)
        if job.split_by:
            table.original = ""  # each file has rows of its own
        work = _Work(job, classifier, table, columns)
        with _open_output(job, table, work, watcher) as output:
            hosts = _classify_hosts(job, work, output, watcher) if job.by_host else None
            return _run(job, work, hosts, output, watcher)


@contextmanager
def _open_input(job: Job) -> Iterator[Table]:
    if not job.pages:
        with open_table(job.source, job.reading) as table:
            yield table
        return
    from socialcls.tables.pages import open_files  # noqa: PLC0415  (only where pages are)

    yield open_files(job.pages, job.source, by_host=job.reading.by_host)


def _check_fetching(table: Table, columns: Columns) -> None:
    """Check that there is something to fetch.

    Raises:
        InputError: the pages are there already, or nothing says where they are.
    """
    if table.has_pages or columns.html:
        raise InputError(
            f"{table.name}: it holds the pages themselves, so nothing is to be fetched. Leave out --fetch."
        )
    if not columns.url and not columns.is_mixed:
        raise InputError(f"{table.name}: --fetch needs a column of URLs. Name it with --url-column.")


class _Work:
    """What is to be done with one table."""

    def __init__(self, job: Job, classifier: RowClassifier, table: Table, columns: Columns) -> None:
        appended = classifier.appended
        unknown = [name for name in job.chosen if name not in (*appended, HOST_ROWS)]
        if unknown:
            raise InputError(f"No new column {unknown[0]!r} to choose. There are: {', '.join(appended)}.")
        chosen = [name for name in job.chosen if name != HOST_ROWS] or list(appended)
        names = [*chosen, *([HOST_ROWS] if job.by_host else [])]
        self.form = find_output_format(job.output, job.output_format, table.form)
        if self.form == "lines" and not job.chosen:
            chosen = names = ["category"]
        header = name_columns(table.name, table.columns, names, job.prefix)
        numbers = list_numbers(names)
        self.writing = Writing(
            table,
            tuple(header[len(table.columns) :]),
            frozenset(job.prefix + name for name in numbers),
            is_shown=is_terminal(job.output),
        )
        self.format = FORMATS[self.form]
        self.writer: RowWriter = self.format.make_writer(self.writing)
        split_at = None
        if job.split_by:
            if job.split_by not in ("category", "best_guess"):
                raise InputError(f"{job.split_by}: cannot be split by that. Split by category or best_guess.")
            split_at = appended.index(job.split_by)
        kept = tuple(appended.index(name) for name in chosen)
        self.plan = Plan(columns, self.writer, kept, job.language, split_at)
        self.table, self.classifier = table, classifier
        self.header = self.writer.write_header(table.columns, self.writing.appended, table.header)


def _run(
    job: Job, work: _Work, hosts: "Mapping[str, _HostAnswer] | None", output: "_Output", watcher: Watcher
) -> Tally:
    n_rows = _CHUNK_ROWS if job.fetch is None else _FETCHED_ROWS
    parts: Iterator[Body] = islice(iter(work.table.body.cut(n_rows)), output.n_done, None)
    classify = partial(_classify_part, work.classifier, work.plan)
    share_read = work.table.share_read
    watcher.show(output.tally, None)
    if hosts is not None:
        results: Iterator[ClassifiedRows] = (_answer_part(part, hosts, work) for part in parts)
    elif job.fetch is not None:
        from socialcls.batch.fetching import fetch_parts  # noqa: PLC0415  (it needs an extra)

        results = (classify(part) for part in fetch_parts(parts, work.plan.columns, job.fetch))
        share_read = _count_share(job, output, watcher)
    else:
        results = map_in_order(classify, parts, job.n_jobs)
    with contextlib.closing(results):  # type: ignore[type-var]
        for result in results:
            if job.stops_at_errors and result.tally.failures:
                line, error = result.tally.failures[0]
                raise InputError(f"{work.table.name}, line {line}: {error}")
            output.write(result)
            watcher.show(output.tally, share_read())
    return output.tally


def _count_share(job: Job, output: "_Output", watcher: Watcher) -> Callable[[], float | None]:
    """Count the rows of a file beforehand: it is read far ahead of the pages that are waited for."""
    if job.source == STDIO or is_special(Path(job.source)):
        return lambda: None
    with _open_input(job) as table:
        n_rows = sum(1 for _ in table.body.read_rows())
    watcher.say(f"{table.name}: {n_rows:,} rows, whose pages are fetched")
    return lambda: min(1.0, output.tally.n_rows / max(1, n_rows))


def _classify_part(classifier: RowClassifier, plan: Plan, part: Body) -> ClassifiedRows:
    """Classify some rows, in whatever process."""
    look_for_garbage_rarely()
    return classifier.classify_rows(list(part.read_rows()), plan)


class _HostAnswer(NamedTuple):
    cells: tuple[str, ...]
    n_rows: int


def _classify_hosts(job: Job, work: _Work, output: "_Output", watcher: Watcher) -> dict[str, _HostAnswer]:
    """Read the table once for what its hosts say, and classify each host once, with its front page if it is fetched.

    Answers are kept as they come, so that a resumed run has those of the interrupted one.
    """
    kept = map(json.loads, output.read_kept())
    answers = {host: _HostAnswer(tuple(cells), n_rows) for host, cells, n_rows in kept}
    if output.n_done:
        return answers  # rows come after the last host
    with _open_input(job) as table:
        pooled = pool_rows(table.body.read_rows(), work.plan.columns)
    left = {host: of for host, of in pooled.items() if host not in answers}
    tally = Tally()
    tally.pages.update(output.tally.pages)
    with contextlib.closing(_fetch_fronts(job, left.values())) as pages:
        answered = zip(left.items(), pages, strict=True)
        while some := list(islice(answered, _KEPT_HOSTS)):
            lines, of_some = [], Tally()
            for (host, of), page in some:
                cells = work.classifier.classify_with_page(join_page(of.document, page), page)
                answers[host] = _HostAnswer(cells, of.n_rows)
                lines.append(json.dumps([host, cells, of.n_rows]) + "\n")
                if page is not None:
                    of_some.pages[name_outcome(page)] += 1
                    tally.counts[cells[0]] += 1
            output.keep("".join(lines), of_some)
            if job.fetch is not None:
                tally.add(of_some)
                watcher.show(tally, len(answers) / len(pooled))
    return answers


def _fetch_fronts(job: Job, pooled: Iterable[Pooled]) -> Generator[RowPage | None, None, None]:
    """Fetch the front page of each host; None for each where nothing is to be fetched."""
    if job.fetch is None:
        yield from (None for _ in pooled)
        return
    from socialcls.batch.fetching import make_row_page  # noqa: PLC0415  (it needs an extra)
    from socialcls.pages.pool import fetch_documents  # noqa: PLC0415

    yield from map(make_row_page, fetch_documents([of.address for of in pooled], job.fetch))


def _answer_part(part: Body, hosts: Mapping[str, _HostAnswer], work: _Work) -> ClassifiedRows:
    """Give each row the answer of its host; one without a host is classified by itself."""
    plan, n_cells = work.plan, len(work.classifier.appended)
    rows = list(part.read_rows())
    documents: list[Document] = [read_row(row, plan.columns)[0] for row in rows]
    cells, added = [], []
    for row, document in zip(rows, documents, strict=True):
        answer = hosts.get(find_host(document.url))
        if row.problem is not None:
            cells.append((*[""] * (n_cells - 1), row.problem.say(plan.language)))
            added.append(("",))
        elif answer is not None:
            cells.append(answer.cells)
            added.append((str(answer.n_rows),))
        elif document.is_blank and is_blank(row.cells):
            cells.append(("",) * n_cells)
            added.append(("",))
        else:
            cells += work.classifier.classify_documents([document])
            added.append(("1",))
    return write_rows(rows, documents, cells, plan, added)


class _Output:
    """Where the rows go."""

    n_done = 0
    """How many parts of the input are done already."""

    def __init__(self) -> None:
        self.tally = Tally()

    def write(self, result: ClassifiedRows) -> None:
        """Write some rows, and count them."""
        raise NotImplementedError

    def keep(self, lines: str, tally: Tally) -> None:
        """Keep what a resumed run needs beside the rows, where it can be kept, and count what came of it."""
        del lines
        self.tally.add(tally)

    def read_kept(self) -> list[str]:
        """Read the lines that an interrupted run has kept."""
        return []


class _Stream(_Output):
    """Standard output, a pipe or a device: rows are written as they are done."""

    def __init__(self, stream: Any, path: str) -> None:  # noqa: ANN401  (a text stream, or what stands for one)
        super().__init__()
        self._stream = stream
        self._name = "standard output" if path == STDIO else path

    def write(self, result: ClassifiedRows) -> None:
        with name_errors(self._name):
            self._stream.write(result.texts[""])
            self._stream.flush()
        self.tally.add(result.tally)


class _Kept(_Output):
    """A file that is whole or is not there."""

    def __init__(self, checkpoint: Checkpoint, header: str) -> None:
        super().__init__()
        self._checkpoint, self._header = checkpoint, header
        self.n_done = checkpoint.n_done

    @property
    def tally(self) -> Tally:
        """What was counted, in earlier runs too."""
        return self._checkpoint.tally

    @tally.setter
    def tally(self, value: Tally) -> None:
        del value

    def write(self, result: ClassifiedRows) -> None:
        for key, text in result.texts.items():
            self._checkpoint.write(key, text, self._header)
        self._checkpoint.finish_part(result.tally)

    def keep(self, lines: str, tally: Tally) -> None:
        self._checkpoint.keep(lines, tally)

    def read_kept(self) -> list[str]:
        return self._checkpoint.read_kept()


@contextmanager
def _open_output(job: Job, table: Table, work: _Work, watcher: Watcher) -> Iterator[_Output]:
    path = job.output
    if path == STDIO or is_special(Path(path)):
        if job.split_by:
            raise OutputError("A table that is split needs names of files: -o out.csv gives out.blog.csv and others.")
        if job.resume:
            raise OutputError("What goes to standard output cannot be resumed. Name a file with -o.")
        if work.format.is_text and not _find_packing(path):
            with _as_interrupted(None), open_stream(path) as stream:
                with name_errors("standard output" if path == STDIO else path):
                    stream.write(work.header)
                yield _Stream(stream, path)
            return
        if work.writing.is_shown:
            raise OutputError("What is packed or a workbook is nothing for a terminal. Name a file with -o.")
        with tempfile.TemporaryDirectory(prefix="socialcls-") as directory:
            inner = job._replace(output=str(Path(directory) / "out"), name=table.name)
            with _keep_output(inner, table, work, watcher, _find_packing(path), can_resume=False) as output:
                yield output
            with name_errors("standard output" if path == STDIO else path), Path(inner.output).open("rb") as made:
                if path == STDIO:
                    shutil.copyfileobj(made, sys.stdout.buffer)
                    sys.stdout.buffer.flush()
                else:
                    with Path(path).open("wb") as stream:
                        shutil.copyfileobj(made, stream)
        return
    can_resume = job.source != STDIO and not is_special(Path(job.source)) and not job.is_spooled
    with _keep_output(job, table, work, watcher, _find_packing(path), can_resume=can_resume) as output:
        yield output


@contextmanager
def _keep_output(
    job: Job, table: Table, work: _Work, watcher: Watcher, packing: str, *, can_resume: bool
) -> Iterator[_Output]:
    if job.resume and not can_resume:
        raise InputError("Only what is read from a file can be resumed. Give the file's name.")
    checkpoint = Checkpoint(job.output, _describe(job, work) if can_resume else {})
    if not job.resume or not checkpoint.resume():
        if n_left := checkpoint.begin("" if job.split_by else work.header):
            watcher.say(f"{job.output}: {n_left:,} rows of an interrupted run are given up; --resume would keep them")
    else:
        watcher.say(f"{job.output}: resumed behind row {checkpoint.n_kept:,}")
    is_kept = False
    try:
        with _as_interrupted(checkpoint if can_resume else None):
            yield _Kept(checkpoint, work.header if job.split_by else "")
            checkpoint.save()
            _finish(job, table, work, checkpoint, watcher, packing)
    except (Interrupted, OutputError):
        is_kept = can_resume
        raise
    finally:
        if is_kept:
            checkpoint.abandon()
        else:
            checkpoint.remove()


@contextmanager
def _as_interrupted(checkpoint: Checkpoint | None) -> Iterator[None]:
    """Save what can be kept when the block is interrupted, and say how much it is."""
    try:
        yield
    except KeyboardInterrupt as error:
        n_kept = None
        if checkpoint is not None:
            with contextlib.suppress(OutputError):
                checkpoint.save()
            n_kept = checkpoint.n_kept
        raise Interrupted(n_kept, getattr(error, "signal_number", 2)) from error


def _finish(job: Job, table: Table, work: _Work, checkpoint: Checkpoint, watcher: Watcher, packing: str) -> None:
    """Put the finished files in their places."""
    del table
    parts = checkpoint.close()
    for key, part in parts.items():
        if job.split_by and not key:
            continue
        target = Path(job.output)
        if job.split_by:
            target = name_split(target, key)
        if work.format.is_text and not packing:
            put_in_place(part, target)
            continue
        with make_part(target) as made, name_errors(target):
            if work.format.is_text:
                _pack(part, made, packing)
            else:
                with part.open(encoding="utf-8", newline="\n") as journal:
                    notes = work.format.convert(journal, made, work.writing)
                for note in notes:
                    watcher.say(f"{target}: {note}")
            put_in_place(made, target)


def name_split(path: Path, key: str) -> Path:
    """Name the file of one category.

    >>> name_split(Path("out.csv.gz"), "blog").name
    'out.blog.csv.gz'
    """
    stem, *suffixes = path.name.split(".")
    return path.with_name(".".join([stem, make_file_word(key), *suffixes]))


def _find_packing(path: str) -> str:
    suffix = Path(path).suffix.lower()
    return suffix if path != STDIO and suffix in COMPRESSIONS else ""


def _pack(part: Path, target: Path, packing: str) -> None:
    with part.open("rb") as read, target.open("wb") as written:
        if packing == ".gz":
            import gzip  # noqa: PLC0415  (only where it is used)

            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=written, mtime=0) as packed:
                shutil.copyfileobj(read, packed, _FLUSH_BYTES)
            return
        from socialcls.tables.sources import import_zstandard  # noqa: PLC0415

        import_zstandard().ZstdCompressor().copy_stream(read, written)


def _describe(job: Job, work: _Work) -> dict[str, Any]:
    """Describe all that decides the bytes of the output."""
    directory = DEFAULT_MODEL_DIR if job.model_dir is None else Path(job.model_dir)
    reading = job.reading._asdict() | {"names": str(job.reading.names)}
    return {
        "input": describe_files(job.pages) or [str(Path(job.source).resolve()), *describe_file(job.source)],
        "model": hashlib.blake2b((directory / "card.json").read_bytes(), digest_size=16).hexdigest(),
        "reading": reading,
        "settings": [str(value) for value in work.classifier.__getstate__()[1]],
        "columns": [work.form, list(work.writing.appended), job.split_by],
        **({} if job.fetch is None else {"fetch": job.fetch.depth}),
    }


@contextmanager
def _spool(source: str) -> Iterator[str]:
    """Keep what comes through standard input or another pipe in a file, which can be read twice."""
    with tempfile.TemporaryDirectory(prefix="socialcls-") as directory:
        path = Path(directory) / ("input" if source == STDIO else Path(source).name)
        with open_raw(source) as pipe, path.open("wb") as stream:
            shutil.copyfileobj(pipe, stream)
        yield str(path)
