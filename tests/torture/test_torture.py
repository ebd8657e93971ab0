"""The torture of this room, briefly; each module of it runs for longer by a command."""

import random
import re
import subprocess
import sys

import pytest

from socialcls.model.store import load_model_files
from tests.conftest import ROOT
from tests.torture import kills, readers, tables
from tests.torture.answers import ask_mutants
from tests.torture.model_files import SAMPLE, load_mutants, mutate, write_mutant
from tests.torture.rows import torture
from tests.torture.terminal import run_many


def test_a_killed_save_loses_nothing():
    """A few dozen kills at random moments and one before each line, with a reader: no model lost, no load failed."""
    options = ["--kills", "60", "--readers", "1", "--step", "9", "--seconds", "1"]
    command = [sys.executable, "-m", "tests.torture.saves", *options]
    result = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    told = result.stdout.decode() + result.stderr.decode()
    assert result.returncode == 0, told
    counts = {what: int(n.replace(",", "")) for n, what in re.findall(r"([\d,]+) (.+)", told)}
    assert counts["kills"] == 60
    assert min(counts["kills before a line"], counts["loads"], counts["saves beside others"]) > 10, told
    assert counts["saves told that another is under way"] > 0, told
    assert counts["kills that left something to clean"] > 0, told


def test_a_mutant_loads_or_is_refused(tmp_path):
    """Nothing else is raised, and nothing takes long."""
    outcomes = load_mutants(tmp_path, 600, seed=1)
    assert outcomes.keys() == {"loaded", "refused", "longest_ms"}, outcomes
    assert min(outcomes["loaded"], outcomes["refused"]) > 60, outcomes
    assert outcomes["longest_ms"] < 2000


def test_the_checksums_of_a_mutant_match(tmp_path):
    """Without a change it is what was saved, and what can be written as JSON comes back as it was changed."""
    write_mutant(tmp_path, *SAMPLE)
    assert load_model_files(tmp_path, 4) == SAMPLE
    mutants = [mutate(*SAMPLE, random.Random(seed)) for seed in range(20)]  # noqa: S311
    assert all(mutant != SAMPLE or repr(mutant) != repr(SAMPLE) for mutant in mutants[:3])
    assert mutants[3] == mutate(*SAMPLE, random.Random(3))  # noqa: S311


def test_a_mutant_that_loads_answers(tmp_path):
    """It classifies, explains, tells kinds and is described without an exception, in bounded time."""
    outcomes = ask_mutants(tmp_path, 150, seed=0)
    assert outcomes.keys() == {"loaded", "refused", "longest_ms"}, outcomes
    assert min(outcomes["loaded"], outcomes["refused"]) > 20, outcomes


def test_what_reaches_a_terminal_is_text(tmp_path):
    """Whatever names, cells and arguments try; reports can be parsed."""
    counts = run_many(tmp_path, 60, seed=0)
    assert counts.total() == 60
    assert not counts["faults"], counts


def test_no_hostile_row_is_lost(tmp_path):
    """Each comes out with an answer or an error, from tables of many kinds; nothing is raised."""
    counts = torture(tmp_path, 3_000, seed=0, rows_a_table=100)
    assert counts["rows"] >= 3_000
    assert not {what for what in counts if what.startswith("BAD")}, counts
    assert min(counts["answered"], counts["failed"], counts["answers compared"]) > 10, counts
    assert counts["tables refused"] <= counts["tables"] / 10, counts


@pytest.mark.slow
def test_a_killed_batch_is_resumed_to_the_byte(tmp_path):
    """A few kills of the many formats."""
    counts = kills.run_and_kill(tmp_path, 3, 1_000, seed=0)
    assert counts["kills"] == counts["kills resumed to the byte"] >= 3, counts
    assert not counts["files left"], counts


def test_rows_of_every_format_come_out_of_every_other(tmp_path):
    """None lost, none more, in order, each cell as it was."""
    counts = tables.compare_all(tmp_path, 30 * len(tables.FORMS_IN) * len(tables.FORMS_OUT), 0, 30)
    assert counts["pairs of formats"] == len(tables.FORMS_IN) * len(tables.FORMS_OUT)
    assert not [fault for fault in tables.FAULTS if counts[fault]], counts


def test_a_mutant_of_a_table_is_read_or_refused(tmp_path):
    """Nothing else is raised, nothing crashes, no row has another width."""
    counts = readers.torture(tmp_path, 2, seed=0)
    assert counts.keys() == {"mutants", "read", "refused"}, counts
    assert min(counts["read"], counts["refused"]) > 20, counts
