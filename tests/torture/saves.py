"""Kill processes that save a model, at any moment, while others load it: the old model or the new one is always there.

    python -m tests.torture.saves --kills 2000 --readers

kills at random moments, then once before every line of the saving code, then lets several save at once. It prints what
it counted and ends with 1 when a model was lost or mixed, a load failed, or a file of the user's was touched.
"""

import argparse
import json
import os
import random
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from socialcls.errors import ModelError, OutputError
from socialcls.model import store
from socialcls.model.store import load_model_files, save_model_files

FORMAT = 4
_N_MODELS = 7
_OLD_FILES = ("vocabulary.txt", "buckets.bin", "weights.bin", "taxonomy.json", "checksums.json")
_USERS_FILES = {"NOTES.md", "arrays-12345678.bin", ".hidden", "notes", "dangling", "pipe"}


def make_model(number: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A card and blocks in which everything tells the number, so that a mixture of two is seen."""
    n_words = 20_000 + 5_000 * number
    return (
        {"format": FORMAT, "number": number, "rows": [number] * 5},
        {"words": str(number).encode() * n_words, "weights": bytes([number]) * 4 * n_words},
    )


_MODELS = [make_model(number) for number in range(_N_MODELS)]


def load_number(model_dir: Path) -> int:
    """Load one of the models and check that it is all of it.

    Raises:
        ModelError: there is none.
        ValueError: it is not as it was saved.
    """
    card, blocks = load_model_files(model_dir, FORMAT)
    if (card, blocks) != _MODELS[card["number"]]:
        raise ValueError(f"{model_dir}: a mixture of models")
    return int(card["number"])


def write_users_files(model_dir: Path) -> None:
    """Put beside the model what users put there, and what is hard to copy."""
    (model_dir / "NOTES.md").write_text("ours")
    (model_dir / ".hidden").write_text("ours")
    (model_dir / "arrays-12345678.bin").write_text("only named like arrays")
    (model_dir / "notes").mkdir()
    (model_dir / "notes" / "deep.txt").write_text("ours")
    (model_dir / "dangling").symlink_to("nowhere")
    os.mkfifo(model_dir / "pipe")


def find_lost_files(model_dir: Path) -> list[str]:
    """Which of the user's files are not as they were."""
    whole = {
        "NOTES.md": lambda path: path.read_text() == "ours",
        ".hidden": lambda path: path.read_text() == "ours",
        "arrays-12345678.bin": lambda path: path.read_text() == "only named like arrays",
        "notes": lambda path: (path / "deep.txt").read_text() == "ours",
        "dangling": lambda path: path.readlink() == Path("nowhere"),
        "pipe": lambda path: stat.S_ISFIFO(path.stat().st_mode),
    }
    return [name for name, holds in whole.items() if not _holds(holds, model_dir / name)]


def _holds(claim: Callable[[Path], bool], path: Path) -> bool:
    try:
        return claim(path)
    except OSError:
        return False


def list_leftovers(model_dir: Path) -> set[str]:
    """What is in a directory beside a model and the user's files."""
    names = {path.name for path in model_dir.iterdir()}
    return names - _USERS_FILES - {"card.json", json.loads((model_dir / "card.json").read_text())["files"]["arrays"]}


def write_old_model(model_dir: Path) -> None:
    """A model of format 3, as far as its files go."""
    (model_dir / "card.json").write_text('{"format": 3}')
    for name in _OLD_FILES[:-1]:
        (model_dir / name).write_text("old")
    sums = dict.fromkeys(["card.json", *_OLD_FILES[:-1]], "00000000")
    (model_dir / "checksums.json").write_text(json.dumps(sums))


def fork(work: Callable[[], None]) -> int:
    """Start a process that does some work and ends; its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001  (whatever it is, the parent sees it in the status)
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def kill(pid: int) -> bool:
    """Kill a process; whether it was still at work."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def kill_at_random(model_dir: Path, n_kills: int, randomness: random.Random) -> Counter[str]:
    """Kill as often as is said a process that saves one model after the other."""
    counts: Counter[str] = Counter()
    write_users_files(model_dir)
    start = time.perf_counter()
    save_model_files(model_dir, *_MODELS[0])
    save_s = time.perf_counter() - start

    def save_on() -> None:
        while True:
            save_model_files(model_dir, *_MODELS[randomness.randrange(_N_MODELS)])

    while counts["kills"] < n_kills:
        randomness.random()  # each process goes its own way
        pid = fork(save_on)
        time.sleep(randomness.uniform(0, 4 * save_s))
        counts["kills" if kill(pid) else "saves that failed"] += 1
        counts.update(_look_at(model_dir))
    save_model_files(model_dir, *_MODELS[0])
    counts["leftovers of killed saves that stayed"] += len(list_leftovers(model_dir))
    return counts


def _look_at(model_dir: Path) -> Counter[str]:
    counts = Counter({"files of the user lost": len(find_lost_files(model_dir))})
    counts["kills that left something to clean"] += bool(list_leftovers(model_dir))
    try:
        load_number(model_dir)
    except (ModelError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        counts["models lost"] += 1
    return counts


def kill_before_every_line(directory: Path, step: int = 1) -> Counter[str]:
    """Kill before every line of the saving code: over a model, over one of the old format, in an empty directory."""
    counts: Counter[str] = Counter()
    for state in ("model", "old model", "empty directory"):
        alive, line = True, 1
        while alive:
            model_dir = directory / f"{state}, killed at {line}"
            model_dir.mkdir(parents=True)
            if state == "model":
                save_model_files(model_dir, *_MODELS[0])
            if state == "old model":
                write_old_model(model_dir)
            if state != "empty directory":
                write_users_files(model_dir)
            alive = kill(fork_killed_at(model_dir, line))
            counts["kills before a line"] += alive
            counts["models lost"] += not _is_one_or_other(model_dir, state)
            counts["files of the user lost"] += len(find_lost_files(model_dir)) if state != "empty directory" else 0
            save_model_files(model_dir, *_MODELS[2])
            counts["models lost"] += load_number(model_dir) != 2
            counts["leftovers of killed saves that stayed"] += len(list_leftovers(model_dir))
            shutil.rmtree(model_dir)
            line += step
    return counts


def fork_killed_at(model_dir: Path, line: int) -> int:
    """Start a process that saves a model and kills itself before a line of the saving code, counted as they run."""
    n_lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal n_lines
        del argument
        if frame.f_code.co_filename != store.__file__:
            return None
        n_lines += event == "line"
        if n_lines == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    def save() -> None:
        sys.settrace(trace)
        save_model_files(model_dir, *_MODELS[1])

    pid = fork(save)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


def _is_one_or_other(model_dir: Path, state: str) -> bool:
    """Whether a directory holds what was there or model 1."""
    if state == "old model" and '"format": 3' in (model_dir / "card.json").read_text():
        return all((model_dir / name).exists() for name in _OLD_FILES)
    if state == "empty directory" and not (model_dir / "card.json").exists():
        return True
    try:
        return load_number(model_dir) in (0, 1)
    except (ModelError, ValueError):
        return False


def save_at_once(model_dir: Path, n_processes: int, seconds: float) -> Counter[str]:
    """Let several processes save in the same directory: each save is done, or told that another is under way."""
    save_model_files(model_dir, *_MODELS[0])
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch:

        def save_on(number: int) -> None:
            counts: Counter[str] = Counter()
            while time.monotonic() < end:
                try:
                    save_model_files(model_dir, *_MODELS[number])
                    counts["saves beside others"] += 1
                except OutputError as error:
                    told = "another process is saving there" in str(error)
                    counts["saves told that another is under way" if told else "saves that failed"] += 1
                counts["models lost"] += not _is_whole(model_dir)
            Path(scratch, str(number)).write_text(json.dumps(counts))

        pids = [fork(lambda number=number: save_on(number)) for number in range(n_processes)]  # type: ignore[misc]
        for pid in pids:
            os.waitpid(pid, 0)
        counts = [Counter(json.loads(path.read_text())) for path in Path(scratch).iterdir()]
    total = sum(counts, Counter({"leftovers of killed saves that stayed": len(list_leftovers(model_dir))}))
    total["saves that failed"] += n_processes - len(counts)
    return total


def _is_whole(model_dir: Path) -> bool:
    try:
        load_number(model_dir)
    except (ModelError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return False
    return True


class Readers:
    """Processes that load a model over and over."""

    def __init__(self, model_dir: Path, scratch: Path, n_processes: int) -> None:
        self._scratch = scratch
        self._pids = [fork(lambda i=i: self._read_on(model_dir, i)) for i in range(n_processes)]  # type: ignore[misc]

    def _read_on(self, model_dir: Path, i: int) -> None:
        counts: Counter[str] = Counter()
        numbers: set[int] = set()
        while not (self._scratch / "stop").exists():
            try:
                numbers.add(load_number(model_dir))
            except (ModelError, ValueError) as error:
                sys.stderr.write(f"{error}\n")
                counts["loads that failed"] += 1
            counts["loads"] += 1
        counts["models that readers saw"] = len(numbers)
        (self._scratch / str(i)).write_text(json.dumps(counts))

    def stop(self) -> Counter[str]:
        """Let them end; what they counted, together."""
        (self._scratch / "stop").touch()
        counts: Counter[str] = Counter()
        for i, pid in enumerate(self._pids):
            os.waitpid(pid, 0)
            counts.update(json.loads((self._scratch / str(i)).read_text()))
        return counts


FAULTS = (
    "models lost",
    "loads that failed",
    "files of the user lost",
    "saves that failed",
    "leftovers of killed saves that stayed",
)


def main() -> None:
    """Run what the options ask for, print the counts, end with 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how often to kill at a random moment")
    parser.add_argument("--readers", type=int, nargs="?", const=2, default=0, help="processes that load meanwhile")
    parser.add_argument("--step", type=int, default=1, help="kill before every so manieth line only")
    parser.add_argument("--seconds", type=float, default=5, help="how long several processes save at once")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for part in ("model", "lines", "scratch"):
            (directory / part).mkdir()
        save_model_files(directory / "model", *_MODELS[0])
        readers = Readers(directory / "model", directory / "scratch", options.readers)
        counts = kill_at_random(directory / "model", options.kills, random.Random(options.seed))  # noqa: S311
        counts.update(save_at_once(directory / "model", 3, options.seconds))
        counts.update(readers.stop())
        counts.update(kill_before_every_line(directory / "lines", options.step))
    for what in [*sorted(set(counts) - set(FAULTS)), *FAULTS]:
        sys.stdout.write(f"{counts[what]:>8,} {what}\n")
    sys.exit(any(counts[fault] for fault in FAULTS))


if __name__ == "__main__":
    main()
