"""Numba's decorator, with the cache of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numba
from numba.core.dispatcher import Dispatcher

from .cache import KernelCache
from .inner import InnerCompiler, hide_from_python

Function = Callable[..., Any]

_kernels: list[Any] = []


def kernels() -> tuple[Any, ...]:
    """Return every kernel of the modules that are imported, but for inner ones."""
    return tuple(_kernels)


@overload
def njit(function: Function, /) -> Function: ...


@overload
def njit(
    *, cache: bool = True, inner: bool = False, **options: Any
) -> Callable[[Function], Function]: ...


def njit(
    function: Any = None, /, *, cache: bool = True, inner: bool = False, **options: Any
) -> Any:
    """Compile a function without Python objects when it is first called, as ``numba.njit`` does.

    Parameters
    ----------
    function : callable, optional
    cache : bool
        Whether to write the machine code to disk. That of an inner kernel is in its callers'.
    inner : bool
        Whether only kernels call it; see `solver.kernels.compilation.inner`.
    options
        Numba's other options, such as ``nogil`` and ``fastmath``.
    """

    def compiled(function: Function) -> Function:
        settings: Any = options | {
            "no_cfunc_wrapper": True,  # C calls none of them
            "no_cpython_wrapper": inner,
        }
        if inner:
            settings["pipeline_class"] = InnerCompiler
        kernel: Any = numba.njit(**settings)(function)
        is_compiled = isinstance(kernel, Dispatcher)  # else NUMBA_DISABLE_JIT is set
        if is_compiled and inner:
            hide_from_python(kernel)
        elif is_compiled:
            if cache:
                kernel._cache = KernelCache(function, settings)
            _kernels.append(kernel)
        return kernel  # type: ignore[no-any-return]

    return compiled if function is None else compiled(function)
