"""The compiled wheel: the same answers, from the same source."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from tests.conftest import ROOT, build_wheel

pytestmark = pytest.mark.slow

_TARGETS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
_MODULES = _TARGETS["wheel"]["hooks"]["custom"]["modules"]
_LIST_FILES = "import importlib, sys; [print(importlib.import_module(name).__file__) for name in sys.argv[1:]]"


@pytest.fixture
def site(tmp_path):
    """What installing the compiled wheel would put into site-packages."""
    wheel, said = build_wheel(tmp_path, SOCIALCLS_PURE="0")
    if "no C compiler works here" in said:
        pytest.skip("no C compiler works here: wheels built here are pure")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    return tmp_path / "site"


def test_compiled_modules_answer_to_the_byte_as_their_source_does(site, tmp_path):
    """Evidence, reasons, errors, `classify` and `batch`, in processes that load what was compiled."""
    loaded = _run(site, tmp_path, "-c", _LIST_FILES, *[f"socialcls.{name}" for name in _MODULES]).stdout.decode()
    assert loaded.splitlines() == [
        str(site / "socialcls" / f"{name.replace('.', '/')}{EXTENSION_SUFFIXES[0]}") for name in _MODULES
    ]
    table = str(ROOT / "examples" / "services.csv")
    for code, *arguments in (
        (0, "tests.transcript"),
        (0, "socialcls", "classify", "Forum miłośników kaktusów: zadaj pytanie", "blog.example", "--json"),
        (1, "socialcls", "classify", ""),
        (1, "socialcls", "batch", table),
        (1, "socialcls", "batch", table, "--jobs", "2"),
    ):
        compiled, source = (_run(place, tmp_path, "-m", *arguments) for place in (site, ROOT))
        assert compiled.returncode == source.returncode == code
        assert _leave_out_time(compiled) == _leave_out_time(source)
        assert compiled.stdout.splitlines() == source.stdout.splitlines()


def test_compiled_modules_train_as_their_source_does(site, tmp_path):
    """The same model to the byte; what its processes are given and give back is made again there."""
    header, *rows = (ROOT / "data" / "pl-kinds.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "rows.csv").write_text(header + "".join(rows[::3]), encoding="utf-8")
    arrays = []
    for place, name in ((site, "compiled"), (ROOT, "source")):
        trained = _run(place, tmp_path, "-m", "socialcls", "train", "rows.csv", "--base", "none", "-o", name)
        assert trained.returncode == 0, trained.stderr.decode()
        checked = _run(place, tmp_path, "-m", "socialcls", "check", "rows.csv")
        assert b"Traceback" not in checked.stderr
        arrays.append([path.name for path in (tmp_path / name).glob("arrays-*.bin")])  # named by their checksum
    assert arrays[0] == arrays[1]


def test_without_a_compiler_the_wheel_is_pure_and_says_so(tmp_path):
    """In one line; nothing fails."""
    wheel, said = build_wheel(tmp_path, SOCIALCLS_PURE="0", CC="false", CXX="false")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "socialcls: no C compiler works here: the wheel is pure Python" in said


def _run(place, directory, *arguments):
    """Python with the package from a place, in a directory that is not a working tree."""
    environment = {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, cwd=directory, env=environment, check=False
    )


def _leave_out_time(result):
    return re.sub(r"\d+\.\d s\b", "…", result.stderr.decode())
