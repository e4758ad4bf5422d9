"""Calls of an earlier release that still work, with a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def allow_positional_options(function: Function) -> Function:
    """Let a function take its keyword-only options by position as well, with a DeprecationWarning.

    The options must stand in the order of the release that took them by position.
    """
    parameters = signature(function).parameters.values()
    options = [each.name for each in parameters if each.kind is Parameter.KEYWORD_ONLY]
    count = len(parameters) - len(options)

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        if not count < len(arguments) <= count + len(options):
            return function(*arguments, **keywords)
        named = dict(zip(options, arguments[count:], strict=False))
        listed = ", ".join(f"{name}=…" for name in named)
        warnings.warn(
            f"{function.__name__} takes options by name; write {listed}.",
            DeprecationWarning,
            stacklevel=2,
        )
        return function(*arguments[:count], **named, **keywords)

    return cast("Function", call)
