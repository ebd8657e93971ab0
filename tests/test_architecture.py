"""The house: floors, public names, and a wheel that works anywhere."""

import ast
import os
import pydoc
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import socialcls
from tests.conftest import ROOT, build_wheel


def test_modules_import_only_from_floors_below():
    """The contract in pyproject.toml holds, and every module has a floor."""
    command = str(Path(sys.executable).with_name("lint-imports"))
    result = subprocess.run([command, "--no-cache"], capture_output=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stdout.decode()


def test_public_names_are_these():
    """What others may import from the package; each is there, and Tab completion offers it."""
    assert socialcls.__all__ == [
        "Classifier",
        "DatasetError",
        "Document",
        "Evidence",
        "InputError",
        "MissingExtraError",
        "ModelError",
        "OutputError",
        "Prediction",
        "Reason",
        "SocialClsError",
        "classify_frame",
        "fetch_document",
    ]
    for name in socialcls.__all__:
        assert getattr(socialcls, name).__name__ == name
    assert not hasattr(socialcls, "classify_nothing")


def test_importing_the_package_loads_nothing_of_it():
    """Not even to list its names; a public name loads what it needs, and neither numpy nor the command line."""
    program = (
        "import sys, socialcls; names = dir(socialcls)\n"
        "print(*(name for name in sys.modules if name.startswith('socialcls')))\n"
        "print(set(socialcls.__all__) <= set(names))\n"
        "classifier = socialcls.Classifier.load(); classifier.classify('A forum').reason('pl')\n"
        "print(*(name for name in ('numpy', 'rich', 'typer', 'sklearn', 'joblib', 'pandas') if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True)
    assert result.stdout.decode().splitlines() == ["socialcls", "True", ""]


def test_help_says_what_each_field_of_a_prediction_is():
    """The record that everybody holds, in the terminal."""
    shown = pydoc.plain(pydoc.render_doc(socialcls.Prediction))
    for field in socialcls.Prediction._fields:
        assert f"{field}: " in shown


def test_the_wheel_works_from_any_folder_with_its_model_inside(tmp_path):
    """Built, unpacked elsewhere and run there: the answer, the types and the labelled rows come along."""
    wheel, said = build_wheel(tmp_path, SOCIALCLS_PURE="1")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "socialcls: SOCIALCLS_PURE is set: the wheel is pure Python" in said
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        assert "socialcls/py.typed" in archive.namelist()
    n_data_files = len(list((ROOT / "data").glob("*.csv")))
    assert len(list((site / "socialcls" / "default_data").glob("*.csv"))) == n_data_files
    program = (
        "import sys; from socialcls.model.persistence import DEFAULT_MODEL_DIR\n"
        "print(DEFAULT_MODEL_DIR, file=sys.stderr)\n"
        "from socialcls.commands.app import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "classify", "A forum for cat owners", "--json"],
        capture_output=True,
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=False,
    )
    assert result.stderr.decode().splitlines() == [str(site / "socialcls" / "default_model")]
    assert '"best_guess": "community"' in result.stdout.decode()


def test_compiled_modules_import_nothing_that_a_build_lacks():
    """Where a wheel is built in isolation there is no numpy, and mypyc refuses what it cannot type."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    modules = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["modules"]
    imported = set()
    for module in modules:
        for node in ast.walk(
            ast.parse((ROOT / "socialcls" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
        ):
            match node:
                case ast.ImportFrom(module=str(name)):
                    imported.add(name.split(".")[0])
                case ast.Import(names=names):
                    imported |= {alias.name.split(".")[0] for alias in names}
    assert imported - {"socialcls"} <= sys.stdlib_module_names
    assert imported
