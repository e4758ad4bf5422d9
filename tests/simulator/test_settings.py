"""What a setting may be stands once, as the annotation of its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Le, MinLen
from pydantic import TypeAdapter

from simulator.settings import Distinct, check_settings
from solver import InputError


@dataclass(frozen=True)
class Settings:
    rounds: Annotated[int, Ge(1), Le(9)] = 5
    scale: Annotated[float, Gt(0), Le(2)] = 1.0
    shares: Annotated[tuple[Annotated[float, Ge(0), Le(1)], ...], MinLen(1), Distinct()] = (0.5,)
    kind: Literal["a", "b"] = "a"
    sizes: Annotated[int, Ge(1)] | Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = 1
    cap: Annotated[int, Ge(0)] | None = None

    def __post_init__(self) -> None:
        check_settings(self, "world.")


def test_values_are_stored_in_the_declared_type() -> None:
    given: Any = {"scale": 1, "shares": [0, 1], "sizes": [1, 2]}
    settings = Settings(**given)

    assert isinstance(settings.scale, float)
    assert settings.shares == (0.0, 1.0)
    assert settings.sizes == (1, 2)


@pytest.mark.parametrize(
    ("given", "code", "position"),
    [
        ({"rounds": 0}, "setting_at_least", ()),
        ({"rounds": 10}, "setting_at_most", ()),
        ({"rounds": True}, "setting_whole", ()),
        ({"rounds": 1.5}, "setting_whole", ()),
        ({"scale": 0}, "setting_above", ()),
        ({"scale": float("nan")}, "setting_number", ()),
        ({"shares": (0.1, 1.1)}, "setting_between", (1,)),
        ({"shares": (0.1, 0.1)}, "setting_repeated", (1,)),
        ({"shares": ()}, "setting_empty", ()),
        ({"shares": 0.1}, "setting_list", ()),
        ({"kind": "c"}, "setting_one_of", ()),
        ({"sizes": (1, 0)}, "setting_at_least", (1,)),
        ({"sizes": "many"}, "setting_whole", ()),
        ({"cap": -1}, "setting_at_least", ()),
    ],
)
def test_a_bad_value_is_refused_by_field_and_position(
    given: dict[str, Any], code: str, position: tuple[int, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        Settings(**given)

    (name,) = given
    assert refused.value.field == f"world.{name}"
    assert refused.value.position == position
    assert refused.value.message.code == code  # type: ignore[union-attr]


def test_the_schema_has_the_same_bounds() -> None:
    schema = TypeAdapter(Settings).json_schema()["properties"]

    assert (schema["rounds"]["minimum"], schema["rounds"]["maximum"]) == (1, 9)
    assert schema["scale"]["exclusiveMinimum"] == 0
    assert (schema["shares"]["minItems"], schema["shares"]["uniqueItems"]) == (1, True)
