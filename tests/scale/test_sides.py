"""Ids of files, positions inside."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from app.scale.sides import Side
from solver import InputError

IDS = pa.array([f"u{at}" for at in range(1_000)], pa.large_string())
USERS = Side("user", 1_000, IDS)


@pytest.mark.parametrize(
    "positions",
    [
        [400, 401, 401, 402],  # in the order of the table, close together
        [402, 400, 402, 401],  # out of order
        [3, 999, 0],  # far apart
        [],
    ],
)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_ids_are_found_wherever_they_stand(positions: list[int], kind: pa.DataType) -> None:
    column = pa.chunked_array([[f"u{at}" for at in positions]], kind)

    assert USERS.positions(column, "here").tolist() == positions
    assert USERS.positions(column.dictionary_encode(), "here").tolist() == positions


@pytest.mark.parametrize("ids", [["u1", "nobody", "u2"], ["nobody"], ["u2", "u1", "nobody"]])
def test_an_unknown_id_is_named_with_its_row(ids: list[str]) -> None:
    sentence = f"row {ids.index('nobody')} of here has 'nobody', who is not"

    with pytest.raises(InputError, match=sentence):
        USERS.positions(pa.chunked_array([ids]), "here")


def test_positions_are_named_as_files_have_them() -> None:
    at = np.array([2, -1, 0])

    assert USERS.named(at).to_pylist() == ["u2", None, "u0"]
    assert Side("user", 3).named(at).to_pylist() == [2, None, 0]
