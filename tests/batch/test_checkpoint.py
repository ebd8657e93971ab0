"""What was written survives an end at any moment."""

import pytest

from socialcls.batch.checkpoint import Checkpoint, has_checkpoint
from socialcls.batch.summary import Tally, tally_rows
from socialcls.errors import InputError


def _tally(n_rows):
    return tally_rows(range(n_rows), ["x"] * n_rows, ["blog"] * n_rows, ["0.5"] * n_rows, ["blog"] * n_rows, [""] * n_rows, [""] * n_rows)  # fmt: skip  # noqa: E501


def test_what_was_not_counted_is_cut_off(tmp_path):
    """Also when it was interrupted between writing and counting, and saved after."""
    path = str(tmp_path / "out.csv")
    first = Checkpoint(path, {"input": 1})
    first.begin("header\n")
    first.write("", "one\n")
    first.finish_part(_tally(1))
    first.write("", "half of tw")
    first.save()
    first.abandon()
    second = Checkpoint(path, {"input": 1})
    assert second.resume()
    assert (second.n_done, second.n_kept, second.tally) == (1, 1, _tally(1))
    second.write("", "two\n")
    second.finish_part(_tally(1))
    assert second.close()[""].read_text() == "header\none\ntwo\n"
    second.remove()
    assert list(tmp_path.iterdir()) == []


def test_another_input_is_not_gone_on_with(tmp_path):
    """The error says what is another."""
    path = str(tmp_path / "out.csv")
    first = Checkpoint(path, {"input": 1, "model": 2})
    first.begin()
    first.abandon()
    assert has_checkpoint(path)
    with pytest.raises(InputError, match=r"not as it was: input\."):
        Checkpoint(path, {"input": 3, "model": 2}).resume()


def test_a_file_begun_before_the_end_is_known(tmp_path):
    """One of those that a table is split into, begun just before the process was killed: gone with the next run."""
    path = str(tmp_path / "out.csv")
    first = Checkpoint(path, {"input": 1})
    first.begin()
    first.write("blog", "one\n", "header\n")
    first.abandon()
    second = Checkpoint(path, {"input": 1})
    assert second.resume()
    second.write("blog", "two\n", "header\n")
    assert second.close()["blog"].read_text() == "header\ntwo\n"
    third = Checkpoint(path, {"input": 1})
    third.begin()
    third.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_beside_the_rows(tmp_path):
    """It is there for a later run, cut off as the rows are, and is no output."""
    path = str(tmp_path / "out.csv")
    first = Checkpoint(path, {"input": 1})
    first.begin("header\n")
    assert first.read_kept() == []
    first.keep("one\ntwo\n", _tally(0))
    first.save()
    first.keep("three, which nobody noted\n", _tally(0))
    first.abandon()
    second = Checkpoint(path, {"input": 1})
    assert second.resume()
    assert (second.n_done, second.read_kept()) == (0, ["one\n", "two\n"])
    second.keep("three\n", _tally(0))
    assert second.close().keys() == {""}
    second.remove()
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_go_on_with(tmp_path):
    """No note, or one that is broken, is a beginning."""
    path = tmp_path / "out.csv"
    assert not Checkpoint(str(path), {}).resume()
    (tmp_path / ".out.csv.checkpoint").write_text('{"version": 1')
    assert not Checkpoint(str(path), {}).resume()


def test_tallies_are_kept_as_they_are():
    """Packed and unpacked."""
    tally = _tally(3)
    tally.add(tally_rows([7], ["y"], [""], [""], [""], [""], ["broken"]))
    assert Tally.unpack(tally.pack()) == tally
    assert (tally.n_failed, tally.failures) == (1, [(7, "broken")])
