"""Compile the hot modules when a wheel is built: the same Python, through mypyc (docs/decisions/0011-compiled.md).

Which modules is said in `pyproject.toml`. Where they cannot be compiled the wheel is the pure one: a line on standard
error says so, and the answers are the same.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from setuptools import Extension

_PACKAGE = "socialcls"
_PROBE = "#include <Python.h>\nPyMODINIT_FUNC PyInit_probe(void) { return NULL; }\n"
# One rounding for each operation on every processor (ARM would fuse a product with a sum); and what a compiler that
# mypyc has not met warns of is no error.
_OPTIONS = [] if os.name == "nt" else ["-ffp-contract=off", "-Wno-error"]


class NotCompiledError(Exception):
    """Why the wheel will be pure."""


class CompiledModules(BuildHookInterface[BuilderConfig]):
    """Puts extension modules into a wheel, beside the modules that they were compiled from."""

    def dependencies(self) -> list[str]:
        """What compiling needs; nothing when it is ruled out."""
        return [] if _find_veto() else list(self.config["requires"])

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in a folder that goes when the wheel is made. An editable install runs the source as it stands."""
        if version != "standard":
            return
        self._scratch = TemporaryDirectory()
        try:
            compiled = _compile(Path(self.root), Path(self._scratch.name), self.config["modules"])
        except NotCompiledError as reason:
            print(f"{_PACKAGE}: {reason}: the wheel is pure Python (same answers, half as fast).", file=sys.stderr)
            return
        build_data["pure_python"], build_data["infer_tag"] = False, True
        build_data["force_include"].update(compiled)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        if version == "standard":
            self._scratch.cleanup()


def _find_veto() -> str:
    """Why nothing is to be compiled; empty when it may be tried."""
    if os.environ.get("SOCIALCLS_PURE", "0") != "0":
        return "SOCIALCLS_PURE is set"
    return "" if sys.implementation.name == "cpython" else "mypyc compiles for CPython alone"


def _compile(root: Path, scratch: Path, modules: Sequence[str]) -> dict[str, str]:
    """Compile modules of the package: each file that came of it, with its place in the wheel.

    Raises:
        NotCompiledError: it is ruled out, or cannot be done here.
    """
    if veto := _find_veto():
        raise NotCompiledError(veto)
    try:
        from mypyc.build import mypycify
        from setuptools import Extension
    except ImportError as error:
        raise NotCompiledError(f"{error.name} is not installed") from error
    shutil.copytree(root / _PACKAGE, scratch / _PACKAGE, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"))
    with chdir(scratch):  # and all paths relative, so that none of them gets into what is compiled
        Path("probe.c").write_text(_PROBE, encoding="utf-8")
        _build_extensions([Extension("probe", ["probe.c"])], Path("probe"), "no C compiler works here")
        paths = [f"{_PACKAGE}/{module.replace('.', '/')}.py" for module in modules]
        try:
            options = ["--config-file=", "--ignore-missing-imports"]  # nothing but what compiles is installed here
            extensions = mypycify([*options, *paths], opt_level="3", debug_level="0", group_name=_PACKAGE)
        except SystemExit as error:
            raise NotCompiledError("mypyc refused the source") from error
        _build_extensions(extensions, Path("compiled"), "the C compiler failed")
    compiled = scratch / "compiled"
    return {str(path): path.relative_to(compiled).as_posix() for path in compiled.rglob("*") if path.is_file()}


def _build_extensions(extensions: "list[Extension]", target: Path, problem: str) -> None:
    """Build extension modules into a folder.

    Raises:
        NotCompiledError: with the problem, when the compiler fails; it has said why.
    """
    from setuptools import Distribution
    from setuptools.errors import BaseError, CCompilerError

    for extension in extensions:  # not `+=`: mypyc gives all of them one list
        extension.extra_compile_args = extension.extra_compile_args + _OPTIONS
    command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(target), "objects"
    try:
        command.ensure_finalized()
        command.run()
    except (BaseError, CCompilerError) as error:
        raise NotCompiledError(problem) from error
