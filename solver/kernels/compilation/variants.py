"""Kernels that have one version for each kind of their first argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from numba import types


class Variants:
    """Inner kernels under one name; the type of the first argument selects one of them.

    The selection is made when a calling kernel is compiled, so it costs nothing at run time.

    Parameters
    ----------
    kernels : mapping of type to kernel
        By the NamedTuple that the first argument is.
    """

    is_compiling = False
    """Numba asks this of a dispatcher, to find recursion; a version never calls its name."""

    def __init__(self, kernels: Mapping[type, Callable[..., Any]]) -> None:
        self.kernels: dict[Any, Any] = dict(kernels)
        self._numba_type_: Any = types.Dispatcher(cast(Any, self))

    def __call__(self, first: Any, *others: Any) -> Any:
        """Call a version from Python; kernels are Python functions under NUMBA_DISABLE_JIT."""
        return self.kernels[type(first)](first, *others)

    def get_call_template(self, arguments: Any, names: Any) -> Any:
        """Return how a call is typed, as Numba asks a dispatcher."""
        return self._select(arguments).get_call_template(arguments, names)

    def get_overload(self, arguments: Any) -> Any:
        """Return the compiled function for types of arguments, as Numba asks a dispatcher."""
        return self._select(arguments).get_overload(arguments)

    def _select(self, arguments: Any) -> Any:
        return self.kernels[arguments[0].instance_class]
