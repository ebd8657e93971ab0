"""A card and named blocks of bytes in a model directory: replaced at one moment, believed only when whole.

| file | what it holds |
|---|---|
| `card.json` | the card, for people too; its entry `files` names the other file and says how long each block in it is |
| `arrays-<CRC-32>.bin` | all blocks, one after the other |

Saving writes new arrays beside the old ones and then renames a new card over the old card. That rename is the only
moment of change: whoever is killed leaves the old model or the new one, and whoever loads finds one of them. What the
card means is no matter of this module, except for its `format`. Reasons and numbers are in
docs/decisions/0015-model-files.md.
"""

import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

from socialcls.errors import ModelError, OutputError

MAX_CARD_BYTES = 4 << 20
MAX_ARRAYS_BYTES = 64 << 20

_CARD, _LOCK = "card.json", ".saving.lock"
_ARRAYS = re.compile(r"arrays-([0-9a-f]{8})\.bin", re.ASCII)
_PART = re.compile(r"\.(?:card\.json|arrays-[0-9a-f]{8}\.bin)\.[0-9a-f]{16}\.part", re.ASCII)

_LAST_OLD_FORMAT = 3
_OLD_SUMS = "checksums.json"
_OLD_FILES = ("vocabulary.txt", "buckets.bin", "weights.bin", "taxonomy.json", _OLD_SUMS)
"""What stood beside the card up to format 3; the checksums go last, for they tell what else is left to remove."""

_MAX_DEPTH = 20
_MAX_INT = 2**63 - 1
_MAX_FORMAT = 9999
_LOADS = 10
"""How often the card is read again when its arrays are gone: each time, a save must have gone past just then."""

_DAMAGED = "truncated or edited since it was trained"
_RETRAIN = "Train it again: socialcls train DATA -o MODEL_DIR."


