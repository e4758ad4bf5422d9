"""Options of fair allocations, alike for matrices and for candidates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.fields.declarations import Option, find_declarations
from app.fields.fairness import Fairness
from app.fields.strict_model import validate
from messages import Message
from solver import InputError

from .problem import Fields, read_fields

Fair = Annotated[bool, typer.Option("--fair")]

OPTIONS = tuple(name for name, _, _ in find_declarations(Fairness, Option))
"""Options that say how fair an allocation is to be."""

MAX_LOSS = 0.01
"""Share of the optimum that is given up if no option says otherwise."""


def read_fairness(fair: bool, fields: Fields) -> Fairness | None:
    """Return how fair an allocation is to be, None unless it is asked for.

    Raises
    ------
    solver.InputError
        With the option at fault.
    """
    if not fair:
        for name in (*OPTIONS, "base"):
            if name in fields:
                option, received = f"--{name.replace('_', '-')}", str(fields[name])
                raise InputError(
                    name, Message("option_needs_fair", option=option, received=received)
                )
        return None
    given = read_fields(Fairness, {name: fields[name] for name in OPTIONS if name in fields})
    if not given.keys() - {"measure"}:
        given["max_loss"] = MAX_LOSS
    return validate(Fairness, given)


def cost_of_fairness(fairness: Mapping[str, Any]) -> Message:
    """Return what equality cost, and what is proven of it."""
    proof = fairness["certificate"]
    return Message(
        "fairness_cost",
        measure=fairness["measure"],
        loss=100 * fairness["loss"],
        before=fairness["at_optimum"]["gini"],
        gini=fairness["gini"],
        floor=round_down(proof["inequality_at_least"]),
        gap=100 * proof["gap"] / proof["welfare"] if proof["gap"] else 0.0,
    )


def round_down(floor: float) -> float:
    """Return a bound with the digits that a text shows, rounded so that it remains true."""
    return math.floor(1e4 * floor) / 1e4
