"""Files of a model: saved at one moment, loaded only when whole, and nobody else's files touched."""

import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcls.errors import ModelError, OutputError
from socialcls.model.store import (
    MAX_ARRAYS_BYTES,
    MAX_CARD_BYTES,
    check_model_dir,
    load_model_files,
    save_model_files,
    sum_up_card,
)

CARD = {"format": 4, "name": "żółw", "figures": {"accuracy": 0.1 + 0.2, "rows": [1, 2, None, True]}}
BLOCKS = {"words": b"forum\nblog\n", "empty": b"", "weights": bytes(range(256))}
OTHER_CARD = {**CARD, "name": "other"}
OTHER_BLOCKS = {"words": b"platform\n"}
OLD_FILES = ("vocabulary.txt", "buckets.bin", "weights.bin", "taxonomy.json", "checksums.json")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
    max_leaves=20,
)  # fmt: skip
cards = st.dictionaries(st.text().filter(lambda key: key != "files"), json_values).map(
    lambda card: {**card, "format": 4}
)


@pytest.fixture
def model_dir(tmp_path):
    """A saved model."""
    save_model_files(tmp_path / "model", CARD, BLOCKS)
    return tmp_path / "model"


def list_names(directory):
    """What is in a directory, hidden files too."""
    return {path.name for path in directory.iterdir()}


def find_arrays(model_dir):
    """The one file of arrays."""
    (path,) = model_dir.glob("arrays-*.bin")
    return path


def write_card(model_dir, card):
    """Write a card whose checksum is right, whatever is in it."""
    card["files"]["card_crc32"] = sum_up_card(card)
    (model_dir / "card.json").write_text(json.dumps(card), encoding="utf-8")


def read_card(model_dir):
    """The card as it stands there."""
    return json.loads((model_dir / "card.json").read_text(encoding="utf-8"))


def fill_with_foreign_things(directory):
    """Put there what a user may have there, and what would stop whoever copies it; the names of it."""
    (directory / "NOTES.md").write_text("ours")
    (directory / "notes").mkdir()
    (directory / "notes" / "deep.txt").write_text("ours too")
    (directory / "dangling").symlink_to(directory / "nowhere")
    (directory / "arrays-00000000.txt").write_text("not arrays")
    (directory / "arrays-12345678.bin").write_text("a file whose name only looks like ours")
    (directory / "taxonomy.toml").write_text("ours")
    (directory / "arrays-01234567.bin").mkdir()
    (directory / ".card.json.0123456789abcdef.part").mkdir()
    os.mkfifo(directory / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(directory / "socket"))
    return list_names(directory)


@contextmanager
def limited_file_size(n_bytes):
    """No file can grow beyond some bytes: what a full disk is like."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def as_nobody():
    """Run as a user who may write only where everybody may."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Saved and loaded.


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(card=cards, blocks=st.dictionaries(st.text(), st.binary()))
def test_what_is_saved_comes_back(tmp_path, card, blocks):
    """Any JSON object and any blocks, in their order, over whatever was saved before."""
    save_model_files(tmp_path / "model", card, blocks)
    loaded_card, loaded_blocks = load_model_files(tmp_path / "model", 4)
    assert (json.dumps(loaded_card), loaded_blocks) == (json.dumps(card), blocks)
    assert list(loaded_blocks) == list(blocks)
    assert len(list_names(tmp_path / "model")) == 2


def test_layout(model_dir):
    """A card that people can read, and all blocks in one file that has its checksum in its name."""
    content = b"".join(BLOCKS.values())
    assert list_names(model_dir) == {"card.json", f"arrays-{crc32(content):08x}.bin"}
    assert find_arrays(model_dir).read_bytes() == content
    assert '  "name": "żółw"' in (model_dir / "card.json").read_text(encoding="utf-8").splitlines()[2]
    assert read_card(model_dir)["files"]["blocks"] == {"words": 11, "empty": 0, "weights": 256}


def test_saving_twice_gives_the_same_bytes(model_dir, tmp_path):
    """Nothing depends on when and where it was saved, nor does saving a loaded model change it."""
    save_model_files(tmp_path / "again", *load_model_files(model_dir, 4))
    for path in model_dir.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_files_are_as_open_to_others_as_any_other(model_dir, tmp_path):
    """Permissions are those that the user's umask gives."""
    (tmp_path / "plain").write_text("x")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [*model_dir.iterdir(), tmp_path / "plain"]}
    assert len(modes) == 1


