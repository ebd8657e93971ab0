"""Files out: whole or not at all, never over an input, and into what is no plain file.

A file is written beside its target, under a hidden name that ends in `.part`, and takes its place when it is complete.
What a symbolic link points to is replaced, not the link; a pipe or a device is written into.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from socialcls.errors import OutputError
from socialcls.tables.encodings import KEEP
from socialcls.tables.sources import STDIO

_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)-[0-9a-f]+\.part")


@contextmanager
def replace_file(path: Path) -> Iterator[IO[str]]:
    """Open a UTF-8 file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Bytes of the input that could not be decoded are written as they were.

    Raises:
        OutputError: it cannot be written.
    """
    with name_errors(path):
        if is_special(path):
            with path.open("w", encoding="utf-8", errors=KEEP, newline="") as stream:
                yield stream
            return
        with make_part(path) as part:
            with part.open("w", encoding="utf-8", errors=KEEP, newline="") as stream:
                yield stream
            put_in_place(part, path)


@contextmanager
def make_part(path: Path) -> Iterator[Path]:
    """Name a new file beside a target, which is gone at the end unless it was put in its place.

    Raises:
        OutputError: there can be none.
    """
    target = follow(path)
    remove_stale_parts(target)
    part = target.with_name(f".{target.name[-200:]}.{os.getpid()}-{secrets.token_hex(4)}.part")
    with name_errors(path):
        part.touch(mode=0o600)
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def make_scratch_dir(part: Path) -> Iterator[Path]:
    """Make a directory beside what `make_part` named, for a library that wants one; it is gone at the end.

    It is named as the part is, so that the next run finds what a killed one left.

    Raises:
        OutputError: there can be none.
    """
    directory = part.with_name(part.name.removesuffix(".part") + "0.part")
    with name_errors(part):
        directory.mkdir(mode=0o700)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def put_in_place(part: Path, path: Path) -> None:
    """Let a complete file take the place of `path`, with the permissions of what was there.

    Raises:
        OutputError: it cannot.
    """
    target = follow(path)
    with name_errors(path):
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_read_umask())
        part.replace(target)


def follow(path: Path) -> Path:
    """Find the file that a path means, behind symbolic links."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def is_special(path: Path) -> bool:
    """Whether what is there is no plain file, and to be written into: a pipe, a device."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def remove_stale_parts(target: Path) -> None:
    """Remove what processes that are no more left beside a target."""
    with contextlib.suppress(OSError):
        for path in target.parent.iterdir():
            found = _PART.fullmatch(path.name)
            if found and found["name"] == target.name[-200:] and not is_running(int(found["pid"])):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def is_running(pid: int) -> bool:
    """Whether a process of this machine is alive."""
    if os.name == "nt":
        return pid == os.getpid()  # asking there may end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def check_output(path: str, sources: Iterable[str], *, may_replace: bool) -> None:
    """Check that an output may be written, before any work is done.

    Args:
        path: Where to; "-" is standard output.
        sources: Paths that are read, "-" for standard input.
        may_replace: Whether what is there already may be replaced.

    Raises:
        OutputError: it is an input, is there already, or cannot be written.
    """
    status = _find_status(path)
    if status is not None and stat.S_ISREG(status.st_mode):
        for source in sources:
            read = _find_status(source, is_input=True)
            if read is not None and os.path.samestat(read, status):
                name = "standard output" if path == STDIO else path
                raise OutputError(f"{name}: it is the input, which is never overwritten. Name another file.")
    if path == STDIO:
        if sys.stdout is None:
            raise OutputError("standard output: closed. Name a file, for example -o out.csv.")
        return
    if status is None:
        parent = follow(Path(path)).parent
        if not parent.is_dir():
            said = os.strerror(errno.ENOTDIR if parent.exists() else errno.ENOENT)
            raise OutputError(f"{path}: cannot be written ({said}). Make the folder {parent} first.")
        if not os.access(parent, os.W_OK):
            raise OutputError(f"{path}: cannot be written ({os.strerror(errno.EACCES)}: {parent}).")
        return
    if stat.S_ISDIR(status.st_mode):
        raise OutputError(f"{path}: a folder. Name a file in it, or end the name in / to write one for each input.")
    if not stat.S_ISREG(status.st_mode):
        return
    if not may_replace:
        raise OutputError(f"{path}: is there already. Replace it with --force, or name another file.")


@contextmanager
def name_errors(path: Path | str) -> Iterator[None]:
    """Say which file could not be written.

    Raises:
        OutputError: the block failed to write.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}).") from error


@contextmanager
def open_stream(path: str) -> Iterator[IO[str]]:
    """Open standard output, a pipe or a device, to write UTF-8 into it.

    Raises:
        OutputError: it cannot be written.
    """
    with name_errors("standard output" if path == STDIO else path):
        if path == STDIO:
            if not hasattr(sys.stdout, "buffer"):  # replaced by a program that calls us
                yield sys.stdout
                return
            sys.stdout.flush()
            sys.stdout.reconfigure(errors=KEEP, newline="")  # type: ignore[union-attr]
            yield sys.stdout
            sys.stdout.flush()
            return
        with Path(path).open("w", encoding="utf-8", errors=KEEP, newline="") as stream:
            yield stream


def _find_status(path: str, *, is_input: bool = False) -> os.stat_result | None:
    try:
        if path == STDIO:
            stream = sys.stdin if is_input else sys.stdout
            return os.fstat(stream.fileno())
        return Path(path).stat()
    except (OSError, ValueError, AttributeError):
        return None


def _read_umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
