"""The processor that kernels are compiled for: this machine's or a portable one."""

from __future__ import annotations

import logging
import os
import platform
from typing import Any

import llvmlite.binding as llvm
from numba.core import config

VARIABLE = "WHALE_KERNEL_TARGET"

PORTABLE = {"x86_64": "x86-64-v3", "amd64": "x86-64-v3", "aarch64": "generic", "arm64": "generic"}
"""LLVM's name of a processor that nearly every machine of an architecture supports."""

NEEDED = {
    "x86-64-v3": frozenset({"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"})
}
"""Features that a machine needs for it beyond the baseline of its architecture, by LLVM's names."""

_log = logging.getLogger(__name__)


def choose_target() -> None:
    """Compile for a portable processor if the environment requests it and this machine supports it.

    Kernels compiled on one machine can then be loaded on others. The setting affects everything
    that Numba compiles in this process, so the default changes nothing.
    """
    target = os.environ.get(VARIABLE, "native")
    if target == "native":
        return
    if target != "portable":
        _log.warning("Expected %s native or portable; got %s. Using native.", VARIABLE, target[:40])
        return
    machine = platform.machine().lower()
    name = PORTABLE.get(machine)
    if name is None:
        _log.warning("There is no portable target for %s. Compiling for this machine.", machine)
        return
    if lacking := sorted(NEEDED.get(name, frozenset()) - _features()):
        _log.warning(
            "This processor is not %s: it lacks %s. Compiling for this machine.",
            name,
            ", ".join(lacking),
        )
        return
    settings: Any = config
    settings.CPU_NAME, settings.CPU_FEATURES = name, ""


def _features() -> set[str]:
    """Return the features of this machine's processor, by LLVM's names."""
    try:
        return {name for name, present in llvm.get_host_cpu_features().items() if present}
    except RuntimeError:  # not available on every system
        return set()