@pytest.mark.parametrize(
    "card",
    [
        {"name": "no format"},
        {"format": 0},
        {"format": True},
        {"format": 4, "files": {}},
        {"format": 4, "x": float("nan")},
        {"format": 4, "x": float("inf")},
        {"format": 4, "x": "\ud83d"},
        {"format": 4, "x": 2**63},
        {"format": 4, 1: 1, "1": 2},
    ],
)
def test_a_card_that_could_not_be_loaded_is_not_saved(model_dir, card):
    """It is a mistake of the program, and the model that is there stays."""
    with pytest.raises(ValueError, match=r"\w"):
        save_model_files(model_dir, card, BLOCKS)
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)


@pytest.mark.parametrize(
    ("card", "blocks"),
    [({**CARD, "x": "x" * MAX_CARD_BYTES}, {}), (CARD, {"a": bytes(MAX_ARRAYS_BYTES), "b": b"x"})],
)
def test_what_is_too_large_to_be_loaded_is_not_saved(model_dir, card, blocks):
    """The limits of loading hold for saving, so that nothing is lost by it."""
    with pytest.raises(OutputError, match="too large"):
        save_model_files(model_dir, card, blocks)
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)


# Where it is saved.


def test_what_others_put_there_stays(model_dir):
    """Notes, folders, links to nowhere, pipes, sockets and names like ours are as they were; the old arrays go."""
    foreign = fill_with_foreign_things(model_dir) - list_names_of_model(model_dir)
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(model_dir, 4) == (OTHER_CARD, OTHER_BLOCKS)
    assert list_names(model_dir) == foreign | list_names_of_model(model_dir)
    assert (model_dir / "notes" / "deep.txt").read_text() == "ours too"
    assert (model_dir / "arrays-12345678.bin").read_text() == "a file whose name only looks like ours"
    assert (model_dir / "dangling").is_symlink()
    assert stat.S_ISFIFO((model_dir / "pipe").stat().st_mode)


def list_names_of_model(model_dir):
    """The two files of the model."""
    return {"card.json", read_card(model_dir)["files"]["arrays"]}


def test_a_link_to_a_directory_stays_a_link(model_dir, tmp_path):
    """The model behind it is replaced; a link to nowhere leads somewhere afterwards."""
    for link, target in ((tmp_path / "link", model_dir), (tmp_path / "new", tmp_path / "not" / "yet")):
        link.symlink_to(target)
        save_model_files(link, OTHER_CARD, OTHER_BLOCKS)
        assert link.is_symlink()
        assert load_model_files(target, 4) == (OTHER_CARD, OTHER_BLOCKS)


