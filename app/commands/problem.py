"""Options of commands that take an allocation problem, generated from the fields of a request."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from pydantic import BaseModel

from app.fields.declarations import Kind, Option, find_declarations
from app.files import read_array
from messages import Message
from solver import InputError

OutputFile = Annotated[str, typer.Option()]
AllWhales = Annotated[bool, typer.Option("--all-whales")]

Fields = Mapping[str, Any]
"""Fields of a request by name, from the options that are given."""


def with_fields_of(model: type[BaseModel]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds an option to a command for each field declared as one.

    The command receives the fields that are given as its parameter `fields`.

    Parameters
    ----------
    model : type
        The request of the command.
    """
    options = {name: option for name, option, _ in find_declarations(model, Option)}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            fields = {name: values.pop(name) for name in options}
            chosen = {n: v for n, v in fields.items() if v is not None and v is not False}
            command(**values, fields=chosen)

        signature = inspect.signature(command, eval_str=True)
        own = [each for each in signature.parameters.values() if each.name != "fields"]
        made = [_parameter(name, option, model) for name, option in options.items()]
        run.__signature__ = signature.replace(parameters=[*own, *made])  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in (*own, *made)}
        del run.__wrapped__  # its annotations are not those of run
        return run

    return decorate


def _parameter(name: str, option: Option, model: type[BaseModel]) -> inspect.Parameter:
    """Return the parameter from which Typer makes the option of a field."""
    kind: Any = Optional[str]  # noqa: UP045 - Typer takes no union that is made at run time
    default: Any = None
    info = typer.Option()
    if option.kind == "flag":
        kind, default = bool, False
        info = typer.Option(f"--{name.replace('_', '-')}")
    elif option.kind == "value":
        field = model.model_fields[name]
        kind, default = field.annotation, field.default
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
    )


def read_fields(model: type[BaseModel], fields: Fields) -> dict[str, Any]:
    """Return the fields of a request from the text of their options.

    Raises
    ------
    solver.InputError
        With the field at fault.
    """
    kinds = {name: option.kind for name, option, _ in find_declarations(model, Option)}
    return {name: _READERS[kinds[name]](value, name) for name, value in fields.items()}


def with_whales(fields: Fields, all_whales: bool) -> dict[str, Any]:
    """Return the fields with the choice of whales: by default the wealthiest 1 %.

    Raises
    ------
    solver.InputError
        If whales are given in two ways.
    """
    named = {name: fields[name] for name in ("whale_share", "whale_threshold") if name in fields}
    if not all_whales:
        return {**fields} if named else {**fields, "whale_share": 0.01}
    for name, value in named.items():
        option = f"--{name.replace('_', '-')}"
        message = Message(
            "option_excluded", option=option, beside=("--all-whales",), received=str(value)
        )
        raise InputError(name, message)
    return {**fields, "whale_share": 1.0}


def parse_caps(value: str | None, field: str) -> Any:
    """Return one cap, or an array of one per streamer, or None.

    Raises
    ------
    solver.InputError
        If the value is neither a whole number nor a .npy file.
    """
    if value is None:
        return None
    if value.lstrip("-").isdecimal():
        return int(value)
    if value.endswith(".npy"):
        return read_array(Path(value), field)
    raise InputError(field, Message("cap_option_expected", field=field, received=value))


def _prices(value: str, field: str) -> list[float]:
    """Return the prices of a list such as 0,0,5,20."""
    try:
        return [float(price) for price in value.split(",")]
    except ValueError:
        message = Message("list_option_expected", field=field, items="numbers", received=value)
        raise InputError(field, message) from None


def _as_given(value: Any, _field: str) -> Any:
    return value


_READERS: Mapping[Kind, Callable[[Any, str], Any]] = {
    "value": _as_given,
    "flag": _as_given,
    "caps": parse_caps,
    "array": lambda value, field: read_array(Path(value), field),
    "prices": _prices,
}
