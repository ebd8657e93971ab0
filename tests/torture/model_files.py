"""Change model directories in every way that somebody could, checksums made to match: each loads or is a ModelError.

    python -m tests.torture.model_files --mutants 20000

`mutate` changes what a model says (its card, its blocks), for whoever wants to see that a loader of models believes
nothing; `mutate_files` changes the files of a saved model, checksums and all. Both take their chances from a
`random.Random`, so that a seed gives the same mutants again.
"""

import json
import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import FrameType
from typing import Any
from zlib import crc32

from socialcls.errors import ModelError
from socialcls.model.store import load_model_files, sum_up_card
from tests.torture.command import run_command

MAX_LOAD_S = 5.0

Card = dict[str, Any]
Blocks = dict[str, bytes]

_DEEP = "\0deep"
"""Stands for nesting that `json` cannot write: `write_mutant` puts brackets there."""
_STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -0.0, -1, 1, 3, 255, 2**31, 2**32 - 1, 2**53 + 1, 2**63, -(2**63), 10**30, 10**4000),
    *(0.5, 1.0, -1e308, 1e308, 5e-324, float("nan"), float("inf"), -float("inf")),
    *("", " ", "x", "0", "nan", "\n", "\0", "\t", "\x1b[31m", "error: forged\nerror: again", "\u202eabc", "\ud83d"),
    *("../../etc/passwd", "/dev/zero", "arrays-00000000.bin", "\ufffe\uffff", "a" * 10_000, "ą" * 100, "%s{}{0}<&>"),
    *([], {}, [[]], [{}], {"": ""}, [0] * 1000, {"format": 4}, [None] * 3, ["community"] * 4, _DEEP),
)


def mutate(card: Mapping[str, Any], blocks: Mapping[str, bytes], randomness: random.Random) -> tuple[Card, Blocks]:
    """Change one to three things in a card and its blocks.

    Returns:
        A card that may hold anything (numbers that are none, text that cannot be encoded, deep nesting) but keeps what
        stands under "format", and blocks of any length; see `write_mutant`.
    """
    new_card, new_blocks = deepcopy(dict(card)), dict(blocks)
    for _ in range(randomness.choice((1, 1, 1, 2, 3))):
        if new_blocks and randomness.random() < 0.4:
            randomness.choice(_BLOCK_CHANGES)(new_blocks, randomness)
        else:
            _change_value(new_card, randomness)
    if "format" in card:
        new_card["format"] = card["format"]
    return new_card, new_blocks


def write_mutant(model_dir: Path, card: Mapping[str, Any], blocks: Mapping[str, bytes]) -> None:
    """Write a card and blocks as `save_model_files` would, whatever is in them, with checksums that match.

    A card may bring its own entry `files`; otherwise it gets one that is right. Where a card cannot be summed up, its
    checksum is that of an empty text.
    """
    content = b"".join(blocks.values())
    name = f"arrays-{crc32(content):08x}.bin"
    files = {"arrays": name, "blocks": {key: len(block) for key, block in blocks.items()}}
    whole = {**card, "files": card.get("files", files)}
    if isinstance(whole["files"], dict):
        try:
            whole["files"] = {**whole["files"], "card_crc32": sum_up_card(whole)}
        except (ValueError, RecursionError):
            whole["files"] = {**whole["files"], "card_crc32": "00000000"}
    text = _write_json(whole)
    for path in [*model_dir.glob("arrays-*.bin"), model_dir / "card.json"]:
        path.unlink(missing_ok=True)
    (model_dir / name).write_bytes(content)
    (model_dir / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))


def _write_json(card: Mapping[str, Any]) -> str:
    text = json.dumps(card, indent=2, ensure_ascii=False)
    return text.replace(json.dumps(_DEEP), "[" * 50_000 + "]" * 50_000)


def mutate_files(model_dir: Path, randomness: random.Random) -> None:
    """Change the files of a saved model: their bytes, their kinds, or what the card says of them."""
    randomness.choice(_FILE_CHANGES)(model_dir, randomness)


# Changes of a card.


