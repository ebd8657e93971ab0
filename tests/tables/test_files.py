"""Files out: whole or not at all."""

import os

import pytest

from socialcls.errors import OutputError
from socialcls.tables.files import check_output, make_part, make_scratch_dir, replace_file


def test_a_failure_leaves_what_was_there(tmp_path):
    """A result appears whole or not at all."""
    path = tmp_path / "t.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), replace_file(path) as stream:
        stream.write("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_dead_processes_left_is_removed(tmp_path):
    """And what living ones write is not."""
    path = tmp_path / "t.csv"
    dead, alive = tmp_path / ".t.csv.999999999-00ff.part", tmp_path / f".t.csv.{os.getpid()}-00ff.part"
    dead.touch()
    alive.touch()
    scratch_dir = tmp_path / ".t.csv.999999999-00ff0.part"
    scratch_dir.mkdir()
    (scratch_dir / "tmpabc").touch()
    with replace_file(path) as stream:
        stream.write("x")
    assert not dead.exists()
    assert not scratch_dir.exists()
    assert alive.exists()


def test_a_scratch_directory_is_gone_at_the_end(tmp_path):
    """Whatever is in it; and it is named as the next run looks for it."""
    with make_part(tmp_path / "t.xlsx") as part, make_scratch_dir(part) as scratch_dir:
        (scratch_dir / "tmpabc").touch()
        assert scratch_dir.name.startswith(f".t.xlsx.{os.getpid()}-")
        assert scratch_dir.suffix == ".part"
    assert not list(tmp_path.iterdir())


def test_a_link_stays_a_link(tmp_path):
    """What it points to is replaced."""
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    with replace_file(link) as stream:
        stream.write("x")
    assert link.is_symlink()
    assert target.read_text() == "x"


def test_the_input_is_never_the_output(tmp_path):
    """Whatever it is called, with --force too; and nothing is replaced without."""
    path, link, hard = tmp_path / "in.csv", tmp_path / "link.csv", tmp_path / "hard.csv"
    path.write_text("text\n")
    link.symlink_to(path)
    hard.hardlink_to(path)
    for output in (path, link, hard, tmp_path / ".." / tmp_path.name / "in.csv"):
        with pytest.raises(OutputError, match="it is the input"):
            check_output(str(output), [str(path)], may_replace=True)
    other = tmp_path / "out.csv"
    other.touch()
    with pytest.raises(OutputError, match="is there already"):
        check_output(str(other), [str(path)], may_replace=False)
    check_output(str(other), [str(path)], may_replace=True)


def test_outputs_that_cannot_be_written(tmp_path):
    """A folder that is not there, a folder, a file as a folder."""
    for output, message in ((tmp_path / "no" / "t.csv", "Make the folder"), (tmp_path, "a folder")):
        with pytest.raises(OutputError, match=message):
            check_output(str(output), [], may_replace=False)