def test_a_model_made_of_links_is_replaced_without_touching_what_they_lead_to(model_dir, tmp_path):
    """As caches of downloaded models keep them."""
    (tmp_path / "linked").mkdir()
    for path in model_dir.iterdir():
        (tmp_path / "linked" / path.name).symlink_to(path)
    assert load_model_files(tmp_path / "linked", 4) == (CARD, BLOCKS)
    save_model_files(tmp_path / "linked", OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(tmp_path / "linked", 4) == (OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("x"),
        lambda path: path.symlink_to(path),
        lambda path: (path.mkdir(), (path / "thesis.txt").write_text("years of work")),
        lambda path: (path.mkdir(), (path / "card.json").write_text('{"name": "Ada", "phone": 1}')),
        lambda path: (path.mkdir(), (path / "card.json").mkdir()),
        lambda path: (path.mkdir(), (path / "card.json").symlink_to("nowhere")),
        lambda path: [make(each) for make, each in ((Path.mkdir, path), (os.mkfifo, path / "card.json"))],
        lambda path: (path.mkdir(), (path / ".saving.lock").mkdir()),
        lambda path: (path.mkdir(), (path / "arrays-00000000.bin").mkdir()),
    ],
)
def test_what_is_not_a_model_is_left_alone(tmp_path, make):
    """A file, a link in a circle, a directory of something else: refused before anything is written."""
    make(tmp_path / "thing")
    before = sorted(tmp_path.rglob("*"))
    for refuse in (check_model_dir, lambda path: save_model_files(path, CARD, BLOCKS)):
        with pytest.raises(OutputError, match=r"not a model directory, so it is left alone. Name another with -o\."):
            refuse(tmp_path / "thing")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("cut", [lambda content: content[:-5], lambda content: content[: len(content) // 2], bytes])
def test_a_damaged_model_can_be_replaced(model_dir, cut):
    """Training again is what its error asks for."""
    card_path = model_dir / "card.json"
    card_path.write_bytes(cut(card_path.read_bytes())[: card_path.stat().st_size])
    (model_dir / "NOTES.md").write_text("ours")
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(model_dir, 4) == (OTHER_CARD, OTHER_BLOCKS)
    assert list_names(model_dir) == list_names_of_model(model_dir) | {"NOTES.md"}


def test_a_model_of_the_old_format_is_replaced(tmp_path):
    """Its five other files go with it; notes stay."""
    write_old_model(tmp_path)
    (tmp_path / "NOTES.md").write_text("ours")
    save_model_files(tmp_path, CARD, BLOCKS)
    assert list_names(tmp_path) == list_names_of_model(tmp_path) | {"NOTES.md"}


def test_files_named_as_in_the_old_format_stay_beside_a_new_model(model_dir):
    """They are somebody's own: no card of the old format is there, nor its checksums."""
    for name in OLD_FILES:
        (model_dir / name).write_text("{}")
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert list_names(model_dir) == list_names_of_model(model_dir) | set(OLD_FILES)


def test_files_of_the_old_format_that_a_killed_save_left_are_removed(model_dir):
    """Its checksums are removed last, and tell."""
    write_old_model(model_dir / "old")
    for name in ("taxonomy.json", "checksums.json"):
        (model_dir / "old" / name).rename(model_dir / name)
    save_model_files(model_dir, CARD, BLOCKS)
    assert list_names(model_dir) == list_names_of_model(model_dir) | {"old"}


def write_old_model(directory):
    """A model of format 3, as far as its files go."""
    directory.mkdir(exist_ok=True)
    (directory / "card.json").write_text('{"format": 3}')
    for name in OLD_FILES:
        (directory / name).write_text("old")
    sums = dict.fromkeys(["card.json", *OLD_FILES[:-1]], "00000000")
    (directory / "checksums.json").write_text(json.dumps(sums))


def test_a_card_that_names_what_is_not_its_own_gets_nothing_removed(model_dir, tmp_path):
    """Only a name of our pattern, in the directory itself, is removed with the model that it was of."""
    (tmp_path / "thesis.txt").write_text("years of work")
    for name in ("../thesis.txt", str(tmp_path / "thesis.txt"), "NOTES.md"):
        (model_dir / "NOTES.md").write_text("ours")
        card = read_card(model_dir)
        card["files"]["arrays"] = name
        write_card(model_dir, card)
        save_model_files(model_dir, CARD, BLOCKS)
        assert (tmp_path / "thesis.txt").exists()
        assert (model_dir / "NOTES.md").exists()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("NOTES.md")], ids=["FIFO", "link"])
def test_what_somebody_put_in_the_place_of_the_old_arrays_stays(model_dir, make):
    """No save made it, so no save removes it."""
    path = find_arrays(model_dir)
    path.unlink()
    make(path)
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert os.path.lexists(path)
    assert load_model_files(model_dir, 4) == (OTHER_CARD, OTHER_BLOCKS)


def test_what_killed_saves_left_is_removed(tmp_path):
    """A directory that holds nothing else is taken; begun files, arrays of no card and the lock go."""
    content = b"arrays of a save that was killed"
    (tmp_path / f"arrays-{crc32(content):08x}.bin").write_bytes(content)
    (tmp_path / ".card.json.0123456789abcdef.part").write_text('{"form')
    (tmp_path / ".arrays-01234567.bin.0123456789abcdef.part").write_text("half")
    (tmp_path / ".saving.lock").touch()
    save_model_files(tmp_path, CARD, BLOCKS)
    assert list_names(tmp_path) == list_names_of_model(tmp_path)


# When it cannot be saved.


@pytest.mark.parametrize("n_bytes", [0, 100, 300])
def test_a_full_disk_leaves_the_old_model(model_dir, n_bytes):
    """Whether the arrays do not fit or only the card: what was begun is removed."""
    names = list_names(model_dir)
    blocks = {"words": b"x" * 280}  # the card is longer
    with limited_file_size(n_bytes), pytest.raises(OutputError, match=r"model: cannot be written \(File too large\)\."):
        save_model_files(model_dir, {**CARD, "name": "x" * 300}, blocks)
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)
    assert list_names(model_dir) == names


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_directory_that_may_not_be_written_is_named(mode):
    """And the model in it stays; where it may be read, it loads, for loading writes nothing."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        save_model_files(directory / "model", CARD, BLOCKS)
        directory.chmod(0o755)
        (directory / "model").chmod(mode)
        for path in (directory / "model", directory / "other"):
            with as_nobody(), pytest.raises(OutputError, match=rf"{path}: cannot be written \(Permission denied\)\."):
                save_model_files(path, OTHER_CARD, OTHER_BLOCKS)
            directory.chmod(0o555)
        (directory / "model").chmod(0o555)
        with as_nobody():
            assert load_model_files(directory / "model", 4) == (CARD, BLOCKS)
        directory.chmod(0o755)
        (directory / "model").chmod(0o755)


def test_a_file_where_a_directory_should_be_is_named(tmp_path):
    """Not a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        save_model_files(tmp_path / "file" / "model", CARD, BLOCKS)


