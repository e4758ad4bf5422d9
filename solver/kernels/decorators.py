"""Numba's decorator, with the cache of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numba
from numba.core.dispatcher import Dispatcher

from .cache import KernelCache

Function = Callable[..., Any]

_kernels: list[Any] = []


def kernels() -> tuple[Any, ...]:
    """Return every kernel of the modules that are imported."""
    return tuple(_kernels)


@overload
def njit(function: Function, /) -> Function: ...


@overload
def njit(*, cache: bool = True, **options: Any) -> Callable[[Function], Function]: ...


def njit(function: Any = None, /, *, cache: bool = True, **options: Any) -> Any:
    """Compile a function without Python objects when it is first called, as ``numba.njit`` does.

    Parameters
    ----------
    function : callable, optional
    cache : bool
        Whether the machine code is kept on disk.
    options
        Numba's other options, such as ``nogil`` and ``fastmath``.
    """

    def compiled(function: Function) -> Function:
        settings: Any = options | {"no_cfunc_wrapper": True}  # C calls none of them
        kernel: Any = numba.njit(**settings)(function)
        is_compiled = isinstance(kernel, Dispatcher)  # else NUMBA_DISABLE_JIT is set
        if is_compiled and cache:
            kernel._cache = KernelCache(function, options)
        if is_compiled:
            _kernels.append(kernel)
        return kernel  # type: ignore[no-any-return]

    return compiled if function is None else compiled(function)
