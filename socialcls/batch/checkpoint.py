"""Output that survives an interruption: rows are kept beside the target, with a note of how far they are whole.

While a table is classified, its rows go into `.NAME.part` (one for each file that it is split into), and about once a
second `.NAME.checkpoint` says how many parts of the input are done, how long each file then was, and what was counted.
Whatever ends the process, the next one cuts the files to that length and goes on. At the end the files take their
places and the note goes.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from socialcls.batch.summary import Tally
from socialcls.errors import InputError, OutputError
from socialcls.tables.encodings import KEEP
from socialcls.tables.files import follow, is_running, name_errors, remove_stale_parts

_INTERVAL_S = 1.0
_VERSION = 1
_ENDS_BYTES = 1 << 16
_KEPT = "\0kept"  # the key of what is no output: no label has such a name


class Checkpoint:
    """The rows of one output that are done, and the note of how many they are."""

    def __init__(self, path: str, fingerprint: Mapping[str, Any]) -> None:
        """Say what is written where.

        Args:
            path: The output.
            fingerprint: All that decides its bytes, as plain JSON values.
        """
        self._path = path
        self._target = follow(Path(path))
        self._note_path = self._target.with_name(f".{self._target.name[-200:]}.checkpoint")
        self._fingerprint = json.loads(json.dumps(fingerprint))
        self._streams: dict[str, IO[bytes]] = {}
        self._saved_at = time.monotonic()
        self.n_done = 0
        """How many parts of the input are done."""
        self.n_kept = 0
        """How many rows are safe for a later run."""
        self.tally = Tally()
        self._whole = self._describe_whole()

    def begin(self, header: str = "") -> int:
        """Begin anew.

        Args:
            header: What the one file begins with; it is noted with it, as a run may be killed at any moment.

        Returns:
            How many rows an interrupted run had left, which are given up.

        Raises:
            OutputError: another process is writing this, or nothing can be written there.
        """
        n_left = 0
        if (note := self._read_note()) is not None:
            self._check_alone(note)
            n_left = Tally.unpack(note["tally"]).n_rows
        self.remove()
        remove_stale_parts(self._target)
        self._open("", "wb")
        self.write("", header)
        self._whole = self._describe_whole()
        self.save()
        return n_left

    def resume(self) -> bool:
        """Go on where an interrupted run stopped.

        Returns:
            Whether there was anything to go on with.

        Raises:
            InputError: the input, the model or an option is another than it was.
            OutputError: another process is writing this.
        """
        note = self._read_note()
        if note is None or not all(self._name_part(key).exists() for key in note["sizes"]):
            return False
        self._check_alone(note)
        if (was := note["fingerprint"]) != self._fingerprint:
            others = sorted(key for key in {*was, *self._fingerprint} if was.get(key) != self._fingerprint.get(key))
            message = (
                f"{self._path}: cannot be resumed, for something is not as it was: {', '.join(others)}. "
                "Leave out --resume to begin anew."
            )
            raise InputError(message)
        with name_errors(self._path):
            for key, size in note["sizes"].items():
                if self._name_part(key).stat().st_size < size:
                    return False
                os.truncate(self._name_part(key), size)
                self._open(key, "ab")
        self.n_done = note["n_done"]
        self.tally = Tally.unpack(note["tally"])
        self._whole = self._describe_whole()
        self.save()
        return True

    def write(self, key: str, text: str, header: str = "") -> None:
        """Write text to one of the files; `header` goes before the first.

        Raises:
            OutputError: it cannot be written.
        """
        with name_errors(self._path):
            stream = self._streams.get(key)
            if stream is None:
                stream = self._open(key, "wb")
                self._whole["sizes"][key] = 0
                self.save()  # or else nobody would know whose file it is, were this run killed
            if header and not stream.tell():
                stream.write(header.encode("utf-8", KEEP))
            stream.write(text.encode("utf-8", KEEP))

    def finish_part(self, tally: Tally) -> None:
        """Count a part of the input as done, and note it when the last note is a while ago."""
        self.n_done += 1
        self._count(tally)

    def keep(self, text: str, tally: Tally) -> None:
        """Keep lines for a later run, in a file of their own that goes at the end, and count what came of them.

        Raises:
            OutputError: they cannot be written.
        """
        self.write(_KEPT, text)
        self._count(tally)

    def read_kept(self) -> list[str]:
        """Read the lines that an interrupted run has kept."""
        if _KEPT not in self._streams:
            return []
        with self._name_part(_KEPT).open(encoding="utf-8", errors=KEEP, newline="\n") as stream:
            return list(stream)

    def _count(self, tally: Tally) -> None:
        self.tally.add(tally)
        self._whole = self._describe_whole()
        if time.monotonic() - self._saved_at >= _INTERVAL_S:
            self.save()

    def save(self) -> None:
        """Note what is done.

        Raises:
            OutputError: it cannot be written.
        """
        with name_errors(self._path):
            for stream in self._streams.values():
                stream.flush()
                os.fsync(stream.fileno())
            note = {"version": _VERSION, "pid": os.getpid(), "fingerprint": self._fingerprint, **self._whole}
            new = self._note_path.with_suffix(".checkpoint-new")
            with new.open("w", encoding="utf-8") as written:
                json.dump(note, written)
                written.flush()
                os.fsync(written.fileno())
            new.replace(self._note_path)
        self.n_kept = sum(self._whole["tally"]["counts"].values())
        self._saved_at = time.monotonic()

    def close(self) -> dict[str, Path]:
        """Close the files, and name them by their keys.

        Raises:
            OutputError: the last of them cannot be written.
        """
        with name_errors(self._path):
            for stream in self._streams.values():
                stream.close()
        return {key: self._name_part(key) for key in self._streams if key != _KEPT}

    def abandon(self) -> None:
        """Close the files whatever happens, and keep them."""
        for stream in self._streams.values():
            with contextlib.suppress(OSError):
                stream.close()

    def remove(self) -> None:
        """Remove the files and the note."""
        note = self._read_note()
        self.abandon()
        keys = {"", *self._streams, *(note["sizes"] if note else ())}
        for path in [*map(self._name_part, keys), self._note_path, self._note_path.with_suffix(".checkpoint-new")]:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _describe_whole(self) -> dict[str, Any]:
        """Describe what is whole now: an interruption may come between any two steps, and what follows is cut off."""
        sizes = {key: stream.tell() for key, stream in self._streams.items()}
        return {"n_done": self.n_done, "sizes": sizes, "tally": self.tally.pack()}

    def _name_part(self, key: str) -> Path:
        name = f".{self._target.name[-200:]}"
        if key == _KEPT:
            return self._target.with_name(f"{name}.kept")
        return self._target.with_name(f"{name}.{key}.part" if key else f"{name}.part")

    def _open(self, key: str, mode: str) -> IO[bytes]:
        with name_errors(self._path):
            stream: IO[bytes] = self._name_part(key).open(mode)
        self._streams[key] = stream
        return stream

    def _read_note(self) -> dict[str, Any] | None:
        try:
            note = json.loads(self._note_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return note if isinstance(note, dict) and note.get("version") == _VERSION else None

    def _check_alone(self, note: Mapping[str, Any]) -> None:
        pid = note["pid"]
        if pid != os.getpid() and is_running(pid):
            raise OutputError(f"{self._path}: process {pid} is writing it. Wait for it, or end it.")


def describe_file(path: str) -> list[Any]:
    """Describe a file by what changes when its content does: its size, when it was written, its two ends."""
    file = Path(path)
    status = file.stat()
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as stream:
        digest.update(stream.read(_ENDS_BYTES))
        if status.st_size > _ENDS_BYTES:
            stream.seek(-_ENDS_BYTES, os.SEEK_END)
            digest.update(stream.read())
    return [status.st_size, status.st_mtime_ns, digest.hexdigest()]


def describe_files(paths: Sequence[str]) -> list[Any]:
    """Describe many files by what changes when one of them does: how many, names, sizes, times; empty when none."""
    if not paths:
        return []
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            status = Path(path).stat()
            digest.update(f"{Path(path).resolve()}\0{status.st_size}\0{status.st_mtime_ns}\0".encode(errors=KEEP))
        except OSError:
            digest.update(f"{path}\0".encode(errors=KEEP))
    return [len(paths), digest.hexdigest()]


def has_checkpoint(path: str) -> bool:
    """Whether an interrupted run left something for an output."""
    target = follow(Path(path))
    return target.with_name(f".{target.name[-200:]}.checkpoint").exists()