def test_what_stands_in_the_place_of_the_arrays_is_not_replaced(model_dir):
    """A pipe that happens to have the name of the new arrays: an error, the pipe stays, so does the model."""
    content = b"".join(OTHER_BLOCKS.values())
    pipe = model_dir / f"arrays-{crc32(content):08x}.bin"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match=pipe.name):
        save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)


LOCKING = """
import fcntl, os, sys
lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_told(model_dir):
    """While another process saves nothing is written; when it has died, its lock does not matter."""
    lock = model_dir / ".saving.lock"
    command = [sys.executable, "-c", LOCKING, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(OutputError, match=rf"{model_dir}: another process is saving there\. Wait"):
            save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
        assert load_model_files(model_dir, 4) == (CARD, BLOCKS)
        process.kill()
    assert lock.exists()
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(model_dir, 4) == (OTHER_CARD, OTHER_BLOCKS)
    assert list_names(model_dir) == list_names_of_model(model_dir)


def test_a_file_system_without_locks_is_written_to(model_dir, monkeypatch):
    """Then nothing is removed, for another process may just be saving it."""

    def fail(descriptor, operation):
        raise OSError(37, "No locks available")

    (model_dir / ".card.json.0123456789abcdef.part").write_text("another process may be at it")
    before = list_names(model_dir)
    monkeypatch.setattr("fcntl.flock", fail)
    save_model_files(model_dir, OTHER_CARD, OTHER_BLOCKS)
    assert load_model_files(model_dir, 4) == (OTHER_CARD, OTHER_BLOCKS)
    assert list_names(model_dir) == list_names_of_model(model_dir) | before


# What is refused.


@pytest.mark.parametrize("name", ["nothing", "file", "nul\0byte", "file/model", "x" * 300])
def test_no_directory_is_no_model(tmp_path, name):
    """Nothing there, a file, a name that none can have."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match=r"not a model \(no such directory\)\. Train it again|File name too long"):
        load_model_files(tmp_path / name, 4)


