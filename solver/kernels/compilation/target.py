"""The processor that kernels are compiled for: this one, or one that many machines have."""

from __future__ import annotations

import logging
import os
import platform
from typing import Any

import llvmlite.binding as llvm
from numba.core import config

VARIABLE = "WHALE_KERNEL_TARGET"

PORTABLE = {"x86_64": "x86-64-v3", "amd64": "x86-64-v3", "aarch64": "generic", "arm64": "generic"}
"""LLVM's name of a processor that nearly every machine of an architecture can stand in for."""

NEEDED = {
    "x86-64-v3": frozenset({"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"})
}
"""What a machine must have to do so, beyond the least of its architecture, by LLVM's names."""

_log = logging.getLogger(__name__)


def choose_target() -> None:
    """Compile for a portable processor where the environment asks for it and this machine can.

    Kernels that were compiled on one machine are then found on every other one. It concerns all
    that Numba compiles in this process, so that by default nothing is changed.
    """
    wish = os.environ.get(VARIABLE, "native")
    if wish == "native":
        return
    if wish != "portable":
        _log.warning("Expected %s native or portable; got %s: native it is.", VARIABLE, wish[:40])
        return
    machine = platform.machine().lower()
    name = PORTABLE.get(machine)
    if name is None:
        _log.warning("There is no portable target for %s: kernels are for this machine.", machine)
        return
    if lacking := sorted(NEEDED.get(name, frozenset()) - _features()):
        _log.warning(
            "This processor is no %s, for it lacks %s: kernels are compiled for this machine.",
            name,
            ", ".join(lacking),
        )
        return
    settings: Any = config
    settings.CPU_NAME, settings.CPU_FEATURES = name, ""


def _features() -> set[str]:
    """Return what this machine's processor has, by LLVM's names."""
    try:
        return {name for name, present in llvm.get_host_cpu_features().items() if present}
    except RuntimeError:  # LLVM cannot tell on every system
        return set()
