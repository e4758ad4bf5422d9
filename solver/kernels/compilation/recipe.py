"""Digests of kernels: of their code and of everything it refers to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from .variants import Variants

VERSIONED = frozenset({"builtins", "cmath", "math", "numba", "numpy", "operator"})
"""Modules whose versions are part of every key, together with Python's."""


def recipe(function: Callable[..., Any]) -> str:
    """Return a digest of everything that determines a kernel's machine code, except types.

    That is its own code and that of all kernels that it calls, with their options and the values
    of the constants that they name. The code is the imported bytecode, so comments and later edits
    on disk do not count.

    Raises
    ------
    TypeError
        If the function refers to a value that cannot be digested.
    """
    digest = hashlib.sha256()
    for line in _Walk().function(function):
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


class _Walk:
    """A walk through a kernel and everything it refers to; each function is visited once."""

    def __init__(self) -> None:
        self._seen: dict[Any, int] = {}

    def function(self, function: Callable[..., Any]) -> Iterator[str]:
        if (number := self._seen.get(function)) is not None:
            yield f"function {number}"
            return
        self._seen[function] = len(self._seen)
        code: CodeType = function.__code__
        yield f"function {function.__module__}.{function.__qualname__}"  # found again by that name
        yield from self.code(code)
        yield from self.value("defaults", function.__defaults__)
        for cell in function.__closure__ or ():
            yield from self.value("closure", cell.cell_contents)
        scope: dict[str, Any] = function.__globals__
        for name in sorted(_names(code)):
            if name in scope:  # else it is an attribute, or built in
                yield from self.value(name, scope[name])

    def code(self, code: CodeType) -> Iterator[str]:
        yield f"code {code.co_code.hex()} {code.co_flags}"
        yield f"names {code.co_names} {code.co_varnames} {code.co_freevars} {code.co_cellvars}"
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from self.code(constant)
            else:
                yield from self.value("constant", constant)

    def value(self, name: str, value: Any) -> Iterator[str]:
        match value:
            case Dispatcher():
                yield f"{name} kernel {sorted(value.targetoptions.items())}"
                yield from self.function(value.py_func)
            case Variants():
                for kind, kernel in value.kernels.items():
                    yield f"{name} of {_described(kind)}"
                    yield from self.value(name, kernel)
            case FunctionType() if not _is_versioned(value.__module__):
                yield f"{name} function"
                yield from self.function(value)
            case tuple():
                yield f"{name} tuple of {len(value)}"
                for number, each in enumerate(value):
                    yield from self.value(str(number), each)
            case _:
                yield f"{name} {_described(value)}"


def _described(value: Any) -> str:
    """Return a text that identifies a value.

    Raises
    ------
    TypeError
        If there is none.
    """
    match value:
        case None | bool() | int() | float() | complex() | str() | bytes() | np.generic():
            return f"{type(value).__name__} {value!r}"
        case np.ndarray():
            return f"array {value.dtype} {value.shape} {value.tobytes().hex()}"
        case frozenset():
            return f"set {sorted(map(repr, value))}"
        case type() if hasattr(value, "_fields"):
            return f"named tuple {value._fields}"
        case np.ufunc():
            return f"ufunc {value.__name__}"
        case ModuleType() if _is_versioned(value.__name__):
            return f"module {value.__name__}"
        case _ if _is_versioned(getattr(value, "__module__", None) or ""):
            return f"{value.__module__}.{value.__qualname__}"
    raise TypeError(f"Expected kernels, constants and modules of known versions; got {value!r}.")


def _names(code: CodeType) -> set[str]:
    """Return every name that a function, or one inside it, looks up."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names


def _is_versioned(module: str) -> bool:
    return module.partition(".")[0] in VERSIONED