def test_a_missing_file_is_told(model_dir):
    """First of the arrays, then of the card."""
    find_arrays(model_dir).unlink()
    with pytest.raises(ModelError, match=r"model: not a model \(its arrays are missing\)\. Train it again: socialcls"):
        load_model_files(model_dir, 4)
    (model_dir / "card.json").unlink()
    with pytest.raises(ModelError, match=r"model: not a model \(card\.json is missing\)\. Train it again: socialcls"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize("pick", [find_arrays, lambda model_dir: model_dir / "card.json"])
def test_a_file_cut_off_anywhere_is_refused(model_dir, pick):
    """All but the line feed that ends the card is needed."""
    path = pick(model_dir)
    content = path.read_bytes()
    for length in range(len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(ModelError, match=r"truncated or edited since it was trained\. Train it again: socialcls"):
            load_model_files(model_dir, 4)


@pytest.mark.parametrize("pick", [find_arrays, lambda model_dir: model_dir / "card.json"])
def test_a_file_with_one_bit_changed_is_refused(model_dir, pick):
    """Wherever it is: in the numbers, the words, the card, its checksum."""
    path = pick(model_dir)
    content = path.read_bytes()
    for i in range(len(content)):
        changed = bytearray(content)
        changed[i] ^= 1 << i % 8
        path.write_bytes(changed)
        with pytest.raises(ModelError):
            load_model_files(model_dir, 4)


def test_a_card_may_be_spaced_differently(model_dir):
    """As by a checkout that changes line ends: the values are summed up, not the spaces."""
    path = model_dir / "card.json"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_model_files(model_dir, 4) == (CARD, BLOCKS)


def test_another_format_is_named(model_dir):
    """An older one and one of the future, before anything else is looked at."""
    for found in (3, 99):
        (model_dir / "card.json").write_text(json.dumps({"format": found}))
        with pytest.raises(ModelError, match=f"a model of format {found}; this version reads format 4. Train it again"):
            load_model_files(model_dir, 4)


@pytest.mark.parametrize("content", ["[]", "7", "{}", '{"format": "4"}', '{"format": true}', '{"format": 1e3}'])
def test_json_of_another_shape_is_no_card(model_dir, content):
    """It is not called damaged: it never was a card."""
    (model_dir / "card.json").write_text(content)
    with pytest.raises(ModelError, match=r"card\.json: not a model card"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize(
    "value",
    [
        "NaN", "-Infinity", "1e999", "9" * 30, "9" * 5000, "[" * 21 + "]" * 21, "[" * 500 + "]" * 500,
        "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000, r'"\ud83d"', "[" * 1_000_000,
    ],
    ids=lambda value: f"{value[:9]} {len(value)}",
)  # fmt: skip
def test_values_that_others_would_stumble_over_are_refused(model_dir, value):
    """Numbers that are none, integers of any size, nesting without end, half a character."""
    card = (model_dir / "card.json").read_text(encoding="utf-8").replace('"żółw"', value)
    (model_dir / "card.json").write_text(card, encoding="utf-8")
    with pytest.raises(ModelError, match="truncated or edited"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize(
    "change",
    [
        {"arrays": "../arrays-00000000.bin"}, {"arrays": "/dev/zero"}, {"arrays": "card.json"}, {"arrays": ""},
        {"arrays": "arrays-00000000.bin\n"}, {"arrays": "arrays-0000000٣.bin"}, {"arrays": None}, {"arrays": [1]},
        {"blocks": None}, {"blocks": []}, {"blocks": {}}, {"blocks": {"words": 10, "empty": 0, "weights": 256}},
        {"blocks": {"words": -1, "empty": 12, "weights": 256}}, {"blocks": {"words": 11.0, "empty": 0, "weights": 256}},
        {"blocks": {"words": 11, "empty": False, "weights": 256}}, {"blocks": {"words": 2**62}},
        {"blocks": {"words": "11"}}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_what_the_card_says_of_the_files_is_not_believed(model_dir, change):
    """Names that lead elsewhere, lengths that are none or do not add up; the checksum of the card is right."""
    card = read_card(model_dir)
    card["files"].update(change)
    write_card(model_dir, card)
    with pytest.raises(ModelError, match="truncated or edited"):
        load_model_files(model_dir, 4)


def test_the_checksum_of_the_arrays_is_that_of_their_name(model_dir):
    """Other arrays under a name that is right in form."""
    card = read_card(model_dir)
    card["files"]["arrays"] = "arrays-00000000.bin"
    write_card(model_dir, card)
    find_arrays(model_dir).rename(model_dir / "arrays-00000000.bin")
    with pytest.raises(ModelError, match=r"arrays-00000000\.bin: truncated or edited"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize("files", [None, 1, [], {}, {"card_crc32": 7}])
def test_a_card_without_files_is_refused(model_dir, files):
    """A card alone is no model."""
    (model_dir / "card.json").write_text(json.dumps({**CARD, "files": files}))
    with pytest.raises(ModelError, match="truncated or edited"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize("pick", [find_arrays, lambda model_dir: model_dir / "card.json"])
@pytest.mark.parametrize(
    "make",
    [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path)],
    ids=["FIFO", "directory", "device", "circle"],
)
def test_what_is_no_regular_file_is_refused_at_once(model_dir, pick, make):
    """A pipe that nobody writes to, a device that never ends: not opened."""
    path = pick(model_dir)
    path.unlink()
    make(path)
    with pytest.raises(ModelError, match=r"not a regular file|cannot be read \(Too many levels of symbolic links\)"):
        load_model_files(model_dir, 4)


@pytest.mark.parametrize("pick", [find_arrays, lambda model_dir: model_dir / "card.json"])
def test_a_file_of_any_size_is_not_read(model_dir, pick):
    """A terabyte that takes no space: refused by its size."""
    os.truncate(pick(model_dir), 1 << 40)
    with pytest.raises(ModelError, match="larger than any file of a model"):
        load_model_files(model_dir, 4)


def test_what_is_loaded_does_not_change_with_the_files(model_dir):
    """Cut off and written over in place: it was read, not mapped."""
    card, blocks = load_model_files(model_dir, 4)
    path = find_arrays(model_dir)
    path.write_bytes(bytes(path.stat().st_size))
    os.truncate(path, 0)
    assert (card, blocks) == (CARD, BLOCKS)


def test_importing_costs_little():
    """No module that starting does not need anyway."""
    program = "import sys, json, re, zlib, pathlib; import socialcls.errors; before = set(sys.modules);"
    program += "import socialcls.model.store; print(*(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert set(result.stdout.decode().split()) == {"socialcls.model", "socialcls.model.store"}
