"""Declarations of fields besides their types: parts of multipart bodies, options of commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel

Kind = Literal["value", "flag", "caps", "prices", "revenue", "share"]
"""How the command line reads an option: by its type, as a flag, as one whole number or an .npy
file, as numbers separated by commas, as a file of revenue by streamer, or as 0.01 or 1%."""


@dataclass(frozen=True)
class Part:
    """The field can be a separate part of a multipart body, in .npy format.

    Parameters
    ----------
    description : str
    """

    description: str


@dataclass(frozen=True)
class Option:
    """The field is an option of the commands whose request has it.

    Its help is the message ``option_<name>`` in ``messages/<language>/commands.ftl``.

    Parameters
    ----------
    kind : str
        How its text is parsed; see `Kind`.
    """

    kind: Kind = "value"


@dataclass(frozen=True)
class Group:
    """The field is an object, whose own fields have declarations."""


Declaration = TypeVar("Declaration", Part, Option)


def find_declarations(
    model: type[BaseModel], kind: type[Declaration]
) -> Iterator[tuple[str, Declaration, Any]]:
    """Yield the fields of a model that are declared as parts or as options.

    Yields
    ------
    name : str
    declaration : Part or Option
    default : Any
    """
    for name, field in model.model_fields.items():
        for each in field.metadata:
            if isinstance(each, kind):
                yield name, each, field.default


def find_groups(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the fields of a model that are objects with declarations, and the objects' models."""
    return {
        name: next(each for each in get_args(field.annotation) if isinstance(each, type))
        for name, field in model.model_fields.items()
        if any(isinstance(each, Group) for each in field.metadata)
    }
