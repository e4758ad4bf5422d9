"""Options of commands that take an allocation problem, generated from the fields of a request."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from pydantic import BaseModel

from app.fields.declarations import Kind, Option, find_declarations, find_groups
from app.files import read_array
from app.settings import Settings
from app.sheets.streamer_revenue import StreamerRevenue
from app.tables.streamer_revenue import read_streamer_revenue
from messages import Message
from solver import InputError

OutputFile = Annotated[str, typer.Option()]
AllWhales = Annotated[bool, typer.Option("--all-whales")]

Fields = Mapping[str, Any]
"""Fields of a request by name, from the options that are given."""


def with_fields_of(model: type[BaseModel]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds an option to a command for each field declared as one.

    Fields of objects in the request are options, too.

    The command receives the fields that are given as its parameter `fields`.

    Parameters
    ----------
    model : type
        The request of the command.
    """
    options = {
        name: _parameter(name, option, each)
        for each in (model, *find_groups(model).values())
        for name, option, _ in find_declarations(each, Option)
    }

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            fields = {name: values.pop(name) for name in options}
            chosen = {n: v for n, v in fields.items() if v is not None and v is not False}
            command(**values, fields=chosen)

        signature = inspect.signature(command, eval_str=True)
        own = [each for each in signature.parameters.values() if each.name != "fields"]
        all_ = [*own, *options.values()]
        run.__signature__ = signature.replace(parameters=all_)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in all_}
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
    return {
        name: _READERS[kinds[name]](value, name) for name, value in fields.items() if name in kinds
    }


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


def fields_beyond(
    model: type[BaseModel], fields: Fields, supported: Collection[str]
) -> dict[str, Any]:
    """Return the fields that are not supported and that are not defaults."""
    defaults = {name: default for name, _, default in find_declarations(model, Option)}
    return {
        name: value
        for name, value in fields.items()
        if name in defaults and name not in supported and value != defaults[name]
    }


def refuse_options(*beside: str, **options: Any) -> None:
    """Raise an error for the first option that cannot be combined with others."""
    for name, value in options.items():
        if value is not None:
            option = f"--{name.replace('_', '-')}"
            message = Message("option_excluded", option=option, beside=beside, received=str(value))
            raise InputError(name, message)


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


def parse_share(value: str, field: str) -> float:
    """Return a share from text such as 0.01 or 1%.

    Raises
    ------
    solver.InputError
        If it is neither; its range is that of the field.
    """
    text = value.strip()
    number = text.removesuffix("%").removesuffix("％")
    try:
        share = float(number)
    except ValueError:
        message = Message("share_option_expected", field=field, received=value)
        raise InputError(field, message) from None
    return share if number == text else share / 100


def read_revenue_option(path: str) -> StreamerRevenue:
    """Return the revenue that streamers had before, from the file that ``--base`` names.

    Raises
    ------
    solver.InputError
    """
    return read_streamer_revenue(Path(path), Settings().max_expanded_bytes)


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
    "revenue": lambda value, _: read_revenue_option(value).as_field(),
    "share": parse_share,
    "prices": _prices,
}
