"""Compiles the C modules of the package, `src/cs_nlp/**/_*.c`, where a C compiler is at hand.

Each of them does what a piece of Python beside it does, only faster. So an installation without a compiler works, too.
"""

from __future__ import annotations

import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

_ABI = "0x030B0000"  # one file serves Python 3.11 and later
_FLAGS = ["-O3", "-ffp-contract=off"]  # no fused operations: numpy and C give the same numbers


class CompiledModules(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the compiled modules beside their sources, for an editable installation and for the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles; a wheel with compiled modules is tagged for this platform."""
        source = Path(self.root, "src")
        for old in source.rglob("_*.abi3.so"):
            old.unlink()
        try:
            _compile(source)
        except Exception as error:  # whatever is wrong with the compiler, the package works without it
            self.app.display_warning(f"cs_nlp runs without its compiled modules, several times slower: {error}")
            return
        if version == "standard":
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{platform}"


def _compile(source: Path) -> None:
    modules = [
        Extension(
            ".".join(file.relative_to(source).with_suffix("").parts),
            [str(file)],
            define_macros=[("Py_LIMITED_API", _ABI)],
            extra_compile_args=_FLAGS if sysconfig.get_config_var("CC") else [],
            py_limited_api=True,
        )
        for file in sorted(source.rglob("_*.c"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        command = build_ext(Distribution({"ext_modules": modules, "package_dir": {"": str(source)}}))
        command.inplace = True
        command.build_temp = folder
        command.ensure_finalized()
        command.run()