def load_model_files(model_dir: Path, format_number: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Load what `save_model_files` saved, and verify that it is whole.

    Nothing is allocated by a number that was not checked. The card is a JSON object at most 20 levels deep, its numbers
    are finite, its integers fit 64 bits, its strings can be encoded; what it means remains to be checked.

    Args:
        model_dir: Where the model is.
        format_number: What the entry `format` of the card must be.

    Returns:
        The card as it was given, and the blocks by name, in the order in which they were given.

    Raises:
        ModelError: it is missing, truncated, edited, or of another format. Nothing else is raised.
    """
    n_gone = 0
    while True:
        try:
            return _load_whole(model_dir, format_number)
        except FileNotFoundError as error:
            n_gone += 1
            if n_gone == _LOADS:
                raise ModelError(f"{model_dir}: not a model (its arrays are missing). {_RETRAIN}") from error
        except OSError as error:
            raise ModelError(f"{model_dir}: cannot be read ({error.strerror}).") from error
        except ValueError as error:  # a path that no file can have
            raise ModelError(f"{model_dir}: not a model (no such directory). {_RETRAIN}") from error


def save_model_files(model_dir: Path, card: Mapping[str, Any], blocks: Mapping[str, bytes]) -> None:
    """Save a model; the one that was there is replaced at once, when the new one is complete.

    Only files of the model that is replaced and what killed saves left are removed; a link to a directory stays a link.

    Args:
        model_dir: Where it goes; made where there is none.
        card: What can be written as JSON and loaded again; with an integer `format` (after 3), without `files`.
        blocks: What the arrays are made of, by name.

    Raises:
        OutputError: it cannot be written, is too large, another process is saving there, or the directory holds
            something that is not a model.
        ValueError: the card could not be loaded again. Nothing was written.
    """
    arrays_name = f"arrays-{_sum_up_all(blocks.values()):08x}.bin"
    content = _compose_card(card, arrays_name, blocks)
    if len(content) > MAX_CARD_BYTES or sum(map(len, blocks.values())) > MAX_ARRAYS_BYTES:
        raise OutputError(f"{model_dir}: the model is too large to be loaded again. Train it with fewer rows.")
    check_model_dir(model_dir)
    directory = Path(os.path.realpath(model_dir))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _lock(directory) as alone:
            if alone:
                _remove_leftovers(directory)
            replaced = _list_files(directory) if alone else []
            try:
                _replace_file(directory, arrays_name, blocks.values())
                _replace_file(directory, _CARD, [content])
                for name in replaced:
                    if name != arrays_name:
                        _remove_file(directory / name)
            finally:
                if alone:
                    _remove_leftovers(directory)
    except BlockingIOError as error:
        message = "another process is saving there. Wait for it, or name another with -o"
        raise OutputError(f"{model_dir}: {message}.") from error
    except OSError as error:
        raise OutputError(f"{model_dir}: cannot be written ({error.strerror}).") from error


def check_model_dir(model_dir: Path) -> None:
    """Check that a model may be saved in a directory: there is none, it is empty, or it holds a model.

    Raises:
        OutputError: something else is there, or it cannot be looked into.
    """
    try:
        replaceable = not os.path.lexists(os.path.realpath(model_dir)) or _is_replaceable(model_dir)
    except OSError as error:
        raise OutputError(f"{model_dir}: cannot be written ({error.strerror}).") from error
    if not replaceable:
        raise OutputError(f"{model_dir}: not a model directory, so it is left alone. Name another with -o.")


def sum_up_card(card: Mapping[str, Any]) -> str:
    """Sum up a card: its values and their order, not how the JSON is spaced.

    Raises:
        ValueError: a number is not finite, or a string cannot be encoded.

    >>> sum_up_card({"format": 4, "files": {"card_crc32": "whatever stands here"}})
    'ef158d49'
    """
    files = {key: value for key, value in card["files"].items() if key != "card_crc32"}
    compact = json.dumps({**card, "files": files}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"{crc32(compact.encode()):08x}"


def _sum_up_all(contents: Iterable[bytes]) -> int:
    checksum = 0
    for content in contents:
        checksum = crc32(content, checksum)
    return checksum


# The card.


def _load_whole(model_dir: Path, format_number: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Load a model once.

    Raises:
        ModelError: it is damaged.
        FileNotFoundError: the arrays that its card names are gone, perhaps because a save went past.
    """
    card = _read_card(model_dir)
    if card["format"] != format_number:
        message = f"a model of format {card['format']}; this version reads format {format_number}"
        raise ModelError(f"{model_dir}: {message}. {_RETRAIN}")
    arrays_name, lengths = _check_files(model_dir, card)
    blocks = _read_blocks(model_dir, arrays_name, lengths)
    del card["files"]
    return card, blocks


def _compose_card(card: Mapping[str, Any], arrays_name: str, blocks: Mapping[str, bytes]) -> bytes:
    if "files" in card:
        raise ValueError('the entry "files" of a card is written here')
    files = {"arrays": arrays_name, "blocks": {name: len(block) for name, block in blocks.items()}}
    whole = {**card, "files": files}
    files["card_crc32"] = sum_up_card(whole)
    content = (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()
    if sum_up_card(_parse_card(content)) != files["card_crc32"]:
        raise ValueError("a card reads back as it was written: no two keys of an object may be the same in JSON")
    return content


def _read_card(model_dir: Path) -> dict[str, Any]:
    """Read the card of any format as it stands there, whole or not."""
    try:
        content = _read_file(model_dir / _CARD, MAX_CARD_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        what = f"{_CARD} is missing" if model_dir.is_dir() else "no such directory"
        raise ModelError(f"{model_dir}: not a model ({what}). {_RETRAIN}") from error
    except OSError as error:
        raise ModelError(f"{model_dir / _CARD}: cannot be read ({error.strerror}).") from error
    try:
        return _parse_card(content)
    except ValueError as error:
        raise ModelError(f"{model_dir / _CARD}: {error}. {_RETRAIN}") from error


def _parse_card(content: bytes) -> dict[str, Any]:
    try:
        card = json.loads(content.decode())
        _check_values([card])
    except (ValueError, RecursionError) as error:
        raise ValueError(_DAMAGED) from error
    if not isinstance(card, dict) or type(card.get("format")) is not int or not 0 < card["format"] <= _MAX_FORMAT:
        raise ValueError("not a model card")
    return card


def _check_values(values: list[Any]) -> None:
    """Check that nothing is nested so deeply or so large that whoever walks through a card stumbles."""
    for _ in range(_MAX_DEPTH):
        nested = [value for value in values if isinstance(value, (dict, list))]
        if not nested:
            return
        values = [value for each in nested for value in (each.values() if isinstance(each, dict) else each)]
        if any(type(value) is int and abs(value) > _MAX_INT for value in values):
            raise ValueError("an integer is too large")
    raise ValueError("nested too deeply")


def _check_files(model_dir: Path, card: Mapping[str, Any]) -> tuple[str, dict[str, int]]:
    """Check that a card is whole; return the name of the arrays and the lengths of their blocks."""
    match card.get("files"):
        case {"arrays": str(name), "blocks": dict(lengths), "card_crc32": str(checksum), **more} if (
            not more
            and _ARRAYS.fullmatch(name)
            and all(type(length) is int and length >= 0 for length in lengths.values())
            and _is_sum(card, checksum)
        ):
            return name, lengths
    raise ModelError(f"{model_dir / _CARD}: {_DAMAGED}. {_RETRAIN}")


def _is_sum(card: Mapping[str, Any], checksum: str) -> bool:
    try:
        return sum_up_card(card) == checksum
    except ValueError:
        return False


# Files.


def _read_blocks(model_dir: Path, arrays_name: str, lengths: Mapping[str, int]) -> dict[str, bytes]:
    path = model_dir / arrays_name
    with _open_file(path, MAX_ARRAYS_BYTES) as file:
        whole = os.fstat(file.fileno()).st_size == sum(lengths.values())
        blocks = {name: file.read(length) for name, length in lengths.items()} if whole else {}
    if not whole or _sum_up_all(blocks.values()) != _read_sum(arrays_name):
        raise ModelError(f"{path}: {_DAMAGED}. {_RETRAIN}")
    return blocks


def _read_sum(arrays_name: str) -> int | None:
    """Read the checksum that a file of arrays carries in its name; None for any other file."""
    match = _ARRAYS.fullmatch(arrays_name)
    return int(match[1], 16) if match else None


def _read_file(path: Path, max_bytes: int) -> bytes:
    with _open_file(path, max_bytes) as file:
        return file.read(max_bytes)


def _open_file(path: Path, max_bytes: int) -> BinaryIO:
    """Open a regular file of bounded size: not a pipe that never ends, nor a device that does something when opened."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ModelError(f"{path}: not a regular file. {_RETRAIN}")
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size <= max_bytes:
        return file
    file.close()
    raise ModelError(f"{path}: larger than any file of a model. {_RETRAIN}")


def _replace_file(directory: Path, name: str, contents: Iterable[bytes]) -> None:
    """Let a file take the place of another when it is on the disk; all of it is there or nothing."""
    part = directory / f".{name}.{os.urandom(8).hex()}.part"
    try:
        with part.open("xb") as file:
            file.writelines(contents)
            file.flush()
            os.fsync(file.fileno())
        if not _is_free(directory / name):
            raise FileExistsError(None, f"{name} is no file")
        part.replace(directory / name)
        _sync_directory(directory)
    finally:
        _remove_file(part)


def _is_free(path: Path) -> bool:
    """Whether a file may take a place: nothing is there, a file, or a link to one."""
    return path.is_file() or not os.path.lexists(path)


def _sync_directory(directory: Path) -> None:
    """Let a rename reach the disk before what comes next."""
    if sys.platform != "win32":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            with suppress(OSError):  # a file system that cannot
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_file(path: Path) -> None:
    """Remove a regular file; what is anything else is not ours, and what cannot be removed is left to the next save."""
    with suppress(OSError):
        if stat.S_ISREG(path.lstat().st_mode):
            path.unlink()


# What is in a directory.


def _is_replaceable(model_dir: Path) -> bool:
    if not model_dir.is_dir():
        return False
    with os.scandir(model_dir) as entries:
        if all(_is_leftover(entry) for entry in entries):
            return True
    if not (model_dir / _CARD).is_file():
        return False
    try:
        _read_card(model_dir)
    except ModelError:  # damaged, or somebody's own file of that name: what lies beside it tells
        return any(_ARRAYS.fullmatch(path.name) or path.name == _OLD_SUMS for path in model_dir.iterdir())
    return True


def _is_leftover(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a directory is nothing but what a killed save can leave."""
    ours = entry.name == _LOCK or _PART.fullmatch(entry.name) or _ARRAYS.fullmatch(entry.name)
    return bool(ours) and entry.is_file(follow_symlinks=False)


def _list_files(directory: Path) -> list[str]:
    """List the files that belong to the card that is there, in the order in which they may be removed."""
    card = _try_card(directory)
    old = card is not None and card["format"] <= _LAST_OLD_FORMAT
    arrays_name = _name_arrays(card)
    return [*([arrays_name] if arrays_name else []), *(_OLD_FILES if old else ())]


def _try_card(directory: Path) -> dict[str, Any] | None:
    try:
        return _read_card(directory)
    except ModelError:
        return None


def _name_arrays(card: Mapping[str, Any] | None) -> str | None:
    match card:
        case {"files": {"arrays": str(name)}} if _ARRAYS.fullmatch(name):
            return name
    return None


def _remove_leftovers(directory: Path) -> None:
    """Remove what killed saves left: files begun, and arrays and files of the old format that no card names."""
    card = _try_card(directory)
    known = card is not None or not os.path.lexists(directory / _CARD)  # of a card that is damaged, the arrays stay
    named = _name_arrays(card)
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if _PART.fullmatch(name) or (known and name != named and _is_arrays(directory / name)):
            _remove_file(directory / name)
    if card and card["format"] > _LAST_OLD_FORMAT and _is_old_sums(directory / _OLD_SUMS):
        for name in _OLD_FILES:
            _remove_file(directory / name)


def _is_arrays(path: Path) -> bool:
    """Whether a file is arrays that were saved here: its content has the checksum of its name."""
    checksum = _read_sum(path.name)
    if checksum is None:
        return False
    with suppress(OSError, ModelError):
        return crc32(_read_file(path, MAX_ARRAYS_BYTES)) == checksum
    return False


def _is_old_sums(path: Path) -> bool:
    """Whether a file is the checksums of a model of the old format, whose files it names."""
    with suppress(OSError, ModelError, ValueError, RecursionError):
        sums = json.loads(_read_file(path, MAX_CARD_BYTES))
        return isinstance(sums, dict) and sums.keys() == {_CARD, *_OLD_FILES} - {_OLD_SUMS}
    return False


# One saves at a time.


@contextmanager
def _lock(directory: Path) -> Iterator[bool]:
    """Keep others from saving there; the system lets go of the lock when a process dies.

    Yields:
        Whether nobody else can be saving; False on a file system that has no locks, where nothing must be removed.

    Raises:
        BlockingIOError: another process is saving there.
    """
    path = directory / _LOCK
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            alone = _try_lock(descriptor)
            if _is_same(descriptor, path):  # else the one before has removed it meanwhile
                try:
                    yield alone
                finally:
                    _remove_file(path)  # while it is locked: nobody else can hold it
                return
        finally:
            os.close(descriptor)
            if sys.platform == "win32":  # which removes no file that is open
                _remove_file(path)


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _try_lock(descriptor: int) -> bool:
        import msvcrt  # noqa: PLC0415  (only saving locks)

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
        return True

else:

    def _try_lock(descriptor: int) -> bool:
        import fcntl  # noqa: PLC0415  (only saving locks)

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a network drive, say
            return False
        return True