def _change_value(card: Card, randomness: random.Random) -> None:
    containers = list(_walk(card))
    container = randomness.choice(containers)
    keys: list[Any] = list(container) if isinstance(container, dict) else list(range(len(container)))
    if not keys:
        return
    key = randomness.choice(keys)
    change = randomness.randrange(8)
    value = container[key]
    if change == 0:
        del container[key]
    elif change == 1 and isinstance(container, dict):
        container[str(randomness.choice(_STRANGE))] = container.pop(key)
    elif change == 2:
        container[key] = deepcopy(randomness.choice(_list_values(containers)))
    elif change == 3:
        container[key] = [value] if randomness.random() < 0.5 else {"": value}
    elif change == 4 and isinstance(value, str):
        container[key] = randomness.choice([value[: len(value) // 2], value * 2, value[::-1]])
    elif change == 4 and isinstance(value, list):
        container[key] = randomness.choice([value[1:], value[:-1], value * 2, value[::-1]])
    elif change == 5 and isinstance(value, (int, float)):
        new = randomness.choice([-value, value + 1, value - 1, value * 2, value * 1000, str(value)])
        container[key] = new if randomness.random() < 0.5 or abs(value) > 2**53 else value / 3
    elif change == 6:
        for _ in range(randomness.choice((10, 19, 21, 60))):
            value = [value]
        container[key] = value
    else:
        container[key] = deepcopy(randomness.choice(_STRANGE))


def _walk(value: Any) -> Iterator[Any]:  # any JSON value
    """All objects and lists in a value, itself among them."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (dict, list)):
            yield each
            waiting.extend(each.values() if isinstance(each, dict) else each)


def _list_values(containers: list[Any]) -> list[Any]:
    return [value for each in containers for value in (each.values() if isinstance(each, dict) else each)]


# Changes of blocks.


def _flip_bits(blocks: Blocks, randomness: random.Random) -> None:
    name, content = _pick(blocks, randomness)
    for _ in range(randomness.choice((1, 1, 5, 50)) if content else 0):
        content[randomness.randrange(len(content))] ^= 1 << randomness.randrange(8)
    blocks[name] = bytes(content)


def _cut_off(blocks: Blocks, randomness: random.Random) -> None:
    name, content = _pick(blocks, randomness)
    blocks[name] = bytes(content[: randomness.choice((0, 1, len(content) // 2, len(content) - 1, len(content) & -4))])


def _lengthen(blocks: Blocks, randomness: random.Random) -> None:
    name, content = _pick(blocks, randomness)
    blocks[name] = bytes(content) + randomness.choice(
        (b"\0", b"\n", b"\xff" * 4, bytes(content), randomness.randbytes(64))
    )


def _write_over(blocks: Blocks, randomness: random.Random) -> None:
    """Put numbers where numbers may be expected: none, infinite, negative, beyond everything; and broken UTF-8."""
    name, content = _pick(blocks, randomness)
    numbers = [struct.pack("<f", number) for number in (float("nan"), float("inf"), -float("inf"), 3e38, -1.0)]
    strange = randomness.choice(
        [*numbers, b"\xff" * 4, b"\0" * 4, b"\0\0\0\x80", b"\xed\xa0\x80\n", b"\n\n\n\n", b"\t\t\t\t"]
    )
    start = randomness.randrange(len(content) // 4 + 1) * 4
    times = randomness.choice((1, 1, 2, 100))
    blocks[name] = bytes(content[:start] + strange * times + content[start + len(strange) * times :])


def _swap(blocks: Blocks, randomness: random.Random) -> None:
    one, other = randomness.choice(list(blocks)), randomness.choice(list(blocks))
    blocks[one], blocks[other] = blocks[other], blocks[one]


def _rename(blocks: Blocks, randomness: random.Random) -> None:
    name = randomness.choice(list(blocks))
    blocks[str(randomness.choice(["", "x", "../x", name.upper(), "\ud83d"]))] = blocks.pop(name)


def _leave_out(blocks: Blocks, randomness: random.Random) -> None:
    del blocks[randomness.choice(list(blocks))]


def _pick(blocks: Blocks, randomness: random.Random) -> tuple[str, bytearray]:
    name = randomness.choice(list(blocks))
    return name, bytearray(blocks[name])


_BLOCK_CHANGES: tuple[Callable[[Blocks, random.Random], None], ...] = (
    *(_flip_bits, _flip_bits, _write_over, _write_over, _cut_off, _lengthen, _swap, _rename, _leave_out),
)


# Changes of files.


def _change_bytes(model_dir: Path, randomness: random.Random) -> None:
    path = _pick_file(model_dir, randomness)
    blocks = {path.name: path.read_bytes()}
    randomness.choice((_flip_bits, _cut_off, _lengthen, _write_over))(blocks, randomness)
    path.write_bytes(blocks[path.name])


def _change_files_entry(model_dir: Path, randomness: random.Random) -> None:
    """Change what the card says of its arrays; the checksum of the card matches."""
    card = json.loads((model_dir / "card.json").read_bytes())
    (path,) = model_dir.glob("arrays-*.bin")
    content = path.read_bytes()
    holder = {"files": card["files"]}
    for _ in range(randomness.choice((1, 1, 2, 3))):
        _change_value(holder, randomness)
    write_mutant(model_dir, {**card, **holder}, {"": content})


def _change_kind(model_dir: Path, randomness: random.Random) -> None:
    path = _pick_file(model_dir, randomness)
    path.unlink()
    makes: list[Callable[[Path], None]] = [
        os.mkfifo,
        Path.mkdir,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/dev/stdin"),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/proc/self/mem"),
        lambda path: path.symlink_to("card.json"),
        lambda path: None,
    ]
    randomness.choice(makes)(path)


def _change_size(model_dir: Path, randomness: random.Random) -> None:
    os.truncate(_pick_file(model_dir, randomness), randomness.choice((0, 1, 1 << 20, 1 << 26, (1 << 26) + 1, 1 << 40)))


def _write_other_json(model_dir: Path, randomness: random.Random) -> None:
    """Put something at some place of the card's text: brackets without end, digits without end, a key again."""
    path = model_dir / "card.json"
    text = path.read_text(encoding="utf-8")
    strange = [
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 100_000,
        "-",
        "1e99999",
        "NaN",
        "\0",
        '"',
        ",",
        "\ufeff",
        " " * 99,
    ]
    places = [i for i, character in enumerate(text) if character in ":,[{"]
    place = randomness.choice(places) + 1
    path.write_text(text[:place] + randomness.choice(strange) + text[place:], encoding="utf-8")


def _pick_file(model_dir: Path, randomness: random.Random) -> Path:
    return randomness.choice(sorted(model_dir.iterdir()))


_FILE_CHANGES: tuple[Callable[[Path, random.Random], None], ...] = (
    *(_change_bytes, _change_files_entry, _change_files_entry, _change_kind, _change_size, _write_other_json),
)


# Loading them.


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def try_to_load(load: Callable[[], object]) -> str:
    """Say what came of loading: "loaded", "refused", or the name of what should not have been raised."""
    try:
        with at_most(MAX_LOAD_S):
            load()
    except ModelError:
        return "refused"
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what is looked for)
        return type(error).__name__
    return "loaded"


SAMPLE: tuple[Card, Blocks] = (
    {
        "format": 4,
        "name": "sample",
        "labels": ["community", "blog", "platform", "other"],
        "thresholds": {"text": {"community": 0.5, "blog": 0.75}, "url": {"community": 0.5, "blog": 0.625}},
        "sections": {"words": [0, 2, 17], "pairs": [2, 1, 3]},
        "data": {"rows": 26_447, "sha256": "ab" * 32, "files": [{"name": "pl.csv", "rows": 12}]},
    },
    {
        "words": "\nforum\nblog\nżółw\n".encode() * 20,
        "starts": struct.pack("<40I", *range(0, 400, 10)),
        "weights": struct.pack("<64f", *(i / 8 for i in range(64))),
        "empty": b"",
    },
)


def load_mutants(directory: Path, n_mutants: int, seed: int) -> Counter[str]:
    """Make mutants of a sample, of its content and of its files by turns; count what came of loading each."""
    outcomes: Counter[str] = Counter()
    model_dir = directory / "model"
    model_dir.mkdir()
    for i in range(n_mutants):
        randomness = random.Random(f"{seed} {i}")  # noqa: S311
        for path in model_dir.glob("*"):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        if i % 2:
            write_mutant(model_dir, *SAMPLE)
            mutate_files(model_dir, randomness)
        else:
            write_mutant(model_dir, *mutate(*SAMPLE, randomness))
        start = time.perf_counter()
        outcome = try_to_load(lambda model_dir=model_dir: _load_and_use(model_dir))  # type: ignore[misc]
        outcomes[outcome] += 1
        outcomes["longest_ms"] = max(outcomes["longest_ms"], round((time.perf_counter() - start) * 1e3))
        if outcome not in {"loaded", "refused"}:
            sys.stderr.write(f"mutant {i} of seed {seed}: {outcome}\n")
    return outcomes


def _load_and_use(model_dir: Path) -> None:
    """Load a model and do with its card what everybody may: walk through it, write it."""
    card, blocks = load_model_files(model_dir, 4)
    json.dumps(card, ensure_ascii=False, allow_nan=False, indent=2).encode()
    repr(card)
    b"".join(blocks.values())


def main() -> None:
    """Load as many mutants as are asked for, print what came of it, end with 1 when anything else was raised."""
    run_command(
        __doc__,
        lambda path, options: load_mutants(path, options.mutants, options.seed),
        lambda outcome: outcome not in {"loaded", "refused", "longest_ms"},
        {"mutants": 2000},
    )


if __name__ == "__main__":
    main()
