"""The fields of a fair allocation, each declared once; see `app.fields.problem`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from messages import Message
from solver import InputError
from solver.errors import quote, quote_name
from solver.fairness import Measure
from solver.kernels import LARGEST_EV

from .arrays import numbers_of
from .declarations import Group, Option, Part
from .strict_model import StrictModel
from .whole_numbers import as_integer

MAX_ALPHA = 64
MAX_POINTS = 200


def _loss(value: float) -> float:
    """Refuse a loss that is no share of the optimum between 0 and 1."""
    if 0 < value < 1:
        return value
    raise InputError("", Message("loss_out_of_range", zero=value == 0, received=f"{value:g}"))


def _revenue(value: Any, info: Any) -> Any:
    """Return revenues by id unchanged, or one per streamer as (S,) float64."""
    if not isinstance(value, Mapping):
        return numbers_of(value, info)
    for each, had in value.items():
        if type(had) not in (float, int) or not 0 <= had <= LARGEST_EV:
            field = f"{info.field_name}.{quote_name(each)}"
            message = Message("revenue_invalid", field=field, received=quote(had))
            raise InputError(field, message)
    return value


Loss = Annotated[
    float,
    AfterValidator(_loss),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]
"""A share of the optimum."""

_REVENUE = {"type": "number", "minimum": 0, "maximum": LARGEST_EV}

MaxLoss = Annotated[
    Loss | None,
    Field(
        description="share of the optimum that may be given up, above 0 and below 1: 0.01 is 1 %. "
        "The allocation is as equal as it gets within that"
    ),
    Option("share"),
]

Theta = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        description="θ: total × (1 - θ × Gini coefficient) is maximised, so that a point of Gini "
        "is worth θ percent of the total; 0 is the optimum",
    ),
    Option(),
]

Alpha = Annotated[
    float | None,
    Field(
        ge=0,
        le=MAX_ALPHA,
        description="α of α-fair welfare, instead of θ: aversion to inequality by Atkinson's "
        "index; 1 is Nash's welfare",
    ),
    Option(),
]

MaxGini = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        description="greatest Gini coefficient of the streamers' revenues; as little as possible "
        "is given up for it, and at most max_loss where both are given",
    ),
    Option("share"),
]

MeasureName = Annotated[
    Measure | None,
    Field(
        description="what equality is measured by: the Gini coefficient, or with alpha Atkinson's "
        "index; by default gini, or alpha where alpha is given"
    ),
    Option(),
]


_AIM_MISSING = Message("fairness_aim_missing", example='{"max_loss": 0.01}')


class Fairness(StrictModel):
    """How much revenue to give up for equality among streamers.

    Exactly one of max_loss, theta, alpha and max_gini, or max_gini with max_loss.
    """

    max_loss: MaxLoss = None
    theta: Theta = None
    alpha: Alpha = None
    max_gini: MaxGini = None
    measure: MeasureName = None

    @model_validator(mode="after")
    def _have_one_aim(self) -> Fairness:
        aims = ("max_loss", "theta", "max_gini", "alpha")
        given = [name for name in aims if getattr(self, name) is not None]
        if not given:
            raise InputError("fairness", _AIM_MISSING, code="missing-field")
        if len(given) > 1 and given != ["max_loss", "max_gini"]:
            message = Message("fairness_one_aim", given=given)
            raise InputError(f"fairness.{given[1]}", message, code="conflicting-fields")
        of_measure = {"gini": ("theta", "max_gini"), "alpha": ("alpha",)}
        for measure, names in of_measure.items():
            wrong = [name for name in given if name in names]
            if wrong and self.measure not in (None, measure):
                message = Message(
                    "fairness_measure_of_aim",
                    aim=wrong[0],
                    measure=measure,
                    received=self.measure,
                )
                raise InputError("fairness.measure", message, code="conflicting-fields")
        return self

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `solver.allocate_fair`."""
        given = {name: value for name, value in self if value is not None}
        return {"measure": "gini" if self.alpha is None else "alpha"} | given


FairnessOptions = Annotated[
    Fairness | None,
    Field(
        description="make the streamers' revenues more equal, at a known loss and with a proof; "
        "only with the algorithm min-cost-flow, tolerance 0 and EVs that are not negative"
    ),
    Group(),
]

Base = Annotated[
    Any,
    PlainValidator(_revenue),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": _REVENUE},
                {"type": "object", "additionalProperties": _REVENUE},
            ]
        }
    ),
]

BaseRevenue = Annotated[
    Base | None,
    Field(
        description="revenue that streamers had before, currency units, ≥ 0: equality is sought of "
        "that and the new revenue together; one per streamer, or by streamer id, as "
        "fairness.revenue of an earlier answer has it (0 for streamers that are not named)"
    ),
    Part("one per streamer, .npy of numbers"),
    Option("revenue"),
]

Points = Annotated[
    Annotated[int, Ge(2), Le(MAX_POINTS), BeforeValidator(as_integer)],
    Field(description="number of values of θ, from 0 to 1, closer together near 0"),
    Option(),
]

WithAssignments = Annotated[
    bool,
    Field(description="whether each point has its allocation, of every user"),
    Option("flag"),
]
